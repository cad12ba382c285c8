import type { Clock, Timer } from '../time/clock.ts';

/** A clock that is wrong until somebody sets it. Waiting is as long as on the clock it stands on. */
export class SettableClock implements Clock {
  readonly #base: Clock;
  #offsetMs: number;

  /** `offsetMs`: by how much it is ahead of `base`; negative when it is behind. */
  constructor(base: Clock, offsetMs = 0) {
    this.#base = base;
    this.#offsetMs = offsetMs;
  }

  /** By how much it is ahead of the clock it stands on, ms. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  now(): Date {
    return new Date(this.#base.now().getTime() + this.#offsetMs);
  }

  monotonicMs(): number {
    return this.#base.monotonicMs();
  }

  after(ms: number, task: () => void): Timer {
    return this.#base.after(ms, task);
  }

  set(time: Date): void {
    this.#offsetMs = time.getTime() - this.#base.now().getTime();
  }
}
