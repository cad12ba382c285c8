import { Peer, type Handlers } from '@busbar/ocpp';
import { endsOf, handlers201, type Ends, type Wiring } from '../ocpp201/index.ts';
import type { Version2 } from '../ocpp201/version.ts';
import type { Session } from '../session.ts';
import { batterySwap } from './battery-swap.ts';
import { certificates } from './certificates.ts';
import { derControl } from './der-control.ts';
import { eventStreams } from './event-streams.ts';
import { payment } from './payment.ts';
import { smartCharging } from './smart-charging.ts';

/** Both directions of one OCPP 2.1 connection: the blocks of 2.0.1, and what 2.1 adds. */
export function open21(session: Session, wiring: Wiring, close: (reason: string) => void): Ends {
  const handlers: Handlers<'2.1'> = {
    ...handlers201(session),
    ...batterySwap(session),
    ...certificates(),
    ...derControl(session),
    ...eventStreams(session),
    ...payment(session),
    ...smartCharging(session),
  };
  return endsOf(session, new Peer<Version2>({ ...wiring, version: '2.1', handlers }), { version: '2.1', close });
}
