import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { openDatabase } from './sqlite-open.ts';
import { moveAside, storeErrorOf, type StationFileTrouble } from './sqlite-trouble.ts';
import { StoreError, toJson, type StationStore } from './store.ts';

export type { StationFileTrouble } from './sqlite-trouble.ts';

/** A file with what one or many stations remember. */
export interface StationFile {
  /** The memory of one station; stations do not see each other's. */
  storeOf(identity: string): StationStore;
  close(): void;
}

export interface StationFileOptions {
  /** How long a statement waits, and this thread with it, while another process holds the file. Default 2000 ms. */
  busyTimeoutMs?: number;
  /** The most that the file may grow to, bytes. Default: as large as the disk. */
  maxBytes?: number;
  /** Something is lost that the stations had stored; they go on without it. */
  onTrouble?(trouble: StationFileTrouble): void;
}

/**
 * Opens or creates a file. One that is damaged, or of a version that this one does not know, is moved aside to
 * `<path>.corrupt-<time>` and a new one begun. Throws StoreError when there can be no file at this path.
 */
export function openStationFile(path: string, options: StationFileOptions = {}): StationFile {
  const opened = openDatabase(path, options);
  if (typeof opened !== 'string') return new SqliteFile(opened, options);
  const trouble: StationFileTrouble = { kind: 'corrupt', movedTo: moveAside(path), reason: opened };
  const begun = openDatabase(path, options);
  if (typeof begun === 'string') throw new StoreError('io', `${path}: ${begun}`);
  options.onTrouble?.(trouble);
  return new SqliteFile(begun, options);
}

const sql = {
  entries: 'SELECT key, value FROM entries WHERE station = ? AND collection = ? ORDER BY key',
  get: 'SELECT value FROM entries WHERE station = ? AND collection = ? AND key = ?',
  put: `INSERT INTO entries (station, collection, key, value) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET value = excluded.value WHERE value <> excluded.value`,
  remove: 'DELETE FROM entries WHERE station = ? AND collection = ? AND key = ?',
  clear: 'DELETE FROM entries WHERE station = ? AND collection = ?',
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
} as const;

type Operation = keyof typeof sql;

class SqliteFile implements StationFile {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<Operation, StatementSync>();
  readonly #options: StationFileOptions;
  /** What went wrong in the running change. */
  #failure: unknown;
  #isChanging = false;

  constructor(database: DatabaseSync, options: StationFileOptions) {
    this.#database = database;
    this.#options = options;
  }

  storeOf(identity: string): StationStore {
    return new SqliteStore(this, identity);
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  rows(operation: Operation, parameters: readonly SQLInputValue[]): Record<string, unknown>[] {
    return this.#guarded(() => this.#statement(operation).all(...parameters));
  }

  run(operation: Operation, parameters: readonly SQLInputValue[]): void {
    // After a failure SQLite may have ended the transaction by itself: what follows would be kept on its own.
    if (this.#isChanging && this.#failure !== undefined) throw this.#failure;
    this.#guarded(() => void this.#statement(operation).run(...parameters));
  }

  atomically<T>(change: () => T): T {
    if (this.#isChanging) return change();
    this.run('begin', []);
    this.#isChanging = true;
    this.#failure = undefined;
    try {
      const result = change();
      this.run('commit', []);
      return result;
    } catch (error) {
      if (this.#database.isOpen && this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    } finally {
      this.#isChanging = false;
    }
  }

  /** Marks the running change as failed. */
  fail(error: unknown): void {
    this.#failure = error;
  }

  unreadable(key: string): void {
    this.#options.onTrouble?.({ kind: 'unreadable', reason: `the value of ${key} is no JSON` });
  }

  #statement(operation: Operation): StatementSync {
    if (!this.#database.isOpen) throw new StoreError('closed', 'the file is closed');
    const known = this.#statements.get(operation);
    if (known) return known;
    const statement = this.#database.prepare(sql[operation]);
    this.#statements.set(operation, statement);
    return statement;
  }

  #guarded<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      this.#failure = storeErrorOf(error, 'the station file').error;
      throw this.#failure;
    }
  }
}

class SqliteStore implements StationStore {
  readonly #file: SqliteFile;
  readonly #station: string;
  #isClosed = false;

  constructor(file: SqliteFile, station: string) {
    this.#file = file;
    this.#station = station;
  }

  entries(collection: string): Iterable<readonly [key: string, value: unknown]> {
    this.#checkOpen();
    const rows = this.#file.rows('entries', [this.#station, collection]);
    return rows.flatMap(({ key, value }) => {
      const read = this.#parsed(`${collection}/${String(key)}`, value);
      return read === undefined ? [] : [[String(key), read] as const];
    });
  }

  get(collection: string, key: string): unknown {
    this.#checkOpen();
    const [row] = this.#file.rows('get', [this.#station, collection, key]);
    return row && this.#parsed(`${collection}/${key}`, row['value']);
  }

  put(collection: string, key: string, value: unknown): void {
    this.#checkOpen();
    this.#file.run('put', [this.#station, collection, key, this.#textOf(value)]);
  }

  remove(collection: string, key: string): void {
    this.#checkOpen();
    this.#file.run('remove', [this.#station, collection, key]);
  }

  clear(collection: string): void {
    this.#checkOpen();
    this.#file.run('clear', [this.#station, collection]);
  }

  atomically<T>(change: () => T): T {
    this.#checkOpen();
    return this.#file.atomically(change);
  }

  close(): void {
    this.#isClosed = true;
  }

  #textOf(value: unknown): string {
    try {
      return toJson(value);
    } catch (error) {
      this.#file.fail(error);
      throw error;
    }
  }

  #parsed(name: string, text: unknown): unknown {
    try {
      return JSON.parse(String(text));
    } catch {
      this.#file.unreadable(name);
      return undefined;
    }
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new StoreError('closed', 'the store is closed');
  }
}
