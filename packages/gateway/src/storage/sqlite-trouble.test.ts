import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../test/contract/silent-log.ts';
import { at, fact, frame, fullStation } from '../../test/contract/store.samples.ts';
import { openSqliteStore, restoreSqlite, type SqliteStore, type SqliteStoreOptions } from './index.ts';
import { openSqlite } from './sqlite.ts';

let folder: string;
let path: string;
let store: SqliteStore | undefined;
let said: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'busbar-trouble-'));
  path = join(folder, 'busbar.db');
  said = [];
});
afterEach(async () => {
  await store?.stop();
  store = undefined;
  await rm(folder, { recursive: true });
});

function create(options: Partial<SqliteStoreOptions> = {}): SqliteStore {
  const log = {
    ...silentLog,
    error: (_fields: object, sentence: string) => said.push(sentence),
    info: (_fields: object, sentence: string) => said.push(sentence),
  };
  return openSqliteStore({ path, log, clock: { now: () => at(0) }, retention: { factsDays: 1 }, ...options });
}

async function open(options: Partial<SqliteStoreOptions> = {}): Promise<SqliteStore> {
  store = create(options);
  await store.start();
  return store;
}

async function until(isTrue: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!isTrue()) {
    if (Date.now() > end) throw new Error('It did not happen within 10 s.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('a full disk', () => {
  const big = (ms: number) => ({ ...fact('CP1', ms), reason: 'x'.repeat(20_000) });

  it('refuses commits, stores nothing of them, and goes on by itself when there is room', async () => {
    const full = await open({ maxPages: 200 });
    const stored: number[] = [];
    const refused: unknown[] = [];
    for (let ms = 0; ms < 60; ms++) {
      await full.commit({ facts: [big(ms), big(ms)] }).then(
        (facts) => stored.push(...facts.map((one) => one.seq)),
        (error) => refused.push(error),
      );
    }
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({ code: 'unavailable' });
    expect(full.problem()).toMatch(/busbar\.db: the disk is full: make room/);
    expect(said.filter((one) => one === 'database cannot store anything')).toHaveLength(1);
    expect(await full.factRange()).toStrictEqual({ first: 1, last: stored.at(-1) });
    expect(stored).toStrictEqual(stored.map((_, index) => index + 1));

    expect(await full.prune(at(10 * 86_400_000))).toBeGreaterThan(0);
    await until(() => full.problem() === undefined);
    const [next] = await full.commit({ facts: [big(99)] });
    expect(next?.seq).toBe((stored.at(-1) ?? 0) + 1);
    expect(said.at(-1)).toBe('database stores again');
  });

  it('still answers reads', async () => {
    const full = await open({ maxPages: 200 });
    await full.commit({ station: { before: undefined, after: fullStation('CP1') }, facts: [] });
    const commits = Array.from({ length: 60 }, (_, ms) => full.commit({ facts: [big(ms)] }).catch(() => 'refused'));
    expect(await Promise.all(commits)).toContain('refused');
    expect(await full.station('CP1')).toStrictEqual(fullStation('CP1'));
  });
});

describe('a database that another program has locked', () => {
  it('refuses commits until the lock is gone', async () => {
    const locked = await open({ busyTimeoutMs: 20 });
    await locked.commit({ facts: [fact('CP1', 1)] });
    const other = openSqlite(path);
    other.exec('begin immediate');
    await expect(locked.commit({ facts: [fact('CP1', 2)] })).rejects.toMatchObject({ code: 'unavailable' });
    await expect(locked.prune(at(10))).rejects.toMatchObject({ code: 'unavailable' });
    expect(locked.problem()).toMatch(/another program holds a lock/);
    other.exec('rollback');
    other.close();
    await until(() => locked.problem() === undefined);
    expect(await locked.commit({ facts: [fact('CP1', 3)] })).toMatchObject([{ seq: 2 }]);
  });

  it('cannot be opened by a second gateway, and can once the first has stopped', async () => {
    const first = await open();
    const second = create();
    await expect(second.start()).rejects.toThrow(/Another gateway has .*busbar\.db open/);
    await second.stop();
    expect(await first.commit({ facts: [fact('CP1', 1)] })).toMatchObject([{ seq: 1 }]);
    await first.stop();
    await open();
  });
});

