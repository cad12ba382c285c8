import type { OcppVersion } from '@busbar/ocpp';
import type { CommandOf, CommandResult, CommandType } from '../../domain/commands.ts';
import type { SendOptions, StationLink } from '../../ports/south.ts';
import type { Caller } from './caller.ts';
import { toRawResult } from './raw.ts';

/** What each command is in one version of OCPP. */
export type Commands<V extends OcppVersion> = {
  readonly [T in Exclude<CommandType, 'call'>]: (
    caller: Caller<V>,
    command: CommandOf<T>,
    options: SendOptions,
  ) => Promise<CommandResult>;
};

/** The commands of one connected station. Methods, not functions of its own: there may be 10,000 of them. */
export class OcppLink<V extends OcppVersion> implements StationLink {
  readonly #caller: Caller<V>;
  readonly #commands: Commands<V>;
  readonly #close: (reason: string) => void;

  constructor(caller: Caller<V>, commands: Commands<V>, close: (reason: string) => void) {
    this.#caller = caller;
    this.#commands = commands;
    this.#close = close;
  }

  get stationId() {
    return this.#caller.stationId;
  }
  close(reason: string) {
    this.#close(reason);
  }
  requestStartTransaction(command: CommandOf<'requestStartTransaction'>, options: SendOptions) {
    return this.#commands.requestStartTransaction(this.#caller, command, options);
  }
  requestStopTransaction(command: CommandOf<'requestStopTransaction'>, options: SendOptions) {
    return this.#commands.requestStopTransaction(this.#caller, command, options);
  }
  reset(command: CommandOf<'reset'>, options: SendOptions) {
    return this.#commands.reset(this.#caller, command, options);
  }
  changeAvailability(command: CommandOf<'changeAvailability'>, options: SendOptions) {
    return this.#commands.changeAvailability(this.#caller, command, options);
  }
  unlockConnector(command: CommandOf<'unlockConnector'>, options: SendOptions) {
    return this.#commands.unlockConnector(this.#caller, command, options);
  }
  triggerMessage(command: CommandOf<'triggerMessage'>, options: SendOptions) {
    return this.#commands.triggerMessage(this.#caller, command, options);
  }
  clearCache(command: CommandOf<'clearCache'>, options: SendOptions) {
    return this.#commands.clearCache(this.#caller, command, options);
  }
  getVariables(command: CommandOf<'getVariables'>, options: SendOptions) {
    return this.#commands.getVariables(this.#caller, command, options);
  }
  setVariables(command: CommandOf<'setVariables'>, options: SendOptions) {
    return this.#commands.setVariables(this.#caller, command, options);
  }
  getBaseReport(command: CommandOf<'getBaseReport'>, options: SendOptions) {
    return this.#commands.getBaseReport(this.#caller, command, options);
  }
  setCurrentLimit(command: CommandOf<'setCurrentLimit'>, options: SendOptions) {
    return this.#commands.setCurrentLimit(this.#caller, command, options);
  }
  reserveNow(command: CommandOf<'reserveNow'>, options: SendOptions) {
    return this.#commands.reserveNow(this.#caller, command, options);
  }
  cancelReservation(command: CommandOf<'cancelReservation'>, options: SendOptions) {
    return this.#commands.cancelReservation(this.#caller, command, options);
  }
  async call({ action, payload }: CommandOf<'call'>, options: SendOptions) {
    return toRawResult(await this.#caller.callRaw(action, payload, options));
  }
}
