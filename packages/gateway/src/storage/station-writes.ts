import type { ChargingStation, Connector, Evse, Reservation } from '../domain/charging-station.ts';
import { objectIdOf } from '../lib/object-id.ts';
import type { Column, Operations } from './writes.ts';
import { defineDelete, defineUpdate, defineUpsert, flag, orNull, push, timeOrNull } from './writes.ts';

const stationColumns: readonly Column<'stations', ChargingStation>[] = [
  ['station_id', (station) => station.stationId],
  ['object_id', (station) => objectIdOf('station', station.stationId)],
  ['admission', (station) => station.admission],
  ['protocol', (station) => orNull(station.protocol)],
  ['online', (station) => flag(station.online)],
  ['connected_at', (station) => timeOrNull(station.connectedAt)],
  ['disconnected_at', (station) => timeOrNull(station.disconnectedAt)],
  ['last_seen_at', (station) => timeOrNull(station.lastSeenAt)],
  ['registration', (station) => orNull(station.registration)],
  ['booted_at', (station) => timeOrNull(station.bootedAt)],
  ['boot_reason', (station) => orNull(station.bootReason)],
  ['vendor', (station) => orNull(station.info.vendor)],
  ['model', (station) => orNull(station.info.model)],
  ['serial_number', (station) => orNull(station.info.serialNumber)],
  ['charge_box_serial_number', (station) => orNull(station.info.chargeBoxSerialNumber)],
  ['firmware_version', (station) => orNull(station.info.firmwareVersion)],
  ['iccid', (station) => orNull(station.info.iccid)],
  ['imsi', (station) => orNull(station.info.imsi)],
  ['meter_type', (station) => orNull(station.info.meterType)],
  ['meter_serial_number', (station) => orNull(station.info.meterSerialNumber)],
  ['availability', (station) => station.availability],
  ['error_code', (station) => orNull(station.errorCode)],
  ['firmware_status', (station) => orNull(station.firmwareStatus)],
  ['log_status', (station) => orNull(station.logStatus)],
  ['last_transaction_number', (station) => station.lastTransactionNumber],
  ['label', (station) => orNull(station.label)],
  ['created_at', (station) => station.createdAt.getTime()],
];

const upsertStation = defineUpsert('stations', stationColumns, { key: ['station_id'], keep: ['object_id'] });

const touchStation = defineUpdate<'stations', ChargingStation>('stations', {
  set: [['last_seen_at', (station) => timeOrNull(station.lastSeenAt)]],
  key: [['station_id', (station) => station.stationId]],
});

interface StationEvse {
  stationId: string;
  evse: Evse;
}

const upsertEvse = defineUpsert<'evses', StationEvse>(
  'evses',
  [
    ['station_id', ({ stationId }) => stationId],
    ['evse_id', ({ evse }) => evse.evseId],
    ['availability', ({ evse }) => evse.availability],
    ['charging_state', ({ evse }) => orNull(evse.chargingState)],
    ['current_limit', ({ evse }) => orNull(evse.currentLimit)],
    ['latest', ({ evse }) => JSON.stringify(Object.values(evse.latest))],
  ],
  { key: ['station_id', 'evse_id'] },
);

interface StationConnector {
  stationId: string;
  evseId: number;
  connector: Connector;
}

const connectorKey: readonly Column<'connectors', StationConnector>[] = [
  ['station_id', ({ stationId }) => stationId],
  ['evse_id', ({ evseId }) => evseId],
  ['connector_id', ({ connector }) => connector.connectorId],
];

const upsertConnector = defineUpsert<'connectors', StationConnector>(
  'connectors',
  [
    ...connectorKey,
    ['object_id', (item) => objectIdOf('connector', item.stationId, item.evseId, item.connector.connectorId)],
    ['status', ({ connector }) => connector.status],
    ['status_detail', ({ connector }) => orNull(connector.statusDetail)],
    ['error_code', ({ connector }) => orNull(connector.errorCode)],
    ['info', ({ connector }) => orNull(connector.info)],
    ['vendor_error_code', ({ connector }) => orNull(connector.vendorErrorCode)],
    ['since', ({ connector }) => connector.since.getTime()],
  ],
  { key: ['station_id', 'evse_id', 'connector_id'], keep: ['object_id'] },
);

const deleteConnector = defineDelete('connectors', connectorKey);

const evseKey: readonly Column<'evses', { stationId: string; evseId: number }>[] = [
  ['station_id', ({ stationId }) => stationId],
  ['evse_id', ({ evseId }) => evseId],
];
const deleteEvse = defineDelete('evses', evseKey);
const deleteConnectorsOfEvse = defineDelete<'connectors', { stationId: string; evseId: number }>('connectors', [
  ['station_id', ({ stationId }) => stationId],
  ['evse_id', ({ evseId }) => evseId],
]);

interface StationReservation {
  stationId: string;
  reservation: Reservation;
}

