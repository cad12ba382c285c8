import type { Clock, Timer } from '../time/clock.ts';
import type { Station } from '../station.ts';
import type { Arrivals } from './arrivals.ts';
import { SimulatedCharger, type ChargerOptions } from './charger.ts';
import type { SimulatedHost } from './host.ts';
import { Visits } from './visits.ts';

export interface FleetMember {
  readonly identity: string;
  readonly charger: SimulatedCharger;
  /** Another one after each power cut. */
  readonly station: Station;
  readonly host: SimulatedHost;
}

export interface Life {
  /** Who comes; nobody without it. */
  arrivals: Arrivals | undefined;
  clock: Clock;
  random: () => number;
}

/** A charger of a fleet, and who comes to it. */
export class Member implements FleetMember {
  readonly charger: SimulatedCharger;
  readonly #life: Life;
  #timer: Timer | undefined;
  #visits: readonly Visits[] | undefined;

  constructor(options: ChargerOptions, life: Life) {
    this.#life = life;
    this.charger = new SimulatedCharger({
      ...options,
      onStation: (station) => {
        options.onStation?.(station);
        if (life.arrivals) station.events.once('accepted', () => this.#live());
      },
    });
  }

  get identity(): string {
    return this.charger.identity;
  }

  get station(): Station {
    return this.charger.station;
  }

  get host(): SimulatedHost {
    return this.charger.host;
  }

  startIn(ms: number): void {
    this.#timer = this.#life.clock.after(ms, () => this.charger.start());
  }

  async end(): Promise<void> {
    this.#timer?.cancel();
    for (const visits of this.#visits ?? []) visits.stop();
    await this.charger.stop();
  }

  /** Vehicles come once the CSMS has accepted the charger, whatever becomes of it later. */
  #live(): void {
    const { arrivals, clock, random } = this.#life;
    if (this.#visits || !arrivals) return;
    const { host } = this;
    this.#visits = host.evses.map(({ id: evseId }) => new Visits({ host, evseId }, { arrivals, clock, random }));
    for (const visits of this.#visits) visits.start();
  }
}
