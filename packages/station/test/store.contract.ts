import { afterEach, beforeEach, expect, it } from 'vitest';
import { StoreError, type StationStore } from '../src/store/store.ts';

/** What every station store must do. */
export function describeStore(open: () => StationStore): void {
  let store: StationStore;
  const all = (collection = 'c') => [...store.entries(collection)];

  beforeEach(() => {
    store = open();
  });
  afterEach(() => store.close());

  it('gives back what was put, replaces it, and forgets what was removed', () => {
    const value = { text: 'ä\u0000\u{1F50C}', number: -0.5, list: [null, true, []], empty: {} };
    store.put('c', 'k', value);
    expect(store.get('c', 'k')).toEqual(value);
    store.put('c', 'k', 7);
    expect(store.get('c', 'k')).toBe(7);
    store.remove('c', 'k');
    store.remove('c', 'k');
    expect(store.get('c', 'k')).toBeUndefined();
    expect(all()).toEqual([]);
  });

  it('tells null from nothing', () => {
    store.put('c', 'k', null);
    expect(store.get('c', 'k')).toBeNull();
    expect(store.get('c', 'other')).toBeUndefined();
  });

  it('lists a collection by the bytes of its keys', () => {
    for (const key of ['b', '\u{1F50C}', '10', '', 'a', 'B', '9', 'é', '\uFFFD']) store.put('c', key, key);
    expect(all().map(([key]) => key)).toEqual(['', '10', '9', 'B', 'a', 'b', 'é', '\uFFFD', '\u{1F50C}']);
  });

  it('keeps collections apart and clears only the one', () => {
    store.put('c', 'k', 1);
    store.put('d', 'k', 2);
    store.clear('c');
    expect(all()).toEqual([]);
    expect(all('d')).toEqual([['k', 2]]);
  });

  it.each(['__proto__', 'constructor', 'toString', "'; DROP TABLE entries; --"])('takes %s for a name', (name) => {
    expect(store.get(name, name)).toBeUndefined();
    store.put(name, name, { ['__proto__']: 1 });
    expect(store.get(name, name)).toEqual(JSON.parse('{"__proto__":1}'));
    expect(all(name).map(([key]) => key)).toEqual([name]);
    expect(Object.prototype).not.toHaveProperty('1');
  });

  it('hands out copies', () => {
    const value = { list: [1] };
    store.put('c', 'k', value);
    value.list.push(2);
    expect(store.get('c', 'k')).toEqual({ list: [1] });
    const [entry] = all();
    expect(entry?.[1]).not.toBe(store.get('c', 'k'));
  });

  it('lists as it was, whatever is changed meanwhile', () => {
    for (const key of ['a', 'b', 'c']) store.put('c', key, key);
    const seen: string[] = [];
    for (const [key] of store.entries('c')) {
      store.remove('c', 'b');
      store.put('c', 'd', 'd');
      seen.push(key);
    }
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('refuses what JSON cannot say and keeps what was there', () => {
    store.put('c', 'k', 1);
    expect(() => store.put('c', 'k', undefined)).toThrow(TypeError);
    expect(() => store.put('c', 'k', () => 1)).toThrow(TypeError);
    expect(store.get('c', 'k')).toBe(1);
  });

  it('keeps the changes of a whole, sees them within, and gives its result', () => {
    const result = store.atomically(() => {
      store.put('c', 'a', 1);
      store.put('c', 'b', 2);
      store.remove('c', 'a');
      expect(all()).toEqual([['b', 2]]);
      return 'done';
    });
    expect(result).toBe('done');
    expect(all()).toEqual([['b', 2]]);
  });

  it('takes back everything when a whole fails', () => {
    store.put('c', 'a', 1);
    store.put('d', 'x', 1);
    expect(() =>
      store.atomically(() => {
        store.put('c', 'a', 2);
        store.put('c', 'a', 3);
        store.put('c', 'b', 2);
        store.clear('d');
        store.atomically(() => store.put('c', 'n', 1));
        throw new RangeError('no');
      }),
    ).toThrow(RangeError);
    expect(all()).toEqual([['a', 1]]);
    expect(all('d')).toEqual([['x', 1]]);
    store.put('c', 'b', 9);
    expect(store.get('c', 'b')).toBe(9);
  });

  it('keeps nothing of a whole in which a write failed, even if that is caught', () => {
    expect(() =>
      store.atomically(() => {
        store.put('c', 'a', 1);
        expect(() => store.put('c', 'b', undefined)).toThrow(TypeError);
      }),
    ).toThrow(TypeError);
    expect(all()).toEqual([]);
    store.atomically(() => store.put('c', 'a', 1));
    expect(all()).toEqual([['a', 1]]);
  });

  it('cannot be used once it is closed, and may be closed twice', () => {
    store.close();
    store.close();
    expect(() => store.get('c', 'k')).toThrow(StoreError);
    expect(() => store.put('c', 'k', 1)).toThrow(expect.objectContaining({ code: 'closed' }));
    expect(() => store.atomically(() => 1)).toThrow(expect.objectContaining({ code: 'closed' }));
  });
}
