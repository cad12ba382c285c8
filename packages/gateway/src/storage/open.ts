import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConflictError, GatewayError, UnavailableError } from '../domain/errors.ts';
import { migrate, sqliteTypes } from './migrations/index.ts';
import { failureOf, openSqlite, type SqliteConnection } from './sqlite.ts';
import { kyselyOn } from './sqlite-kysely.ts';

/**
 * Creates the database if there is none, and brings its schema up to date.
 * @throws UnavailableError or ConflictError naming the path and the remedy
 */
export async function prepareDatabase(path: string, created: Date): Promise<void> {
  const connection = openSqlite(path, { busyTimeoutMs: 2000 });
  try {
    connection.exec('pragma auto_vacuum = incremental; pragma journal_mode = wal; pragma synchronous = full;');
    await migrateOn(connection, created);
  } finally {
    connection.close();
  }
}

async function migrateOn(connection: SqliteConnection, created: Date): Promise<void> {
  connection.exec('begin immediate');
  try {
    await migrate(kyselyOn(connection), sqliteTypes);
    connection
      .prepare(`insert into meta (name, value) values ('created', ?) on conflict (name) do nothing`)
      .run([created.toISOString()]);
    connection.exec('commit');
  } catch (error) {
    if (connection.inTransaction()) connection.exec('rollback');
    throw error;
  }
}

/** Makes the folder and the file, readable by their owner alone; what exists keeps its rights. */
export function createFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
}

const reasons: Record<string, string> = {
  EACCES: 'may not be written: give the user that runs busbar the right to write the folder, or choose another path',
  EPERM: 'may not be written: give the user that runs busbar the right to write the folder, or choose another path',
  EROFS: 'is on a read-only file system: choose a path that can be written',
  EISDIR: 'is a folder: name a file',
  EEXIST: 'is below something that is not a folder: choose another path',
  ENOTDIR: 'is below something that is not a folder: choose another path',
  ENOSPC: 'cannot be created, because the disk is full: make room',
  corrupt: 'is not a busbar database, or is damaged: restore a backup, or choose another path',
  full: 'cannot be opened, because the disk is full: make room',
  busy: 'is locked by another program: close it',
  io: 'cannot be read, the disk reports an error: check it and its file system',
  unopenable: 'cannot be opened: check that its folder may be written',
  'read-only': 'may not be written: check the rights of the file and its folder',
};

/** The error of opening a database, with path and remedy. */
export function openingError(path: string, error: unknown): Error {
  if (error instanceof GatewayError && error.message.includes(path)) return error;
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof ConflictError) return new ConflictError(`The database ${path} cannot be used: ${detail}.`);
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const reason = reasons[failureOf(error)] ?? reasons[code] ?? `cannot be opened: ${detail}`;
  return new UnavailableError(`The database ${path} ${reason}.`, { cause: error });
}
