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
import { cancelReservation, reserveNow } from './reservation.ts';
import { setCurrentLimit } from './smart-charging.ts';
import { requestStartTransaction, requestStopTransaction, transactions } from './transactions.ts';

/** Everything an OCPP 1.6 station may send. */
export function handlers16(session: Session): Handlers<'1.6'> {
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
  };
}

const commands: Commands<'1.6'> = {
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

/** Both directions of one OCPP 1.6 connection. */
export function open16(
  session: Session,
  wiring: Omit<PeerOptions<'1.6'>, 'version' | 'handlers'>,
  close: (reason: string) => void,
): { peer: Peer<'1.6'>; caller: Caller<'1.6'>; link: StationLink } {
  const peer = new Peer({ ...wiring, version: '1.6', handlers: handlers16(session) });
  const caller = new Caller({ version: '1.6', peer, session });
  return { peer, caller, link: new OcppLink(caller, commands, close) };
}
