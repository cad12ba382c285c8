import { sql } from 'kysely';
import type { ChargingStation } from '../domain/charging-station.ts';
import { keptTransactions } from '../domain/charging-station.ts';
import type { Page, Queries, StationQuery } from '../ports/store.ts';
import { toReservation, toStation } from './from-rows.ts';
import { contains, matching, pageOf, within } from './pages.ts';
import type { Reader } from './reader.ts';
import type { StationRow } from './tables.ts';

type StationQueries = Pick<
  Queries,
  'station' | 'stationIdOf' | 'connectorAddressOf' | 'stations' | 'counts' | 'reservations'
>;

/** Settled reservations that are loaded with a station. */
const keptReservations = 4;

export function stationQueries(reader: Reader): StationQueries {
  const { db } = reader;
  const one = stationReader(reader);
  const idOf = reader.prepare((on) => on.selectFrom('stations').select('station_id').where('object_id', '=', ''));
  const addressOf = reader.prepare((on) =>
    on.selectFrom('connectors').select(['station_id', 'evse_id', 'connector_id']).where('object_id', '=', ''),
  );
  return {
    station: async (stationId) => one(stationId),
    stationIdOf: async (objectId) => idOf(objectId)[0]?.station_id,
    connectorAddressOf: async (objectId) => {
      const [row] = addressOf(objectId);
      return row && { stationId: row.station_id, evseId: row.evse_id, connectorId: row.connector_id };
    },
    stations: (query) => stationPage(reader, query),
    counts: async () => {
      const stations = await db
        .selectFrom('stations')
        .select(['admission', 'online', db.fn.countAll<number>().as('number')])
        .groupBy(['admission', 'online'])
        .execute();
      const active = await db
        .selectFrom('transactions')
        .select(db.fn.countAll<number>().as('number'))
        .where(sql.ref('state'), '=', sql.lit('active'))
        .executeTakeFirst();
      const sum = (rows: typeof stations) => rows.reduce((total, row) => total + row.number, 0);
      return {
        stations: sum(stations),
        online: sum(stations.filter((row) => row.online === 1)),
        held: sum(stations.filter((row) => row.admission === 'held')),
        activeTransactions: active?.number ?? 0,
      };
    },
    reservations: ({ stationId, status, ...request }) =>
      pageOf(matching(db.selectFrom('reservations').selectAll(), { station_id: stationId, status }), request, {
        ordering: {
          at: 'created_at',
          id: 'object_id',
          positionOf: (row) => ({ at: row.created_at, id: row.object_id }),
        },
        toItems: (rows) => rows.map((row) => ({ ...toReservation(row), stationId: row.station_id })),
      }),
  };
}

function stationReader(reader: Reader): (stationId: string) => ChargingStation | undefined {
  const station = reader.prepare((on) => on.selectFrom('stations').selectAll().where('station_id', '=', ''));
  const evses = reader.prepare((on) =>
    on.selectFrom('evses').selectAll().where('station_id', '=', '').orderBy('evse_id'),
  );
  const connectors = reader.prepare((on) =>
    on.selectFrom('connectors').selectAll().where('station_id', '=', '').orderBy('evse_id').orderBy('connector_id'),
  );
  const open = reader.prepare((on) =>
    on
      .selectFrom('transactions')
      .selectAll()
      .where('station_id', '=', '')
      .where(sql.ref('state'), '=', sql.lit('active')),
  );
  const ended = reader.prepare((on) =>
    on
      .selectFrom('transactions')
      .selectAll()
      .where('station_id', '=', '')
      .where(sql.ref('state'), '=', sql.lit('ended'))
      .orderBy('started_at', 'desc')
      .orderBy('object_id', 'desc')
      .limit(sql.lit(keptTransactions)),
  );
  const reservations = reader.prepare((on) =>
    on.selectFrom('reservations').selectAll().where('station_id', '=', '').orderBy('updated_at', 'desc'),
  );
  return (stationId) => {
    const [row] = station(stationId);
    if (row === undefined) return undefined;
    const transactions = [...open(stationId), ...ended(stationId)];
    return toStation({
      station: row,
      evses: evses(stationId),
      connectors: connectors(stationId),
      transactions: transactions.sort((one, other) => one.started_at - other.started_at),
      reservations: keptOf(reservations(stationId)),
    });
  };
}

