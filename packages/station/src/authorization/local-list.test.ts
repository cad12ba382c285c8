import { describe, expect, it } from 'vitest';
import { LocalList, maxListEntries, type ListEntry } from './local-list.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { noStore } from '../store/no-store.ts';
import { StoreError, type StationStore } from '../store/store.ts';

const accepted = { status: 'Accepted' };
const entry = (idToken: string, type?: string): ListEntry => ({ idToken, type, info: accepted });

function openList(store: StationStore): LocalList {
  const list = new LocalList({ store });
  list.load();
  return list;
}

describe('the local list', () => {
  it('is there again after a power cut', () => {
    const store = createMemoryStore();
    openList(store).update({ type: 'Full', version: 4, entries: [entry('A', 'ISO14443'), entry('B', 'Local')] });
    const list = openList(store);
    expect(list.version).toBe(4);
    expect(list.find({ idToken: 'a', type: 'ISO14443' }, '2.0.1')).toEqual(accepted);
    expect(list.find({ idToken: 'A', type: 'Local' }, '2.0.1')).toBeUndefined();
  });

  it('knows a token that was listed without a type by any', () => {
    const list = openList(noStore);
    list.update({ type: 'Full', version: 1, entries: [entry('A')] });
    for (const version of ['1.6', '2.0.1', '2.1'] as const) {
      expect(list.find({ idToken: 'A', type: 'Local' }, version)).toEqual(accepted);
    }
  });

  it.each<[string, Parameters<LocalList['update']>[0], string]>([
    ['a version of 0', { type: 'Full', version: 0, entries: [entry('B')] }, 'Failed'],
    ['a version of 0', { type: 'Differential', version: 0, entries: [] }, 'Failed'],
    ['a negative version', { type: 'Differential', version: -1, entries: [] }, 'Failed'],
    ['a double entry', { type: 'Differential', version: 9, entries: [entry('B'), entry('b')] }, 'Failed'],
    ['a new list with a deletion', { type: 'Full', version: 9, entries: [{ idToken: 'A' }] }, 'Failed'],
    ['an older version', { type: 'Differential', version: 4, entries: [] }, 'VersionMismatch'],
    ['the same version', { type: 'Differential', version: 5, entries: [] }, 'VersionMismatch'],
    ['an older new list', { type: 'Full', version: 2, entries: [entry('A')] }, 'Accepted'],
    ['a newer version', { type: 'Differential', version: 6, entries: [{ idToken: 'unknown' }] }, 'Accepted'],
    ['too many', { type: 'Full', version: 9, entries: manyEntries() }, 'Failed'],
  ])('answers to %s', (_title, update, result) => {
    const list = openList(noStore);
    list.update({ type: 'Full', version: 5, entries: [entry('A')] });
    expect(list.update(update)).toBe(result);
    expect(list.find({ idToken: 'A', type: 'Local' }, '1.6')).toEqual(accepted);
    expect(list.version).toBe(result === 'Accepted' ? update.version : 5);
  });

  it('has the version 0 when it is empty, and begins again from there', () => {
    const list = openList(noStore);
    list.update({ type: 'Full', version: 20, entries: [entry('A')] });
    expect(list.update({ type: 'Differential', version: 21, entries: [{ idToken: 'A' }] })).toBe('Accepted');
    expect(list.version).toBe(0);
    expect(list.update({ type: 'Differential', version: 1, entries: [entry('A')] })).toBe('Accepted');
  });

  it('keeps the old list whole when a write fails in the middle of an update', () => {
    const store = createMemoryStore();
    openList(store).update({ type: 'Full', version: 1, entries: [entry('A'), entry('B')] });
    let writes = 0;
    const failing: StationStore = {
      ...methodsOf(store),
      put(collection, key, value) {
        if (++writes > 2) throw new StoreError('full', 'no room');
        store.put(collection, key, value);
      },
    };
    const list = openList(failing);
    const update = { type: 'Full', version: 2, entries: [entry('C'), entry('D'), entry('E')] } as const;
    expect(() => list.update(update)).toThrow('no room');
    expect(list.version).toBe(1);
    expect([...store.entries('localList')].map(([key]) => key)).toEqual([':a', ':b']);
    expect(openList(store).version).toBe(1);
  });
});

function methodsOf(store: StationStore): StationStore {
  return {
    entries: (collection) => store.entries(collection),
    get: (collection, key) => store.get(collection, key),
    put: (collection, key, value) => store.put(collection, key, value),
    remove: (collection, key) => store.remove(collection, key),
    clear: (collection) => store.clear(collection),
    atomically: (change) => store.atomically(change),
    close: () => store.close(),
  };
}

function manyEntries(): ListEntry[] {
  return Array.from({ length: maxListEntries + 1 }, (_, index) => entry(String(index)));
}
