import { parentPort, workerData } from 'node:worker_threads';
import { type Batch, BatchRunner, type Outcome, type Trouble } from './batch.ts';
import { openSqlite } from './sqlite.ts';
import type { SqlValue } from './tables.ts';
import type { WriterStatement } from './writes.ts';

/** The thread that owns the only writing connection. Started by `writer.ts`, which sends it the messages below. */
export interface WorkerOptions {
  path: string;
  statements: readonly WriterStatement[];
  busyTimeoutMs: number;
  /** Largest size of the file; for tests of a full disk. */
  maxPages?: number;
}

export type Request =
  | { kind: 'batch'; batch: Batch }
  | { kind: 'run'; sql: string; parameters: readonly SqlValue[] }
  | { kind: 'close' };

/** One for each request, in order; the first, an empty list of outcomes, says that the connection is open. */
export type Reply =
  | { kind: 'batch'; outcomes: readonly Outcome[]; cpuMs: number }
  | { kind: 'run'; result: number | Trouble }
  | { kind: 'close' };

function serve(port: NonNullable<typeof parentPort>, options: WorkerOptions): void {
  const connection = openSqlite(options.path, { busyTimeoutMs: options.busyTimeoutMs });
  connection.exec(
    'pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -8192; pragma temp_store = memory;' +
      'pragma wal_autocheckpoint = 250; pragma journal_size_limit = 67108864;',
  );
  if (options.maxPages !== undefined) connection.exec(`pragma max_page_count = ${options.maxPages}`);
  const runner = new BatchRunner(connection, options.statements);
  const answer = (request: Request): Reply => {
    if (request.kind === 'batch') return { kind: 'batch', outcomes: runner.run(request.batch), cpuMs: cpuMs() };
    if (request.kind === 'run') return { kind: 'run', result: runner.runAlone(request.sql, request.parameters) };
    connection.close();
    return { kind: 'close' };
  };
  port.on('message', (request: Request) => {
    port.postMessage(answer(request));
    if (request.kind === 'close') port.close();
  });
  port.postMessage({ kind: 'batch', outcomes: [], cpuMs: cpuMs() } satisfies Reply);
}

/** CPU time of this thread so far. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

const options: WorkerOptions = workerData;
if (parentPort !== null) serve(parentPort, options);
