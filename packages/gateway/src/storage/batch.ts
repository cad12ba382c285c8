import {
  failureOf,
  type Parameter,
  type SqliteConnection,
  type SqliteFailure,
  type SqliteStatement,
} from './sqlite.ts';
import type { SqlValue } from './tables.ts';
import type { Numbered, WriterStatement } from './writes.ts';

/** Changes one after the other; `ends[i]` is where the operations of change i end. */
export interface Batch {
  operations: readonly SqlValue[];
  ends: readonly number[];
  /** What some of the operations refer to. */
  bytes?: Uint8Array<ArrayBuffer>;
}

export interface Trouble {
  failure: SqliteFailure;
  message: string;
}

/** What became of each change: the number of its first fact (or what it would have been), or why it was not stored. */
export type Outcome = number | Trouble;

/** Trouble of one change; with any other, the database can take nothing. */
const isOfOneChange = (failure: SqliteFailure) => failure === 'constraint' || failure === 'other';

interface Prepared extends WriterStatement {
  statement: SqliteStatement;
}

/** Carries out changes on the one writing connection. */
export class BatchRunner {
  readonly #connection: SqliteConnection;
  readonly #statements: readonly Prepared[];
  /** Newest number of each numbered table. Forgotten when a transaction failed. */
  readonly #newest = new Map<string, number>();

  constructor(connection: SqliteConnection, statements: readonly WriterStatement[]) {
    this.#connection = connection;
    this.#statements = statements.map((one) => ({ ...one, statement: connection.prepare(one.sql) }));
  }

  /** All in one transaction; when a change is at fault, each in its own, so that it fails alone. */
  run(batch: Batch): Outcome[] {
    const together = this.#attempt(batch, 0, batch.ends.length);
    if (Array.isArray(together)) return together;
    const { ends } = batch;
    if (!isOfOneChange(together.failure)) return ends.map(() => together);
    return ends.map((_, index) => {
      const alone = this.#attempt(batch, index, index + 1);
      return Array.isArray(alone) ? (alone[0] ?? 0) : alone;
    });
  }

  /** One statement in a transaction of its own. Returns the number of rows changed; 0 when it has no parameters. */
  runAlone(sql: string, parameters: readonly SqlValue[]): number | Trouble {
    try {
      if (parameters.length > 0) return this.#connection.prepare(sql).run(parameters);
      // A pragma such as incremental_vacuum does one step with `run`, and all of them here.
      this.#connection.exec(sql);
      return 0;
    } catch (error) {
      return troubleOf(error);
    }
  }

  #attempt(batch: Batch, from: number, to: number): number[] | Trouble {
    const firstSeqs: number[] = [];
    try {
      this.#connection.exec('begin immediate');
      for (let index = from; index < to; index++) {
        firstSeqs.push(this.#newestOf('facts', 'seq') + 1);
        this.#execute(batch, index === 0 ? 0 : (batch.ends[index - 1] ?? 0), batch.ends[index] ?? 0);
      }
      this.#connection.exec('commit');
      return firstSeqs;
    } catch (error) {
      this.#newest.clear();
      if (this.#connection.inTransaction()) this.#connection.exec('rollback');
      return troubleOf(error);
    }
  }

  #execute({ operations, bytes }: Batch, start: number, end: number): void {
    let position = start;
    while (position < end) {
      const prepared = this.#statements[Number(operations[position])];
      if (prepared === undefined) throw new RangeError(`There is no statement ${operations[position]}.`);
      const next = position + 1 + prepared.parameters;
      const parameters: Parameter[] = operations.slice(position + 1, next);
      if (prepared.numbered !== undefined) parameters[0] = this.#allot(prepared.numbered, Number(parameters[1]));
      if (prepared.endsWithBytes === true) {
        const [from, to] = parameters.splice(-2);
        parameters.push(bytes?.subarray(Number(from), Number(to)) ?? null);
      }
      const changed = prepared.statement.run(parameters);
      if (changed === 0 && prepared.mustFind) {
        throw new Error(
          `No row of ${JSON.stringify(parameters.slice(-2))} to change: it was never stored, or deleted.`,
        );
      }
      position = next;
    }
  }

  #allot({ table, column, takesSeveral }: Numbered, count: number): number {
    const number = this.#newestOf(table, column) + (takesSeveral === true ? count : 1);
    this.#newest.set(table, number);
    return number;
  }

  #newestOf(table: string, column: string): number {
    const known = this.#newest.get(table);
    if (known !== undefined) return known;
    const [row] = this.#connection
      .prepare(`select coalesce(max("${column}"), 0) as newest from "${table}"`)
      .all<{ newest: number }>([]);
    const newest = row?.newest ?? 0;
    this.#newest.set(table, newest);
    return newest;
  }
}

function troubleOf(error: unknown): Trouble {
  return { failure: failureOf(error), message: error instanceof Error ? error.message : String(error) };
}
