import type { ChargingStation } from '../domain/charging-station.ts';
import type { FactOf } from '../domain/facts.ts';
import type { Change } from '../ports/store.ts';
import { maxBlock, type Span, writeReadings } from './log-writes.ts';
import type { Line } from './readings-text.ts';
import { isSameButReadings, writeStation } from './station-writes.ts';
import { areSameButProgress, writeTransactions } from './transaction-writes.ts';
import type { Operations } from './writes.ts';

/** A change that brings readings and nothing else: whatever it changes can be made again from its facts. */
export interface ReadingsChange {
  station: { before: ChargingStation; after: ChargingStation };
  facts: readonly FactOf<'measurements.taken'>[];
}

/** Readings of one station whose facts are stored, and whose rows are not. */
export interface Entry {
  stationId: string;
  /** The station as its rows have it, and as it is. Absent when only readings wait. */
  station: { before: ChargingStation; after: ChargingStation } | undefined;
  lines: Line[];
  /** Number of its first fact. */
  firstSeq: number;
  /** ms of the monotonic clock. */
  since: number;
}

interface Taken {
  entry: Entry;
  settled: PromiseWithResolvers<void>;
}

/** How long rows may be behind their facts, ms. */
const patienceMs = 5000;
/** So many readings of a station do not wait any longer. */
const fullLines = 128;
/** Stations whose rows are written together: few enough that commits wait a few ms at most. */
const stationsAtOnce = 50;

export function readingsChangeOf(change: Change): ReadingsChange | undefined {
  const { station, facts } = change;
  if (station?.before === undefined || facts.length === 0 || facts.length > maxBlock) return undefined;
  if (!bringsOnlyFacts(change)) return undefined;
  const { before, after } = station;
  const readings: FactOf<'measurements.taken'>[] = [];
  for (const fact of facts) {
    if (fact.type !== 'measurements.taken') return undefined;
    readings.push(fact);
  }
  const isSame = isSameButReadings(before, after) && areSameButProgress(before.transactions, after.transactions);
  return isSame ? { station: { before, after }, facts: readings } : undefined;
}

function bringsOnlyFacts({ commands, tokens, deletedTokens, apiKeys, credentials, audit, state }: Change): boolean {
  return (commands ?? tokens ?? deletedTokens ?? apiKeys ?? credentials ?? audit ?? state) === undefined;
}

/**
 * Rows that wait. A station that meters writes the same few rows with every message; here they gather for some seconds
 * and are written once. Their facts are on the disk already, and what a crash leaves undone is made up for at the next start
 * from the facts beyond the mark.
 */
export class Deferred {
  /** Oldest first. */
  readonly #waiting = new Map<string, Entry>();
  /** Those of them with many readings. */
  readonly #full = new Set<Entry>();
  /** Sent to be written, outcome unknown. */
  readonly #taken = new Map<string, Taken>();

  get size(): number {
    return this.#waiting.size;
  }

  /** Resolves when rows of the station that are on their way have arrived, or not. */
  arrivalOf(stationId: string): Promise<void> | undefined {
    return this.#taken.get(stationId)?.settled.promise;
  }

  /** Whether rows of a station, or of any, are behind. */
  isBehind(stationId?: string): boolean {
    if (stationId === undefined) return this.#waiting.size + this.#taken.size > 0;
    return this.#waiting.has(stationId) || this.#taken.has(stationId);
  }

  add(entry: Entry): void {
    const known = this.#waiting.get(entry.stationId);
    if (known === undefined) this.#waiting.set(entry.stationId, entry);
    else join(known, entry);
    const joined = known ?? entry;
    if (joined.lines.length >= fullLines) this.#full.add(joined);
  }

  take(stationId: string): Entry[] {
    const entry = this.#waiting.get(stationId);
    return entry === undefined ? [] : [this.#toTaken(entry)];
  }

  takeOldest(count: number): Entry[] {
    return Array.from(this.#waiting.values().take(count), (entry) => this.#toTaken(entry));
  }

  /** Those whose time has come. */
  takeDue(now: number): Entry[] {
    const due = new Set<Entry>();
    for (const entry of this.#full) {
      if (due.size >= stationsAtOnce) break;
      due.add(entry);
    }
    for (const entry of this.#waiting.values()) {
      if (due.size >= stationsAtOnce || now - entry.since < patienceMs) break;
      due.add(entry);
    }
    return Array.from(due, (entry) => this.#toTaken(entry));
  }

  /** ms until the next is due; 0 when it is. */
  dueIn(now: number): number | undefined {
    if (this.#full.size > 0) return 0;
    for (const { since } of this.#waiting.values()) return Math.max(0, since + patienceMs - now);
    return undefined;
  }

  written(entries: readonly Entry[]): void {
    for (const { stationId } of entries) this.#settle(stationId);
  }

  /** Not written: they wait on, before what has come since. */
  restore(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#settle(entry.stationId);
      const newer = this.#waiting.get(entry.stationId);
      this.#waiting.delete(entry.stationId);
      if (newer !== undefined) {
        this.#full.delete(newer);
        join(entry, newer);
      }
      this.add(entry);
    }
  }

  /** The fact up to which every row is written once `written` are; `lastSeq` is the newest fact that is stored. */
  markAfter(written: readonly Entry[], lastSeq: number): number {
    let mark = lastSeq;
    for (const { firstSeq } of this.#waiting.values()) mark = Math.min(mark, firstSeq - 1);
    for (const { entry } of this.#taken.values()) {
      if (!written.includes(entry)) mark = Math.min(mark, entry.firstSeq - 1);
    }
    return mark;
  }

  #toTaken(entry: Entry): Entry {
    this.#waiting.delete(entry.stationId);
    this.#full.delete(entry);
    this.#taken.set(entry.stationId, { entry, settled: Promise.withResolvers() });
    return entry;
  }

  #settle(stationId: string): void {
    this.#taken.get(stationId)?.settled.resolve();
    this.#taken.delete(stationId);
  }
}

function join(entry: Entry, { station, lines }: Entry): void {
  if (station !== undefined) entry.station = { before: entry.station?.before ?? station.before, after: station.after };
  for (const line of lines) entry.lines.push(line);
}

/** The rows of a station, as of its newest readings. */
export function writeEntry(operations: Operations, { stationId, station, lines }: Entry): void {
  writeReadings(operations, stationId, lines);
  const spans = spansOf(stationId, lines);
  if (station === undefined) return writeTransactions(operations, noTransactions, spans);
  const { before, after } = station;
  writeStation(operations, station);
  writeTransactions(operations, { before: before.transactions, after: after.transactions }, spans);
}

const noTransactions = { before: [], after: [] };

/** One for each transaction. */
function spansOf(stationId: string, lines: readonly Line[]): Span[] {
  const spans = new Map<string, Span>();
  for (const { transactionId, groups } of lines) {
    if (transactionId === undefined) continue;
    for (const { takenAt } of groups) {
      const span = spans.get(transactionId);
      if (span === undefined) spans.set(transactionId, { stationId, transactionId, first: takenAt, last: takenAt });
      else if (takenAt < span.first) span.first = takenAt;
      else if (takenAt > span.last) span.last = takenAt;
    }
  }
  return [...spans.values()];
}
