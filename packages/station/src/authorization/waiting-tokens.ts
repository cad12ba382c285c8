import type { Timer } from '../time/clock.ts';
import type { Core } from '../core.ts';
import type { Evse } from '../evse.ts';
import type { PendingProfile } from '../protocol.ts';
import type { IdToken } from '../station-host.ts';
import { isSameToken } from './tokens.ts';
import type { Authorization, TriggerReason } from '../transactions/transaction.ts';

/** Somebody who may charge, and has not plugged in anywhere yet. */
export interface WaitingToken {
  authorization: Authorization;
  /** Where a plug is awaited. */
  evses: readonly Evse[];
  trigger: TriggerReason;
  profile: PendingProfile | undefined;
}

/** Tokens that are authorised for the EVSE that is plugged in next. They wait as long as a plug is awaited at an EVSE. */
export class WaitingTokens {
  readonly #core: Core;
  #waiting: { token: WaitingToken; timer: Timer }[] = [];

  constructor(core: Core) {
    this.#core = core;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** It may have been plugged in somewhere while the CSMS was asked. */
  add(token: WaitingToken): void {
    const { authorization, trigger, profile } = token;
    const plugged = token.evses.find((evse) => evse.isPlugged && this.#isFor(token, evse));
    if (plugged) return plugged.start(authorization, { trigger, profile });
    const { clock, variables } = this.#core;
    const ms = variables.number('TxCtrlr.EVConnectionTimeOut') * 1000;
    const timer = clock.after(ms, () => this.#remove(token));
    this.#waiting.push({ token, timer });
  }

  /** A vehicle is plugged in: the first who waits for it may charge. */
  offer(evse: Evse): void {
    const found = this.#waiting.find(({ token }) => this.#isFor(token, evse));
    if (!found) return;
    const { authorization, trigger, profile } = found.token;
    this.#remove(found.token);
    evse.start(authorization, { trigger, profile });
  }

  /** False when the token does not wait. */
  cancel(idToken: IdToken): boolean {
    const found = this.#waiting.find(({ token }) => isSameToken(token.authorization.idToken, idToken));
    if (found) this.#remove(found.token);
    return found !== undefined;
  }

  stop(): void {
    for (const { timer } of this.#waiting) timer.cancel();
    this.#waiting = [];
  }

  #isFor({ evses, authorization: { idToken, groupId } }: WaitingToken, evse: Evse): boolean {
    return evses.includes(evse) && !this.#core.webPayments.keeps(evse) && evse.canStart(idToken, groupId);
  }

  #remove(token: WaitingToken): void {
    this.#waiting = this.#waiting.filter((each) => {
      if (each.token !== token) return true;
      each.timer.cancel();
      return false;
    });
  }
}
