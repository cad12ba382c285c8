import { DatabaseSync } from 'node:sqlite';
import { problemOf, storeErrorOf } from './sqlite-trouble.ts';

const schemaVersion = 1;

const schema = `
  CREATE TABLE entries (
    station TEXT NOT NULL,
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (station, collection, key)
  ) WITHOUT ROWID, STRICT;
  PRAGMA user_version = ${schemaVersion};
`;

/** The database; or what is wrong with the file, when it cannot be used as it is. Throws StoreError when there can be none. */
export function openDatabase(
  path: string,
  { busyTimeoutMs = 2000, maxBytes }: { busyTimeoutMs?: number; maxBytes?: number },
): DatabaseSync | string {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: busyTimeoutMs });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    const problem = problemOf(database, schemaVersion);
    if (problem === undefined) {
      if (maxBytes !== undefined) limit(database, maxBytes);
      migrate(database);
      return database;
    }
    database.close();
    return problem;
  } catch (error) {
    if (database?.isOpen) database.close();
    const failure = storeErrorOf(error, `${path} cannot be opened`);
    if (failure.isCorrupt) return failure.error.message;
    throw failure.error;
  }
}

function limit(database: DatabaseSync, maxBytes: number): void {
  const pageSize = Number(database.prepare('PRAGMA page_size').get()?.['page_size']);
  database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / pageSize))}`);
}

function migrate(database: DatabaseSync): void {
  if (database.prepare('PRAGMA user_version').get()?.['user_version'] === schemaVersion) return;
  database.exec(`BEGIN IMMEDIATE; ${schema} COMMIT;`);
}
