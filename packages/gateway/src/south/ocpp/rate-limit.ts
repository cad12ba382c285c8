/** Allows `perSecond` on average and `burst` at once, for each key. Keys that have rested are forgotten. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
  }

  /** Takes `cost` if there is any left. `now` in ms. */
  take(key: string, now: number, cost = 1): boolean {
    const tokens = this.#tokensOf(key, now);
    if (tokens < 1) return false;
    this.#buckets.set(key, { tokens: tokens - cost, at: now });
    return true;
  }

  /** Takes `cost`, whatever is left. */
  charge(key: string, now: number, cost: number): void {
    this.#buckets.set(key, { tokens: Math.max(this.#tokensOf(key, now) - cost, -this.#burst), at: now });
  }

  /** Whether there is anything left. */
  has(key: string, now: number): boolean {
    return this.#tokensOf(key, now) >= 1;
  }

  /** Forgets keys whose bucket is full again, and the oldest beyond `maxKeys`. */
  sweep(now: number, maxKeys = 10_000): void {
    for (const key of this.#buckets.keys()) {
      if (this.#buckets.size > maxKeys || this.#tokensOf(key, now) >= this.#burst) this.#buckets.delete(key);
    }
  }

  get size(): number {
    return this.#buckets.size;
  }

  #tokensOf(key: string, now: number): number {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return this.#burst;
    // The clock was set back: what has passed since is not known, so nothing has.
    if (bucket.at > now) bucket.at = now;
    return Math.min(this.#burst, bucket.tokens + ((now - bucket.at) / 1000) * this.#perSecond);
  }
}
