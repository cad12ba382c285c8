import type { Clock, Timer } from '../time/clock.ts';
import { inKeyOrder, StoreError, toJson, type StationStore } from './store.ts';
import { Writes } from './writes.ts';

export interface SurvivingOptions {
  clock: Clock;
  /** A change could not be stored. It is owed to the store. */
  onFailed(error: StoreError): void;
  /** Nothing is owed. */
  onStored(): void;
}

/** How often it is tried again to store what is owed, when nothing else is stored meanwhile. */
const retryMs = 60_000;

/**
 * A store that cannot be written to must not end a charging session: the station goes on with what it has in memory. That is
 * stored as soon as the store takes something again.
 */
export class SurvivingStore implements StationStore {
  readonly #store: StationStore;
  readonly #options: SurvivingOptions;
  readonly #owed = new Writes();
  /** What the running change has written so far. */
  #running: Writes | undefined;
  #isStarted = false;
  #retry: Timer | undefined;

  constructor(store: StationStore, options: SurvivingOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** From now on it is tried again by itself. */
  start(): void {
    this.#isStarted = true;
    this.#retryLater();
  }

  /** One last time. */
  stop(): void {
    this.#isStarted = false;
    this.#makeUp();
    this.#retryLater();
  }

  entries(collection: string): Iterable<readonly [key: string, value: unknown]> {
    const held = this.#store.entries(collection);
    const written = [...this.#owed.of(collection), ...(this.#running?.of(collection) ?? [])];
    if (written.length === 0) return held;
    const entries = new Map(held);
    for (const [key, text] of written) {
      if (text === undefined) entries.delete(key);
      else entries.set(key, JSON.parse(text));
    }
    return inKeyOrder(entries);
  }

  get(collection: string, key: string): unknown {
    const writes = [this.#running, this.#owed].find((each) => each?.has(collection, key));
    if (!writes) return this.#store.get(collection, key);
    const text = writes.get(collection, key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  put(collection: string, key: string, value: unknown): void {
    const text = toJson(value);
    this.#write((writes) => writes.set(collection, key, text));
  }

  remove(collection: string, key: string): void {
    this.#write((writes) => writes.set(collection, key, undefined));
  }

  clear(collection: string): void {
    const held = [...this.entries(collection)];
    this.#write((writes) => {
      for (const [key] of held) writes.set(collection, key, undefined);
    });
  }

  atomically<T>(change: () => T): T {
    if (this.#running) return change();
    const writes = new Writes();
    this.#running = writes;
    let result: T;
    try {
      result = change();
    } finally {
      this.#running = undefined;
    }
    this.#keep(writes);
    return result;
  }

  close(): void {
    this.stop();
    this.#store.close();
  }

  #write(write: (writes: Writes) => void): void {
    this.atomically(() => {
      if (this.#running) write(this.#running);
    });
  }

  #keep(writes: Writes): void {
    if (writes.isEmpty) return;
    const error = this.#apply(writes);
    if (error) {
      this.#owe(writes);
      this.#retryLater();
      this.#options.onFailed(error);
      return;
    }
    for (const [collection, key] of writes.all()) this.#owed.delete(collection, key);
    this.#makeUp();
  }

  #makeUp(): void {
    if (!this.#owed.isEmpty && this.#apply(this.#owed)) return;
    this.#owed.clear();
    this.#options.onStored();
  }

  /** All or none of it. */
  #apply(writes: Writes): StoreError | undefined {
    try {
      this.#store.atomically(() => {
        for (const [collection, key, text] of writes.all()) {
          if (text === undefined) this.#store.remove(collection, key);
          else this.#store.put(collection, key, JSON.parse(text));
        }
      });
      return undefined;
    } catch (error) {
      if (error instanceof StoreError) return error;
      throw error;
    }
  }

  /** Nothing is owed for what came and went meanwhile. */
  #owe(writes: Writes): void {
    for (const [collection, key, text] of writes.all()) {
      if (text === undefined && !this.#isHeld(collection, key)) this.#owed.delete(collection, key);
      else this.#owed.set(collection, key, text);
    }
  }

  #isHeld(collection: string, key: string): boolean {
    try {
      return this.#store.get(collection, key) !== undefined;
    } catch {
      return true;
    }
  }

  #retryLater(): void {
    if (this.#owed.isEmpty || !this.#isStarted) {
      this.#retry?.cancel();
      this.#retry = undefined;
      return;
    }
    this.#retry ??= this.#options.clock.after(retryMs, () => {
      this.#retry = undefined;
      this.#makeUp();
      this.#retryLater();
    });
  }
}
