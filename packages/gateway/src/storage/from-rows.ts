import type { Token } from '../domain/authorization.ts';
import type { ChargingStation, Connector, Evse, Reservation } from '../domain/charging-station.ts';
import type { CommandRecord } from '../domain/commands.ts';
import type { StoredFact } from '../domain/facts.ts';
import type { Measurement } from '../domain/measurement.ts';
import { keyOf } from '../domain/measurement.ts';
import type { Transaction } from '../domain/transaction.ts';
import type { ApiKey, AuditEntry, Credential, StateEntry, StoredVariable } from '../ports/store.ts';
import { parseJson, reviveCommand, reviveFact, reviveMeasurements } from './json.ts';
import { readFacts } from './readings-text.ts';
import type {
  ApiKeyRow,
  AuditRow,
  CommandRow,
  ConnectorRow,
  CredentialRow,
  EvseRow,
  FactRow,
  ReservationRow,
  ServiceStateRow,
  StationRow,
  TokenRow,
  TransactionRow,
  VariableRow,
} from './tables.ts';

type Optional<T> = { [K in keyof T as null extends T[K] ? never : undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as null extends T[K] ? K : undefined extends T[K] ? K : never]?: NonNullable<T[K]>;
};

/** Leaves out what is absent. */
function present<T extends object>(fields: T): Optional<T>;
function present(fields: object): unknown {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}

function dateOf(time: number): Date;
function dateOf(time: number | null): Date | undefined;
function dateOf(time: number | null): Date | undefined {
  return time === null ? undefined : new Date(time);
}

function flagOf(value: 0 | 1 | null): boolean | undefined {
  return value === null ? undefined : value === 1;
}

function jsonOf<T>(text: string | null): T | undefined {
  return text === null ? undefined : parseJson<T>(text);
}

/** All rows of one station. */
export interface StationParts {
  station: StationRow;
  evses: readonly EvseRow[];
  connectors: readonly ConnectorRow[];
  transactions: readonly TransactionRow[];
  reservations: readonly ReservationRow[];
}

export function toStation({ station, evses, connectors, transactions, reservations }: StationParts): ChargingStation {
  return present({
    stationId: station.station_id,
    admission: station.admission,
    protocol: station.protocol,
    online: station.online === 1,
    connectedAt: dateOf(station.connected_at),
    disconnectedAt: dateOf(station.disconnected_at),
    lastSeenAt: dateOf(station.last_seen_at),
    registration: station.registration,
    bootedAt: dateOf(station.booted_at),
    bootReason: station.boot_reason,
    info: toInfo(station),
    availability: station.availability,
    errorCode: station.error_code,
    firmwareStatus: station.firmware_status,
    logStatus: station.log_status,
    evses: evses.map((evse) => toEvse(evse, connectors)),
    transactions: transactions.map(toTransaction),
    reservations: reservations.map(toReservation),
    lastTransactionNumber: station.last_transaction_number,
    label: station.label,
    createdAt: dateOf(station.created_at),
  });
}

function toInfo(station: StationRow): ChargingStation['info'] {
  return present({
    vendor: station.vendor,
    model: station.model,
    serialNumber: station.serial_number,
    chargeBoxSerialNumber: station.charge_box_serial_number,
    firmwareVersion: station.firmware_version,
    iccid: station.iccid,
    imsi: station.imsi,
    meterType: station.meter_type,
    meterSerialNumber: station.meter_serial_number,
  });
}

function toEvse(evse: EvseRow, connectors: readonly ConnectorRow[]): Evse {
  const latest = parseJson<Measurement[]>(evse.latest);
  reviveMeasurements(latest);
  return present({
    evseId: evse.evse_id,
    connectors: connectors.filter((row) => row.evse_id === evse.evse_id).map(toConnector),
    availability: evse.availability,
    chargingState: evse.charging_state,
    latest: Object.fromEntries(latest.map((measurement) => [keyOf(measurement), measurement])),
    currentLimit: evse.current_limit,
  });
}

function toConnector(row: ConnectorRow): Connector {
  return present({
    connectorId: row.connector_id,
    status: row.status,
    statusDetail: row.status_detail,
    errorCode: row.error_code,
    info: row.info,
    vendorErrorCode: row.vendor_error_code,
    since: dateOf(row.since),
  });
}

