import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../tables.ts';
import type { ColumnTypes } from './index.ts';

/** Rows that are brought over at a time. */
const page = 1000;

/**
 * Facts of readings that were stored together share a row, and so do the readings of a station. Facts that are there stay
 * as they are, one in a row; readings are brought to the new form, as in readings-text.ts.
 */
export async function up(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  await db.schema
    .alterTable('facts')
    .addColumn('count', 'integer', (column) => column.notNull().defaultTo(1))
    .execute();
  await sql`drop index meter_values_taken`.execute(db);
  await sql`alter table meter_values rename to old_meter_values`.execute(db);
  await createReadings(db, types);
  for (let after = { seq: 0, part: -1 }; ;) {
    const { rows } = await sql<OldRow>`select * from old_meter_values
      where (seq, part) > (${after.seq}, ${after.part}) order by seq, part limit ${page}`.execute(db);
    for (const row of rows) await db.insertInto('meter_values').values(toReadings(row)).execute();
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last;
  }
  await sql`drop table old_meter_values`.execute(db);
}

async function createReadings(db: Kysely<Tables>, { time }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('meter_values')
    .addColumn('seq', time, (column) => column.notNull())
    .addColumn('part', 'integer', (column) => column.notNull())
    .addColumn('station_id', 'text', (column) => column.notNull())
    .addColumn('first_at', time, (column) => column.notNull())
    .addColumn('last_at', time, (column) => column.notNull())
    .addColumn('stored_at', time, (column) => column.notNull())
    .addColumn('readings', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('meter_values_key', ['seq', 'part'])
    .execute();
  await db.schema
    .createIndex('meter_values_taken')
    .on('meter_values')
    .columns(['station_id', 'last_at', 'first_at'])
    .execute();
}

interface OldRow {
  seq: number;
  part: number;
  station_id: string;
  evse_id: number;
  taken_at: number;
  transaction_id: string | null;
  stored_at: number;
  samples: string;
}

interface Sample {
  measurand: string;
  value: number | null;
  phase?: string;
  location?: string;
  context?: string;
  signedData?: string;
}

function toReadings(row: OldRow): Tables['meter_values'] {
  const samples: Sample[] = JSON.parse(row.samples);
  const kinds = samples.map(({ measurand, phase = 0, location = 0, context = 0 }) => [
    measurand,
    phase,
    location,
    context,
  ]);
  const values = samples.map(({ value, signedData }) => (signedData === undefined ? value : [value, signedData]));
  const line = [row.seq, row.stored_at, row.transaction_id ?? 0, [1, row.evse_id, row.taken_at, ...values]];
  return {
    seq: row.seq,
    part: row.part,
    station_id: row.station_id,
    first_at: row.taken_at,
    last_at: row.taken_at,
    stored_at: row.stored_at,
    readings: JSON.stringify([{ v: 1, shapes: { 1: kinds } }, line]),
  };
}
