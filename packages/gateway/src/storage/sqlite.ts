import { backup, DatabaseSync } from 'node:sqlite';
import type { SqlValue } from './tables.ts';

/** One connection to a SQLite file. All that the rest of the storage knows of the SQLite library in use. */
export interface SqliteConnection {
  /** Prepared once per SQL text. */
  prepare(sql: string): SqliteStatement;
  exec(sql: string): void;
  /** Whether a transaction is open. Some failures end it without being asked. */
  inTransaction(): boolean;
  close(): void;
}

/** A value, or bytes for one. */
export type Parameter = SqlValue | Uint8Array;

export interface SqliteStatement {
  /** It returns rows. */
  readonly reader: boolean;
  /** Returns the number of rows changed. */
  run(parameters: readonly Parameter[]): number;
  all<Row extends object>(parameters: readonly SqlValue[]): Row[];
}

export interface SqliteOptions {
  readOnly?: boolean;
  /** How long a statement waits for another connection's lock, default 0. */
  busyTimeoutMs?: number;
}

const keptStatements = 500;

/** @throws an error that {@link failureOf} understands when the file cannot be opened */
export function openSqlite(path: string, options: SqliteOptions = {}): SqliteConnection {
  const { readOnly = false, busyTimeoutMs = 0 } = options;
  const database = new DatabaseSync(path, { readOnly, timeout: busyTimeoutMs });
  const statements = new Map<string, SqliteStatement>();
  const prepare = (sql: string): SqliteStatement => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = toStatement(database, sql);
    if (statements.size >= keptStatements) statements.clear();
    statements.set(sql, statement);
    return statement;
  };
  return {
    prepare,
    exec: (sql) => database.exec(sql),
    inTransaction: () => database.isTransaction,
    close: () => database.close(),
  };
}

function toStatement(database: DatabaseSync, sql: string): SqliteStatement {
  const statement = database.prepare(sql);
  return {
    reader: statement.columns().length > 0,
    run: (parameters) => Number(statement.run(...parameters).changes),
    all: <Row extends object>(parameters: readonly SqlValue[]) => rowsOf<Row>(statement.all(...parameters)),
  };
}

/** Rows are what the schema says: this gateway alone writes them. */
function rowsOf<Row extends object>(rows: object[]): Row[];
function rowsOf(rows: object[]): unknown {
  return rows;
}

/** What kind of trouble the database is in, from the error it threw. */
export type SqliteFailure = 'full' | 'busy' | 'io' | 'corrupt' | 'unopenable' | 'read-only' | 'constraint' | 'other';

/** By SQLite's primary result code. */
const failures: Record<number, SqliteFailure> = {
  5: 'busy',
  6: 'busy',
  8: 'read-only',
  10: 'io',
  11: 'corrupt',
  13: 'full',
  14: 'unopenable',
  19: 'constraint',
  26: 'corrupt',
};

export function failureOf(error: unknown): SqliteFailure {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return 'other';
  return failures[error.errcode & 0xff] ?? 'other';
}

/** Copies a database, as it is at one moment, to a file that does not exist yet. Done off this thread. */
export async function copySqlite(from: string, to: string): Promise<void> {
  const source = new DatabaseSync(from, { readOnly: true, timeout: 2000 });
  try {
    // All pages in one step: it would start over whenever a commit comes between two.
    await backup(source, to, { rate: 0x7f_ff_ff_ff });
  } finally {
    source.close();
  }
}
