/** What a station remembers over power cuts. Synchronous: when a method returns, its effect is on the disk. */
export interface StationStore {
  /** A snapshot of a collection, ordered by the UTF-8 bytes of its keys. Values are new copies. */
  entries(collection: string): Iterable<readonly [key: string, value: unknown]>;
  /** A new copy; undefined when there is none. */
  get(collection: string, key: string): unknown;
  /** Throws TypeError for what JSON cannot say. */
  put(collection: string, key: string, value: unknown): void;
  remove(collection: string, key: string): void;
  clear(collection: string): void;
  /**
   * Several changes, kept all or none; nested calls join the outer one. When a write within fails, all fails, even if
   * the failure is caught inside. Reads within see what was changed so far.
   */
  atomically<T>(change: () => T): T;
  /** Any use after it throws a StoreError. */
  close(): void;
}

/** `full`: no room; `locked`: another process holds the file; `io`: it cannot be read or written; `closed`: used too late. */
export type StoreErrorCode = 'full' | 'locked' | 'io' | 'closed';

/** A store could not do what was asked; what it held before it still holds. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The JSON text of a value. Throws TypeError where there is none. */
export function toJson(value: unknown): string {
  const text: unknown = JSON.stringify(value);
  if (typeof text !== 'string') throw new TypeError(`a ${typeof value} is no JSON value`);
  return text;
}

/** By the UTF-8 bytes of the keys. */
export function inKeyOrder<T>(
  entries: Iterable<readonly [key: string, value: T]>,
): (readonly [key: string, value: T])[] {
  const sortable = Array.from(entries, (entry) => ({ entry, bytes: Buffer.from(entry[0]) }));
  return sortable.toSorted((a, b) => a.bytes.compare(b.bytes)).map(({ entry }) => entry);
}
