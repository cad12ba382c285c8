import type { Clock } from './clock.ts';

/** Since when the CSMS does not hear the station, by the monotonic clock: the other may be set meanwhile. */
export class OfflineTime {
  readonly #clock: Clock;
  #startedMs: number | undefined;
  #lostMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** By the wall clock; undefined before the start. */
  get since(): Date | undefined {
    const sinceMs = this.#lostMs ?? this.#startedMs;
    if (sinceMs === undefined) return undefined;
    return new Date(this.#clock.now().getTime() - (this.#clock.monotonicMs() - sinceMs));
  }

  started(): void {
    this.#startedMs = this.#clock.monotonicMs();
  }

  /** The connection is gone; the first time counts. */
  lost(): void {
    this.#lostMs ??= this.#clock.monotonicMs();
  }

  /** The CSMS listens. How long it did not since `lost`; Infinity when it was not lost, but new. */
  back(): number {
    const lostMs = this.#lostMs ?? -Infinity;
    this.#lostMs = undefined;
    return this.#clock.monotonicMs() - lostMs;
  }

  /** What comes is as new. */
  forget(): void {
    this.#lostMs = undefined;
  }
}
