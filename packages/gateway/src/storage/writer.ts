import { Worker } from 'node:worker_threads';
import { ConflictError, GatewayError, type UnavailableError } from '../domain/errors.ts';
import type { Log } from '../ports/adapter.ts';
import type { MessageEntry } from '../ports/south.ts';
import type { Change } from '../ports/store.ts';
import type { Outcome, Trouble } from './batch.ts';
import { writeChange } from './change.ts';
import { Deferred, type Entry, readingsChangeOf, writeEntry } from './deferred.ts';
import { Gathering, type Readings, type Waiting } from './gathering.ts';
import type { Inheritance, Task } from './hand-over.ts';
import { writeMark } from './log-writes.ts';
import { writeMessages } from './message-log.ts';
import { type Line, toGroups } from './readings-text.ts';
import type { SqlValue } from './tables.ts';
import { remedies, unavailable } from './trouble.ts';
import type { Reply, Request, WorkerOptions } from './worker.ts';
import { type Operations, writerStatements } from './writes.ts';

export interface WriterOptions extends Omit<WorkerOptions, 'statements'> {
  log: Log;
  /** How long after one batch the next is gathered, ms. */
  lingerMs: number;
}

/** A batch is sent without lingering when it has this many changes. */
const fullBatch = 256;
/** Frames for the message log that wait at most; half of them are dropped when there are more. */
const waitingFrames = 20_000;
/** Changes that wait before frames are dropped in their favour. */
const pressure = 2000;
/** Frames that are written together: few enough that commits wait a few ms at most. */
const framesPerBatch = 1000;
/** How long frames are gathered, ms. */
const frameDelayMs = 500;
const probeMs = 1000;
/** Facts beyond the mark at most: a start goes through them all. */
const maxUnmarked = 2000;
/** Least time between two looks at the rows that wait, ms. */
const retryMs = 20;

/** Gathers what is to be written and hands it to the one thread that writes. */
export class Writer {
  readonly #options: WriterOptions;
  #worker: Worker | undefined;
  #state: 'new' | 'open' | 'closing' | 'closed' = 'new';
  #gathering = this.#newGathering();
  #frames: MessageEntry[] = [];
  /** They have been gathered long enough. */
  #framesDue = false;
  /** Number of the next frame that is written. */
  #nextFrame = 1;
  #dropped = 0;
  /** What the worker has been sent, oldest first. */
  readonly #sent: Task[] = [];
  #batchSent = false;
  #lastBatchAt = 0;
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #frameTimer: NodeJS.Timeout | undefined;
  #probeTimer: NodeJS.Timeout | undefined;
  #deferTimer: NodeJS.Timeout | undefined;
  #problem: string | undefined;
  #idle: (() => void)[] = [];
  readonly #deferred = new Deferred();
  /** Newest fact that is stored, as far as is known here. */
  #lastSeq = 0;
  /** Fact up to which the database says that all rows are written. */
  #marked = 0;
  /** Nothing of the newest batch was stored. */
  #isRefused = false;
  /** CPU time of the writing thread up to its newest batch, ms. */
  workerCpuMs = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** Why nothing can be stored at present; undefined when all is well. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Frames that the message log could not take since the start. */
  get droppedFrames(): number {
    return this.#dropped;
  }

  async start(): Promise<void> {
    await this.#spawn();
    this.#state = 'open';
  }

  /** Goes on where an earlier process ended: after its newest fact and frame, with the rows it left unwritten. */
  async takeOver({ lastSeq, nextFrame, entries }: Inheritance): Promise<void> {
    this.#lastSeq = lastSeq;
    this.#nextFrame = nextFrame;
    for (const entry of entries) this.adopt(entry);
    await this.settle();
  }

  /** Resolves with the number of the first fact once the change is on disk. */
  commit(change: Change): Promise<number> {
    if (this.#state !== 'open') return Promise.reject(this.#closedError());
    const readings = readingsChangeOf(change);
    if (readings === undefined) return this.#commitWhole(change);
    return new Promise((resolve, reject) => {
      this.#gathering.addReadings(readings, { resolve, reject });
      this.#schedule();
    });
  }

  #newGathering(): Gathering {
    return new Gathering((readings, firstSeq) => this.#onReadings(readings, firstSeq));
  }

  /** Their facts are stored; what they tell is written later. */
  #onReadings(readings: readonly Readings[], firstSeq: number): void {
    const since = performance.now();
    let seq = firstSeq;
    for (const { change, lines, resolve } of readings) {
      const first = seq;
      for (const line of lines) line.seq = seq++;
      this.#lastSeq = Math.max(this.#lastSeq, seq - 1);
      const { station } = change;
      this.#deferred.add({ stationId: station.after.stationId, station, lines, firstSeq: first, since });
      resolve(first);
    }
    this.#awaitDeferred();
  }

