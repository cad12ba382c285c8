import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What the heap of this process lets others see and do. */
export interface Heap {
  /** CPU time of this thread so far, ms. */
  workMs(): number;
  /** Whether what it holds may take more room than it needs, to save work. */
  letGrow(isAllowed: boolean): void;
  /** Gives back all that is not needed. Halts the process for as long as it takes to go through what is. */
  collect(): void;
}

const lookEveryMs = 1000;
/** CPU time between two looks. With less than that, the work a larger heap would save is of no account. */
const busyFromMs = 250;
/** Looks in a row: a moment between two waves is not quiet. */
const quietLooks = 10;

/**
 * Lets the heap grow as long as there is much to do, and has it give back what it has grown when that is over. V8 by itself
 * does not look at the time: its youngest part doubles, up to 128 MiB, as long as anything outlives it, however slowly.
 */
export class HeapKeeper {
  readonly #heap: Heap;
  #timer: NodeJS.Timeout | undefined;
  #quiet = 0;
  #workedMs = 0;
  #mayGrow = true;

  constructor(heap: Heap = processHeap()) {
    this.#heap = heap;
  }

  /** Gives back what the start of the process has used. */
  start(): void {
    this.#heap.collect();
    this.#heap.letGrow(this.#mayGrow);
    this.#timer ??= setInterval(() => this.look(), lookEveryMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** What the timer does. */
  look(): void {
    const workMs = this.#heap.workMs();
    this.#quiet = workMs - this.#workedMs < busyFromMs ? this.#quiet + 1 : 0;
    this.#workedMs = workMs;
    const mayGrow = this.#quiet < quietLooks;
    if (mayGrow === this.#mayGrow) return;
    this.#mayGrow = mayGrow;
    this.#heap.letGrow(mayGrow);
  }
}

/**
 * The flags hold for all threads. V8 reads them whenever it has collected garbage. In its memory saver mode it collects,
 * beside its other work, what a load has left behind. A Node that knows other flags says so and does as it does.
 */
export function processHeap(): Heap {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  return {
    workMs: () => {
      const { user, system } = process.threadCpuUsage();
      return (user + system) / 1000;
    },
    letGrow: (isAllowed) => {
      setFlagsFromString(`--semi-space-growth-factor=${isAllowed ? 2 : 1}`);
      setFlagsFromString(isAllowed ? '--no-memory-saver-mode' : '--memory-saver-mode');
    },
    collect: () => {
      if (typeof gc === 'function') Reflect.apply(gc, undefined, [{ type: 'major', flavor: 'last-resort' }]);
    },
  };
}
