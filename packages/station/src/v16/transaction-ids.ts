import type { Core } from '../core.ts';

const collection = 'transactionIds';

/** Of those that have ended: a final cost may come late, and a power cut may come before the end is off the queue. */
const mostEnded = 16;

/** The CSMS's numbers of transactions, by the station's own ids, until well after their end is delivered. */
export class TransactionIds {
  readonly #core: Pick<Core, 'store' | 'delivery' | 'evses'>;
  #ids: Map<string, number> | undefined;
  #ended: Set<string> | undefined;

  constructor(core: Pick<Core, 'store' | 'delivery' | 'evses'>) {
    this.#core = core;
    for (const [id, number] of core.store.entries(collection)) {
      if (typeof number === 'number') (this.#ids ??= new Map()).set(id, number);
    }
  }

  get(id: string): number | undefined {
    return this.#ids?.get(id);
  }

  set(id: string, number: number): void {
    (this.#ids ??= new Map()).set(id, number);
    this.#core.store.put(collection, id, number);
  }

  /** The station's own id, also of one that has just ended. */
  idOf(number: number | undefined): string | undefined {
    return [...(this.#ids ?? [])].find(([, each]) => each === number)?.[0];
  }

  /** The CSMS has answered its end. */
  ended(id: string): void {
    const ended = (this.#ended ??= new Set());
    for (const known of this.#ids?.keys() ?? []) if (!this.#isNeeded(known)) ended.add(known);
    ended.delete(id);
    ended.add(id);
    for (const oldest of [...ended].slice(0, -mostEnded)) {
      ended.delete(oldest);
      this.#ids?.delete(oldest);
      this.#core.store.remove(collection, oldest);
    }
  }

  #isNeeded(id: string): boolean {
    const { evses, delivery } = this.#core;
    const isQueued = delivery.holds((record) => record.kind === 'transaction' && record.transactionId === id);
    return isQueued || evses.some(({ transaction }) => transaction?.id === id);
  }
}
