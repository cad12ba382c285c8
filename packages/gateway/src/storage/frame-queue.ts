import type { Log } from '../ports/adapter.ts';
import type { MessageEntry } from '../ports/south.ts';
import { WaitingFrames } from './message-log.ts';
import type { Operations } from './writes.ts';

/** Frames that wait at most; half of them are dropped when there are more. */
const most = 20_000;
/** How long frames are gathered, ms. */
const delayMs = 500;

/** Frames that go along with a batch. */
export interface DueFrames {
  count: number;
  /** Returns their bytes. */
  write(operations: Operations): Uint8Array<ArrayBuffer>;
}

/** Frames on their way to the message log. Nobody waits for them, and they give way to whatever somebody waits for. */
export class FrameQueue {
  readonly #log: Log;
  readonly #onDue: () => void;
  readonly #waiting = new WaitingFrames();
  #isDue = false;
  #timer: NodeJS.Timeout | undefined;
  /** Number of the next frame that is written. */
  #next = 1;
  #dropped = 0;

  /** `onDue` is called when frames have been gathered long enough. */
  constructor(log: Log, onDue: () => void) {
    this.#log = log;
    this.#onDue = onDue;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Frames that the message log could not take since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Some have been gathered long enough, or are so many that they go along with the next batch. */
  get isDue(): boolean {
    return this.#isDue || this.#waiting.isFull;
  }

  /** The next frame gets this number. */
  goOnAt(next: number): void {
    this.#next = next;
  }

  /** `isPressed`: others wait for the disk. */
  add(entries: readonly MessageEntry[], { isPressed }: { isPressed: boolean }): void {
    for (const entry of entries) this.#waiting.add(entry);
    if (this.#waiting.size > most || isPressed) this.#drop();
    this.gather();
  }

  /** Those that wait are due some time from now. */
  gather(): void {
    if (this.#waiting.size === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.hurry();
      this.#onDue();
    }, delayMs);
  }

  hurry(): void {
    this.#isDue = true;
  }

  /** The oldest that are written together; undefined when none wait. */
  take(): DueFrames | undefined {
    const bulk = this.#waiting.take();
    this.#isDue = this.#isDue && this.#waiting.size > 0;
    if (bulk === undefined) return undefined;
    const first = this.#next;
    this.#next += bulk.count;
    return { count: bulk.count, write: (operations) => bulk.write(operations, first) };
  }

  /** Frames that were taken could not be stored. */
  lost(count: number): void {
    this.#dropped += count;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #drop(): void {
    const dropped = this.#waiting.drop();
    if (this.#dropped === 0) this.#log.warn({ dropped }, 'message log drops frames: the disk cannot keep up');
    this.#dropped += dropped;
  }
}
