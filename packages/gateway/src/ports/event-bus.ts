import type { StoredFact } from '../domain/facts.ts';

export type FactListener = (fact: StoredFact) => void;

/** Hands committed facts to whoever shows the present. Who must not miss one reads the log from its own cursor. */
export interface EventBus {
  publish(facts: readonly StoredFact[]): void;
  /** A listener that throws or is slow disturbs nobody. Returns the way to unsubscribe. */
  subscribe(listener: FactListener): () => void;
}