const upsertReservation = defineUpsert<'reservations', StationReservation>(
  'reservations',
  [
    ['station_id', ({ stationId }) => stationId],
    ['reservation_id', ({ reservation }) => reservation.reservationId],
    ['object_id', ({ stationId, reservation }) => objectIdOf('reservation', stationId, reservation.reservationId)],
    ['evse_id', ({ reservation }) => orNull(reservation.evseId)],
    ['id_token', ({ reservation }) => reservation.idToken.idToken],
    ['id_token_type', ({ reservation }) => reservation.idToken.type],
    ['expires_at', ({ reservation }) => reservation.expiresAt.getTime()],
    ['status', ({ reservation }) => reservation.status],
    ['created_at', ({ reservation }) => reservation.updatedAt.getTime()],
    ['updated_at', ({ reservation }) => reservation.updatedAt.getTime()],
  ],
  { key: ['station_id', 'reservation_id'], keep: ['object_id', 'created_at'] },
);

/** Tables with rows of a station, all of which go with it. */
const stationTables = [
  'evses',
  'connectors',
  'transactions',
  'reservations',
  'meter_values',
  'variables',
  'commands',
  'messages',
  'credentials',
  'stations',
] as const;

const deletions = stationTables.map((table) => defineDelete<typeof table, string>(table, [['station_id', (id) => id]]));

export function deleteStation(operations: Operations, stationId: string): void {
  for (const deletion of deletions) push(operations, deletion, stationId);
}

/** The station itself, its EVSEs, connectors and reservations, where they changed. */
export function writeStation(
  operations: Operations,
  { before, after }: { before: ChargingStation | undefined; after: ChargingStation },
): void {
  if (before === after) return;
  writeOwnFields(operations, before, after);
  if (before?.evses !== after.evses) writeEvses(operations, { before, after });
  if (before?.reservations === after.reservations) return;
  const { stationId } = after;
  for (const reservation of after.reservations) {
    if (before?.reservations.includes(reservation)) continue;
    push(operations, upsertReservation, { stationId, reservation });
  }
}

/** Fields of a station that are columns of its row, but for the time it was last seen, which changes alone most often. */
const ownFields = [
  'admission',
  'protocol',
  'online',
  'connectedAt',
  'disconnectedAt',
  'registration',
  'bootedAt',
  'bootReason',
  'info',
  'availability',
  'errorCode',
  'firmwareStatus',
  'logStatus',
  'lastTransactionNumber',
  'label',
  'createdAt',
] as const satisfies readonly (keyof ChargingStation)[];

/** Whether nothing but the newest values of EVSEs differs, as far as rows of the station go. */
export function isSameButReadings(before: ChargingStation, after: ChargingStation): boolean {
  if (before.reservations !== after.reservations || before.lastSeenAt !== after.lastSeenAt) return false;
  if (before.evses.length !== after.evses.length) return false;
  for (const field of ownFields) if (before[field] !== after[field]) return false;
  for (const [index, evse] of after.evses.entries()) {
    const old = before.evses[index];
    if (old === evse) continue;
    if (old === undefined || old.evseId !== evse.evseId || old.connectors !== evse.connectors) return false;
    if (differsBeyondReadings(old, evse)) return false;
  }
  return true;
}

function writeOwnFields(operations: Operations, before: ChargingStation | undefined, after: ChargingStation): void {
  if (before === undefined || ownFields.some((field) => before[field] !== after[field])) {
    push(operations, upsertStation, after);
  } else if (before.lastSeenAt !== after.lastSeenAt) {
    push(operations, touchStation, after);
  }
}

interface EvseChange {
  before: ChargingStation | undefined;
  after: ChargingStation;
}

function writeEvses(operations: Operations, { before, after }: EvseChange): void {
  const { stationId } = after;
  for (const evse of after.evses) {
    const old = before?.evses.find((other) => other.evseId === evse.evseId);
    if (old === evse) continue;
    if (old === undefined || differs(old, evse)) push(operations, upsertEvse, { stationId, evse });
    if (old?.connectors !== evse.connectors) writeConnectors(operations, stationId, { old, evse });
  }
  for (const { evseId } of before?.evses ?? []) {
    if (after.evses.some((evse) => evse.evseId === evseId)) continue;
    push(operations, deleteEvse, { stationId, evseId });
    push(operations, deleteConnectorsOfEvse, { stationId, evseId });
  }
}

function differs(old: Evse, evse: Evse): boolean {
  return old.latest !== evse.latest || differsBeyondReadings(old, evse);
}

function differsBeyondReadings(old: Evse, evse: Evse): boolean {
  return (
    old.chargingState !== evse.chargingState ||
    old.currentLimit !== evse.currentLimit ||
    old.availability !== evse.availability
  );
}

function writeConnectors(
  operations: Operations,
  stationId: string,
  { old, evse }: { old: Evse | undefined; evse: Evse },
): void {
  const { evseId } = evse;
  for (const connector of evse.connectors) {
    if (old?.connectors.includes(connector)) continue;
    push(operations, upsertConnector, { stationId, evseId, connector });
  }
  for (const connector of old?.connectors ?? []) {
    if (evse.connectors.some((other) => other.connectorId === connector.connectorId)) continue;
    push(operations, deleteConnector, { stationId, evseId, connector });
  }
}
