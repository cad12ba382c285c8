import type { Core } from '../core.ts';
import { isTakenValues, type TakenValues } from '../delivery/records.ts';
import { thinned } from './thin-values.ts';
import type { Transaction } from '../transactions/transaction.ts';

const collection = 'endValues';

/** More than this many values are thinned: what is sent at the end must fit in one message anyway. */
const most = 2000;

/** Values that go with the end of a transaction, kept over power cuts one by one. */
export class Collected {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  add(transaction: Transaction, values: readonly TakenValues[]): void {
    for (const value of values) {
      transaction.forEnd.push(value);
      this.#core.store.put(collection, keyOf(transaction.id, value), value);
    }
    if (transaction.forEnd.length > most) this.#thin(transaction);
  }

  /** Those of a transaction, oldest first. */
  of(id: string): TakenValues[] {
    return this.#entries(id).flatMap(([, value]) => (isTakenValues(value) ? [value] : []));
  }

  forget(id: string): void {
    for (const [key] of this.#entries(id)) this.#core.store.remove(collection, key);
  }

  #thin(transaction: Transaction): void {
    const kept = new Set(thinned(transaction.forEnd, ({ length }) => length <= most));
    this.#core.store.atomically(() => {
      for (const value of transaction.forEnd) {
        if (!kept.has(value)) this.#core.store.remove(collection, keyOf(transaction.id, value));
      }
    });
    transaction.forEnd.splice(0, Infinity, ...kept);
  }

  #entries(id: string) {
    return [...this.#core.store.entries(collection)].filter(([key]) => key.startsWith(`${id} `));
  }
}

const keyOf = (id: string, { at, context }: TakenValues) => `${id} ${at} ${context}`;