describe('the clean-up', () => {
  it('gives room back to the file system', async () => {
    const one = await open();
    const facts = Array.from({ length: 700 }, (_, ms) => ({ ...fact('CP1', ms), reason: 'x'.repeat(5000) }));
    await one.commit({ facts });
    const pages = () => {
      const connection = openSqlite(path, { readOnly: true });
      const [row] = connection
        .prepare('select page_count as number from pragma_page_count')
        .all<{ number: number }>([]);
      connection.close();
      return row?.number ?? 0;
    };
    const before = pages();
    expect(await one.prune(at(10 * 86_400_000))).toBe(699);
    expect(pages()).toBeLessThan(before / 4);
  });
});

describe('frames under pressure', () => {
  it('are dropped, oldest first, and counted', async () => {
    const one = await open();
    const { length } = Array.from({ length: 50 }, (_, round) =>
      one.logMessages(Array.from({ length: 1000 }, (_unused, index) => frame('CP1', round * 1000 + index))),
    );
    expect(length).toBe(50);
    expect(one.droppedMessages()).toBeGreaterThan(0);
    await one.stop();
    const again = await open();
    const { items } = await again.messages({ limit: 1 });
    expect(items.map(({ at: time }) => time)).toStrictEqual([at(49_999)]);
    expect(items[0]?.messageNumber).toBe(50_000 - one.droppedMessages());
  });
});

