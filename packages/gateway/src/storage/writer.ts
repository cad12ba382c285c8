import type { UnavailableError } from '../domain/errors.ts';
import type { Log } from '../ports/adapter.ts';
import type { MessageEntry } from '../ports/south.ts';
import type { Change } from '../ports/store.ts';
import type { Outcome } from './batch.ts';
import { writeChange } from './change.ts';
import { Deferred, type Entry, readingsChangeOf, writeEntry } from './deferred.ts';
import { Gathering, type Readings, type Waiting } from './gathering.ts';
import { FrameQueue } from './frame-queue.ts';
import type { Inheritance } from './left-behind.ts';
import { writeMark } from './log-writes.ts';
import { Outage } from './outage.ts';
import { type Line, toGroups } from './readings-text.ts';
import type { SqlValue } from './tables.ts';
import { unavailable } from './trouble.ts';
import type { Reply, WorkerOptions } from './worker.ts';
import { WriterThread } from './writer-thread.ts';
import type { Operations } from './writes.ts';

export interface WriterOptions extends Omit<WorkerOptions, 'statements'> {
  log: Log;
  /** How long after one batch of several changes the next is gathered at least, ms. */
  lingerMs: number;
}

/** A batch is sent without lingering when it has this many changes. */
const fullBatch = 256;
/** Changes that wait before frames are dropped in their favour. */
const pressure = 2000;
/** How much longer the next batch is gathered for each change of the last, ms; and the most, in proportion to the least. */
const lingerPerChangeMs = 0.06;
const maxLinger = 2.5;
/** Facts beyond the mark at most: a start goes through them all. */
const maxUnmarked = 2000;
/** Stations whose rows are written in one transaction when somebody wants to read all. */
const settledAtOnce = 200;
/** Least time between two looks at the rows that wait, ms. */
const retryMs = 20;

