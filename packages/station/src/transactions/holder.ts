import type { Timer } from '../time/clock.ts';
import type { Core } from '../core.ts';
import type { PendingProfile } from '../protocol.ts';
import type { Authorization } from './transaction.ts';

/** Who may charge at an EVSE, and for how long the plug is awaited. */
export class Holder {
  readonly #core: Core;
  readonly #onTimeout: () => void;
  #current: Authorization | undefined;
  #profile: PendingProfile | undefined;
  #timer: Timer | undefined;

  constructor(core: Core, onTimeout: () => void) {
    this.#core = core;
    this.#onTimeout = onTimeout;
  }

  get current(): Authorization | undefined {
    return this.#current;
  }

  /** Somebody may charge, in place of whoever could before. */
  hold(authorization: Authorization, profile?: PendingProfile): void {
    this.release();
    this.#current = authorization;
    this.#profile = profile;
  }

  /** Nobody may charge any more. */
  release(): void {
    this.stopWaiting();
    this.#current = undefined;
    this.#profile = undefined;
  }

  /** In vain after EVConnectionTimeOut. */
  awaitPlug(): void {
    this.stopWaiting();
    const ms = this.#core.variables.number('TxCtrlr.EVConnectionTimeOut') * 1000;
    this.#timer = this.#core.clock.after(ms, this.#onTimeout);
  }

  stopWaiting(): void {
    this.#timer?.cancel();
  }

  /** The profile that came with a remote start; once. */
  takeProfile(): PendingProfile | undefined {
    const profile = this.#profile;
    this.#profile = undefined;
    return profile;
  }
}
