import { existsSync, renameSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { StoreError, type StoreErrorCode } from './store.ts';

/** What was lost. `corrupt`: the whole file, which is kept at `movedTo`. `unreadable`: one value, taken as absent. */
export type StationFileTrouble =
  | { kind: 'corrupt'; movedTo: string; reason: string }
  | { kind: 'unreadable'; reason: string };

/** Why a file that SQLite could open cannot be used; undefined when it can. */
export function problemOf(database: DatabaseSync, newest: number): string | undefined {
  const check = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
  if (check !== 'ok') return String(check);
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > newest) return `its version is ${version}, this station knows ${newest}`;
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'entries'").all();
  return version > 0 === tables.length > 0 ? undefined : 'it belongs to something else';
}

/** Gives the file, and the journal that belongs to it, another name. Answers that name. */
export function moveAside(path: string): string {
  const movedTo = `${path}.corrupt-${new Date().toISOString().replace(/[:.]/g, '-')}`;
  renameSync(path, movedTo);
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${movedTo}-wal`);
  rmSync(`${path}-shm`, { force: true });
  return movedTo;
}

/** By SQLite's primary result code; all others are `io`. */
const codes: Record<number, StoreErrorCode> = { 5: 'locked', 6: 'locked', 13: 'full' };

const corruptCodes = new Set([11, 26]);

/** What SQLite's error means to those who use the store. */
export function storeErrorOf(error: unknown, subject: string): { error: StoreError; isCorrupt: boolean } {
  if (error instanceof StoreError) return { error, isCorrupt: false };
  const number = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  const message = `${subject}: ${error instanceof Error ? error.message : String(error)}`;
  return {
    error: new StoreError(codes[number] ?? 'io', message, { cause: error }),
    isCorrupt: corruptCodes.has(number),
  };
}
