import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../tables.ts';
import type { ColumnTypes } from './index.ts';

export async function up(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  await createStations(db, types);
  await createEvses(db, types);
  await createTransactions(db, types);
  await createDeviceData(db, types);
  await createRecords(db, types);
  await createCommands(db, types);
  await createLogs(db, types);
  await createAccess(db, types);
}

async function createStations(db: Kysely<Tables>, { time }: ColumnTypes): Promise<void> {
  const text = 'text' as const;
  await db.schema
    .createTable('stations')
    .addColumn('station_id', text, (column) => column.primaryKey().notNull())
    .addColumn('object_id', text, (column) => column.notNull().unique())
    .addColumn('admission', text, (column) => column.notNull())
    .addColumn('protocol', text)
    .addColumn('online', 'integer', (column) => column.notNull())
    .addColumn('connected_at', time)
    .addColumn('disconnected_at', time)
    .addColumn('last_seen_at', time)
    .addColumn('registration', text)
    .addColumn('booted_at', time)
    .addColumn('boot_reason', text)
    .addColumn('vendor', text)
    .addColumn('model', text)
    .addColumn('serial_number', text)
    .addColumn('charge_box_serial_number', text)
    .addColumn('firmware_version', text)
    .addColumn('iccid', text)
    .addColumn('imsi', text)
    .addColumn('meter_type', text)
    .addColumn('meter_serial_number', text)
    .addColumn('availability', text, (column) => column.notNull())
    .addColumn('error_code', text)
    .addColumn('firmware_status', text)
    .addColumn('log_status', text)
    .addColumn('last_transaction_number', 'integer', (column) => column.notNull())
    .addColumn('label', text)
    .addColumn('created_at', time, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('stations_created').on('stations').columns(['created_at', 'station_id']).execute();
  await db.schema.createIndex('stations_admission').on('stations').columns(['admission', 'online']).execute();
}

async function createEvses(db: Kysely<Tables>, { time, real }: ColumnTypes): Promise<void> {
  const text = 'text' as const;
  await db.schema
    .createTable('evses')
    .addColumn('station_id', text, (column) => column.notNull())
    .addColumn('evse_id', 'integer', (column) => column.notNull())
    .addColumn('availability', text, (column) => column.notNull())
    .addColumn('charging_state', text)
    .addColumn('current_limit', real)
    .addColumn('latest', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('evses_key', ['station_id', 'evse_id'])
    .execute();
  await db.schema
    .createTable('connectors')
    .addColumn('station_id', text, (column) => column.notNull())
    .addColumn('evse_id', 'integer', (column) => column.notNull())
    .addColumn('connector_id', 'integer', (column) => column.notNull())
    .addColumn('object_id', text, (column) => column.notNull().unique())
    .addColumn('status', text, (column) => column.notNull())
    .addColumn('status_detail', text)
    .addColumn('error_code', text)
    .addColumn('info', text)
    .addColumn('vendor_error_code', text)
    .addColumn('since', time, (column) => column.notNull())
    .addPrimaryKeyConstraint('connectors_key', ['station_id', 'evse_id', 'connector_id'])
    .execute();
}

async function createTransactions(db: Kysely<Tables>, { time, real }: ColumnTypes): Promise<void> {
  const text = 'text' as const;
  await db.schema
    .createTable('transactions')
    .addColumn('station_id', text, (column) => column.notNull())
    .addColumn('transaction_id', text, (column) => column.notNull())
    .addColumn('object_id', text, (column) => column.notNull().unique())
    .addColumn('evse_id', 'integer', (column) => column.notNull())
    .addColumn('connector_id', 'integer', (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('charging_state', text)
    .addColumn('id_token', text)
    .addColumn('id_token_key', text)
    .addColumn('id_token_type', text)
    .addColumn('authorization_status', text)
    .addColumn('started_at', time, (column) => column.notNull())
    .addColumn('ended_at', time)
    .addColumn('stopped_reason', text)
    .addColumn('meter_start', real)
    .addColumn('meter_last', real)
    .addColumn('meter_last_at', time)
    .addColumn('energy', real, (column) => column.notNull())
    .addColumn('soc', real)
    .addColumn('events', text)
    .addColumn('offline', 'integer', (column) => column.notNull())
    .addColumn('remote_start_id', time)
    .addColumn('reservation_id', time)
    .addColumn('anomalies', text, (column) => column.notNull())
    .addColumn('start_key', text)
    .addColumn('end_key', text)
    .addColumn('first_taken_at', time)
    .addColumn('last_taken_at', time)
    .addColumn('updated_at', time, (column) => column.notNull())
    .addPrimaryKeyConstraint('transactions_key', ['station_id', 'transaction_id'])
    .execute();
  const index = (name: string, columns: string[]) => db.schema.createIndex(name).on('transactions').columns(columns);
  await index('transactions_started', ['started_at', 'object_id']).execute();
  await index('transactions_station', ['station_id', 'started_at', 'object_id']).execute();
  await index('transactions_token', ['id_token_key', 'started_at'])
    .where(sql.ref('id_token_key'), 'is not', null)
    .execute();
  await index('transactions_start_key', ['station_id', 'start_key'])
    .where(sql.ref('start_key'), 'is not', null)
    .execute();
  await index('transactions_active', ['station_id']).where(sql.ref('state'), '=', sql.lit('active')).execute();
}

async function createDeviceData(db: Kysely<Tables>, { time }: ColumnTypes): Promise<void> {
  const text = 'text' as const;
  await db.schema
    .createTable('meter_values')
    .addColumn('seq', time, (column) => column.notNull())
    .addColumn('part', 'integer', (column) => column.notNull())
    .addColumn('station_id', text, (column) => column.notNull())
    .addColumn('evse_id', 'integer', (column) => column.notNull())
    .addColumn('taken_at', time, (column) => column.notNull())
    .addColumn('transaction_id', text)
    .addColumn('stored_at', time, (column) => column.notNull())
    .addColumn('samples', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('meter_values_key', ['seq', 'part'])
    .execute();
  await db.schema.createIndex('meter_values_taken').on('meter_values').columns(['station_id', 'taken_at']).execute();
  await db.schema
    .createTable('variables')
    .addColumn('station_id', text, (column) => column.notNull())
    .addColumn('variable_key', text, (column) => column.notNull())
    .addColumn('component', text, (column) => column.notNull())
    .addColumn('component_instance', text)
    .addColumn('evse_id', 'integer')
    .addColumn('connector_id', 'integer')
    .addColumn('variable', text, (column) => column.notNull())
    .addColumn('variable_instance', text)
    .addColumn('attribute', text)
    .addColumn('key', text)
    .addColumn('value', text)
    .addColumn('writable', 'integer')
    .addColumn('data_type', text)
    .addColumn('unit', text)
    .addColumn('reported_at', time, (column) => column.notNull())
    .addPrimaryKeyConstraint('variables_key', ['station_id', 'variable_key'])
    .execute();
}

async function createRecords(db: Kysely<Tables>, { time }: ColumnTypes): Promise<void> {
  const text = 'text' as const;
  await db.schema
    .createTable('reservations')
    .addColumn('station_id', text, (column) => column.notNull())
    .addColumn('reservation_id', time, (column) => column.notNull())
    .addColumn('object_id', text, (column) => column.notNull().unique())
    .addColumn('evse_id', 'integer')
    .addColumn('id_token', text, (column) => column.notNull())
    .addColumn('id_token_type', text, (column) => column.notNull())
    .addColumn('expires_at', time, (column) => column.notNull())
    .addColumn('status', text, (column) => column.notNull())
    .addColumn('created_at', time, (column) => column.notNull())
    .addColumn('updated_at', time, (column) => column.notNull())
    .addPrimaryKeyConstraint('reservations_key', ['station_id', 'reservation_id'])
    .execute();
  await db.schema.createIndex('reservations_created').on('reservations').columns(['created_at', 'object_id']).execute();
  await db.schema
    .createTable('tokens')
    .addColumn('token_id', text, (column) => column.primaryKey().notNull())
    .addColumn('id_token', text, (column) => column.notNull())
    .addColumn('id_token_key', text, (column) => column.notNull().unique())
    .addColumn('id_token_type', text, (column) => column.notNull())
    .addColumn('blocked', 'integer', (column) => column.notNull())
    .addColumn('expires_at', time)
    .addColumn('group_id', text)
    .addColumn('label', text)
    .addColumn('created_at', time, (column) => column.notNull())
    .addColumn('updated_at', time, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('tokens_created').on('tokens').columns(['created_at', 'token_id']).execute();
}

async function createCommands(db: Kysely<Tables>, { time, real }: ColumnTypes): Promise<void> {
  const text = 'text' as const;
  await db.schema
    .createTable('commands')
    .addColumn('command_id', text, (column) => column.primaryKey().notNull())
    .addColumn('station_id', text, (column) => column.notNull())
    .addColumn('type', text, (column) => column.notNull())
    .addColumn('command', text, (column) => column.notNull())
    .addColumn('status', text, (column) => column.notNull())
    .addColumn('failure', text)
    .addColumn('detail', text)
    .addColumn('outcome_unknown', 'integer')
    .addColumn('result', text)
    .addColumn('requested_by', text, (column) => column.notNull())
    .addColumn('requested_at', time, (column) => column.notNull())
    .addColumn('updated_at', time, (column) => column.notNull())
    .addColumn('expires_at', time, (column) => column.notNull())
    .addColumn('dispatched_at', time)
    .addColumn('timeout_s', real, (column) => column.notNull())
    .execute();
  const index = (name: string, columns: string[]) => db.schema.createIndex(name).on('commands').columns(columns);
  await index('commands_requested', ['requested_at', 'command_id']).execute();
  await index('commands_station', ['station_id', 'requested_at', 'command_id']).execute();
  await index('commands_open', ['requested_at'])
    .where(sql.ref('status'), 'in', [sql.lit('pending'), sql.lit('sent')])
    .execute();
}

async function createLogs(db: Kysely<Tables>, { time, rowNumber }: ColumnTypes): Promise<void> {
  const text = 'text' as const;
  await db.schema
    .createTable('facts')
    .addColumn('seq', rowNumber, (column) => column.primaryKey().notNull())
    .addColumn('type', text, (column) => column.notNull())
    .addColumn('station_id', text)
    .addColumn('at', time, (column) => column.notNull())
    .addColumn('payload', text, (column) => column.notNull())
    .execute();
  // Most facts are readings: an index of those would cost each of them more than they do themselves.
  await db.schema
    .createIndex('facts_station')
    .on('facts')
    .columns(['station_id', 'seq'])
    .where(sql.ref('type'), '<>', sql.lit('measurements.taken'))
    .execute();
  await db.schema
    .createTable('messages')
    .addColumn('bulk', time, (column) => column.notNull())
    .addColumn('station_id', text, (column) => column.notNull())
    .addColumn('first_at', time, (column) => column.notNull())
    .addColumn('last_at', time, (column) => column.notNull())
    .addColumn('frames', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('messages_key', ['bulk', 'station_id'])
    .execute();
  await db.schema.createIndex('messages_station').on('messages').columns(['station_id', 'bulk']).execute();
  await db.schema
    .createTable('audit')
    .addColumn('audit_id', rowNumber, (column) => column.primaryKey().notNull())
    .addColumn('at', time, (column) => column.notNull())
    .addColumn('actor', text, (column) => column.notNull())
    .addColumn('operation', text, (column) => column.notNull())
    .addColumn('station_id', text)
    .addColumn('detail', text, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('audit_station').on('audit').columns(['station_id', 'audit_id']).execute();
}

async function createAccess(db: Kysely<Tables>, { time }: ColumnTypes): Promise<void> {
  const text = 'text' as const;
  await db.schema
    .createTable('api_keys')
    .addColumn('key_id', text, (column) => column.primaryKey().notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('hash', text, (column) => column.notNull().unique())
    .addColumn('prefix', text, (column) => column.notNull())
    .addColumn('scopes', text, (column) => column.notNull())
    .addColumn('created_at', time, (column) => column.notNull())
    .addColumn('expires_at', time)
    .addColumn('revoked_at', time)
    .execute();
  await db.schema
    .createTable('credentials')
    .addColumn('station_id', text, (column) => column.primaryKey().notNull())
    .addColumn('password_hash', text, (column) => column.notNull())
    .addColumn('updated_at', time, (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('service_state')
    .addColumn('service', text, (column) => column.notNull())
    .addColumn('state_key', text, (column) => column.notNull())
    .addColumn('value', text, (column) => column.notNull())
    .addColumn('expires_at', time)
    .addPrimaryKeyConstraint('service_state_key', ['service', 'state_key'])
    .execute();
  await db.schema
    .createIndex('service_state_expires')
    .on('service_state')
    .columns(['expires_at'])
    .where(sql.ref('expires_at'), 'is not', null)
    .execute();
  await db.schema
    .createTable('meta')
    .addColumn('name', text, (column) => column.primaryKey().notNull())
    .addColumn('value', text, (column) => column.notNull())
    .execute();
}
