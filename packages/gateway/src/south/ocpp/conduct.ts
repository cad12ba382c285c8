/** Bursts are this many seconds of the allowed rate. */
const burstS = 10;
/** Invalid messages within a minute that make a security event. */
export const suspiciousInvalid = 20;

export interface ConductLimits {
  messagesPerSecond: number;
  /** Requests within a minute that did not wait for answers. */
  maxUnanswered: number;
  /** Seconds of a minute in which a station may be slowed down. */
  maxSlowedS: number;
}

/** How a station behaves on its connection, by the second of the server. Counting is all it does. */
export class Conduct {
  readonly #limits: ConductLimits;
  /** Messages beyond the rate. */
  #spent = 0;
  #spentAt = 0;
  #minute = -1;
  #refused = 0;
  #slowedS = 0;
  #invalid = 0;

  constructor(limits: ConductLimits) {
    this.#limits = limits;
  }

  /** A message has come. True when they come too fast. */
  spend(second: number): boolean {
    const rate = this.#limits.messagesPerSecond;
    if (second !== this.#spentAt) {
      this.#spent = Math.max(0, this.#spent - rate * (second - this.#spentAt));
      this.#spentAt = second;
    }
    return ++this.#spent > rate * burstS;
  }

  /** One more second in which the station was not read. */
  recover(second: number): 'slowed' | 'recovered' | 'too long' {
    const { messagesPerSecond: rate, maxSlowedS } = this.#limits;
    this.#turnMinute(second);
    if (++this.#slowedS > maxSlowedS) return 'too long';
    this.#spent = Math.max(0, this.#spent - rate);
    this.#spentAt = second;
    return this.#spent > rate * (burstS - 1) ? 'slowed' : 'recovered';
  }

  /** An invalid message has come. True when it is the one that makes them suspicious. */
  invalid(second: number): boolean {
    this.#turnMinute(second);
    return ++this.#invalid === suspiciousInvalid;
  }

  /** A request did not wait for the answers before. True when it is one too many. */
  refused(second: number): boolean {
    this.#turnMinute(second);
    return ++this.#refused === this.#limits.maxUnanswered;
  }

  #turnMinute(second: number): void {
    const minute = Math.floor(second / 60);
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#refused = 0;
    this.#slowedS = 0;
    this.#invalid = 0;
  }
}
