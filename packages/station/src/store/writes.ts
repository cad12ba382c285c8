/** What is to be written to a store: for each key of a collection the last text, or undefined to remove it. */
export class Writes {
  readonly #collections = new Map<string, Map<string, string | undefined>>();

  get isEmpty(): boolean {
    return this.#collections.size === 0;
  }

  /** Of one collection. */
  of(collection: string): Iterable<readonly [key: string, text: string | undefined]> {
    return this.#collections.get(collection) ?? [];
  }

  *all(): Iterable<readonly [collection: string, key: string, text: string | undefined]> {
    for (const [collection, entries] of this.#collections) {
      for (const [key, text] of entries) yield [collection, key, text];
    }
  }

  has(collection: string, key: string): boolean {
    return this.#collections.get(collection)?.has(key) ?? false;
  }

  get(collection: string, key: string): string | undefined {
    return this.#collections.get(collection)?.get(key);
  }

  set(collection: string, key: string, text: string | undefined): void {
    const entries = this.#collections.get(collection) ?? new Map<string, string | undefined>();
    this.#collections.set(collection, entries.set(key, text));
  }

  delete(collection: string, key: string): void {
    const entries = this.#collections.get(collection);
    entries?.delete(key);
    if (entries?.size === 0) this.#collections.delete(collection);
  }

  clear(): void {
    this.#collections.clear();
  }
}
