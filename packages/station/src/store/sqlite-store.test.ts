import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeStore } from '../../test/store.contract.ts';
import { openStationFile, type StationFile, type StationFileOptions, type StationFileTrouble } from './sqlite-store.ts';

let folder: string;
let path: string;
let file: StationFile | undefined;
let troubles: StationFileTrouble[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'busbar-station-'));
  path = join(folder, 'station.db');
  troubles = [];
});
afterEach(() => {
  file?.close();
  file = undefined;
  rmSync(folder, { recursive: true });
});

function open(options: StationFileOptions = {}) {
  file?.close();
  file = openStationFile(path, { onTrouble: (trouble) => troubles.push(trouble), ...options });
  return file;
}

const openStore = (options?: StationFileOptions) => open(options).storeOf('CP1');

describe('a store in a file', () => {
  describeStore(openStore);

  it('still knows everything when it is opened again', () => {
    openStore().put('c', 'k', { a: 1 });
    expect(openStore().get('c', 'k')).toEqual({ a: 1 });
    expect(troubles).toEqual([]);
  });

  it('keeps two stations in one file apart', () => {
    const one = openStore();
    const two = file?.storeOf('__proto__');
    one.put('c', 'k', 1);
    two?.put('c', 'k', 2);
    two?.put('c', 'other', 3);
    two?.clear('c');
    expect([...one.entries('c')]).toEqual([['k', 1]]);
    expect([...(two?.entries('c') ?? [])]).toEqual([]);
    two?.close();
    expect(one.get('c', 'k')).toBe(1);
  });

  it('cannot be used once the file is closed', () => {
    const store = openStore();
    file?.close();
    expect(() => store.get('c', 'k')).toThrow(expect.objectContaining({ code: 'closed' }));
    expect(() => store.atomically(() => 1)).toThrow(expect.objectContaining({ code: 'closed' }));
  });
});

describe('a power cut', () => {
  const writer = `
    import { writeSync } from 'node:fs';
    import { openStationFile } from ${JSON.stringify(new URL('./sqlite-store.ts', import.meta.url).href)};
    const store = openStationFile(process.argv[1]).storeOf('CP1');
    for (let i = 0; i < 100_000; i++) {
      store.atomically(() => {
        store.put('one', String(i), i);
        store.put('two', String(i), i);
      });
      writeSync(1, i + '\\n');
    }`;

  it('loses nothing that was acknowledged, and keeps wholes whole', async () => {
    for (const acknowledgements of [1, 7, 40]) {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', writer, path]);
      const exited = once(child, 'exit');
      let last = -1;
      for await (const line of createInterface(child.stdout)) {
        last = Number(line);
        if (last >= acknowledgements) child.kill('SIGKILL');
      }
      await exited;
      expect(last).toBeGreaterThanOrEqual(acknowledgements);
      const store = openStore();
      for (let i = 0; i <= last; i++) expect(store.get('one', String(i))).toBe(i);
      expect([...store.entries('two')]).toEqual([...store.entries('one')]);
      expect(troubles).toEqual([]);
      file?.close();
    }
  });
});

