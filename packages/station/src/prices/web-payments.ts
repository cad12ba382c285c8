import type { Timer } from '../time/clock.ts';
import type { Core } from '../core.ts';
import type { Evse } from '../evse.ts';

/** EVSEs that somebody pays for on a web page: until the CSMS starts there, or the time is up, nobody else may. OCPP 2.1 C25 */
export class WebPayments {
  readonly #core: Core;
  #kept: Map<Evse, Timer> | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  keeps(evse: Evse): boolean {
    return this.#kept?.has(evse) ?? false;
  }

  /** The last one counts. Where somebody may charge already, nothing is kept. */
  started(evse: Evse, timeoutS: number): void {
    this.over(evse);
    if (timeoutS > 0 && !evse.isAuthorized) {
      const timer = this.#core.clock.after(timeoutS * 1000, () => this.#expired(evse));
      (this.#kept ??= new Map()).set(evse, timer);
    }
    this.#core.host.webPaymentStarted?.(evse.id, timeoutS);
  }

  over(evse: Evse): void {
    this.#kept?.get(evse)?.cancel();
    this.#kept?.delete(evse);
  }

  stop(): void {
    for (const timer of this.#kept?.values() ?? []) timer.cancel();
    this.#kept = undefined;
  }

  /** Who has plugged in meanwhile may charge with a token that waits. */
  #expired(evse: Evse): void {
    this.over(evse);
    if (evse.isPlugged) this.#core.waiting.offer(evse);
  }
}
