import type { StationStore } from '../store.ts';

const collection = 'transactionIds';

/** Of those that have ended. */
const mostEnded = 16;

/** The CSMS's numbers of transactions, by the station's own ids, until their end is delivered. */
export class TransactionIds {
  readonly #store: StationStore;
  #ids: Map<string, number> | undefined;
  #ended: Map<string, number> | undefined;

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

  /** The station's own id, also of one that has just ended: its final cost may come late. */
  idOf(number: number | undefined): string | undefined {
    const all = [...(this.#ids ?? []), ...(this.#ended ?? [])];
    return all.find(([, each]) => each === number)?.[0];
  }

  forget(id: string): void {
    const number = this.#ids?.get(id);
    if (number === undefined) return;
    this.#ids?.delete(id);
    this.#store.remove(collection, id);
    const ended = (this.#ended ??= new Map()).set(id, number);
    const [oldest] = ended.keys();
    if (ended.size > mostEnded && oldest !== undefined) ended.delete(oldest);
  }
}
