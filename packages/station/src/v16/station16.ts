import type { Core } from '../core.ts';
import type { Wire } from '../wire.ts';
import type { StatusDelays } from './status-delays.ts';
import type { Carrier } from './plug-and-charge.ts';
import type { TransactionIds } from './transaction-ids.ts';

/** A station that speaks OCPP 1.6, as its functional blocks see it. */
export interface Station16 {
  readonly core: Core;
  readonly wire: Wire<'1.6'>;
  readonly ids: TransactionIds;
  readonly statusDelays: StatusDelays;
  /** Answers messages of 2.0.1 that come in DataTransfer. */
  readonly carrier: Carrier;
  /** The status of the station as a whole (connector 0) that the CSMS knows. */
  reportedStatus: string | undefined;
}
