import type { StoredFact } from '../domain/facts.ts';
import type { Log } from '../ports/adapter.ts';
import type { EventBus, FactListener } from '../ports/event-bus.ts';

/**
 * Hands facts to listeners of the same process in the order of their numbers. Commits of different stations may return
 * out of order; as numbers are gapless, a fact waits here for those before it.
 */
export class InProcessBus implements EventBus {
  readonly #log: Log;
  readonly #listeners = new Set<FactListener>();
  readonly #early = new Map<number, StoredFact>();
  #next: number;

  constructor(log: Log, lastSeq: number) {
    this.#log = log;
    this.#next = lastSeq + 1;
  }

  publish(facts: readonly StoredFact[]): void {
    for (const fact of facts) {
      if (fact.seq !== this.#next) {
        if (fact.seq > this.#next) this.#early.set(fact.seq, fact);
        continue;
      }
      this.#deliver(fact);
      this.#deliverEarly();
    }
  }

  subscribe(listener: FactListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #deliverEarly(): void {
    if (this.#early.size === 0) return;
    for (let fact = this.#early.get(this.#next); fact !== undefined; fact = this.#early.get(this.#next)) {
      this.#early.delete(fact.seq);
      this.#deliver(fact);
    }
  }

  #deliver(fact: StoredFact): void {
    this.#next = fact.seq + 1;
    for (const listener of this.#listeners) {
      try {
        listener(fact);
      } catch (error) {
        this.#log.error({ err: error, type: fact.type, seq: fact.seq }, 'a listener of facts failed');
      }
    }
  }
}
