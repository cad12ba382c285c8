import type { ChargingStation } from '../domain/charging-station.ts';
import { NotFoundError } from '../domain/errors.ts';
import type { Fact } from '../domain/facts.ts';
import { forEach } from '../lib/for-each.ts';
import { Serial } from '../lib/serial.ts';
import type { Change, Store } from '../ports/store.ts';
import type { Recorder } from './record.ts';

/** What was decided about one station: its new state, what became of it, and what to answer. */
export interface Decision<T> {
  /** The same object as before when the state does not change. */
  station: ChargingStation;
  facts: readonly Fact[];
  answer: T;
  /** Whatever else must be stored in the same commit. */
  also?: Omit<Change, 'station' | 'facts'>;
}

/** Stations that are written at the same time when all are: enough for a commit that is shared by many. */
const atOnce = 200;

interface Entry {
  readonly serial: Serial;
  /** As last committed; a cache of the store. */
  station: ChargingStation | undefined;
  /** ms since 1970; 0 when nothing came yet. */
  seenAt: number;
}

/**
 * The stations in memory. Decisions about one station are made one after the other, each upon the state the one before
 * it has committed; stations never wait for each other.
 */
export class Stations {
  readonly #store: Store;
  readonly #recorder: Recorder;
  readonly #entries = new Map<string, Entry>();

  constructor(store: Store, recorder: Recorder) {
    this.#store = store;
    this.#recorder = recorder;
  }

  /** @throws NotFoundError when there is no such station */
  change<T>(stationId: string, decide: (station: ChargingStation) => Decision<T> | Promise<Decision<T>>): Promise<T> {
    const entry = this.#entryOf(stationId);
    return entry.serial.run(async () => {
      const before = entry.station ?? (await this.#before(stationId, entry));
      if (before === undefined) throw unknownStation(stationId);
      const deciding = decide(before);
      const decision = deciding instanceof Promise ? await deciding : deciding;
      const change = changeOf(before, decision);
      if (change === undefined) return decision.answer;
      await this.#recorder.record(change);
      entry.station = decision.station;
      return decision.answer;
    });
  }

  /** Makes a station unless it exists. Resolves with the one that exists then. */
  create(
    made: ChargingStation,
    fact: Fact,
    also: Decision<void>['also'] = {},
  ): Promise<{ station: ChargingStation; created: boolean }> {
    const entry = this.#entryOf(made.stationId);
    return entry.serial.run(async () => {
      const before = await this.#before(made.stationId, entry);
      if (before !== undefined) return { station: before, created: false };
      await this.#recorder.record({ ...also, station: { before: undefined, after: made }, facts: [fact] });
      entry.station = made;
      return { station: made, created: true };
    });
  }

  /** Removes a station, after `check` has had its say. */
  remove(stationId: string, check: (station: ChargingStation) => Change): Promise<void> {
    const entry = this.#entryOf(stationId);
    return entry.serial.run(async () => {
      const before = await this.#before(stationId, entry);
      if (before === undefined) throw unknownStation(stationId);
      await this.#recorder.record(check(before));
      entry.station = undefined;
    });
  }

  /** As it is in memory, or else in the store. */
  async current(stationId: string): Promise<ChargingStation | undefined> {
    return this.#entries.get(stationId)?.station ?? (await this.#store.station(stationId));
  }

  seen(stationId: string, now: number): void {
    const entry = this.#entries.get(stationId);
    if (entry !== undefined) entry.seenAt = now;
  }

  seenAt(stationId: string): Date | undefined {
    const seenAt = this.#entries.get(stationId)?.seenAt ?? 0;
    return seenAt === 0 ? undefined : new Date(seenAt);
  }

  /** Brings the newest signs of life to the store. */
  keepLastSeen(): Promise<void> {
    return forEach(this.#entries, atOnce, ([, entry]) =>
      entry.serial.run(async () => {
        const { station: before, seenAt } = entry;
        if (before === undefined || seenAt <= (before.lastSeenAt?.getTime() ?? 0)) return;
        const after = { ...before, lastSeenAt: new Date(seenAt) };
        await this.#recorder.record({ station: { before, after }, facts: [] });
        entry.station = after;
      }),
    );
  }

  /** Takes a station into memory, if it exists. */
  async load(stationId: string): Promise<void> {
    const entry = this.#entryOf(stationId);
    await entry.serial.run(() => this.#before(stationId, entry));
  }

  /** Stations in memory, as last committed. */
  *inMemory(): Iterable<ChargingStation> {
    for (const entry of this.#entries.values()) if (entry.station !== undefined) yield entry.station;
  }

  /** Forgets who is not connected and has nothing going on; the store has them. */
  sweep(): void {
    for (const [stationId, entry] of this.#entries) {
      if (entry.serial.idle && !isBusy(entry.station)) this.#entries.delete(stationId);
    }
  }

  #entryOf(stationId: string): Entry {
    const known = this.#entries.get(stationId);
    if (known !== undefined) return known;
    const entry: Entry = { serial: new Serial(), station: undefined, seenAt: 0 };
    this.#entries.set(stationId, entry);
    return entry;
  }

  async #before(stationId: string, entry: Entry): Promise<ChargingStation | undefined> {
    entry.station ??= await this.#store.station(stationId);
    return entry.station;
  }
}

/** What there is to store; `undefined` when that is nothing. */
function changeOf(before: ChargingStation, { station: after, facts, also }: Decision<unknown>): Change | undefined {
  if (also !== undefined) return after === before ? { ...also, facts } : { ...also, facts, station: { before, after } };
  if (after !== before) return { station: { before, after }, facts };
  return facts.length === 0 ? undefined : { facts };
}

/** Connected, or something must happen to it because time passes. */
function isBusy(station: ChargingStation | undefined): boolean {
  return station?.online === true || station?.reservations.some(({ status }) => status === 'Active') === true;
}

function unknownStation(stationId: string): NotFoundError {
  return new NotFoundError(`There is no charging station '${stationId}'.`);
}
