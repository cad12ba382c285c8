import type { StoredFact } from '../domain/facts.ts';
import type { Log } from '../ports/adapter.ts';
import type { EventBus, FactListener } from '../ports/event-bus.ts';

/** ms that facts wait for one before them. Commits that overlap are confirmed within some ms of each other. */
const patienceMs = 5_000;

/**
 * Hands facts to listeners of the same process in the order of their numbers. Commits of different stations may return
 * out of order; as numbers are gapless, a fact waits here for those before it. One that never comes (it was stored, and
 * the writing thread died before it said so) holds the others up for {@link patienceMs}; the log has it.
 */
export class InProcessBus implements EventBus {
  readonly #log: Log;
  readonly #listeners = new Set<FactListener>();
  readonly #early = new Map<number, StoredFact>();
  #next: number;
  #patience: NodeJS.Timeout | undefined;

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
    if (this.#early.size > 0) this.#waitFor(this.#next);
  }

  subscribe(listener: FactListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #waitFor(missing: number): void {
    if (this.#patience !== undefined) return;
    this.#patience = setTimeout(() => {
      this.#patience = undefined;
      if (this.#next === missing) this.#skipTo(Math.min(...this.#early.keys()));
      if (this.#early.size > 0) this.#waitFor(this.#next);
    }, patienceMs).unref();
  }

  #skipTo(seq: number): void {
    this.#log.warn({ from: this.#next, to: seq - 1 }, 'facts were stored but never announced; only the log has them');
    this.#next = seq;
    this.#deliverEarly();
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
