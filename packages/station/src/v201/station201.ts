import type { ActionOf, HandlerContext, RequestOf, ResponseOf } from '@busbar/ocpp';
import type { Core } from '../core.ts';
import type { Monitors } from './monitors.ts';
import type { EventStreams } from '../v21/event-streams.ts';
import type { Wire } from '../wire.ts';

/** A station that speaks OCPP 2.0.1 or 2.1, as its functional blocks see it. */
export interface Station201 {
  readonly core: Core;
  /** What both versions have; `ask21`, `call21` and `tell21` for what only 2.1 has. */
  readonly wire: Wire<'2.0.1' | '2.1'>;
  /** Made when the first is needed: most simulated stations have none. */
  monitors: Monitors | undefined;
  /** OCPP 2.1; made when the first is opened. */
  streams?: EventStreams;
  /** Of the last NotifyEvent. */
  lastEventId: number;
}

/** Handlers that serve 2.0.1 and 2.1: they understand the wider requests of 2.1, and answer in the words of both. */
export type Handlers201 = {
  [A in Exclude<ActionOf<'2.0.1'>, 'NotifyMonitoringReport' | 'SetVariableMonitoring'>]?: (
    request: RequestOf<'2.1', A>,
    context: HandlerContext,
  ) => ResponseOf<'2.0.1', A> | Promise<ResponseOf<'2.0.1', A>>;
};
