import { inKeyOrder, StoreError, toJson, type StationStore } from './store.ts';

/** A store that lasts as long as the process. */
export function createMemoryStore(): StationStore {
  return new MemoryStore();
}

class MemoryStore implements StationStore {
  readonly #collections = new Map<string, Map<string, string>>();
  /** How to take back what the running change has done; undefined outside of one. */
  #undo: (() => void)[] | undefined;
  #failure: unknown;
  #isClosed = false;

  entries(collection: string): Iterable<readonly [key: string, value: unknown]> {
    return inKeyOrder(this.#read(collection)).map(([key, text]) => [key, JSON.parse(text)] as const);
  }

  get(collection: string, key: string): unknown {
    const text = this.#read(collection).get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  put(collection: string, key: string, value: unknown): void {
    this.#write(collection, (entries) => this.#replace(entries, key, toJson(value)));
  }

  remove(collection: string, key: string): void {
    this.#write(collection, (entries) => this.#replace(entries, key, undefined));
  }

  clear(collection: string): void {
    this.#write(collection, (entries) => {
      for (const key of entries.keys()) this.#replace(entries, key, undefined);
    });
  }

  atomically<T>(change: () => T): T {
    this.#checkOpen();
    if (this.#undo) return change();
    const undo: (() => void)[] = [];
    this.#undo = undo;
    this.#failure = undefined;
    try {
      const result = change();
      if (this.#failure !== undefined) throw this.#failure;
      return result;
    } catch (error) {
      for (const takeBack of undo.toReversed()) takeBack();
      throw error;
    } finally {
      this.#undo = undefined;
    }
  }

  close(): void {
    this.#isClosed = true;
  }

  #read(collection: string): Map<string, string> {
    this.#checkOpen();
    return this.#collections.get(collection) ?? new Map<string, string>();
  }

  #write(collection: string, act: (entries: Map<string, string>) => void): void {
    try {
      const entries = this.#read(collection);
      this.#collections.set(collection, entries);
      act(entries);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  #replace(entries: Map<string, string>, key: string, text: string | undefined): void {
    const before = entries.get(key);
    set(entries, key, text);
    this.#undo?.push(() => set(entries, key, before));
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new StoreError('closed', 'the store is closed');
  }
}

function set(entries: Map<string, string>, key: string, text: string | undefined): void {
  if (text === undefined) entries.delete(key);
  else entries.set(key, text);
}
