import { Peer, type Handlers, type PeerOptions } from '@busbar/ocpp';
import type { StationLink } from '../../../ports/south.ts';
import { Caller } from '../caller.ts';
import { type Commands, OcppLink } from '../link.ts';
import type { Session } from '../session.ts';
import { authorization, clearCache } from './authorization.ts';
import { availability, changeAvailability, unlockConnector } from './availability.ts';
import { certificates } from './certificates.ts';
import { dataTransfer } from './data-transfer.ts';
import { diagnostics } from './diagnostics.ts';
import { firmware } from './firmware.ts';
import { metering } from './metering.ts';
import { getBaseReport, getVariables, provisioning, reset, setVariables } from './provisioning.ts';
import { triggerMessage } from './remote-trigger.ts';
import { cancelReservation, reservation, reserveNow } from './reservation.ts';
import { setCurrentLimit, smartCharging } from './smart-charging.ts';
import { requestStartTransaction, requestStopTransaction, transactions } from './transactions.ts';
import type { Version2 } from './version.ts';

/** What a station of 2.0.1 or 2.1 may send. */
export function handlers201(session: Session) {
  return {
    ...provisioning(session),
    ...availability(session),
    ...authorization(session),
    ...transactions(session),
    ...metering(session),
    ...firmware(session),
    ...diagnostics(session),
    ...dataTransfer(session),
    ...certificates(),
    ...reservation(session),
    ...smartCharging(session),
  };
}

const commands: Commands<Version2> = {
  requestStartTransaction,
  requestStopTransaction,
  reset,
  changeAvailability,
  unlockConnector,
  triggerMessage,
  clearCache,
  getVariables,
  setVariables,
  getBaseReport,
  setCurrentLimit,
  reserveNow,
  cancelReservation,
};

/** Both directions of one OCPP 2.0.1 connection. */
export function open201(session: Session, wiring: Wiring, close: (reason: string) => void): Ends {
  const handlers: Handlers<'2.0.1'> = handlers201(session);
  return endsOf(session, new Peer<Version2>({ ...wiring, version: '2.0.1', handlers }), { version: '2.0.1', close });
}

export type Wiring = Omit<PeerOptions<Version2>, 'version' | 'handlers'>;

export interface Ends {
  peer: Peer<Version2>;
  caller: Caller<Version2>;
  link: StationLink;
}

/** What is commanded over a peer of either version. */
export function endsOf(
  session: Session,
  peer: Peer<Version2>,
  { version, close }: { version: Version2; close: (reason: string) => void },
): Ends {
  const caller = new Caller<Version2>({ version, peer, session });
  return { peer, caller, link: new OcppLink(caller, commands, close) };
}
