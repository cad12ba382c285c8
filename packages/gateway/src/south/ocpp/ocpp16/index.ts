import { Peer, type Handlers, type PeerOptions } from '@busbar/ocpp';
import type { CommandOf } from '../../../domain/commands.ts';
import type { SendOptions, StationLink } from '../../../ports/south.ts';
import { Caller } from '../caller.ts';
import type { Session } from '../session.ts';
import { authorization, clearCache } from './authorization.ts';
import { availability, changeAvailability, unlockConnector } from './availability.ts';
import { certificates } from './certificates.ts';
import { dataTransfer } from './data-transfer.ts';
import { diagnostics } from './diagnostics.ts';
import { firmware } from './firmware.ts';
import { metering } from './metering.ts';
import { getBaseReport, getVariables, provisioning, reset, setVariables } from './provisioning.ts';
import { toRawResult } from '../raw.ts';
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

/** Both directions of one OCPP 1.6 connection. */
export function open16(
  session: Session,
  wiring: Omit<PeerOptions<'1.6'>, 'version' | 'handlers'>,
  close: (reason: string) => void,
): { peer: Peer<'1.6'>; caller: Caller<'1.6'>; link: StationLink } {
  const peer = new Peer({ ...wiring, version: '1.6', handlers: handlers16(session) });
  const caller = new Caller({ version: '1.6', peer, session });
  return { peer, caller, link: new Link16(caller, close) };
}

/** The commands of an OCPP 1.6 station. */
class Link16 implements StationLink {
  readonly #caller: Caller<'1.6'>;
  readonly #close: (reason: string) => void;

  constructor(caller: Caller<'1.6'>, close: (reason: string) => void) {
    this.#caller = caller;
    this.#close = close;
  }

  get stationId() {
    return this.#caller.stationId;
  }
  close(reason: string) {
    this.#close(reason);
  }
  requestStartTransaction(command: CommandOf<'requestStartTransaction'>, options: SendOptions) {
    return requestStartTransaction(this.#caller, command, options);
  }
  requestStopTransaction(command: CommandOf<'requestStopTransaction'>, options: SendOptions) {
    return requestStopTransaction(this.#caller, command, options);
  }
  reset(command: CommandOf<'reset'>, options: SendOptions) {
    return reset(this.#caller, command, options);
  }
  changeAvailability(command: CommandOf<'changeAvailability'>, options: SendOptions) {
    return changeAvailability(this.#caller, command, options);
  }
  unlockConnector(command: CommandOf<'unlockConnector'>, options: SendOptions) {
    return unlockConnector(this.#caller, command, options);
  }
  triggerMessage(command: CommandOf<'triggerMessage'>, options: SendOptions) {
    return triggerMessage(this.#caller, command, options);
  }
  clearCache(command: CommandOf<'clearCache'>, options: SendOptions) {
    return clearCache(this.#caller, command, options);
  }
  getVariables(command: CommandOf<'getVariables'>, options: SendOptions) {
    return getVariables(this.#caller, command, options);
  }
  setVariables(command: CommandOf<'setVariables'>, options: SendOptions) {
    return setVariables(this.#caller, command, options);
  }
  getBaseReport(command: CommandOf<'getBaseReport'>, options: SendOptions) {
    return getBaseReport(this.#caller, command, options);
  }
  setCurrentLimit(command: CommandOf<'setCurrentLimit'>, options: SendOptions) {
    return setCurrentLimit(this.#caller, command, options);
  }
  reserveNow(command: CommandOf<'reserveNow'>, options: SendOptions) {
    return reserveNow(this.#caller, command, options);
  }
  cancelReservation(command: CommandOf<'cancelReservation'>, options: SendOptions) {
    return cancelReservation(this.#caller, command, options);
  }
  async call({ action, payload }: CommandOf<'call'>, options: SendOptions) {
    const response = await this.#caller.callRaw(action, payload, options);
    return toRawResult(response);
  }
}