  /** After what waits for the station, as it builds upon that. */
  #commitWhole(change: Change): Promise<number> {
    const stationId = change.station?.after.stationId ?? change.deletedStation;
    const arrival = stationId === undefined ? undefined : this.#deferred.arrivalOf(stationId);
    if (arrival !== undefined) return arrival.then(() => this.commit(change));
    const entries = stationId === undefined ? [] : this.#deferred.take(stationId);
    return this.#enqueue((operations) => writeChange(operations, upon(entries, change)), {
      stored: (firstSeq) => {
        this.#lastSeq = Math.max(this.#lastSeq, firstSeq + change.facts.length - 1);
        this.#deferred.written(entries);
        if (change.deletedStation === undefined) this.#onWhole(entries, change, firstSeq);
      },
      failed: () => this.#deferred.restore(entries),
    });
  }

  /** Rows of readings wait on; all else that waited is written. */
  #onWhole(entries: readonly Entry[], { facts }: Change, firstSeq: number): void {
    for (const entry of entries) if (entry.lines.length > 0) this.adopt({ ...entry, station: undefined });
    for (const [index, fact] of facts.entries()) {
      if (fact.type !== 'measurements.taken') continue;
      const { stationId, at, transactionId, measurements } = fact;
      const seq = firstSeq + index;
      const line: Line = { seq, at: at.getTime(), transactionId, groups: toGroups(measurements) };
      this.adopt({ stationId, station: undefined, lines: [line], firstSeq: seq, since: performance.now() });
    }
  }

  /** Takes rows whose facts are stored. */
  adopt(entry: Entry): void {
    this.#deferred.add(entry);
    this.#awaitDeferred();
  }

  /** Sees to it that rows that wait are written when their time has come, whether or not anything else is. */
  #awaitDeferred(): void {
    const wait = this.#deferred.dueIn(performance.now());
    if (wait === undefined || this.#state !== 'open') return;
    this.#deferTimer ??= setTimeout(
      () => {
        this.#deferTimer = undefined;
        this.#schedule();
      },
      Math.max(wait, retryMs),
    );
  }

  /** Resolves once the rows of a station, or of all, are up to date. At once when they are. */
  async settle(stationId?: string): Promise<void> {
    if (this.#state !== 'open' || !this.#deferred.isBehind(stationId)) return;
    await this.#writeDeferred(stationId === undefined ? this.#deferred.takeAll() : this.#deferred.take(stationId));
  }

  #writeDeferred(entries: readonly Entry[]): Promise<number> {
    let mark = 0;
    const stored = () => {
      this.#marked = mark;
      this.#deferred.written(entries);
    };
    return this.#enqueue(
      (operations) => {
        for (const entry of entries) writeEntry(operations, entry);
        mark = this.#deferred.markAfter(entries, this.#lastSeq);
        writeMark(operations, mark);
      },
      { stored, failed: () => this.#deferred.restore(entries) },
    );
  }

  /** One more change for the next batch. Resolves with the number of its first fact. */
  #enqueue(
    write: (operations: Operations) => void,
    { stored, failed }: { stored: (firstSeq: number) => void; failed?: () => void },
  ): Promise<number> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => {
        failed?.();
        reject(error);
      };
      try {
        this.#gathering.add(write, {
          resolve: (firstSeq) => {
            stored(firstSeq);
            resolve(firstSeq);
          },
          reject: fail,
        });
      } catch (error) {
        failed?.();
        throw error;
      }
      this.#schedule();
    });
  }

  /** Resolves once the frames that were logged are written, as far as they can be at once. */
  async settleFrames(): Promise<void> {
    if (this.#state !== 'open' || (this.#frames.length === 0 && !this.#batchSent)) return;
    this.#framesDue = true;
    await this.#enqueue(() => {}, { stored: () => {} });
  }

  logMessages(entries: readonly MessageEntry[]): void {
    if (this.#state !== 'open') return;
    for (const entry of entries) this.#frames.push(entry);
    if (this.#frames.length > waitingFrames || (this.#gathering.size > pressure && this.#frames.length > 0)) {
      this.#dropFrames();
    }
    this.#gatherFrames();
  }

  #gatherFrames(): void {
    this.#frameTimer ??= setTimeout(() => {
      this.#frameTimer = undefined;
      this.#framesDue = true;
      this.#schedule();
    }, frameDelayMs);
  }

  /** One statement in a transaction of its own, e.g. a piece of a clean-up. Returns the number of rows changed. */
  async run(sql: string, parameters: readonly SqlValue[] = []): Promise<number> {
    if (this.#state !== 'open') throw this.#closedError();
    const reply = await this.#send({ kind: 'run', sql, parameters });
    if (reply.kind !== 'run') throw new TypeError(`The writing thread answered '${reply.kind}' to 'run'.`);
    if (typeof reply.result === 'number') return reply.result;
    throw this.#refusalOf(reply.result);
  }

  /** Writes what is waiting, then closes the connection. */
  async stop(): Promise<void> {
    if (this.#state === 'open') {
      this.#state = 'closing';
      if (!this.#batchSent) this.#sendBatch();
      if (this.#batchSent) await new Promise<void>((resolve) => this.#idle.push(resolve));
      await this.#close();
    }
    this.#state = 'closed';
  }

  async #close(): Promise<void> {
    for (const timer of [this.#timer, this.#frameTimer, this.#probeTimer, this.#deferTimer]) clearTimeout(timer);
    clearImmediate(this.#immediate);
    const worker = this.#worker;
    if (worker === undefined) return;
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    await this.#send({ kind: 'close' }).catch(() => {});
    await exited;
  }

  #schedule(): void {
    if (this.#batchSent) return;
    if (this.#gathering.size >= fullBatch) return this.#sendBatch();
    if (this.#immediate !== undefined || this.#timer !== undefined) return;
    const wait = this.#lastBatchAt + this.#options.lingerMs - performance.now();
    // Without a wait, all that arrives in this turn of the event loop still goes along.
    if (wait <= 0) this.#immediate = setImmediate(() => this.#sendBatch());
    else this.#timer = setTimeout(() => this.#sendBatch(), wait);
  }

  #sendBatch(): void {
    this.#batchSent = true;
    clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
    this.#immediate = undefined;
    this.#timer = undefined;
    if (this.#worker === undefined) void this.#spawn().catch(() => {});
    this.#addDeferred();
    const gathering = this.#gathering;
    const frames = this.#takeFrames();
    if (gathering.size === 0 && frames.length === 0) {
      this.#batchSent = false;
      this.#awaitDeferred();
      return;
    }
    this.#gathering = this.#newGathering();
    const { batch, waiting } = gathering.close((operations) => {
      writeMessages(operations, frames, this.#nextFrame);
      this.#nextFrame += frames.length;
    });
    this.#lastBatchAt = performance.now();
    this.#send({ kind: 'batch', batch }).then(
      (reply) => this.#settle(waiting, frames.length, reply),
      (error) => this.#rejectAll(waiting, frames.length, error),
    );
  }

  /** Rows whose time has come go along with the batch. When they fail, they wait on. */
  #addDeferred(): void {
    const entries = this.#state === 'closing' ? this.#deferred.takeAll() : this.#deferred.takeDue(performance.now());
    if (entries.length > 0 || this.#isUnmarked()) this.#writeDeferred(entries).catch(() => {});
  }

  /** Facts that bring no readings move the mark too, now and then. */
  #isUnmarked(): boolean {
    return this.#lastSeq - this.#marked > (this.#state === 'closing' ? 0 : maxUnmarked);
  }

  /** Those that go along with the next batch. */
  #takeFrames(): MessageEntry[] {
    const due = this.#framesDue || this.#state === 'closing' || this.#frames.length >= framesPerBatch;
    if (!due) return [];
    const frames = this.#frames.splice(0, framesPerBatch);
    this.#framesDue = this.#framesDue && this.#frames.length > 0;
    return frames;
  }

  #settle(waiting: readonly Waiting[], frames: number, reply: Reply): void {
    if (reply.kind !== 'batch') return;
    this.workerCpuMs = reply.cpuMs;
    const { outcomes } = reply;
    for (const [index, { resolve, reject }] of waiting.entries()) {
      const outcome = outcomes[index] ?? 0;
      if (typeof outcome === 'number') resolve(outcome);
      else reject(this.#refusalOf(outcome));
    }
    this.#settleFrames(frames, outcomes.at(-1));
    this.#isRefused = !outcomes.some((outcome) => typeof outcome === 'number');
    if (!this.#isRefused) this.#recovered();
    this.#batchDone();
  }

  #settleFrames(frames: number, outcome: Outcome | undefined): void {
    if (frames === 0 || typeof outcome !== 'object') return;
    this.#dropped += frames;
    const { message } = this.#refusalOf(outcome);
    this.#options.log.debug({ frames, message }, 'frames not stored');
  }

  #rejectAll(waiting: readonly Waiting[], frames: number, error: Error): void {
    this.#isRefused = true;
    for (const { reject } of waiting) reject(error);
    this.#dropped += frames;
    this.#batchDone();
  }

  #batchDone(): void {
    this.#batchSent = false;
    if (this.#state === 'closing') {
      const isBehind = (this.#deferred.size > 0 || this.#isUnmarked()) && !this.#isRefused;
      if (this.#gathering.size + this.#frames.length > 0 || isBehind) return this.#sendBatch();
      for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    if (this.#gathering.size > 0 || this.#framesDue || this.#frames.length >= framesPerBatch) this.#schedule();
    if (this.#frames.length > 0) this.#gatherFrames();
    this.#awaitDeferred();
  }

  #dropFrames(): void {
    const dropped = this.#frames.splice(0, Math.ceil(this.#frames.length / 2)).length;
    if (this.#dropped === 0) {
      this.#options.log.warn({ dropped }, 'message log drops frames: the disk cannot keep up');
    }
    this.#dropped += dropped;
  }

  #send(request: Request): Promise<Reply> {
    return new Promise((settle, reject) => {
      if (this.#worker === undefined) return reject(unavailable('the writing thread has ended'));
      this.#sent.push({ request, settle, reject });
      this.#worker.postMessage(request, []);
    });
  }

  /** Starts the thread; resolves when it has opened the database. */
  async #spawn(): Promise<void> {
    const { path, busyTimeoutMs, maxPages } = this.#options;
    const workerData = {
      path,
      statements: writerStatements(),
      busyTimeoutMs,
      ...(maxPages !== undefined && { maxPages }),
    } satisfies WorkerOptions;
    const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
    const worker = new Worker(new URL(file, import.meta.url), {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    this.#worker = worker;
    const opened = new Promise<Reply>((settle, reject) => {
      this.#sent.push({ request: { kind: 'batch', batch: { operations: [], ends: [] } }, settle, reject });
    });
    worker.on('message', (reply: Reply) => this.#sent.shift()?.settle(reply));
    worker.on('error', (error) => this.#workerEnded(worker, error.message));
    worker.on('exit', () => this.#workerEnded(worker, 'the writing thread has ended'));
    await opened;
  }

  #workerEnded(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const lost = this.#sent.splice(0);
    if (this.#state === 'open') this.#troubled(reason);
    for (const { reject } of lost) reject(unavailable(reason));
  }

  #refusalOf({ failure, message }: Trouble): Error {
    if (failure === 'constraint') {
      return new ConflictError(`The change was not stored, because it contradicts what is stored: ${message}.`);
    }
    if (failure === 'other') return new GatewayError('invalid', `The change was not stored: ${message}`);
    this.#troubled(`${remedies[failure]} (${message})`);
    return unavailable(this.#problem ?? message);
  }

  /** Said once, until it works again; meanwhile the database is tried now and then, so that it is noticed. */
  #troubled(problem: string): void {
    const { path, log } = this.#options;
    const known = this.#problem !== undefined;
    this.#problem = `${path}: ${problem}`;
    if (!known) log.error({ path, problem }, 'database cannot store anything');
    if (this.#state === 'open') this.#probeTimer ??= setTimeout(() => this.#probe(), probeMs);
  }

  #probe(): void {
    this.#probeTimer = undefined;
    if (this.#state !== 'open' || this.#problem === undefined) return;
    const again = () => {
      if (this.#state === 'open') this.#probeTimer ??= setTimeout(() => this.#probe(), probeMs);
    };
    const tryOut = async () => {
      if (this.#worker === undefined) await this.#spawn();
      const upsert = `insert into meta (name, value) values ('probe', ?) on conflict (name) do update set value = excluded.value`;
      await this.run(upsert, ['x'.repeat(probeSize)]);
      await this.run(upsert, ['']);
      this.#recovered();
    };
    tryOut().catch(again);
  }

  #recovered(): void {
    if (this.#problem === undefined) return;
    this.#problem = undefined;
    clearTimeout(this.#probeTimer);
    this.#probeTimer = undefined;
    this.#options.log.info({ path: this.#options.path }, 'database stores again');
  }

  #closedError(): UnavailableError {
    return unavailable(this.#state === 'new' ? 'the store has not been started' : 'the store has been stopped');
  }
}

/** A change that takes along what waits for its station. */
function upon([entry]: readonly Entry[], change: Change): Change {
  if (change.station === undefined || entry?.station === undefined) return change;
  return { ...change, station: { before: entry.station.before, after: change.station.after } };
}

/** Enough to need pages of its own. */
const probeSize = 65_536;
