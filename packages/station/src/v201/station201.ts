import type { Core } from '../core.ts';
import type { Monitors } from '../v2/monitors.ts';
import type { Wire } from '../wire.ts';

/** A station that speaks OCPP 2.0.1, as its functional blocks see it. */
export interface Station201 {
  readonly core: Core;
  readonly wire: Wire<'2.0.1'>;
  /** Made when the first is needed: most simulated stations have none. */
  monitors: Monitors | undefined;
  /** Of the last NotifyEvent. */
  lastEventId: number;
}
