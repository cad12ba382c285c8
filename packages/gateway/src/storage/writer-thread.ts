import { Worker } from 'node:worker_threads';
import { unavailable } from './trouble.ts';
import type { Reply, Request, WorkerOptions } from './worker.ts';
import { writerStatements } from './writes.ts';

/** Who waits for the answer to a request. */
interface Task {
  settle: (reply: Reply) => void;
  reject: (error: Error) => void;
}

/** The thread that writes, as seen from this one: requests go in, answers come out in the same order. */
export class WriterThread {
  readonly #options: Omit<WorkerOptions, 'statements'>;
  readonly #onLost: (error: Error) => void;
  #worker: Worker | undefined;
  /** The database is open, and nobody has asked to close it. */
  #isOpen = false;
  /** Oldest first. */
  readonly #sent: Task[] = [];

  /** `onLost` is told when it ends without being asked to: nobody knows whether what it was writing is stored. */
  constructor({ path, busyTimeoutMs, maxPages }: Omit<WorkerOptions, 'statements'>, onLost: (error: Error) => void) {
    this.#options = { path, busyTimeoutMs, ...(maxPages !== undefined && { maxPages }) };
    this.#onLost = onLost;
  }

  /** Resolves when the thread has opened the database. */
  async start(): Promise<void> {
    const workerData = { ...this.#options, statements: writerStatements() } satisfies WorkerOptions;
    const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
    const worker = new Worker(new URL(file, import.meta.url), {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    this.#worker = worker;
    const opened = new Promise<Reply>((settle, reject) => {
      this.#sent.push({ settle, reject });
    });
    worker.on('message', (reply: Reply) => this.#sent.shift()?.settle(reply));
    worker.on('error', (error) => this.#onEnd(worker, error));
    worker.on('exit', () => this.#onEnd(worker, undefined));
    await opened;
    this.#isOpen = true;
  }

  /** Bytes of a batch are handed over, not copied. */
  send(request: Request): Promise<Reply> {
    return new Promise((settle, reject) => {
      if (this.#worker === undefined) return reject(unavailable('the writing thread has ended'));
      this.#sent.push({ settle, reject });
      const bytes = request.kind === 'batch' ? request.batch.bytes : undefined;
      this.#worker.postMessage(request, bytes === undefined ? [] : [bytes.buffer]);
    });
  }

  /** Closes the connection, and ends the thread. */
  async stop(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    this.#isOpen = false;
    await this.send({ kind: 'close' }).catch(() => {});
    await exited;
  }

  #onEnd(worker: Worker, cause: Error | undefined): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const reason = cause === undefined ? 'the writing thread has ended' : cause.message;
    for (const { reject } of this.#sent.splice(0)) reject(unavailable(reason));
    if (this.#isOpen) this.#onLost(new Error('The thread that writes the database has ended.', { cause }));
  }
}
