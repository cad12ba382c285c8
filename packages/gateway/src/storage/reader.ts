import type { CompiledQuery, Kysely } from 'kysely';
import type { SqliteConnection } from './sqlite.ts';
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

export function readerOn(connection: SqliteConnection): Reader {
  const db = kyselyOn(connection);
  return {
    db,
    prepare: (make) => {
      const { sql } = make(db).compile();
      return (...parameters) => connection.prepare(sql).all(parameters);
    },
  };
}
