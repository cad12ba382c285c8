import type { Measurement } from '../domain/measurement.ts';
import type { MeasurementQuery, Queries } from '../ports/store.ts';
import { maxSpanMs } from './log-writes.ts';
import type { Reader } from './reader.ts';
import { readRow, type StoredReadings, toGroups } from './readings-text.ts';

type MeasurementQueries = Pick<Queries, 'unstoredMeasurements' | 'measurements'>;

export function measurementQueries(reader: Reader): MeasurementQueries {
  return { unstoredMeasurements: unstoredMeasurementsIn(reader), measurements: measurementsIn(reader) };
}

function unstoredMeasurementsIn(reader: Reader): Queries['unstoredMeasurements'] {
  const around = reader.prepare((on) =>
    on
      .selectFrom('meter_values')
      .select('readings')
      .where('station_id', '=', '')
      .where('last_at', '>=', 0)
      .where('last_at', '<=', 0)
      .where('first_at', '<=', 0),
  );
  return async (stationId, evseId, measurements) => {
    const stored = new Set<string>();
    for (const takenAt of new Set(measurements.map((measurement) => measurement.takenAt.getTime()))) {
      const rows = around(stationId, takenAt, takenAt + maxSpanMs, takenAt);
      for (const one of rows.flatMap(({ readings }) => readRow(readings))) {
        if (one.takenAt !== takenAt || one.evseId !== evseId) continue;
        for (const measurement of one.measurements) stored.add(identityOf(measurement));
      }
    }
    return measurements.filter((measurement) => !stored.has(identityOf(measurement)));
  };
}

/** A measurement alone has one shape and one text, which has its time. */
function identityOf(measurement: Measurement): string {
  return toGroups([measurement])[0]?.text ?? '';
}

const defaultMeasurements = 1000;
const maxMeasurements = 10_000;
/** Rows that are read at a time. */
const page = 200;

/** In order of time. */
function measurementsIn({ db }: Reader): Queries['measurements'] {
  const spanOf = ({ stationId, transactionId = '' }: MeasurementQuery) =>
    db
      .selectFrom('transactions')
      .select(['first_taken_at', 'last_taken_at'])
      .where('station_id', '=', stationId)
      .where('transaction_id', '=', transactionId)
      .executeTakeFirst();
  return async (query) => {
    const limit = Math.min(Math.max(query.limit ?? defaultMeasurements, 1), maxMeasurements);
    let from = query.taken?.since?.getTime() ?? Number.MIN_SAFE_INTEGER;
    let until = query.taken?.until?.getTime() ?? Number.MAX_SAFE_INTEGER;
    if (query.transactionId !== undefined) {
      const span = await spanOf(query);
      if (!span || span.first_taken_at === null || span.last_taken_at === null) return [];
      from = Math.max(from, span.first_taken_at);
      until = Math.min(until, span.last_taken_at + 1);
    }
    const found = await readingsOf(db, query, { from, until, limit });
    return found
      .toSorted((one, other) => one.takenAt - other.takenAt || one.seq - other.seq)
      .flatMap(({ measurements }) => measurements)
      .slice(0, limit);
  };
}

/** At least the oldest `limit` values that fit, if there are so many. */
async function readingsOf(
  db: Reader['db'],
  query: MeasurementQuery,
  { from, until, limit }: { from: number; until: number; limit: number },
): Promise<StoredReadings[]> {
  const found: StoredReadings[] = [];
  for (let offset = 0; ; offset += page) {
    const rows = await db
      .selectFrom('meter_values')
      .selectAll()
      .where('station_id', '=', query.stationId)
      .where('last_at', '>=', from)
      .where('last_at', '<', until + maxSpanMs)
      .where('first_at', '<', until)
      .orderBy('last_at')
      .orderBy('seq')
      .orderBy('part')
      .limit(page)
      .offset(offset)
      .execute();
    for (const one of rows.flatMap(({ readings }) => readRow(readings))) {
      if (one.takenAt >= from && one.takenAt < until && fits(one, query)) found.push(one);
    }
    const last = rows.at(-1);
    // No row that comes later has older values than these.
    const settled = last === undefined ? until : last.last_at - maxSpanMs;
    if (rows.length < page || countOf(found, settled) >= limit) return found;
  }
}

function fits({ evseId, transactionId }: StoredReadings, query: MeasurementQuery): boolean {
  if (query.evseId !== undefined && evseId !== query.evseId) return false;
  return query.transactionId === undefined || transactionId === query.transactionId;
}

function countOf(found: readonly StoredReadings[], before: number): number {
  return found.reduce((sum, { takenAt, measurements }) => (takenAt < before ? sum + measurements.length : sum), 0);
}