export function toTransaction(row: TransactionRow): Transaction {
  return present({
    stationId: row.station_id,
    transactionId: row.transaction_id,
    evseId: row.evse_id,
    connectorId: row.connector_id,
    state: row.state,
    chargingState: row.charging_state,
    idToken:
      row.id_token === null || row.id_token_type === null
        ? undefined
        : { idToken: row.id_token, type: row.id_token_type },
    authorization: row.authorization_status,
    startedAt: dateOf(row.started_at),
    endedAt: dateOf(row.ended_at),
    stoppedReason: row.stopped_reason,
    meterStart: row.meter_start,
    meterLast: row.meter_last,
    meterLastAt: dateOf(row.meter_last_at),
    energy: row.energy,
    soc: row.soc,
    events: jsonOf<NonNullable<Transaction['events']>>(row.events),
    offline: row.offline === 1,
    remoteStartId: row.remote_start_id,
    reservationId: row.reservation_id,
    anomalies: parseJson<Transaction['anomalies']>(row.anomalies),
    startKey: row.start_key,
    endKey: row.end_key,
    updatedAt: dateOf(row.updated_at),
  });
}

export function toReservation(row: ReservationRow): Reservation {
  return present({
    reservationId: row.reservation_id,
    evseId: row.evse_id,
    idToken: { idToken: row.id_token, type: row.id_token_type },
    expiresAt: dateOf(row.expires_at),
    status: row.status,
    updatedAt: dateOf(row.updated_at),
  });
}

export function toVariable(row: VariableRow): StoredVariable {
  return present({
    component: present({
      name: row.component,
      instance: row.component_instance,
      evseId: row.evse_id,
      connectorId: row.connector_id,
    }),
    variable: present({ name: row.variable, instance: row.variable_instance }),
    attribute: row.attribute,
    key: row.key,
    value: row.value,
    writable: flagOf(row.writable),
    dataType: row.data_type,
    unit: row.unit,
    reportedAt: dateOf(row.reported_at),
  });
}

export function toToken(row: TokenRow): Token {
  return present({
    tokenId: row.token_id,
    idToken: row.id_token,
    type: row.id_token_type,
    blocked: row.blocked === 1,
    expiresAt: dateOf(row.expires_at),
    groupId: row.group_id,
    label: row.label,
    createdAt: dateOf(row.created_at),
    updatedAt: dateOf(row.updated_at),
  });
}

export function toCommand(row: CommandRow): CommandRecord {
  const command = parseJson<CommandRecord['command']>(row.command);
  reviveCommand(command);
  return present({
    commandId: row.command_id,
    stationId: row.station_id,
    command,
    status: row.status,
    failure: row.failure,
    detail: row.detail,
    outcomeUnknown: flagOf(row.outcome_unknown),
    result: jsonOf<NonNullable<CommandRecord['result']>>(row.result),
    requestedBy: row.requested_by,
    requestedAt: dateOf(row.requested_at),
    updatedAt: dateOf(row.updated_at),
    expiresAt: dateOf(row.expires_at),
    dispatchedAt: dateOf(row.dispatched_at),
    timeoutS: row.timeout_s,
  });
}

/** The facts of a row, in order. */
export function toFacts(row: FactRow): StoredFact[] {
  const { type, seq, count, payload, station_id: stationId } = row;
  if (type === 'measurements.taken' && stationId === null) {
    return readFacts(payload).map(({ fact }, index) => ({ ...fact, seq: seq - count + 1 + index }));
  }
  const fact = parseJson<StoredFact>(payload);
  reviveFact(fact, type);
  // Told for a start after a crash only.
  Reflect.deleteProperty(fact, 'progress');
  return [Object.assign(fact, { type, at: dateOf(row.at), seq }, stationId !== null && { stationId })];
}

export function toApiKey(row: ApiKeyRow): ApiKey {
  return present({
    keyId: row.key_id,
    name: row.name,
    hash: row.hash,
    prefix: row.prefix,
    scopes: parseJson<string[]>(row.scopes),
    createdAt: dateOf(row.created_at),
    expiresAt: dateOf(row.expires_at),
    revokedAt: dateOf(row.revoked_at),
  });
}

export function toCredential(row: CredentialRow): Credential {
  return { stationId: row.station_id, passwordHash: row.password_hash, updatedAt: dateOf(row.updated_at) };
}

export function toAuditEntry(row: AuditRow): AuditEntry {
  return present({
    auditId: row.audit_id,
    at: dateOf(row.at),
    actor: row.actor,
    operation: row.operation,
    stationId: row.station_id,
    detail: parseJson<Record<string, unknown>>(row.detail),
  });
}

export function toStateEntry(row: ServiceStateRow): StateEntry {
  const value = parseJson<unknown>(row.value);
  const { service, state_key: key, expires_at: expiresAt } = row;
  return { service, key, value, ...(expiresAt !== null && { expiresAt: dateOf(expiresAt) }) };
}