describe('a file that is damaged', () => {
  const begunAnew = () => {
    expect(troubles).toMatchObject([{ kind: 'corrupt' }]);
    const kept = readdirSync(folder).find((name) => /^station\.db\.corrupt-[\dTZ-]+$/.test(name));
    expect(kept).toBeDefined();
    expect(troubles).toMatchObject([{ movedTo: join(folder, kept ?? '') }]);
    return readFileSync(join(folder, kept ?? ''));
  };

  it('is moved aside when it is no database (7.1 corrupt file)', () => {
    writeFileSync(path, 'once a database, now '.repeat(100));
    const store = openStore();
    store.put('c', 'k', 1);
    expect(store.get('c', 'k')).toBe(1);
    expect(begunAnew().toString()).toMatch(/^once a database/);
  });

  it('is moved aside when its pages are (7.1 corrupt file)', () => {
    const before = openStore();
    for (let i = 0; i < 500; i++) before.put('c', String(i), 'x'.repeat(100));
    file?.close();
    const bytes = readFileSync(path);
    bytes.fill(0xa5, 4096, bytes.length - 4096);
    writeFileSync(path, bytes);
    const store = openStore();
    expect([...store.entries('c')]).toEqual([]);
    store.put('c', 'k', 1);
    expect(begunAnew()).toHaveLength(bytes.length);
  });

  it.each([
    ['a later version', 'PRAGMA user_version = 99'],
    ['something else', 'CREATE TABLE entries (a)'],
  ])('is moved aside when it is of %s', (_what, sql) => {
    const other = new DatabaseSync(path);
    other.exec(sql);
    other.close();
    openStore().put('c', 'k', 1);
    expect(begunAnew().length).toBeGreaterThan(0);
  });

  it('takes a value that is no JSON as absent and says so', () => {
    openStore().put('c', 'good', 1);
    file?.storeOf('CP1').put('c', 'bad', 2);
    file?.close();
    const database = new DatabaseSync(path);
    database.exec(`UPDATE entries SET value = '{' WHERE key = 'bad'`);
    database.close();
    const store = openStore();
    expect(store.get('c', 'bad')).toBeUndefined();
    expect([...store.entries('c')]).toEqual([['good', 1]]);
    expect(troubles).toMatchObject([
      { kind: 'unreadable', reason: 'the value of c/bad is no JSON' },
      { kind: 'unreadable' },
    ]);
  });

  it('is an error where there can be none', () => {
    mkdirSync(path);
    expect(() => open()).toThrow(expect.objectContaining({ name: 'StoreError', code: 'io' }));
  });
});

describe('a disk without room', () => {
  it('refuses the write, keeps what was, and goes on when there is room (7.3 disk full)', () => {
    const store = openStore({ maxBytes: 64 * 1024 });
    store.put('c', 'k', 'before');
    expect(() => store.put('c', 'k', 'x'.repeat(100_000))).toThrow(expect.objectContaining({ code: 'full' }));
    expect(store.get('c', 'k')).toBe('before');
    const fill = () =>
      store.atomically(() => {
        store.put('c', 'k', 'half');
        store.put('c', 'big', 'x'.repeat(100_000));
      });
    expect(fill).toThrow(expect.objectContaining({ name: 'StoreError', code: 'full' }));
    expect([...store.entries('c')]).toEqual([['k', 'before']]);
    store.put('c', 'k', 'after');
    expect(store.get('c', 'k')).toBe('after');
    expect(statSync(path).size).toBeLessThanOrEqual(64 * 1024);
  });

  it('keeps nothing of a whole in which a full disk was ignored', () => {
    const store = openStore({ maxBytes: 64 * 1024 });
    const full = expect.objectContaining({ code: 'full' });
    expect(() =>
      store.atomically(() => {
        store.put('c', 'a', 1);
        expect(() => store.put('c', 'big', 'x'.repeat(100_000))).toThrow(full);
        expect(() => store.put('c', 'b', 1)).toThrow(full);
      }),
    ).toThrow(full);
    expect([...store.entries('c')]).toEqual([]);
  });
});

describe('a file that another process holds', () => {
  it('refuses the write as locked, and goes on when it is free', () => {
    const store = openStore({ busyTimeoutMs: 0 });
    store.put('c', 'k', 1);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const locked = expect.objectContaining({ name: 'StoreError', code: 'locked' });
    expect(() => store.put('c', 'k', 2)).toThrow(locked);
    expect(() => store.atomically(() => store.put('c', 'k', 2))).toThrow(locked);
    expect(store.get('c', 'k')).toBe(1);
    other.exec('ROLLBACK');
    other.close();
    store.put('c', 'k', 2);
    expect(store.get('c', 'k')).toBe(2);
  });
});
