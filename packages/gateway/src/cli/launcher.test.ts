import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../../bin/busbar.cjs', import.meta.url));

/** A Node older than the gateway needs, if this machine has one. */
const oldNode = ['/usr/local/bin/node', '/usr/bin/node', '/opt/node/bin/node'].find((path) => {
  const major = Number(/^v(\d+)/.exec(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1]);
  return major >= 12 && major < 24;
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'busbar-launcher-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const nodes =
  oldNode === undefined
    ? [['this Node', process.execPath]]
    : [
        ['this Node', process.execPath],
        ['an older Node', oldNode],
      ];
if (oldNode === undefined)
  console.log('No Node older than 24 on this machine: the launcher is tested with this one only.');

describe.each(nodes)('under %s', (_which, node) => {
  test('runs the gateway and keeps its exit code', () => {
    const { status, stdout } = spawnSync(node, [launcher, '--version'], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
    expect(spawnSync(node, [launcher, 'no-such-command']).status).toBe(2);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('passes %s on, and the gateway ends in order', async (signal) => {
    const data = join(folder, `${_which} ${signal}`);
    const args = [launcher, 'serve', '--data', data, '--host', '127.0.0.1', '--http-port', '0', '--ocpp-port', '0'];
    const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder });
    let shown = '';
    const { promise: listening, resolve } = Promise.withResolvers<void>();
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text;
      if (shown.includes('Busbar') && shown.includes('bb_')) resolve();
    });
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (log += text));
    const ended = new Promise<number | null>((done) => child.once('exit', done));
    await Promise.race([listening, ended]);
    child.kill(signal);
    expect(await ended).toBe(0);
    expect(shown).toMatch(/chargers +ws:\/\/127\.0\.0\.1:\d+\/ocpp\/<identity>/);
    expect(log).not.toContain('bb_');
  });
});

test.skipIf(oldNode === undefined)('says in one sentence what is missing when there is no newer Node', () => {
  mkdirSync(join(folder, 'alone', 'bin'), { recursive: true });
  const alone = join(folder, 'alone', 'bin', 'busbar.cjs');
  copyFileSync(launcher, alone);
  const { status, stderr } = spawnSync(oldNode ?? '', [alone], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^busbar needs Node 24 or newer; this is v\d+\.\d+\.\d+ and the bundled Node is not installed\. .+\n$/,
  );
});

test('says in one sentence that the installation is incomplete', () => {
  mkdirSync(join(folder, 'empty', 'bin'), { recursive: true });
  const alone = join(folder, 'empty', 'bin', 'busbar.cjs');
  copyFileSync(launcher, alone);
  const { status, stderr } = spawnSync(process.execPath, [alone], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^busbar is not installed completely: .+ Install it again\.\n$/);
});

test('a gateway whose greeting nobody reads to the end goes on', async () => {
  const args = [
    launcher,
    'serve',
    '--data',
    join(folder, 'unread'),
    '--host',
    '127.0.0.1',
    '--http-port',
    '0',
    '--ocpp-port',
    '0',
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder });
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  child.stdout.destroy();
  await new Promise((listening) => child.stderr.once('data', listening));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});
