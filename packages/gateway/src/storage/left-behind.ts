import type { ChargingStation } from '../domain/charging-station.ts';
import type { FactOf } from '../domain/facts.ts';
import { withLatest } from '../domain/readings.ts';
import { maxRecent } from '../domain/event-numbers.ts';
import type { EventNumbers, Transaction } from '../domain/transaction.ts';
import type { Entry } from './deferred.ts';
import { toFacts } from './from-rows.ts';
import { parseJson, type Progress } from './json.ts';
import { markName } from './log-writes.ts';
import { type ReadFact, readFacts, toGroups } from './readings-text.ts';
import type { Reader } from './reader.ts';
import { stationQueries } from './station-queries.ts';
import type { FactRow } from './tables.ts';

/** Rows of facts that are read at a time. */
const page = 100;

/** What an earlier process has left. */
export interface Inheritance {
  /** Its newest fact. */
  lastSeq: number;
  /** Number after that of its newest frame. */
  nextFrame: number;
  entries: readonly Entry[];
}

/**
 * What an earlier process left undone when it was killed: rows of readings whose facts are stored. To write any of them a
 * second time changes nothing.
 */
export async function leftBehind(reader: Reader): Promise<Omit<Inheritance, 'nextFrame'>> {
  const entries = new Map<string, Entry | undefined>();
  const { station } = stationQueries(reader);
  let after = await markOf(reader);
  const written = await writtenAfter(reader, after);
  for (;;) {
    const rows = await reader.db
      .selectFrom('facts')
      .selectAll()
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(page)
      .execute();
    for (const row of rows) {
      after = row.seq;
      if (row.type === 'station.deleted' && row.station_id !== null) {
        written.set(row.station_id, row.seq);
        entries.delete(row.station_id);
      }
      for (const { seq, fact, progress } of readingsIn(row)) {
        const { stationId } = fact;
        if (seq <= (written.get(stationId) ?? 0)) continue;
        if (!entries.has(stationId)) entries.set(stationId, entryOf(await station(stationId), seq));
        const entry = entries.get(stationId);
        if (entry !== undefined) addReadings(entry, fact, { seq, progress });
      }
    }
    if (rows.length < page)
      return { lastSeq: after, entries: [...entries.values()].filter((one) => one !== undefined) };
  }
}

async function markOf({ db }: Reader): Promise<number> {
  const row = await db.selectFrom('meta').select('value').where('name', '=', markName).executeTakeFirst();
  return Number(row?.value ?? 0);
}

/** The newest fact of each station whose row is written, beyond a number. Rows of one station are written in order. */
async function writtenAfter({ db }: Reader, mark: number): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('meter_values')
    .select((on) => ['station_id', on.fn.max('seq').as('seq')])
    .where('seq', '>', mark)
    .groupBy('station_id')
    .execute();
  return new Map(rows.map(({ station_id: stationId, seq }) => [stationId, seq]));
}

interface NumberedReadings extends ReadFact {
  seq: number;
}

function readingsIn(row: FactRow): NumberedReadings[] {
  if (row.type !== 'measurements.taken') return [];
  if (row.station_id === null) {
    return readFacts(row.payload).map((read, index) => ({ ...read, seq: row.seq - row.count + 1 + index }));
  }
  const { progress } = parseJson<{ progress?: Progress }>(row.payload);
  return toFacts(row).flatMap((fact) =>
    fact.type === 'measurements.taken' ? [{ fact, progress, seq: fact.seq }] : [],
  );
}

function entryOf(station: ChargingStation | undefined, firstSeq: number): Entry | undefined {
  if (station === undefined) return undefined;
  return { stationId: station.stationId, station: { before: station, after: station }, lines: [], firstSeq, since: 0 };
}

function addReadings(
  entry: Entry,
  fact: FactOf<'measurements.taken'>,
  { seq, progress }: Pick<NumberedReadings, 'seq' | 'progress'>,
): void {
  const { at, transactionId, measurements } = fact;
  entry.lines.push({ seq, at: at.getTime(), transactionId, groups: toGroups(measurements) });
  if (entry.station === undefined) return;
  const { before, after } = entry.station;
  entry.station = { before, after: advanced(after, fact, progress) };
}

function advanced(
  station: ChargingStation,
  { transactionId, measurements }: FactOf<'measurements.taken'>,
  progress: Progress | undefined,
): ChargingStation {
  const evses = station.evses.map((evse) =>
    withLatest(
      evse,
      measurements.filter(({ evseId }) => evseId === evse.evseId),
    ),
  );
  const transactions = station.transactions.map((one) =>
    progress !== undefined && one.transactionId === transactionId ? progressed(one, progress) : one,
  );
  return { ...station, evses, transactions };
}

/** A row that has been written since is the newer one. */
function progressed(transaction: Transaction, { updatedAt, meterLastAt, events, ...rest }: Progress): Transaction {
  if (updatedAt <= transaction.updatedAt.getTime()) return transaction;
  return {
    ...transaction,
    ...rest,
    ...(meterLastAt !== undefined && { meterLastAt: new Date(meterLastAt) }),
    ...(events !== undefined && { events: withRecent(events, transaction.events) }),
    updatedAt: new Date(updatedAt),
  };
}

/** A fact tells of the newest event; those before it are known from the facts before, or from the row. */
function withRecent(events: EventNumbers, before: EventNumbers | undefined): EventNumbers {
  const told = events.recent ?? [];
  const known = (before?.recent ?? []).filter(
    ({ seqNo, eventType, atMs }) =>
      !told.some((mark) => mark.seqNo === seqNo && mark.eventType === eventType && mark.atMs === atMs),
  );
  return { ...events, recent: [...known, ...told].slice(-maxRecent) };
}