/** Gathers what is to be written and hands it to the one thread that writes. */
export class Writer {
  readonly #options: WriterOptions;
  readonly #thread: WriterThread;
  #state: 'new' | 'open' | 'closing' | 'closed' = 'new';
  #gathering = this.#newGathering();
  readonly #frames: FrameQueue;
  readonly #outage: Outage;
  #batchSent = false;
  #lastBatchAt = 0;
  #lastBatchSize = 0;
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #deferTimer: NodeJS.Timeout | undefined;
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
    this.#thread = new WriterThread(options, thrown);
    this.#frames = new FrameQueue(options.log, () => this.#schedule());
    this.#outage = new Outage({ ...options, tryOut: () => this.#tryOut() });
  }

  /** Why nothing can be stored at present; undefined when all is well. */
  get problem(): string | undefined {
    return this.#outage.problem;
  }

  /** Frames that the message log could not take since the start. */
  get droppedFrames(): number {
    return this.#frames.dropped;
  }

  async start(): Promise<void> {
    await this.#thread.start();
    this.#state = 'open';
  }

  /** Goes on where an earlier process ended: after its newest fact and frame, with the rows it left unwritten. */
  async takeOver({ lastSeq, nextFrame, entries }: Inheritance): Promise<void> {
    this.#lastSeq = lastSeq;
    this.#frames.goOnAt(nextFrame);
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
    if (stationId !== undefined) {
      await this.#writeDeferred(this.#deferred.take(stationId));
      return;
    }
    let left = this.#deferred.size;
    do {
      const entries = this.#deferred.takeOldest(settledAtOnce);
      left -= settledAtOnce;
      await this.#writeDeferred(entries);
    } while (left > 0);
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
    if (this.#state !== 'open' || (this.#frames.size === 0 && !this.#batchSent)) return;
    this.#frames.hurry();
    await this.#enqueue(() => {}, { stored: () => {} });
  }

  logMessages(entries: readonly MessageEntry[]): void {
    if (this.#state === 'open') this.#frames.add(entries, { isPressed: this.#gathering.size > pressure });
  }

  /** One statement in a transaction of its own, e.g. a piece of a clean-up. Returns the number of rows changed. */
  async run(sql: string, parameters: readonly SqlValue[] = []): Promise<number> {
    if (this.#state !== 'open') throw this.#closedError();
    const reply = await this.#thread.send({ kind: 'run', sql, parameters });
    if (reply.kind !== 'run') throw new TypeError(`The writing thread answered '${reply.kind}' to 'run'.`);
    if (typeof reply.result === 'number') return reply.result;
    throw this.#outage.refusalOf(reply.result);
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
    for (const timer of [this.#timer, this.#deferTimer]) clearTimeout(timer);
    for (const part of [this.#frames, this.#outage]) part.stop();
    clearImmediate(this.#immediate);
    await this.#thread.stop();
  }

  #schedule(): void {
    if (this.#batchSent) return;
    if (this.#gathering.size >= fullBatch) return this.#sendBatch();
    if (this.#immediate !== undefined || this.#timer !== undefined) return;
    const wait = this.#lastBatchAt + this.#lingerMs() - performance.now();
    // Without a wait, all that arrives in this turn of the event loop still goes along.
    if (wait <= 0) this.#immediate = setImmediate(() => this.#sendBatch());
    else this.#timer = setTimeout(() => this.#sendBatch(), wait);
  }

  /** The more come together, the more it is worth to wait for them: a batch costs as much as some ten changes. */
  #lingerMs(): number {
    if (this.#lastBatchSize < 2) return 0;
    const { lingerMs } = this.#options;
    return Math.min(Math.max(this.#lastBatchSize * lingerPerChangeMs, lingerMs), maxLinger * lingerMs);
  }

  #sendBatch(): void {
    this.#batchSent = true;
    clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
    this.#immediate = undefined;
    this.#timer = undefined;
    this.#addDeferred();
    const gathering = this.#gathering;
    const frames = this.#state === 'closing' || this.#frames.isDue ? this.#frames.take() : undefined;
    if (gathering.size === 0 && frames === undefined) {
      this.#batchSent = false;
      this.#awaitDeferred();
      return;
    }
    this.#gathering = this.#newGathering();
    const count = frames?.count ?? 0;
    const { batch, waiting } = gathering.close(frames && ((operations) => frames.write(operations)));
    this.#lastBatchAt = performance.now();
    this.#lastBatchSize = gathering.size;
    this.#thread.send({ kind: 'batch', batch }).then(
      (reply) => this.#settle(waiting, count, reply),
      (error) => this.#rejectAll(waiting, count, error),
    );
  }

  /** Rows whose time has come go along with the batch. When they fail, they wait on. */
  #addDeferred(): void {
    const entries =
      this.#state === 'closing' ? this.#deferred.takeOldest(settledAtOnce) : this.#deferred.takeDue(performance.now());
    if (entries.length > 0 || this.#isUnmarked()) this.#writeDeferred(entries).catch(() => {});
  }

  /** Facts that bring no readings move the mark too, now and then. Where readings wait, it moves when they are written. */
  #isUnmarked(): boolean {
    return this.#deferred.size === 0 && this.#lastSeq - this.#marked > (this.#state === 'closing' ? 0 : maxUnmarked);
  }

  #settle(waiting: readonly Waiting[], frames: number, reply: Reply): void {
    if (reply.kind !== 'batch') return;
    this.workerCpuMs = reply.cpuMs;
    const { outcomes } = reply;
    for (const [index, { resolve, reject }] of waiting.entries()) {
      const outcome = outcomes[index] ?? 0;
      if (typeof outcome === 'number') resolve(outcome);
      else reject(this.#outage.refusalOf(outcome));
    }
    this.#settleFrames(frames, outcomes.at(-1));
    this.#isRefused = !outcomes.some((outcome) => typeof outcome === 'number');
    if (!this.#isRefused) this.#outage.end();
    this.#batchDone();
  }

  #settleFrames(frames: number, outcome: Outcome | undefined): void {
    if (frames === 0 || typeof outcome !== 'object') return;
    this.#frames.lost(frames);
    const { message } = this.#outage.refusalOf(outcome);
    this.#options.log.debug({ frames, message }, 'frames not stored');
  }

  #rejectAll(waiting: readonly Waiting[], frames: number, error: Error): void {
    this.#isRefused = true;
    for (const { reject } of waiting) reject(error);
    this.#frames.lost(frames);
    this.#batchDone();
  }

  #batchDone(): void {
    this.#batchSent = false;
    if (this.#state === 'closing') {
      const isBehind = (this.#deferred.size > 0 || this.#isUnmarked()) && !this.#isRefused;
      if (this.#gathering.size + this.#frames.size > 0 || isBehind) return this.#sendBatch();
      for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    if (this.#gathering.size > 0 || this.#frames.isDue) this.#schedule();
    this.#frames.gather();
    this.#awaitDeferred();
  }

  /** A row that grows, and shrinks again. */
  async #tryOut(): Promise<void> {
    const upsert = `insert into meta (name, value) values ('probe', ?) on conflict (name) do update set value = excluded.value`;
    await this.run(upsert, ['x'.repeat(probeSize)]);
    await this.run(upsert, ['']);
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

/** What is in memory may now differ from what is stored: the process ends, and the next one begins with what is stored. */
function thrown(error: Error): never {
  throw error;
}

/** Enough to need pages of its own. */
const probeSize = 65_536;
