import type { StationStore } from '../store.ts';

const collection = 'transactionIds';

/** The CSMS's numbers of transactions, by the station's own ids, until their end is delivered. */
export class TransactionIds {
  readonly #store: StationStore;
  #ids: Map<string, number> | undefined;

  constructor(store: StationStore) {
    this.#store = store;
    for (const [id, number] of store.entries(collection)) {
      if (typeof number === 'number') (this.#ids ??= new Map()).set(id, number);
    }
  }

  get(id: string): number | undefined {
    return this.#ids?.get(id);
  }

  set(id: string, number: number): void {
    (this.#ids ??= new Map()).set(id, number);
    this.#store.put(collection, id, number);
  }

  forget(id: string): void {
    if (this.#ids?.delete(id)) this.#store.remove(collection, id);
  }
}
