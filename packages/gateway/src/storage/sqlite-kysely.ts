import { DummyDriver, Kysely, SqliteAdapter, SqliteDialect, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { SqliteConnection } from './sqlite.ts';
import type { SqlValue, Tables } from './tables.ts';

/** Kysely over one connection. Closing the connection stays with whoever opened it. */
export function kyselyOn(connection: Pick<SqliteConnection, 'prepare'>): Kysely<Tables> {
  const database = {
    close: () => {},
    prepare: (sql: string) => {
      const statement = connection.prepare(sql);
      return {
        reader: statement.reader,
        all: (parameters: readonly unknown[]) => statement.all(parameters.map(toSqlValue)),
        run: (parameters: readonly unknown[]) => ({
          changes: statement.run(parameters.map(toSqlValue)),
          lastInsertRowid: 0,
        }),
        iterate: (parameters: readonly unknown[]) => statement.all(parameters.map(toSqlValue)).values(),
      };
    },
  };
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
}

function toSqlValue(value: unknown): SqlValue {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (value === null || value === undefined) return null;
  throw new TypeError(`A ${typeof value} cannot be a value of a query: map it to text, a number or null first.`);
}

/** Kysely that makes SQL and runs nothing. */
export function compilerOnly(): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}
