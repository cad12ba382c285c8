import { normalizedIdToken } from '../domain/authorization.ts';
import type { Measurement } from '../domain/measurement.ts';
import type { MeasurementQuery, Queries } from '../ports/store.ts';
import { toMeasurements, toTransaction } from './from-rows.ts';
import { sampleText } from './json.ts';
import { matching, pageOf, within } from './pages.ts';
import type { Reader } from './reader.ts';

type TransactionQueries = Pick<
  Queries,
  | 'transaction'
  | 'transactionByStartKey'
  | 'transactionByObjectId'
  | 'transactions'
  | 'hasMeasurements'
  | 'measurements'
>;

export function transactionQueries(reader: Reader): TransactionQueries {
  const all = () => reader.db.selectFrom('transactions').selectAll();
  const byId = reader.prepare(() => all().where('station_id', '=', '').where('transaction_id', '=', ''));
  const byStartKey = reader.prepare(() =>
    all().where('station_id', '=', '').where('start_key', '=', '').orderBy('started_at', 'desc'),
  );
  const byObjectId = reader.prepare(() => all().where('object_id', '=', ''));
  return {
    transaction: async (stationId, transactionId) => byId(stationId, transactionId).map(toTransaction)[0],
    transactionByStartKey: async (stationId, startKey) => byStartKey(stationId, startKey).map(toTransaction)[0],
    transactionByObjectId: async (objectId) => byObjectId(objectId).map(toTransaction)[0],
    transactions: ({ stationId, evseId, connectorId, idToken, state, started, updated, ...request }) => {
      const exact = {
        station_id: stationId,
        evse_id: evseId,
        connector_id: connectorId,
        id_token_key: idToken === undefined ? undefined : normalizedIdToken(idToken),
        state,
      };
      const selected = within(within(matching(all(), exact), 'started_at', started), 'updated_at', updated);
      return pageOf(selected, request, {
        ordering: {
          at: 'started_at',
          id: 'object_id',
          positionOf: (row) => ({ at: row.started_at, id: row.object_id }),
        },
        toItems: (rows) => rows.map(toTransaction),
      });
    },
    hasMeasurements: hasMeasurementsIn(reader),
    measurements: (query) => measurementsIn(reader, query),
  };
}

function hasMeasurementsIn(reader: Reader): Queries['hasMeasurements'] {
  const storedAt = reader.prepare((on) =>
    on
      .selectFrom('meter_values')
      .selectAll()
      .where('station_id', '=', '')
      .where('taken_at', '=', 0)
      .where('evse_id', '=', 0),
  );
  return async (stationId, evseId, measurements) => {
    const instants = Map.groupBy(measurements, (measurement) => measurement.takenAt.getTime());
    for (const [takenAt, given] of instants) {
      const rows = storedAt(stationId, takenAt, evseId);
      const texts = given.map(sampleText);
      const whole = `[${texts.join(',')}]`;
      if (rows.some((row) => row.samples === whole)) continue;
      const stored = new Set(rows.flatMap(toMeasurements).map(sampleText));
      if (!texts.every((text) => stored.has(text))) return false;
    }
    return true;
  };
}

const defaultMeasurements = 1000;
const maxMeasurements = 10_000;

async function measurementsIn({ db }: Reader, query: MeasurementQuery): Promise<Measurement[]> {
  const limit = Math.min(Math.max(query.limit ?? defaultMeasurements, 1), maxMeasurements);
  const exact = { station_id: query.stationId, evse_id: query.evseId, transaction_id: query.transactionId };
  let selected = matching(db.selectFrom('meter_values').selectAll(), exact);
  if (query.transactionId !== undefined) {
    const span = await db
      .selectFrom('transactions')
      .select(['first_taken_at', 'last_taken_at'])
      .where('station_id', '=', query.stationId)
      .where('transaction_id', '=', query.transactionId)
      .executeTakeFirst();
    if (!span || span.first_taken_at === null || span.last_taken_at === null) return [];
    selected = selected.where('taken_at', '>=', span.first_taken_at).where('taken_at', '<=', span.last_taken_at);
  }
  const rows = await within(selected, 'taken_at', query.taken)
    .orderBy('taken_at')
    .orderBy('seq')
    .orderBy('part')
    .limit(limit)
    .execute();
  const measurements: Measurement[] = [];
  for (const row of rows) {
    if (measurements.length >= limit) break;
    measurements.push(...toMeasurements(row));
  }
  return measurements.slice(0, limit);
}
