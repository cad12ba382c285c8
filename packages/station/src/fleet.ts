import { systemClock, type Clock, type Timer } from './clock.ts';
import type { BackOff } from './back-off.ts';
import type { StationVersion } from './options.ts';
import { createSimulatedHost, type SimulatedHost, type SimulatedHostOptions } from './simulated-host.ts';
import { createStation, type Station } from './station.ts';
import type { VariableSettings } from './variable-values.ts';

export interface FleetOptions {
  count: number;
  /** Of the CSMS. */
  url: string;
  /** In turn, from the first station on. Default 1.6 and 2.0.1. */
  versions?: readonly StationVersion[];
  /** The number of the station follows, from 1. Default `SIM`. */
  identityPrefix?: string;
  /** When vehicles come and go; without it, nobody comes. */
  arrival?: Arrivals;
  /** Time over which the stations start, evenly. Default 10 ms for each. */
  rampMs?: number;
  password?: string;
  clock?: Clock;
  /** Uniform in [0, 1). Default Math.random. */
  random?: () => number;
  host?: Omit<SimulatedHostOptions, 'clock' | 'random'>;
  settings?: VariableSettings;
  backOff?: Partial<BackOff>;
}

export interface Arrivals {
  /** Mean time between a departure and the next arrival at one EVSE. Default 60 s. */
  idleMs?: number;
  /** Mean stay; the vehicle may be full before. Default 5 min. */
  stayMs?: number;
  /** Tokens that are presented, at random. */
  idTokens: readonly string[];
}

/** Stations that live by themselves. */
export interface Fleet {
  readonly members: readonly FleetMember[];
  start(): void;
  /** Disconnects all; resolves when nothing runs any more. */
  stop(): Promise<void>;
}

export interface FleetMember {
  readonly station: Station;
  readonly host: SimulatedHost;
}

/** Makes a fleet; nothing happens before `start`. */
export function createFleet(options: FleetOptions): Fleet {
  return new SimulatedFleet(options);
}

class SimulatedFleet implements Fleet {
  readonly members: readonly FleetMember[];
  readonly #options: FleetOptions;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #timers = new Set<Timer>();

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.members = Array.from({ length: options.count }, (_, i) => this.#createMember(i));
  }

  start(): void {
    const { rampMs = this.members.length * 10, arrival } = this.#options;
    for (const [i, member] of this.members.entries()) {
      this.#after((i / this.members.length) * rampMs, () => {
        member.station.start();
        if (arrival) member.station.events.once('accepted', () => this.#live(member, arrival));
      });
    }
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    await Promise.all(this.members.map(({ station }) => station.stop()));
    for (const { host } of this.members) host.shutDown();
  }

  #createMember(index: number): FleetMember {
    const { url, versions = ['1.6', '2.0.1'], identityPrefix = 'SIM', password, settings, backOff } = this.#options;
    const host = createSimulatedHost({ ...this.#options.host, clock: this.#clock, random: this.#random });
    const station = createStation({
      identity: `${identityPrefix}${index + 1}`,
      url,
      versions: [versions[index % versions.length] ?? '1.6'],
      host,
      clock: this.#clock,
      random: this.#random,
      ...(password !== undefined && { password }),
      ...(settings && { settings }),
      ...(backOff && { backOff }),
    });
    return { station, host };
  }

  #live(member: FleetMember, arrival: Arrivals): void {
    for (const { id } of member.host.evses) this.#arriveLater(member, id, arrival);
  }

  #arriveLater({ host, station }: FleetMember, evseId: number, arrival: Arrivals): void {
    const { idleMs = 60_000, stayMs = 300_000, idTokens } = arrival;
    const token = idTokens[Math.floor(this.#random() * idTokens.length)];
    this.#after(this.#around(idleMs), () => {
      host.plug(evseId);
      this.#after(this.#around(3000), () => {
        if (token !== undefined) host.presentToken(evseId, token);
      });
      this.#after(this.#around(stayMs), () => {
        host.unplug(evseId);
        this.#arriveLater({ host, station }, evseId, arrival);
      });
    });
  }

  /** From half to one and a half of the mean. */
  #around(meanMs: number): number {
    return meanMs * (0.5 + this.#random());
  }

  #after(ms: number, task: () => void): void {
    const timer = this.#clock.after(ms, () => {
      this.#timers.delete(timer);
      task();
    });
    this.#timers.add(timer);
  }
}
