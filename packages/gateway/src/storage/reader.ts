import type { CompiledQuery, Kysely } from 'kysely';
import { UnavailableError } from '../domain/errors.ts';
import { failureOf, type SqliteConnection } from './sqlite.ts';
import { kyselyOn } from './sqlite-kysely.ts';
import type { SqlValue, Tables } from './tables.ts';

/** The reading side: Kysely for lists, prepared statements for what every message asks. */
export interface Reader {
  db: Kysely<Tables>;
  /** A read that is compiled once. `make` gets placeholders; the parameters are given in the order they stand in it. */
  prepare<Row extends object>(
    make: (db: Kysely<Tables>) => { compile(): CompiledQuery<Row> },
  ): (...parameters: SqlValue[]) => Row[];
}

/** `current` is the open connection, or throws when there is none. */
export function readerOn(current: () => SqliteConnection): Reader {
  const connection = guarded(current);
  const db = kyselyOn(connection);
  return {
    db,
    prepare: (make) => {
      const { sql } = make(db).compile();
      return (...parameters) => connection.prepare(sql).all(parameters);
    },
  };
}

/** Trouble of the database becomes an error that callers know. */
function guarded(current: () => SqliteConnection): Pick<SqliteConnection, 'prepare'> {
  return {
    prepare: (sql) => {
      const statement = current().prepare(sql);
      return {
        ...statement,
        all: <Row extends object>(parameters: readonly SqlValue[]) => {
          try {
            return statement.all<Row>(parameters);
          } catch (error) {
            throw failureOf(error) === 'other' ? error : unreadable(error);
          }
        },
      };
    },
  };
}

function unreadable(cause: unknown): UnavailableError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new UnavailableError(`The database cannot be read at present: ${detail}.`, { cause });
}