describe('opening', () => {
  it('says which file is no database', async () => {
    await writeFile(path, 'This is a letter, not a database. '.repeat(100));
    await expect(create().start()).rejects.toThrow(`The database ${path} is not a busbar database, or is damaged`);
  });

  it('says that a path cannot be written', async () => {
    await expect(create({ path: folder }).start()).rejects.toThrow(`The database ${folder} is a folder: name a file.`);
    await writeFile(path, '');
    const below = join(path, 'x.db');
    await expect(create({ path: below }).start()).rejects.toThrow(/below something that is not a folder/);
  });

  it.skipIf(process.getuid?.() === 0)('says that the folder may not be written', async () => {
    await chmod(folder, 0o500);
    await expect(create().start()).rejects.toThrow(/may not be written/);
    await chmod(folder, 0o700);
  });

  it('refuses a database of a newer version and leaves it as it is', async () => {
    await (await open()).stop();
    const connection = openSqlite(path);
    connection.exec(`insert into schema_migrations (name, timestamp) values ('9999-future', 'x')`);
    connection.close();
    await expect(create().start()).rejects.toThrow(
      `The database ${path} cannot be used: it has schema '9999-future', which is newer`,
    );
  });

  it('lets only its owner read the file', async () => {
    await open();
    expect((await stat(path)).mode & 0o77).toBe(0);
  });

  it('is safe to stop without a start, twice', async () => {
    const never = create();
    await never.stop();
    await never.stop();
    await expect(never.commit({ facts: [] })).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('backup and restore', () => {
  it('copies everything while commits go on, and restores it', async () => {
    const copy = join(folder, 'copy.db');
    const one = await open();
    await one.commit({ station: { before: undefined, after: fullStation('CP1') }, facts: [fact('CP1', 0)] });
    const done = new AbortController();
    const writing = (async () => {
      for (let ms = 1; !done.signal.aborted; ms++) await one.commit({ facts: [fact('CP1', ms)] });
    })();
    await one.backup(copy);
    done.abort();
    await writing;
    await expect(one.backup(copy)).rejects.toMatchObject({ code: 'conflict' });
    expect((await stat(copy)).mode & 0o77).toBe(0);
    const facts = await one.facts({ afterSeq: 0, limit: 1000 });

    const elsewhere = join(folder, 'restored', 'busbar.db');
    await restoreSqlite(copy, elsewhere);
    const restored = create({ path: elsewhere });
    await restored.start();
    const { last } = await restored.factRange();
    expect(last).toBeGreaterThan(0);
    expect(await restored.facts({ afterSeq: 0, limit: 1000 })).toStrictEqual(facts.slice(0, last));
    expect(await restored.station('CP1')).toStrictEqual(fullStation('CP1'));
    await restored.stop();
  });

  it('replaces a database only when told to, and never one that is open', async () => {
    const copy = join(folder, 'copy.db');
    const one = await open();
    await one.commit({ facts: [fact('CP1', 1)] });
    await one.backup(copy);
    await one.commit({ facts: [fact('CP1', 2)] });
    await expect(restoreSqlite(copy, path, { replace: true })).rejects.toThrow(/Another gateway has/);
    await one.stop();
    await expect(restoreSqlite(copy, path)).rejects.toThrow(/exists already/);
    await restoreSqlite(copy, path, { replace: true });
    expect(await (await open()).factRange()).toStrictEqual({ first: 1, last: 1 });
  });

  it('restores nothing that is damaged, foreign, newer or not there', async () => {
    const copy = join(folder, 'copy.db');
    const to = join(folder, 'to.db');
    await expect(restoreSqlite(copy, to)).rejects.toMatchObject({ code: 'not-found' });
    await writeFile(copy, 'no database '.repeat(1000));
    await expect(restoreSqlite(copy, to)).rejects.toMatchObject({ code: 'invalid' });
    await rm(copy);
    const foreign = openSqlite(copy);
    foreign.exec('create table t (a)');
    foreign.close();
    await expect(restoreSqlite(copy, to)).rejects.toMatchObject({ code: 'invalid' });
    await rm(copy);
    await (await open()).backup(copy);
    const newer = openSqlite(copy);
    newer.exec(`insert into schema_migrations (name, timestamp) values ('9999-future', 'x')`);
    newer.close();
    await expect(restoreSqlite(copy, to)).rejects.toMatchObject({ code: 'conflict' });
    await expect(stat(to)).rejects.toThrow(/ENOENT/);
  });
});

describe('kill -9 in the middle of commits', () => {
  it('loses nothing that was acknowledged and leaves nothing half done', async () => {
    let acknowledged = new Map<number, { number: number; seq: number }>();
    for (let round = 0; round < 4; round++) {
      acknowledged = new Map([...acknowledged, ...(await runUntilKilled(200 + round * 130))]);
      const after = await open();
      const { first, last } = await after.factRange();
      expect(first).toBe(1);
      for (const [lane, { number, seq }] of acknowledged) {
        const stationId = `CP${lane}`;
        const kept = (await after.station(stationId))?.lastTransactionNumber ?? 0;
        expect(kept).toBeGreaterThanOrEqual(number);
        expect(kept).toBeLessThanOrEqual(number + 1);
        expect(await after.state('test', stationId, 1)).toMatchObject([{ key: stationId, value: kept }]);
        const facts = await after.facts({ afterSeq: seq - 1, limit: 1, stationIds: [stationId], types });
        expect(facts).toMatchObject([{ seq, reason: `${number}` }]);
        const newest = await after.facts({ afterSeq: seq, limit: 2, stationIds: [stationId], types });
        expect(newest).toHaveLength(kept - number);
      }
      const numbers = openSqlite(path, { readOnly: true });
      expect(numbers.prepare('select count(*) as number from facts').all([])).toMatchObject([{ number: last }]);
      numbers.close();
      await after.stop();
    }
  });
});

const types = ['station.disconnected'] as const;

/** Newest acknowledged commit of each lane. The child is killed when it has acknowledged so many. */
async function runUntilKilled(commits: number): Promise<Map<number, { number: number; seq: number }>> {
  const file = join(folder, 'acknowledged');
  const child = spawn(process.execPath, [childPath, path, '20', file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let seen = 0;
  for await (const _ of createInterface({ input: child.stdout })) if (++seen === commits) child.kill('SIGKILL');
  await exited;
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  expect(lines.length).toBeGreaterThanOrEqual(commits);
  const numbers = lines.map((line) => line.split(' ').map(Number));
  return new Map(numbers.map(([lane = 0, number = 0, seq = 0]) => [lane, { number, seq }]));
}

const childPath = fileURLToPath(new URL('../../test/support/committing-process.ts', import.meta.url));
