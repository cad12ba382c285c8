import type { AuthorizationStatus } from '../domain/authorization.ts';
import type { Admission, AvailabilityStatus, ChargingStation, ConnectorStatus } from '../domain/charging-station.ts';
import type { CommandStatus, CommandType, FailureReason } from '../domain/commands.ts';
import type { AttributeType } from '../domain/device-model.ts';
import type { FactType } from '../domain/facts.ts';
import type { ChargingState, Transaction } from '../domain/transaction.ts';

/** The schema as queries see it. Times are ms since 1970, booleans 0 or 1, structures JSON text, absent values null. */
export interface Tables {
  stations: StationRow;
  evses: EvseRow;
  connectors: ConnectorRow;
  transactions: TransactionRow;
  reservations: ReservationRow;
  meter_values: MeterValuesRow;
  variables: VariableRow;
  tokens: TokenRow;
  commands: CommandRow;
  facts: FactRow;
  messages: MessagesRow;
  api_keys: ApiKeyRow;
  credentials: CredentialRow;
  audit: AuditRow;
  service_state: ServiceStateRow;
  meta: { name: string; value: string };
}

export type TableName = keyof Tables;

/** What a column can hold. */
export type SqlValue = string | number | null;

export type Flag = 0 | 1;

export interface StationRow {
  station_id: string;
  object_id: string;
  admission: Admission;
  protocol: string | null;
  online: Flag;
  connected_at: number | null;
  disconnected_at: number | null;
  last_seen_at: number | null;
  registration: NonNullable<ChargingStation['registration']> | null;
  booted_at: number | null;
  boot_reason: string | null;
  vendor: string | null;
  model: string | null;
  serial_number: string | null;
  charge_box_serial_number: string | null;
  firmware_version: string | null;
  iccid: string | null;
  imsi: string | null;
  meter_type: string | null;
  meter_serial_number: string | null;
  availability: AvailabilityStatus;
  error_code: string | null;
  firmware_status: string | null;
  log_status: string | null;
  last_transaction_number: number;
  label: string | null;
  created_at: number;
}

export interface EvseRow {
  station_id: string;
  evse_id: number;
  availability: AvailabilityStatus;
  charging_state: ChargingState | null;
  current_limit: number | null;
  /** JSON array of measurements. */
  latest: string;
}

export interface ConnectorRow {
  station_id: string;
  evse_id: number;
  connector_id: number;
  object_id: string;
  status: ConnectorStatus;
  status_detail: string | null;
  error_code: string | null;
  info: string | null;
  vendor_error_code: string | null;
  since: number;
}

export interface TransactionRow {
  station_id: string;
  transaction_id: string;
  object_id: string;
  evse_id: number;
  connector_id: number;
  state: Transaction['state'];
  charging_state: ChargingState | null;
  id_token: string | null;
  /** As compared: without regard to case. */
  id_token_key: string | null;
  id_token_type: string | null;
  authorization_status: AuthorizationStatus | null;
  started_at: number;
  ended_at: number | null;
  stopped_reason: string | null;
  meter_start: number | null;
  meter_last: number | null;
  meter_last_at: number | null;
  energy: number;
  soc: number | null;
  /** JSON of {@link EventNumbers}. */
  events: string | null;
  offline: Flag;
  remote_start_id: number | null;
  reservation_id: number | null;
  /** JSON array of names. */
  anomalies: string;
  start_key: string | null;
  end_key: string | null;
  updated_at: number;
  /** Times of its oldest and newest meter values. */
  first_taken_at: number | null;
  last_taken_at: number | null;
}

export interface ReservationRow {
  station_id: string;
  reservation_id: number;
  object_id: string;
  evse_id: number | null;
  id_token: string;
  id_token_type: string;
  expires_at: number;
  status: 'Active' | 'Used' | 'Expired' | 'Cancelled' | 'Removed';
  created_at: number;
  updated_at: number;
}

/** What one station measured in a while, an hour at most, as some of its messages told it. */
export interface MeterValuesRow {
  /** Number of the newest fact that tells of it. */
  seq: number;
  part: number;
  station_id: string;
  /** Times of its oldest and newest values. */
  first_at: number;
  last_at: number;
  stored_at: number;
  /** As in readings-text.ts. */
  readings: string;
}

export interface VariableRow {
  station_id: string;
  /** Lower-case name, then all parts of the address, so that no two addresses share one. */
  variable_key: string;
  component: string;
  component_instance: string | null;
  evse_id: number | null;
  connector_id: number | null;
  variable: string;
  variable_instance: string | null;
  attribute: AttributeType | null;
  key: string | null;
  value: string | null;
  writable: Flag | null;
  data_type: string | null;
  unit: string | null;
  reported_at: number;
}

export interface TokenRow {
  token_id: string;
  id_token: string;
  /** As compared: without regard to case. Unique. */
  id_token_key: string;
  id_token_type: string;
  blocked: Flag;
  expires_at: number | null;
  group_id: string | null;
  label: string | null;
  created_at: number;
  updated_at: number;
}

export interface CommandRow {
  command_id: string;
  station_id: string;
  type: CommandType;
  /** JSON of the command. */
  command: string;
  status: CommandStatus;
  failure: FailureReason | null;
  detail: string | null;
  outcome_unknown: Flag | null;
  /** JSON of {@link CommandResult}. */
  result: string | null;
  requested_by: string;
  requested_at: number;
  updated_at: number;
  expires_at: number;
  dispatched_at: number | null;
  timeout_s: number;
}

/** A fact; facts of readings that were stored together share a row, and bear consecutive numbers. */
export interface FactRow {
  /** Number of the newest fact in the row. */
  seq: number;
  count: number;
  type: FactType;
  station_id: string | null;
  at: number;
  /** JSON of what the type carries; of readings as in readings-text.ts, for all their stations. */
  payload: string;
}

/** Frames that one station exchanged in about a second. */
export interface MessagesRow {
  /** Number of the first frame of all that were written together. */
  bulk: number;
  station_id: string;
  first_at: number;
  last_at: number;
  /** As in message-log.ts. */
  frames: string;
}

export interface ApiKeyRow {
  key_id: string;
  name: string;
  hash: string;
  prefix: string;
  /** JSON array. */
  scopes: string;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
}

export interface CredentialRow {
  station_id: string;
  password_hash: string;
  updated_at: number;
}

export interface AuditRow {
  audit_id: number;
  at: number;
  actor: string;
  operation: string;
  station_id: string | null;
  /** JSON object. */
  detail: string;
}

export interface ServiceStateRow {
  service: string;
  state_key: string;
  /** JSON. */
  value: string;
  expires_at: number | null;
}
