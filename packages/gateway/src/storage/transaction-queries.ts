import { normalizedIdToken } from '../domain/authorization.ts';
import type { Queries } from '../ports/store.ts';
import { toTransaction } from './from-rows.ts';
import { measurementQueries } from './measurement-queries.ts';
import { matching, pageOf, within } from './pages.ts';
import type { Reader } from './reader.ts';

type TransactionQueries = Pick<
  Queries,
  | 'transaction'
  | 'transactionByStartKey'
  | 'transactionByObjectId'
  | 'transactions'
  | 'unstoredMeasurements'
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
    ...measurementQueries(reader),
  };
}
