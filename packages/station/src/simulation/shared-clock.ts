import type { Clock, Timer } from '../time/clock.ts';

/** A task may run late by this share of its wait: so many fewer moments have to be kept. */
const lateness = 1 / 64;

/** The finest moments, ms. */
const finestMs = 8;

/**
 * One timer for any number of waits: those that end at about the same time share a moment. A task runs up to 1/64 of its
 * wait late, or 8 ms where that is more. Waits of whole fleets cost memory for the tasks, and none for timers.
 */
export function createSharedClock(base: Clock): Clock {
  return new SharedClock(base);
}

class SharedClock implements Clock {
  readonly #base: Clock;
  readonly #moments = new Map<number, Waiting[]>();
  readonly #heap: number[] = [];
  #waiting = 0;
  #timer: Timer | undefined;
  #timerAt = Infinity;

  constructor(base: Clock) {
    this.#base = base;
  }

  now(): Date {
    return this.#base.now();
  }

  monotonicMs(): number {
    return this.#base.monotonicMs();
  }

  after(ms: number, task: () => void): Timer {
    const wait = Math.max(0, ms);
    const at = momentOf(this.#base.monotonicMs() + wait, wait);
    const waiting = new Waiting(this, task);
    this.#waiting++;
    const known = this.#moments.get(at);
    if (known) known.push(waiting);
    else {
      this.#moments.set(at, [waiting]);
      push(this.#heap, at);
      this.#arm();
    }
    return waiting;
  }

  /** When nobody waits any more, nothing keeps the process alive. */
  cancelled(): void {
    this.#waiting--;
    if (this.#waiting > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerAt = Infinity;
    this.#moments.clear();
    this.#heap.length = 0;
  }

  #arm(): void {
    const [next] = this.#heap;
    if (next === undefined || next >= this.#timerAt) return;
    this.#timer?.cancel();
    this.#timerAt = next;
    this.#timer = this.#base.after(Math.max(0, next - this.#base.monotonicMs()), () => this.#run());
  }

  #run(): void {
    this.#timer = undefined;
    this.#timerAt = Infinity;
    const now = this.#base.monotonicMs();
    for (let [next] = this.#heap; next !== undefined && next <= now; [next] = this.#heap) {
      pop(this.#heap);
      const due = this.#moments.get(next) ?? [];
      this.#moments.delete(next);
      for (const waiting of due) {
        const task = waiting.take();
        if (!task) continue;
        this.#waiting--;
        task();
      }
    }
    this.#arm();
  }
}

class Waiting implements Timer {
  readonly #clock: SharedClock;
  #task: (() => void) | undefined;

  constructor(clock: SharedClock, task: () => void) {
    this.#clock = clock;
    this.#task = task;
  }

  cancel(): void {
    if (this.take()) this.#clock.cancelled();
  }

  take(): (() => void) | undefined {
    const task = this.#task;
    this.#task = undefined;
    return task;
  }
}

/** The moment not before `at` whose distance to the next is a power of two. */
function momentOf(at: number, wait: number): number {
  const grain = 2 ** Math.floor(Math.log2(Math.max(finestMs, wait * lateness)));
  return Math.ceil(at / grain) * grain;
}

/** Adds to a binary heap, the least value first. */
function push(heap: number[], value: number): void {
  let place = heap.length;
  heap.push(value);
  while (place > 0) {
    const parent = (place - 1) >> 1;
    const above = heap[parent] ?? -Infinity;
    if (above <= value) break;
    heap[place] = above;
    place = parent;
  }
  heap[place] = value;
}

/** Takes the least value away. */
function pop(heap: number[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let place = 0;
  for (;;) {
    const left = 2 * place + 1;
    const right = left + 1;
    const least = (heap[right] ?? Infinity) < (heap[left] ?? Infinity) ? right : left;
    const below = heap[least];
    if (below === undefined || below >= last) break;
    heap[place] = below;
    place = least;
  }
  heap[place] = last;
}
