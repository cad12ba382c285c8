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
  readonly #onEnd: (reason: string) => void;
  #worker: Worker | undefined;
  /** Oldest first. */
  readonly #sent: Task[] = [];

  /** `onEnd` is told when it ends without being asked to. */
  constructor({ path, busyTimeoutMs, maxPages }: Omit<WorkerOptions, 'statements'>, onEnd: (reason: string) => void) {
    this.#options = { path, busyTimeoutMs, ...(maxPages !== undefined && { maxPages }) };
    this.#onEnd = onEnd;
  }

  get isRunning(): boolean {
    return this.#worker !== undefined;
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
    worker.on('error', (error) => this.#onWorkerEnd(worker, error.message));
    worker.on('exit', () => this.#onWorkerEnd(worker, 'the writing thread has ended'));
    await opened;
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
    await this.send({ kind: 'close' }).catch(() => {});
    await exited;
  }

  #onWorkerEnd(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const lost = this.#sent.splice(0);
    this.#onEnd(reason);
    for (const { reject } of lost) reject(unavailable(reason));
  }
}
