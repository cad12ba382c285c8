import type { StationStore } from './store.ts';

/** Remembers nothing: for simulated stations by the thousand. */
export const noStore: StationStore = {
  entries: () => [],
  get: () => undefined,
  put() {},
  remove() {},
  clear() {},
  atomically: (change) => change(),
  close() {},
};
