/** Each bucket is so much wider than the one before. */
const growth = 1.02;

/** Times below this are one bucket, ms. */
const leastMs = 0.05;

/** Times in ms by size, to 2 %, in memory of a fixed size. */
export class LatencyCounts {
  readonly #counts = new Uint32Array(1024);
  #count = 0;
  #longestMs = 0;

  get count(): number {
    return this.#count;
  }

  get longestMs(): number {
    return this.#longestMs;
  }

  add(ms: number): void {
    const place = Math.ceil(Math.log(Math.max(ms, leastMs) / leastMs) / Math.log(growth));
    const bucket = Math.min(place, this.#counts.length - 1);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count++;
    this.#longestMs = Math.max(this.#longestMs, ms);
  }

  /** The time that this share (0 to 1) of them did not exceed, ms; undefined when there is none. */
  at(share: number): number | undefined {
    if (this.#count === 0) return undefined;
    let seen = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count;
      if (seen >= share * this.#count) return Math.min(this.#longestMs, leastMs * growth ** bucket);
    }
    return this.#longestMs;
  }
}
