import { StoreError, type StationStore } from './store.ts';

/** A store that cannot be written to must not end a charging session: the station goes on with what it has in memory. */
export function surviving(
  store: StationStore,
  hooks: { onFailed(error: StoreError): void; onStored(): void },
): StationStore {
  let depth = 0;
  let hasPut = false;
  const attempt = (write: () => void) => {
    depth++;
    try {
      write();
    } catch (error) {
      hasPut = false;
      if (!(error instanceof StoreError)) throw error;
      return hooks.onFailed(error);
    } finally {
      depth--;
    }
    if (depth > 0 || !hasPut) return;
    hasPut = false;
    hooks.onStored();
  };
  return {
    entries: (collection) => store.entries(collection),
    get: (collection, key) => store.get(collection, key),
    put(collection, key, value) {
      attempt(() => {
        store.put(collection, key, value);
        hasPut = true;
      });
    },
    remove: (collection, key) => attempt(() => store.remove(collection, key)),
    clear: (collection) => attempt(() => store.clear(collection)),
    atomically<T>(change: () => T): T {
      let done: { result: T } | undefined;
      attempt(() => store.atomically(() => (done = { result: change() })));
      return done === undefined ? change() : done.result;
    },
    close: () => store.close(),
  };
}
