import type { Clock, Timer } from '../time/clock.ts';

export interface PublisherOptions<T> {
  clock: Clock;
  /** Seconds between two publications without a cause; 0 is never. Asked again after each. */
  intervalS(): number;
  compute(): T;
  publish(schedules: T): void | Promise<void>;
  onError(error: unknown): void;
}

/**
 * Computes and publishes, one at a time. Whatever is asked for while one is on its way is answered by a single one
 * after it, made of what holds then: a burst ends with the last.
 */
export class SchedulePublisher<T> {
  readonly #options: PublisherOptions<T>;
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #isAsked = false;
  #isStarted = false;

  constructor(options: PublisherOptions<T>) {
    this.#options = options;
  }

  /** Publishes once, and then as often as the interval says. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.request();
  }

  /** Something has changed. */
  request(): void {
    if (!this.#isStarted) return;
    this.#isAsked = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#isAsked) this.request();
    });
  }

  /** The interval has changed. */
  rearm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const intervalS = this.#options.intervalS();
    if (this.#isStarted && intervalS > 0)
      this.#timer = this.#options.clock.after(intervalS * 1000, () => this.request());
  }

  /** Resolves when nothing more is published. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#isAsked = false;
    this.#timer?.cancel();
    this.#timer = undefined;
    await this.#running;
  }

  async #run(): Promise<void> {
    do {
      // What else is asked in this turn is in the same computation.
      await Promise.resolve();
      if (!this.#isStarted) return;
      this.#isAsked = false;
      try {
        await this.#options.publish(this.#options.compute());
      } catch (error) {
        this.#options.onError(error);
      }
    } while (this.#isAsked);
    this.rearm();
  }
}
