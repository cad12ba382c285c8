import type { ChargingStation } from '../domain/charging-station.ts';
import type { FactOf } from '../domain/facts.ts';
import { withLatest } from '../domain/readings.ts';
import type { Transaction } from '../domain/transaction.ts';
import type { Entry } from './deferred.ts';
import { toFact } from './from-rows.ts';
import { parseJson, type Progress } from './json.ts';
import { markName, toRows } from './log-writes.ts';
import type { Reader } from './reader.ts';
import { stationQueries } from './station-queries.ts';
import type { FactRow } from './tables.ts';

/** Facts read at a time. */
const page = 1000;

/**
 * What an earlier process left undone when it was killed: rows of readings whose facts are stored. To write any of them a
 * second time changes nothing.
 */
export async function leftBehind(reader: Reader): Promise<{ lastSeq: number; entries: Entry[] }> {
  const entries = new Map<string, Entry>();
  const { station } = stationQueries(reader);
  const gone = new Set<string>();
  let after = await markOf(reader);
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
      const fact = toFact(row);
      if (fact.type !== 'measurements.taken' || gone.has(fact.stationId)) continue;
      const entry = entries.get(fact.stationId) ?? entryOf(await station(fact.stationId), row.seq);
      if (entry === undefined) gone.add(fact.stationId);
      else entries.set(fact.stationId, withReadings(entry, fact, row));
    }
    if (rows.length < page) return { lastSeq: after, entries: [...entries.values()] };
  }
}

async function markOf({ db }: Reader): Promise<number> {
  const row = await db.selectFrom('meta').select('value').where('name', '=', markName).executeTakeFirst();
  return Number(row?.value ?? 0);
}

function entryOf(station: ChargingStation | undefined, firstSeq: number): Entry | undefined {
  if (station === undefined) return undefined;
  const { stationId } = station;
  return { stationId, before: station, after: station, rows: [], spans: [], firstSeq, since: 0 };
}

function withReadings(entry: Entry, fact: FactOf<'measurements.taken'>, { seq, payload }: FactRow): Entry {
  const { rows, span } = toRows(fact);
  const { progress } = parseJson<{ progress?: Progress }>(payload);
  return {
    ...entry,
    after: advanced(entry.after, fact, progress),
    rows: [...entry.rows, ...rows.map((row) => ({ ...row, seq }))],
    spans: span === undefined ? entry.spans : [...entry.spans, span],
  };
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
function progressed(transaction: Transaction, { updatedAt, meterLastAt, ...rest }: Progress): Transaction {
  if (updatedAt <= transaction.updatedAt.getTime()) return transaction;
  return {
    ...transaction,
    ...rest,
    ...(meterLastAt !== undefined && { meterLastAt: new Date(meterLastAt) }),
    updatedAt: new Date(updatedAt),
  };
}
