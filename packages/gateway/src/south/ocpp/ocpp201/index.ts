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

/** Both directions of one OCPP 2.0.1 connection. */
export function open201(
  session: Session,
  wiring: Omit<PeerOptions<'2.0.1'>, 'version' | 'handlers'>,
  close: (reason: string) => void,
): { peer: Peer<'2.0.1'>; caller: Caller<'2.0.1'>; link: StationLink } {
  const peer = new Peer({ ...wiring, version: '2.0.1', handlers: handlers201(session) });
  const caller = new Caller({ version: '2.0.1', peer, session });
  return { peer, caller, link: new Link201(caller, close) };
}

/** The commands of an OCPP 2.0.1 station. */
class Link201 implements StationLink {
  readonly #caller: Caller<'2.0.1'>;
  readonly #close: (reason: string) => void;

  constructor(caller: Caller<'2.0.1'>, close: (reason: string) => void) {
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
