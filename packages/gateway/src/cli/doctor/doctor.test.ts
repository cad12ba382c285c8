import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSurroundings } from '../../config/surroundings.ts';
import { createLocalGateway } from '../../local-gateway.ts';
import { openSqlite } from '../../storage/sqlite.ts';
import { run } from '../index.ts';
import { examineClock, examineFolder, examineNode } from './machine.ts';
import { judgePort, ownerOf } from './ports.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'busbar-doctor-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function doctor(...args: string[]) {
  const out: string[] = [];
  const terminal = { print: (line: string) => void out.push(line), tell: () => {}, width: 40, colour: false };
  const code = await run(['doctor', '--host', '127.0.0.1', '--http-port', '0', '--ocpp-port', '0', ...args], {
    version: '1.2.3',
    terminal,
    url: undefined,
    apiKey: undefined,
    credentialsFile: join(folder, 'credentials.json'),
    cwd: folder,
    now: () => new Date(),
    stopSignals: () => ({ first: new Promise(() => {}), second: new Promise(() => {}), dispose: () => {} }),
    askSecret: () => Promise.resolve(undefined),
    local: createLocalGateway({ cwd: folder, surroundings: readSurroundings({}), isTerminal: false, colour: false }),
  });
  return { code, lines: out };
}

test('finds no problem in a fresh set-up', async () => {
  const { code, lines } = await doctor('--data', 'fresh');
  expect(code).toBe(0);
  expect(lines).toContainEqual(
    expect.stringMatching(/^ok +data folder +\S+fresh does not exist yet and can be made\.$/),
  );
  expect(lines).toContainEqual(expect.stringMatching(/^ok +database +None yet; the first start makes it\.$/));
});

test('tells every mistake in the configuration, as JSON too', async () => {
  const { code, lines } = await doctor('--json', '--set', 'log.level=loud', '--unknown-stations', 'maybe');
  expect(code).toBe(1);
  const report: unknown = JSON.parse(lines.join('\n'));
  expect(report).toMatchObject({ ok: false });
  expect(lines.join('\n')).toMatch(/--set log\.level: wants one of trace[\s\S]*--unknown-stations: wants one of hold/);
});

test('a damaged database is a problem', async () => {
  writeFileSync(join(folder, 'busbar.db'), 'no database');
  const { code, lines } = await doctor('--data', '.');
  expect(code).toBe(1);
  expect(lines).toContainEqual(
    expect.stringMatching(/^problem +database +\S+busbar\.db is damaged: .+ Restore a backup/),
  );
});

test('a database that another gateway has open is a warning when none answers', async () => {
  const path = join(folder, 'held.db');
  openSqlite(path).close();
  const lock = openSqlite(`${path}.lock`);
  lock.exec('begin exclusive');
  const { inUse, damage } = await createLocalGateway({
    cwd: folder,
    surroundings: readSurroundings({}),
    isTerminal: false,
    colour: false,
  }).database(path);
  lock.close();
  expect([inUse, damage]).toEqual([true, undefined]);
});

describe('ports', () => {
  const taken = { level: 'problem', subject: 'API port 8080', detail: 'Taken.' } as const;

  test('the port of the running gateway is no problem', () => {
    expect(judgePort(taken, { isRunning: true })).toMatchObject({ level: 'ok' });
  });

  test('who holds a port is told where the system tells it', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const owner = typeof address === 'object' && address !== null ? ownerOf(address.port) : '';
    server.close();
    expect(owner).toBe(process.platform === 'linux' ? `node (process ${process.pid})` : undefined);
  });

  test('anything else is left as it was found', () => {
    expect(judgePort({ ...taken, level: 'warning' }, { isRunning: true })).toMatchObject({ detail: 'Taken.' });
    expect(judgePort({ ...taken, subject: 'TLS' }, { isRunning: true })).toMatchObject({ detail: 'Taken.' });
  });
});

describe('the machine', () => {
  test.each([
    ['24.21.0', 'ok'],
    ['20.1.0', 'problem'],
  ])('Node %s is %s', (version, level) => expect(examineNode(version)).toMatchObject({ level }));

  test('a clock that stands in the past is a problem', () => {
    const database = join(folder, 'clock.db');
    expect(examineClock(new Date('1970-01-02T00:00:00Z'), { database })).toMatchObject({ level: 'problem' });
    writeFileSync(database, '');
    utimesSync(database, new Date('2026-06-01T00:00:00Z'), new Date('2026-06-01T00:00:00Z'));
    expect(examineClock(new Date('2026-05-01T00:00:00Z'), { database })).toMatchObject({
      level: 'problem',
      detail: expect.stringContaining('the database was written at 2026-06-01'),
    });
  });

  test('a file in place of the data folder is a problem', () => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    expect(examineFolder(path)).toMatchObject([{ level: 'problem', detail: expect.stringContaining('is a file') }]);
  });
});
