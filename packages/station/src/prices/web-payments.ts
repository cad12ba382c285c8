import type { Timer } from '../time/clock.ts';
import type { Core } from '../core.ts';
import type { Evse } from '../evse.ts';
import { fieldsOf } from '../store/json-fields.ts';

const collection = 'webPayments';

/** s. Nobody pays for longer. */
const longestS = 86_400;

interface Kept {
  until: Date;
  /** As the CSMS has said, s; up to a day. */
  timeoutS: number;
  timer?: Timer;
}

/** EVSEs that somebody pays for on a web page: until the CSMS starts there, or the time is up, nobody else may. OCPP 2.1 C25 */
export class WebPayments {
  readonly #core: Core;
  readonly #kept = new Map<Evse, Kept>();

  constructor(core: Core) {
    this.#core = core;
  }

  /** What an earlier run has left. */
  load(): void {
    const { store, clock } = this.#core;
    for (const [key, value] of store.entries(collection)) {
      const evse = this.#core.evse(Number(key));
      const fields = fieldsOf(value);
      const [until, timeoutS] = [fields?.date('until'), fields?.number('timeoutS')];
      if (evse && until && timeoutS !== undefined && until > clock.now()) this.#kept.set(evse, { until, timeoutS });
      else store.remove(collection, key);
    }
  }

  /** Goes on with what is kept. */
  start(): void {
    for (const [evse, kept] of this.#kept) {
      this.#watch(evse, kept);
      this.#core.host.webPaymentStarted?.(evse.id, Math.ceil(this.#leftMs(kept) / 1000));
    }
  }

  stop(): void {
    for (const { timer } of this.#kept.values()) timer?.cancel();
  }

  keeps(evse: Evse): boolean {
    return this.#kept.has(evse);
  }

  /** The last one counts. Where somebody may charge already, nothing is kept. */
  started(evse: Evse, askedS: number): void {
    const { clock, store, host } = this.#core;
    const timeoutS = Math.min(askedS, longestS);
    this.over(evse);
    if (timeoutS > 0 && !evse.isAuthorized) {
      const kept = { until: new Date(clock.now().getTime() + timeoutS * 1000), timeoutS };
      store.put(collection, String(evse.id), { until: kept.until.toISOString(), timeoutS });
      this.#kept.set(evse, kept);
      this.#watch(evse, kept);
    }
    host.webPaymentStarted?.(evse.id, timeoutS);
  }

  over(evse: Evse): void {
    const kept = this.#kept.get(evse);
    if (!kept) return;
    kept.timer?.cancel();
    this.#kept.delete(evse);
    this.#core.store.remove(collection, String(evse.id));
  }

  #watch(evse: Evse, kept: Kept): void {
    kept.timer = this.#core.clock.after(this.#leftMs(kept), () => this.#expired(evse));
  }

  /** Never longer than the CSMS has said, whatever the clock says after a power cut. */
  #leftMs({ until, timeoutS }: Kept): number {
    return Math.min(until.getTime() - this.#core.clock.now().getTime(), timeoutS * 1000);
  }

  /** Who has plugged in meanwhile may charge with a token that waits. */
  #expired(evse: Evse): void {
    this.over(evse);
    evse.changed();
    if (evse.isPlugged) this.#core.waiting.offer(evse);
  }
}
