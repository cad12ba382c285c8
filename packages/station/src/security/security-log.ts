import type { SecurityRecord } from '../delivery/records.ts';
import type { StationStore } from '../store/store.ts';
import { fieldsOf } from '../store/json-fields.ts';

const collection = 'securityLog';

/** The newest security events of a station, over restarts. */
export class SecurityLog {
  readonly #store: StationStore;
  readonly #capacity: number;
  #lastKey = 0;
  #size = 0;

  constructor(store: StationStore, capacity = 1000) {
    this.#store = store;
    this.#capacity = capacity;
  }

  load(): void {
    for (const [key] of this.#store.entries(collection)) {
      this.#lastKey = Math.max(this.#lastKey, Number(key) || 0);
      this.#size++;
    }
  }

  add({ type, at, info }: SecurityRecord): void {
    this.#store.put(collection, keyOf(++this.#lastKey), { type, at, info });
    if (++this.#size <= this.#capacity) return;
    this.#store.remove(collection, keyOf(this.#lastKey - this.#capacity));
    this.#size--;
  }

  /** A line for each event between two times: time, type and info, with tabs between. */
  text({ from, to }: { from?: Date | undefined; to?: Date | undefined }): string {
    const isMeant = (at: string) => !(from && new Date(at) < from) && !(to && new Date(at) > to);
    const lines = this.entries().map((entry) => {
      const fields = fieldsOf(entry);
      const [at, type] = [fields?.text('at') ?? '', fields?.text('type') ?? ''];
      return at && type && isMeant(at) ? `${[at, type, fields?.text('info') ?? ''].join('\t').trimEnd()}\n` : '';
    });
    return lines.join('');
  }

  /** Oldest first: type, at (RFC 3339) and info of each. */
  entries(): unknown[] {
    return [...this.#store.entries(collection)].map(([, value]) => value);
  }
}

const keyOf = (key: number) => String(key).padStart(15, '0');
