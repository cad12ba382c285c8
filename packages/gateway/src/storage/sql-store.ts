import { UnavailableError } from '../domain/errors.ts';
import type { StoredFact } from '../domain/facts.ts';
import type { Log } from '../ports/adapter.ts';
import type { Clock } from '../ports/clock.ts';
import type { Change, Store } from '../ports/store.ts';
import { backupSqlite } from './backup.ts';
import { lockDatabase } from './lock.ts';
import { logQueries } from './log-queries.ts';
import { leftBehind } from './left-behind.ts';
import { messageQueries, nextMessageNumber } from './message-log.ts';
import { createFile, openingError, prepareDatabase } from './open.ts';
import { isLastPiece, removalsOf, type Removal, type Retention } from './prune.ts';
import { readerOn } from './reader.ts';
import { recordQueries } from './record-queries.ts';
import { openSqlite, type SqliteConnection } from './sqlite.ts';
import { stationQueries } from './station-queries.ts';
import { transactionQueries } from './transaction-queries.ts';
import { Writer } from './writer.ts';

export interface SqliteStoreOptions {
  /** File of the database; it and its folder are created when missing. */
  path: string;
  log: Log;
  clock: Clock;
  retention: Retention;
  /** Least time between two batches of commits, ms. Default 2. */
  lingerMs?: number;
  /** How long a write waits for the lock of another program, ms. Default 2000. */
  busyTimeoutMs?: number;
  /** Largest size of the database in pages of 4 KiB. No limit when absent. */
  maxPages?: number;
}

/** What the SQLite store tells of itself beyond the port. */
export interface SqliteStore extends Store {
  /** CPU time of the writing thread, ms. */
  workerCpuMs(): number;
  /** Frames that the message log could not take. */
  droppedMessages(): number;
}

/** The record in one SQLite file: read on this thread, written by one other. See docs/storage.md. */
export function openSqliteStore(options: SqliteStoreOptions): SqliteStore {
  const { path, clock, retention } = options;
  const life = new OpenDatabase(options);
  const reader = readerOn(() => life.connection);
  const { messages } = messageQueries(reader);
  return {
    ...upToDate({ ...stationQueries(reader), ...transactionQueries(reader) }, life.writer),
    ...logQueries(reader),
    messages: async (query) => {
      await life.writer.settleFrames().catch(() => {});
      return messages(query);
    },
    ...recordQueries(reader, clock),
    start: () => life.start(),
    stop: () => life.stop(),
    commit: async (change) => numbered(change, await life.writer.commit(change)),
    logMessages: (entries) => life.writer.logMessages(entries),
    backup: async (to) => {
      await life.writer.settle();
      await backupSqlite(path, to);
    },
    prune: async (now) => {
      let removed = 0;
      for (const removal of removalsOf(reader.db, retention, now)) removed += await life.remove(removal);
      await life.shrink();
      return removed;
    },
    problem: () => life.writer.problem,
    workerCpuMs: () => life.writer.workerCpuMs,
    droppedMessages: () => life.writer.droppedFrames,
  };
}

/**
 * Reads that see every row: those that are behind their facts are written first. While they cannot be, what is there is
 * better than nothing.
 */
function upToDate(queries: RowQueries, writer: Writer): RowQueries {
  const after =
    <A extends unknown[], R>(query: (...args: A) => Promise<R>, stationOf: (...args: A) => string | undefined) =>
    async (...args: A): Promise<R> => {
      await writer.settle(stationOf(...args)).catch(() => {});
      return query(...args);
    };
  const ofStation = (stationId: string) => stationId;
  const ofQuery = ({ stationId }: { stationId?: string }) => stationId;
  const ofAll = () => undefined;
  return {
    ...queries,
    station: after(queries.station, ofStation),
    stations: after(queries.stations, ofAll),
    transaction: after(queries.transaction, ofStation),
    transactionByStartKey: after(queries.transactionByStartKey, ofStation),
    transactionByObjectId: after(queries.transactionByObjectId, ofAll),
    transactions: after(queries.transactions, ofQuery),
    unstoredMeasurements: after(queries.unstoredMeasurements, ofStation),
    measurements: after(queries.measurements, ofQuery),
  };
}

type RowQueries = ReturnType<typeof stationQueries> & ReturnType<typeof transactionQueries>;

function numbered({ facts }: Change, firstSeq: number): readonly StoredFact[] {
  return facts.map((fact, index) => ({ ...fact, seq: firstSeq + index }));
}

/** Pieces of one table removed in one clean-up: some seconds, which a stop may have to wait for. */
const maxPieces = 1000;

/** Pages given back to the file system in one transaction, and in one clean-up. */
const freedPages = { atOnce: 200, inAll: 20_000 };

/** The connections of a store, from its start to its stop. */
class OpenDatabase {
  readonly #options: SqliteStoreOptions;
  #reading: SqliteConnection | undefined;
  #release: (() => void) | undefined;
  #stopping: Promise<void> | undefined;
  readonly writer: Writer;

  constructor(options: SqliteStoreOptions) {
    this.#options = options;
    const { path, log, lingerMs = 2, busyTimeoutMs = 2000, maxPages } = options;
    const limits = { lingerMs, busyTimeoutMs, ...(maxPages !== undefined && { maxPages }) };
    this.writer = new Writer({ path, log, ...limits });
  }

  /** The reading connection. */
  get connection(): SqliteConnection {
    if (this.#reading !== undefined) return this.#reading;
    throw this.#notOpen();
  }

  #notOpen(): UnavailableError {
    return new UnavailableError(
      `The database ${this.#options.path} is not open: the store was not started, or it was stopped for good.`,
    );
  }

  async start(): Promise<void> {
    if (this.#release !== undefined) return;
    if (this.#stopping !== undefined) throw this.#notOpen();
    const { path, clock } = this.#options;
    try {
      createFile(path);
      this.#release = lockDatabase(path);
      await prepareDatabase(path, clock.now());
      await this.writer.start();
      this.#reading = openSqlite(path, { readOnly: true, busyTimeoutMs: 250 });
      this.#reading.exec('pragma cache_size = -8192; pragma temp_store = memory;');
      const reader = readerOn(() => this.connection);
      await this.writer.takeOver({ ...(await leftBehind(reader)), nextFrame: await nextMessageNumber(reader) });
    } catch (error) {
      await this.stop();
      throw openingError(path, error);
    }
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    // The writer closes last: it alone can empty the write-ahead log into the file.
    this.#reading?.close();
    this.#reading = undefined;
    await this.writer.stop();
    this.#release?.();
    this.#release = undefined;
  }

  /** Piece by piece, so that commits get between; the rest of very many next time. Returns the rows removed. */
  async remove({ sql, parameters }: Removal): Promise<number> {
    let all = 0;
    for (let pieces = 0; pieces < maxPieces; pieces++) {
      const removed = await this.writer.run(sql, parameters);
      all += removed;
      if (isLastPiece(removed)) break;
    }
    return all;
  }

  /** Gives the file system back what was removed, a little at a time. */
  async shrink(): Promise<void> {
    const [row] = this.connection.prepare('pragma freelist_count').all<{ freelist_count: number }>([]);
    const free = Math.min(row?.freelist_count ?? 0, freedPages.inAll);
    for (let freed = 0; freed < free; freed += freedPages.atOnce) {
      await this.writer.run(`pragma incremental_vacuum(${freedPages.atOnce})`);
    }
  }
}
