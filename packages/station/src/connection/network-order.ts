/** How often a slot is tried, and which one worked last. */
export interface OrderRules {
  /** Slots that can be used, in the order of NetworkConfigurationPriority. */
  slots(): readonly number[];
  /** NetworkProfileConnectionAttempts; below 0 a slot is never given up. */
  attempts(): number;
  /** The slot over which the CSMS accepted the station last, also before a restart. */
  lastGood(): number | undefined;
}

/**
 * Which slot to dial: OCPP 2.0.1 B10. In order of priority, each so often; when all have failed, the one that worked last
 * for as long as it takes, or all again where none ever did. After a connection that worked, its slot comes first.
 */
export class NetworkOrder {
  readonly #rules: OrderRules;
  #slot: number | undefined;
  #tried: Set<number> = new Set();
  #failures = 0;
  #isFallback = false;

  constructor(rules: OrderRules) {
    this.#rules = rules;
  }

  /** For the next attempt; undefined when no slot can be used. */
  next(): number | undefined {
    const slots = this.#rules.slots();
    const hasLeft = this.#slot !== undefined && !slots.includes(this.#slot);
    if (this.#slot === undefined || hasLeft) this.#move(slots);
    return this.#slot;
  }

  /** The attempt at the slot of `next` came to nothing. */
  failed(): void {
    const attempts = this.#rules.attempts();
    this.#failures++;
    if (this.#isFallback || attempts < 0 || this.#failures < attempts) return;
    this.#giveUp();
  }

  /** The slot of `next` cannot be used at all now, whatever the number of attempts. */
  refused(): void {
    this.#isFallback = false;
    this.#giveUp();
  }

  /** The CSMS has accepted the station over it. */
  succeeded(): void {
    this.#tried = new Set();
    this.#failures = 0;
    this.#isFallback = false;
  }

  /** Begins with the first of the list, as after a restart. */
  restart(): void {
    this.succeeded();
    this.#slot = undefined;
  }

  #giveUp(): void {
    const slots = this.#rules.slots();
    if (this.#slot !== undefined) this.#tried.add(this.#slot);
    this.#move(slots);
  }

  /** To the next in the list, cyclically, that was not tried yet. */
  #move(slots: readonly number[]): void {
    this.#failures = 0;
    const at = this.#slot === undefined ? -1 : slots.indexOf(this.#slot);
    const ahead = [...slots.slice(at + 1), ...slots.slice(0, at + 1)];
    const untried = ahead.find((slot) => !this.#tried.has(slot));
    if (untried !== undefined) {
      this.#slot = untried;
      return;
    }
    this.#tried = new Set();
    const lastGood = this.#rules.lastGood();
    this.#isFallback = lastGood !== undefined && slots.includes(lastGood);
    this.#slot = this.#isFallback ? lastGood : ahead[0];
  }
}
