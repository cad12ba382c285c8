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

/** Everything an OCPP 2.0.1 station may send. */
export function handlers201(session: Session): Handlers<'2.0.1'> {
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

const commands: Commands<'2.0.1'> = {
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
export function open201(
  session: Session,
  wiring: Omit<PeerOptions<'2.0.1'>, 'version' | 'handlers'>,
  close: (reason: string) => void,
): { peer: Peer<'2.0.1'>; caller: Caller<'2.0.1'>; link: StationLink } {
  const peer = new Peer({ ...wiring, version: '2.0.1', handlers: handlers201(session) });
  const caller = new Caller({ version: '2.0.1', peer, session });
  return { peer, caller, link: new OcppLink(caller, commands, close) };
}
