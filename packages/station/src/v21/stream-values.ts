import type { StationStore } from '../store/store.ts';

const collection = 'eventStreamValues';

/** What a stream has while nobody listens; older values are lost. */
const most = 1000;

export interface StreamValue {
  atMs: number;
  value: string;
  /** Over power cuts. */
  isKept: boolean;
}

/** The values of a stream that were not sent yet, the oldest first; those that an earlier run has kept to begin with. */
export class StreamValues {
  readonly #store: StationStore;
  readonly #id: number;
  readonly #values: StreamValue[] = [];

  constructor(store: StationStore, id: number) {
    this.#store = store;
    this.#id = id;
    for (const [key, value] of store.entries(collection)) {
      const [streamId, atMs] = key.split(' ').map(Number);
      if (streamId === id && atMs !== undefined && typeof value === 'string')
        this.#values.push({ atMs, value, isKept: true });
    }
  }

  get all(): readonly StreamValue[] {
    return this.#values;
  }

  add(value: StreamValue): void {
    this.#values.push(value);
    if (value.isKept) this.#store.put(collection, this.#keyOf(value), value.value);
    if (this.#values.length > most) this.drop(1);
  }

  /** Forgets the oldest ones. */
  drop(count: number): void {
    this.#release(this.#values.splice(0, count));
  }

  /** From now on a power cut may take them. */
  release(): void {
    this.#release(this.#values);
  }

  #release(values: readonly StreamValue[]): void {
    this.#store.atomically(() => {
      for (const value of values) {
        if (value.isKept) this.#store.remove(collection, this.#keyOf(value));
        value.isKept = false;
      }
    });
  }

  /** Keys in the order of time. */
  #keyOf({ atMs }: StreamValue): string {
    return `${this.#id} ${String(atMs).padStart(15, '0')}`;
  }
}
