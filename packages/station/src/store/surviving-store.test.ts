import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../time/clock.ts';
import { createMemoryStore } from './memory-store.ts';
import { StoreError, type StationStore } from './store.ts';
import { SurvivingStore } from './surviving-store.ts';

let inner: StationStore;
let disk: { isFull: boolean };
let clock: ManualClock;
let told: string[];
let store: SurvivingStore;

beforeEach(() => {
  inner = createMemoryStore();
  disk = { isFull: false };
  clock = new ManualClock();
  told = [];
  store = new SurvivingStore(fillable(inner), {
    clock,
    onFailed: ({ code }) => told.push(code),
    onStored: () => told.push('stored'),
  });
});

/** Takes nothing new while the disk is full; what is removed makes room. */
const fillable = (whole: StationStore): StationStore => ({
  entries: (collection) => whole.entries(collection),
  get: (collection, key) => whole.get(collection, key),
  put(collection, key, value) {
    if (disk.isFull) throw new StoreError('full', 'no room');
    whole.put(collection, key, value);
  },
  remove: (collection, key) => whole.remove(collection, key),
  clear: (collection) => whole.clear(collection),
  atomically: (change) => whole.atomically(change),
  close: () => whole.close(),
});

const all = (from: StationStore) => ['c', 'd'].map((collection) => [...from.entries(collection)]);

describe('a store that survives its disk', () => {
  it('goes on with what could not be stored, and shows it as if it were', () => {
    store.put('c', 'b', 1);
    store.put('c', 'gone', 1);
    disk.isFull = true;
    const value = { list: [2] };
    const seen = store.atomically(() => {
      store.put('c', 'a', value);
      store.remove('c', 'gone');
      return [...store.entries('c')].length;
    });
    value.list.push(3);
    expect(seen).toBe(2);
    expect([...store.entries('c')]).toEqual([
      ['a', { list: [2] }],
      ['b', 1],
    ]);
    expect(store.get('c', 'a')).toEqual({ list: [2] });
    expect(store.get('c', 'gone')).toBeUndefined();
    expect(all(inner)).toEqual([
      [
        ['b', 1],
        ['gone', 1],
      ],
      [],
    ]);
  });

  it('makes up for it with the next write that succeeds, the last value of each key', () => {
    disk.isFull = true;
    store.put('c', 'k', 1);
    store.put('c', 'k', 2);
    store.put('d', 'k', 3);
    disk.isFull = false;
    store.put('c', 'other', 4);
    expect(all(inner)).toEqual([
      [
        ['k', 2],
        ['other', 4],
      ],
      [['k', 3]],
    ]);
    expect(told).toEqual(['full', 'full', 'full', 'stored']);
  });

  it('makes up for it by itself while it is started, and with its end', () => {
    store.start();
    disk.isFull = true;
    store.put('c', 'k', 1);
    clock.advance(60_000);
    disk.isFull = false;
    expect(all(inner)).toEqual([[], []]);
    clock.advance(60_000);
    expect(all(inner)).toEqual([[['k', 1]], []]);
    expect(clock.pending).toBe(0);
    disk.isFull = true;
    store.put('c', 'k', 2);
    disk.isFull = false;
    store.stop();
    expect(inner.get('c', 'k')).toBe(2);
    expect(clock.pending).toBe(0);
  });

  it('still removes what makes room, and owes nothing for what came and went', () => {
    store.put('c', 'old', 1);
    disk.isFull = true;
    for (const key of ['1', '2', '3']) {
      store.put('d', key, 1);
      store.remove('d', key);
    }
    store.remove('c', 'old');
    expect(all(inner)).toEqual([[], []]);
    expect(told.at(-1)).toBe('stored');
  });

  it('keeps nothing of a change that throws', () => {
    const oops = new Error('no');
    const change = () => {
      store.put('c', 'k', 1);
      throw oops;
    };
    expect(() => store.atomically(change)).toThrow(oops);
    expect(store.get('c', 'k')).toBeUndefined();
  });
});