/** Active ones and the newest of the others, in the order they were made. */
function keptOf<Row extends { status: string; created_at: number; reservation_id: number }>(newestFirst: Row[]): Row[] {
  const active = newestFirst.filter((row) => row.status === 'Active');
  const settled = newestFirst.filter((row) => row.status !== 'Active').slice(0, keptReservations);
  return [...active, ...settled].sort(
    (one, other) => one.created_at - other.created_at || one.reservation_id - other.reservation_id,
  );
}

function stationPage(reader: Reader, query: StationQuery): Promise<Page<ChargingStation>> {
  const { online, admission, vendor, model, protocol, search, created, ...request } = query;
  const exact = {
    online: online === undefined ? undefined : Number(online),
    admission,
    vendor,
    model,
    protocol,
  };
  let selected = within(matching(reader.db.selectFrom('stations').selectAll(), exact), 'created_at', created);
  if (search !== undefined && search !== '') {
    const searched = ['station_id', 'label', 'vendor', 'model', 'serial_number', 'charge_box_serial_number'];
    selected = selected.where((on) => on.or(searched.map((column) => contains(column, search))));
  }
  return pageOf(selected, request, {
    ordering: { at: 'created_at', id: 'station_id', positionOf: (row) => ({ at: row.created_at, id: row.station_id }) },
    toItems: (rows) => withParts(reader, rows),
  });
}

/** Reads what belongs to the stations of a page, table by table. */
async function withParts({ db }: Reader, stations: readonly StationRow[]): Promise<ChargingStation[]> {
  if (stations.length === 0) return [];
  const ids = stations.map((row) => row.station_id);
  const evses = await db.selectFrom('evses').selectAll().where('station_id', 'in', ids).orderBy('evse_id').execute();
  const connectors = await db
    .selectFrom('connectors')
    .selectAll()
    .where('station_id', 'in', ids)
    .orderBy('evse_id')
    .orderBy('connector_id')
    .execute();
  const open = await db
    .selectFrom('transactions')
    .selectAll()
    .where('station_id', 'in', ids)
    .where(sql.ref('state'), '=', sql.lit('active'))
    .execute();
  const ended = await Promise.all(ids.map((id) => lastEnded(db, id)));
  const reservations = await db
    .selectFrom('reservations')
    .selectAll()
    .where('station_id', 'in', ids)
    .orderBy('updated_at', 'desc')
    .execute();
  const byStation = {
    evses: byId(evses),
    connectors: byId(connectors),
    open: byId(open),
    reservations: byId(reservations),
  };
  return stations.map((station, index) => {
    const id = station.station_id;
    const transactions = [...(byStation.open.get(id) ?? []), ...(ended[index] ?? [])];
    return toStation({
      station,
      evses: byStation.evses.get(id) ?? [],
      connectors: byStation.connectors.get(id) ?? [],
      transactions: transactions.sort((one, other) => one.started_at - other.started_at),
      reservations: keptOf(byStation.reservations.get(id) ?? []),
    });
  });
}

function lastEnded(db: Reader['db'], stationId: string) {
  return db
    .selectFrom('transactions')
    .selectAll()
    .where('station_id', '=', stationId)
    .where(sql.ref('state'), '=', sql.lit('ended'))
    .orderBy('started_at', 'desc')
    .orderBy('object_id', 'desc')
    .limit(keptTransactions)
    .execute();
}

function byId<Row extends { station_id: string }>(rows: readonly Row[]): Map<string, Row[]> {
  return Map.groupBy(rows, (row) => row.station_id);
}
