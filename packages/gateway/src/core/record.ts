import type { StoredFact } from '../domain/facts.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { Change, Store } from '../ports/store.ts';

/** Stores a change and then, and only then, publishes its facts. The only way to change anything. */
export class Recorder {
  readonly #store: Store;
  readonly #bus: EventBus;

  constructor(store: Store, bus: EventBus) {
    this.#store = store;
    this.#bus = bus;
  }

  async record(change: Change): Promise<readonly StoredFact[]> {
    const facts = await this.#store.commit(change);
    this.#bus.publish(facts);
    return facts;
  }
}
