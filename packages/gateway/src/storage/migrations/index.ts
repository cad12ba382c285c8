import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { ConflictError } from '../../domain/errors.ts';
import type { Tables } from '../tables.ts';
import { up as initial } from './0001-initial.ts';
import { up as readingsOnce } from './0002-readings-once.ts';

/** Column types whose names differ between databases. */
export interface ColumnTypes {
  /** Ms since 1970, and other integers beyond 32 bit. */
  time: 'bigint';
  real: 'double precision';
  /** Key of a table whose rows are numbered by the writer. */
  rowNumber: 'integer' | 'bigint';
}

/** In SQLite only a column declared `integer` can be the row's own number, without a second index. */
export const sqliteTypes: ColumnTypes = { time: 'bigint', real: 'double precision', rowNumber: 'integer' };

const migrations = { '0001-initial': initial, '0002-readings-once': readingsOnce };

const names = Object.keys(migrations);

/**
 * Brings the schema up to date. To be called inside a transaction of the one connection behind `db`.
 * @throws ConflictError when a newer version of the gateway has written this database
 */
export async function migrate(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  const provider = {
    getMigrations: async () =>
      Object.fromEntries(
        Object.entries(migrations).map(([name, up]) => [name, { up: (on: Kysely<Tables>) => up(on, types) }]),
      ),
  };
  await refuseNewer(db);
  const { error } = await new Migrator({ db, provider, migrationTableName, migrationLockTableName }).migrateToLatest();
  if (error !== undefined) throw error;
}

const migrationTableName = 'schema_migrations';
const migrationLockTableName = 'schema_migrations_lock';

/** Migrations a database has behind it that this version does not know. */
export async function unknownMigrations(db: Kysely<Tables>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === migrationTableName)) return [];
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(migrationTableName)} order by name`.execute(
    db,
  );
  return rows.map((row) => row.name).filter((name) => !names.includes(name));
}

async function refuseNewer(db: Kysely<Tables>): Promise<void> {
  const [newer] = await unknownMigrations(db);
  if (newer === undefined) return;
  throw new ConflictError(
    `it has schema '${newer}', which is newer than this version of busbar knows (${names.at(-1)}): run the newer version, or restore a backup made by this one`,
  );
}
