/** A task that waits. Cancelling it twice, or after it ran, does nothing. */
export interface Timer {
  cancel(): void;
}

/** Wall time and waiting. Both come from here, so that a test can move them by hand. */
export interface Clock {
  /** The wall time, which may jump. */
  now(): Date;
  /** Milliseconds since some moment; never jumps, whatever is done to the wall time. */
  monotonicMs(): number;
  /** Runs `task` once, `ms` milliseconds from now; at once in the next turn when `ms` is not positive. */
  after(ms: number, task: () => void): Timer;
}

/** The longest wait for a wall time before the clock is looked at again, ms: it may have been set. */
export const lookMs = 60_000;

/** The longest wait that `setTimeout` takes. */
const longestMs = 2 ** 31 - 1;

/** The computer's clock and Node's timers. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  after(ms, task) {
    const timer = { handle: setTimeout(elapse, Math.min(ms, longestMs)), cancel: () => clearTimeout(timer.handle) };
    let left = ms - longestMs;
    function elapse() {
      if (left <= 0) return task();
      timer.handle = setTimeout(elapse, Math.min(left, longestMs));
      left -= longestMs;
    }
    return timer;
  },
};

interface Waiting {
  at: number;
  task: () => void;
}

/** A clock that stands still until `advance` moves it. */
export class ManualClock implements Clock {
  #now = 0;
  #wallMs: number;
  #waiting: Waiting[] = [];

  constructor(start: Date | string = '2026-01-01T00:00:00.000Z') {
    this.#wallMs = new Date(start).getTime();
  }

  /** How many tasks wait. */
  get pending(): number {
    return this.#waiting.length;
  }

  now(): Date {
    return new Date(this.#wallMs + this.#now);
  }

  monotonicMs(): number {
    return this.#now;
  }

  /** Sets the wall time, as somebody does by hand; what waits, waits as long as before. */
  setTime(time: Date | string): void {
    this.#wallMs = new Date(time).getTime() - this.#now;
  }

  after(ms: number, task: () => void): Timer {
    const waiting = { at: this.#now + Math.max(0, ms), task };
    const later = this.#waiting.findIndex((other) => other.at > waiting.at);
    this.#waiting.splice(later < 0 ? this.#waiting.length : later, 0, waiting);
    return {
      cancel: () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
      },
    };
  }

  /** Moves time by `ms` and runs, in order and each at its own time, what became due, new tasks included. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#waiting[0];
      if (!next || next.at > end) break;
      this.#waiting.shift();
      this.#now = next.at;
      next.task();
    }
    this.#now = end;
  }
}
