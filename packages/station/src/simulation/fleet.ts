import { systemClock, type Clock } from '../time/clock.ts';
import type { BackOff } from '../connection/back-off.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { allVersions, type StationIdentity, type StationVersion } from '../options.ts';
import type { Arrivals } from './arrivals.ts';
import { Misfortune, type FailureKind, type FleetFailures } from './fleet-failures.ts';
import { Member, type FleetMember } from './fleet-member.ts';
import { createSharedClock } from './shared-clock.ts';
import type { SimulatedHostOptions } from './host.ts';
import { identityOf, Mix, type Weights } from './mix.ts';
import type { Station } from '../station.ts';
import type { VariableSettings } from '../device-model/variable-values.ts';

export type { Arrivals } from './arrivals.ts';
export type { FleetMember } from './fleet-member.ts';

export interface FleetOptions {
  count: number;
  /** Of the CSMS. */
  url: string;
  /** In turn, from the first station on, or in proportion to weights. Default 1.6 and 2.0.1. */
  versions?: readonly StationVersion[] | Weights<StationVersion>;
  /** A station offers the versions before its own as well, and the CSMS chooses. Default false. */
  fallsBack?: boolean;
  /** The number of the station follows, from 1. Default `SIM`. */
  identityPrefix?: string;
  /** Instead of a prefix: `{n}` is the number, `{n:4}` with four digits, `{version}` the version. */
  identity?: string;
  /** What the stations say they are, in turn. */
  models?: readonly Partial<Omit<StationIdentity, 'identity'>>[];
  /** When vehicles come and go; without it, nobody comes. */
  arrival?: Arrivals;
  /** Time over which the stations start. Default 10 ms for each. */
  rampMs?: number;
  /** `even`: each at a random time of its own share. `growing`: from one on, by a constant factor. Default `even`. */
  ramp?: 'even' | 'growing';
  /** What goes wrong, at random. Default: nothing. */
  failures?: FleetFailures;
  password?: string;
  /** Default: the computer's, with one timer for all; waits end up to 1/64 late. */
  clock?: Clock;
  /** Uniform in [0, 1). Default Math.random. */
  random?: () => number;
  host?: Omit<SimulatedHostOptions, 'clock' | 'random'>;
  settings?: VariableSettings;
  backOff?: Partial<BackOff>;
  /** Told of each station that is made: a charger makes another one after each power cut. */
  onStation?(station: Station): void;
  onFailure?(kind: FailureKind, member: FleetMember): void;
}

/** Stations that live by themselves. */
export interface Fleet {
  readonly members: readonly FleetMember[];
  start(): void;
  /** More of them, with the next numbers; they start over `overMs` when the fleet runs. Default 10 ms for each. */
  add(count: number, overMs?: number): readonly FleetMember[];
  /** Takes the newest away; resolves when nothing of them runs any more. */
  remove(count: number): Promise<void>;
  /** Disconnects all; resolves when nothing runs any more. */
  stop(): Promise<void>;
}

/** Makes a fleet; nothing happens before `start`. */
export function createFleet(options: FleetOptions): Fleet {
  return new SimulatedFleet(options);
}

/** Time for each station over which a fleet starts, ms. */
const rampEachMs = 10;

class SimulatedFleet implements Fleet {
  readonly #options: FleetOptions;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #versions: Mix<StationVersion>;
  readonly #members: Member[] = [];
  readonly #misfortune: Misfortune;
  #made = 0;
  #isRunning = false;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#clock = options.clock ?? createSharedClock(systemClock);
    this.#random = options.random ?? Math.random;
    this.#versions = new Mix(weightsOf(options.versions ?? ['1.6', '2.0.1']));
    this.#misfortune = new Misfortune(options.failures ?? {}, {
      clock: this.#clock,
      random: this.#random,
      members: () => this.#members,
      onFailure: (kind, member) => options.onFailure?.(kind, member),
    });
    this.#make(options.count);
  }

  get members(): readonly FleetMember[] {
    return this.#members;
  }

  start(): void {
    this.#isRunning = true;
    this.#launch(this.#members, this.#options.rampMs);
    this.#misfortune.start();
  }

  add(count: number, overMs?: number): readonly FleetMember[] {
    const made = this.#make(count);
    if (this.#isRunning) this.#launch(made, overMs);
    return made;
  }

  async remove(count: number): Promise<void> {
    const gone = this.#members.splice(Math.max(0, this.#members.length - count));
    await Promise.all(gone.map((member) => member.end()));
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#misfortune.stop();
    await Promise.all(this.#members.map((member) => member.end()));
  }

  #make(count: number): Member[] {
    const made = Array.from({ length: count }, () => this.#createMember());
    this.#members.push(...made);
    return made;
  }

  #launch(members: readonly Member[], rampMs = members.length * rampEachMs): void {
    for (const [index, member] of members.entries()) {
      member.startIn(this.#startShare(index, members.length) * rampMs);
    }
  }

  /** When a station starts, as a share of the ramp. */
  #startShare(index: number, count: number): number {
    if (this.#options.ramp === 'growing') return Math.log(index + 1) / Math.log(count + 1);
    return (index + this.#random()) / count;
  }

  #createMember(): Member {
    const n = ++this.#made;
    const version = this.#versions.next();
    const { url, password, settings, backOff, host, models = [], failures = {}, onStation, arrival } = this.#options;
    const { identityPrefix = 'SIM', identity = `${identityPrefix}{n}`, fallsBack } = this.#options;
    const hasNetwork = (failures.slowAnswers ?? 0) > 0 || (failures.wrongAnswers ?? 0) > 0;
    return new Member(
      {
        ...models[(n - 1) % models.length],
        identity: identityOf(identity, { n, version }),
        url,
        versions: fallsBack ? allVersions.slice(allVersions.indexOf(version)) : [version],
        hasNetwork,
        clock: this.#clock,
        random: this.#random,
        ...(host && { host }),
        ...((failures.reboots ?? 0) > 0 && { store: createMemoryStore() }),
        ...(password !== undefined && { password }),
        ...(settings && { settings }),
        ...(backOff && { backOff }),
        ...(onStation && { onStation }),
      },
      { arrivals: arrival, clock: this.#clock, random: this.#random },
    );
  }
}

function weightsOf(
  versions: readonly StationVersion[] | Weights<StationVersion>,
): readonly (readonly [StationVersion, number])[] {
  if (isList(versions)) return versions.map((version) => [version, 1] as const);
  const all = ['1.6', '2.0.1', '2.1'] as const;
  return all.map((version) => [version, versions[version] ?? 0] as const);
}

function isList<T>(value: readonly T[] | object): value is readonly T[] {
  return Array.isArray(value);
}
