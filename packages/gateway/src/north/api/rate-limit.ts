/** Token buckets by name: `perMinute` at once, refilled evenly. Full ones are forgotten. */
export class RateLimit {
  readonly #perMinute: number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  get perMinute(): number {
    return this.#perMinute;
  }

  /** Takes one token. `retryAfterS` is 0 when there was one. */
  take(name: string, nowMs: number): { remaining: number; resetS: number; retryAfterS: number } {
    const tokens = this.#tokensOf(name, nowMs);
    const taken = tokens >= 1;
    const left = taken ? tokens - 1 : tokens;
    this.#buckets.set(name, { tokens: left, at: nowMs });
    if (this.#buckets.size > 10_000) this.#forgetFull(nowMs);
    const perSecond = this.#perMinute / 60;
    return {
      remaining: Math.floor(left),
      resetS: Math.ceil((this.#perMinute - left) / perSecond),
      retryAfterS: taken ? 0 : Math.max(1, Math.ceil((1 - left) / perSecond)),
    };
  }

  /** Seconds until there is a token; 0 when there is one. Takes none. */
  waitS(name: string, nowMs: number): number {
    const tokens = this.#tokensOf(name, nowMs);
    return tokens >= 1 ? 0 : Math.max(1, Math.ceil(((1 - tokens) * 60) / this.#perMinute));
  }

  #tokensOf(name: string, nowMs: number): number {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) return this.#perMinute;
    const gained = (Math.max(0, nowMs - bucket.at) / 60_000) * this.#perMinute;
    return Math.min(this.#perMinute, bucket.tokens + gained);
  }

  #forgetFull(nowMs: number): void {
    for (const name of this.#buckets.keys()) {
      if (this.#tokensOf(name, nowMs) >= this.#perMinute) this.#buckets.delete(name);
    }
  }
}
