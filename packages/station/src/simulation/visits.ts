import type { Clock, Timer } from '../time/clock.ts';
import { around, nextArrivalMs, type Arrivals } from './arrivals.ts';
import type { SimulatedHost } from './host.ts';

/** Mean time from the plug to the card. */
const cardMs = 3000;

/** The vehicles that come to one EVSE, one after the other. One timer at a time. */
export class Visits {
  readonly #host: SimulatedHost;
  readonly #evseId: number;
  readonly #options: { arrivals: Arrivals; clock: Clock; random: () => number };
  #timer: Timer | undefined;

  constructor(
    { host, evseId }: { host: SimulatedHost; evseId: number },
    options: { arrivals: Arrivals; clock: Clock; random: () => number },
  ) {
    this.#host = host;
    this.#evseId = evseId;
    this.#options = options;
  }

  start(): void {
    const { arrivals, clock, random } = this.#options;
    this.#timer = clock.after(nextArrivalMs(arrivals, clock.now(), random), () => this.#arrive());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #arrive(): void {
    const { arrivals, clock, random } = this.#options;
    this.#host.plug(this.#evseId, oneOf(arrivals.vehicles ?? [], random));
    const token = oneOf(arrivals.idTokens, random);
    const stayMs = around(arrivals.stayMs ?? 300_000, random);
    const waitMs = Math.min(around(cardMs, random), stayMs);
    this.#timer = clock.after(waitMs, () => {
      if (token !== undefined) this.#host.presentToken(this.#evseId, token);
      this.#timer = clock.after(stayMs - waitMs, () => {
        this.#host.unplug(this.#evseId);
        this.start();
      });
    });
  }
}

export function oneOf<T>(values: readonly T[], random: () => number): T | undefined {
  return values[Math.floor(random() * values.length)];
}
