import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { App } from '../app.ts';
import { loadConfig } from '../config/load.ts';
import { createLog } from '../config/log.ts';
import { readSurroundings } from '../config/surroundings.ts';
import { createLocalGateway } from '../local-gateway.ts';
import { services } from '../north/index.ts';
import { drivers } from '../south/index.ts';
import type { CliContext } from './context.ts';
import { run } from './index.ts';

const sets = ['south.ocpp.port=0', 'south.ocpp.host=127.0.0.1', 'north.api.port=0', 'north.api.host=127.0.0.1'];
const now = () => new Date('2026-05-04T08:15:00Z');

let folder: string;
let app: App;
let station: WebSocket;
let url: string;
let secret: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'busbar-cli-'));
  const config = loadConfig({
    cwd: folder,
    env: {},
    flags: { set: [...sets, 'unknownStations=accept'] },
    drivers,
    services,
  });
  const { log } = createLog({ level: 'silent', format: 'json', isTerminal: false, colour: false });
  app = new App({ config, log });
  await app.start();
  url = app.addressOf('api') ?? '';
  secret = app.firstAdminKey ?? '';
  station = await connectStation(app.addressOf('ocpp') ?? '');
});

afterAll(async () => {
  station.close();
  await app.stop();
  rmSync(folder, { recursive: true });
});

/** What the 1.6 charging station of these tests answers, and what it sends of itself. */
const answers: Record<
  string,
  (payload: Record<string, unknown>) => { answer: object; after?: [action: string, payload: object] }
> = {
  GetConfiguration: ({ key }) => {
    const asked = Array.isArray(key) ? key.map(String) : Object.keys(settings);
    const known = asked.filter((name) => name in settings);
    return {
      answer: {
        configurationKey: known.map((name) => ({ key: name, ...settings[name] })),
        unknownKey: asked.filter((name) => !(name in settings)),
      },
    };
  },
  ChangeConfiguration: ({ key }) => ({ answer: { status: key === 'HeartbeatInterval' ? 'Accepted' : 'NotSupported' } }),
  RemoteStartTransaction: ({ idTag }) =>
    idTag === 'UNWANTED'
      ? { answer: { status: 'Rejected' } }
      : {
          answer: { status: 'Accepted' },
          after: ['StartTransaction', { connectorId: 1, idTag, meterStart: 1000, timestamp: new Date().toISOString() }],
        },
  RemoteStopTransaction: ({ transactionId }) => ({
    answer: { status: 'Accepted' },
    after: [
      'StopTransaction',
      { transactionId, meterStop: 1000, timestamp: new Date().toISOString(), reason: 'Remote' },
    ],
  }),
};

const settings: Record<string, { readonly: boolean; value: string }> = {
  HeartbeatInterval: { readonly: false, value: '300' },
  NumberOfConnectors: { readonly: true, value: '1' },
};

async function connectStation(endpoint: string): Promise<WebSocket> {
  const socket = new WebSocket(`${endpoint}/CP1`, ['ocpp1.6']);
  const waiting = new Map<string, () => void>();
  let calls = 0;
  const call = (action: string, payload: object) => {
    calls += 1;
    socket.send(JSON.stringify([2, `c${calls}`, action, payload]));
    return new Promise<void>((resolve) => waiting.set(`c${calls}`, resolve));
  };
  socket.on('message', (data) => {
    const [kind, id, action, payload] = JSON.parse(String(data));
    if (kind !== 2) return waiting.get(id)?.();
    const { answer, after } = answers[action]?.(payload) ?? { answer: {} };
    socket.send(JSON.stringify([3, id, answer]));
    if (after !== undefined) void call(...after);
  });
  await once(socket, 'open');
  await call('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'AC-22' });
  await call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' });
  return socket;
}

interface Told {
  code: number;
  out: string;
  err: string;
}

async function busbar(args: readonly string[], overrides: Partial<CliContext> = {}): Promise<Told> {
  const out: string[] = [];
  const err: string[] = [];
  const surroundings = readSurroundings({});
  const context: CliContext = {
    version: '1.2.3',
    terminal: { print: (line) => out.push(line), tell: (line) => err.push(line), width: undefined, colour: false },
    url,
    apiKey: secret,
    credentialsFile: join(folder, 'config', 'credentials.json'),
    cwd: folder,
    now,
    stopSignals: () => ({ first: new Promise(() => {}), second: new Promise(() => {}), dispose: () => {} }),
    askSecret: () => Promise.resolve(undefined),
    local: createLocalGateway({ cwd: folder, surroundings, isTerminal: false, colour: false }),
    ...overrides,
  };
  const code = await run(args, context);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('stations', () => {
  test('are listed in a table, and as JSON', async () => {
    const { code, out } = await busbar(['stations']);
    expect(code).toBe(0);
    expect(out).toMatch(/^STATION +STATE +CONNECTORS +MODEL +SPEAKS/);
    expect(out).toMatch(/CP1 +online +1 Available +Acme AC-22 +ocpp1\.6/);
    expect(JSON.parse((await busbar(['stations', '--json'])).out)).toMatchObject([{ endpoint: 'CP1', online: true }]);
  });

  test('are listed by that word too, and so are sessions', async () => {
    expect((await busbar(['stations', 'list'])).out).toMatch(/^STATION [\s\S]*\nCP1 /);
    expect((await busbar(['sessions', 'list'])).out).toBe('No sessions.');
    expect((await busbar(['stations', 'list', 'CP1'])).out).toMatch(/^station +CP1/);
  });

  test('one is shown with its connectors', async () => {
    const { code, out } = await busbar(['stations', 'CP1']);
    expect(code).toBe(0);
    expect(out).toMatch(/model +Acme AC-22[\s\S]*\nEVSE +CONNECTOR +STATUS\n1 +1 +Available/);
  });

  test('are added, refused, admitted and removed', async () => {
    expect(await busbar(['stations', 'add', 'CP9', '--label', 'Yard'])).toMatchObject({ code: 0 });
    expect((await busbar(['stations', 'refuse', 'CP9'])).out).toBe('CP9 is refused.');
    expect((await busbar(['stations', 'admit', 'CP9'])).out).toBe('CP9 is admitted.');
    expect((await busbar(['stations', 'remove', 'CP9'])).out).toBe('CP9 is removed.');
    expect(await busbar(['stations', 'CP9'])).toMatchObject({
      code: 7,
      out: '',
      err: expect.stringContaining("'CP9'"),
    });
  });
});

describe('tokens', () => {
  test('are added, blocked, listed and removed', async () => {
    expect((await busbar(['tokens', 'add', 'T1', '--label', 'Anna'])).out).toBe('T1 may charge.');
    expect((await busbar(['tokens', 'block', 'T1'])).out).toBe('T1 is blocked.');
    expect((await busbar(['tokens', 'list'])).out).toMatch(/T1 +blocked +ISO14443 +Anna/);
    expect((await busbar(['tokens', 'unblock', 'T1'])).code).toBe(0);
    expect((await busbar(['tokens', 'remove', 'T1'])).code).toBe(0);
    expect((await busbar(['tokens', 'block', 'T1'])).code).toBe(7);
  });
});

test('a session is started, waited for, shown and stopped', async () => {
  await busbar(['tokens', 'add', 'CARD']);
  const started = await busbar(['start', 'CP1', '--token', 'CARD', '--wait']);
  expect(started).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Session [0-9a-f]{24} has begun at CP1, EVSE 1\.$/),
  });
  const id = /[0-9a-f]{24}/.exec(started.out)?.[0] ?? '';
  expect((await busbar(['sessions', '--active'])).out).toMatch(new RegExp(`${id} +CP1:1 +\\w+ +CARD`));
  expect((await busbar(['sessions', id])).out).toMatch(/token +CARD, Accepted/);
  expect(await busbar(['stop', 'CP1'])).toMatchObject({ code: 0, out: `CP1 accepts to stop session ${id}.` });
  expect(await busbar(['stop', 'CP7'])).toMatchObject({ code: 7 });
});

test('a refusal of the station is exit code 4', async () => {
  const refused = await busbar(['start', 'CP1', '--token', 'UNWANTED']);
  expect(refused).toEqual({ code: 4, out: '', err: 'CP1 refused. It says: Rejected.' });
});

describe('settings', () => {
  test('are read by name', async () => {
    const { code, out } = await busbar(['get', 'CP1', 'HeartbeatInterval', 'NumberOfConnectors']);
    expect(code).toBe(0);
    expect(out.split('\n').slice(1)).toEqual(['HeartbeatInterval   300', 'NumberOfConnectors  1      read-only']);
  });

  test('one the station does not have is named', async () => {
    expect(await busbar(['get', 'CP1', 'Zebra'])).toMatchObject({ code: 4, err: 'Zebra: UnknownVariable' });
  });

  test('are changed, and a refusal is told', async () => {
    expect(await busbar(['set', 'CP1', 'HeartbeatInterval=60'])).toMatchObject({
      code: 0,
      out: 'CP1 took HeartbeatInterval.',
    });
    expect(await busbar(['set', 'CP1', 'Zebra=1'])).toMatchObject({
      code: 4,
      err: 'CP1 refused. It says: NotSupported.',
    });
  });

  test('a value without its name is not repeated in the complaint', async () => {
    const { code, err } = await busbar(['set', 'CP1', 'hunter2']);
    expect(code).toBe(2);
    expect(err).not.toContain('hunter2');
  });
});

test('the message log is followed until Ctrl-C, each frame on a line', async () => {
  const seen = await followed(['logs', 'CP1', '--follow', '--action', 'BootNotification'], (line) =>
    line.includes('"BootNotification"'),
  );
  expect(seen[0]).toMatch(/CP1 → {2}\[2,"[^"]+","BootNotification",\{"chargePointVendor":"Acme"/);
  const [line = ''] = (await busbar(['logs', 'CP1', '-n', '1', '--json'])).out.split('\n');
  expect(JSON.parse(line)).toMatchObject({ endpoint: 'CP1' });
});

test('watch tells events as they happen, until Ctrl-C', async () => {
  const watching = followed(['watch', '--types', 'token.*', '--tail', '1'], (line) => line.includes('token T2 active'));
  await busbar(['tokens', 'add', 'T2']);
  expect((await watching).at(-1)).toMatch(/^\d\d:\d\d:\d\d +token T2 active$/);
});

/** Lines of a command that ends by Ctrl-C only, pressed when a line fits. */
async function followed(args: readonly string[], isEnough: (line: string) => boolean): Promise<string[]> {
  const { promise: first, resolve: interrupt } = Promise.withResolvers<void>();
  const seen: string[] = [];
  const print = (line: string) => {
    seen.push(line);
    if (isEnough(line)) interrupt();
  };
  const signals = { first, second: new Promise<void>(() => {}), dispose: () => {} };
  const terminal = { print, tell: () => {}, width: undefined, colour: false };
  expect((await busbar(args, { terminal, stopSignals: () => signals })).code).toBe(0);
  return seen;
}

describe('keys', () => {
  test('are created with their secret on standard output alone, listed and revoked', async () => {
    const created = await busbar(['keys', 'create', 'dash', '--scopes', 'read:stations']);
    expect(created.out).toMatch(/^bb_[\w-]+$/);
    const row = (await busbar(['keys', 'list'])).out.split('\n').find((line) => line.includes('dash')) ?? '';
    expect(row).not.toContain(created.out);
    const forbidden = await busbar(['tokens', 'list'], { apiKey: created.out });
    expect(forbidden.code).toBe(6);
    expect((await busbar(['keys', 'revoke', row.split(' ')[0] ?? ''])).code).toBe(0);
    expect((await busbar(['stations'], { apiKey: created.out })).code).toBe(6);
  });

  test('login keeps a key that fits, readable by its owner only', async () => {
    const file = join(folder, 'login', 'credentials.json');
    const overrides = { apiKey: undefined, credentialsFile: file, askSecret: () => Promise.resolve(secret) };
    const { code, out } = await busbar(['keys', 'login'], overrides);
    expect(code).toBe(0);
    expect(out).not.toContain(secret);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await busbar(['stations'], { ...overrides, askSecret: () => Promise.resolve(undefined) })).code).toBe(0);
    await busbar(['keys', 'logout'], overrides);
    expect(readFileSync(file, 'utf8')).not.toContain(secret);
  });

  test('login does not keep a key that does not fit', async () => {
    const credentialsFile = join(folder, 'wrong', 'credentials.json');
    const told = await busbar(['keys', 'login'], {
      apiKey: undefined,
      credentialsFile,
      askSecret: () => Promise.resolve('bb_wrong'),
    });
    expect(told.code).toBe(6);
    expect(told.err).not.toContain('bb_wrong');
    expect(existsSync(credentialsFile)).toBe(false);
  });
});

describe('what goes wrong is a sentence and an exit code', () => {
  test.each<[string[], number, string]>([
    [['statons'], 2, "There is no command 'busbar statons'. Did you mean 'busbar stations'?"],
    [['keys', 'ad'], 2, "There is no command 'busbar keys ad'. There are: list, create, revoke, login, logout, reset."],
    [['stations', '--onlin'], 2, 'busbar stations has no option --onlin. Did you mean --online?'],
    [['stations', '--search'], 2, '--search wants a value: --search <value>.'],
    [
      ['stations', 'CP1', 'CP2'],
      2,
      "'CP2' is one word too many for busbar stations. 'busbar stations --help' shows what it takes.",
    ],
    [['start'], 2, 'busbar start wants <station>: OCPP identity, or id.'],
    [['start', 'CP1'], 2, 'busbar start wants --token <token>: Id token that charges.'],
    [['start', 'CP1', '--token', 'T', '--evse', 'x'], 2, "--evse wants a number from 1 to 1000, not 'x'."],
    [['set', 'CP1'], 2, 'busbar set wants <name>: name=value, as often as wanted.'],
    [
      ['sessions', '--since', 'soon'],
      2,
      "--since wants a time such as 2026-05-04 or 2026-05-04T12:00:00Z, not 'soon'.",
    ],
    [['stations', '--url', 'gateway'], 2, "--url wants a URL such as http://127.0.0.1:8080, not 'gateway'."],
    [
      ['stations', '--url', 'http://u:hunter2@x'],
      2,
      '--url must not hold a password. Give the API key with --key or BUSBAR_API_KEY.',
    ],
    [
      ['serve', '--set', 'log.level=loud'],
      2,
      "--set log.level: wants one of trace, debug, info, warn, error, silent, not 'loud'.",
    ],
    [['backup', '--data', 'nowhere'], 7, 'nowhere/busbar.db does not exist, so there is nothing to copy.'],
  ])('%j', async (args, code, sentence) => {
    const told = await busbar(args);
    expect(told).toMatchObject({ code, out: '' });
    expect(told.err).toContain(sentence);
    expect(told.err).not.toMatch(/\n {4}at /);
  });

  test('one mistake is told once, and in words', async () => {
    const { code, err } = await busbar(['keys', 'create', 'k', '--scopes', 'read:everything']);
    expect(code).toBe(2);
    expect(err).toMatch(/^#\/scopes\/0: does not fit: \*, or read: or write: with .+$/);
  });

  test('an option in front of the command is told where it belongs', async () => {
    expect(await busbar(['--url', url, 'stations'])).toMatchObject({
      code: 2,
      out: '',
      err: "--url comes after the command: busbar <command> --url. 'busbar --help' lists them.",
    });
  });

  test('no gateway at the URL is exit code 3', async () => {
    const told = await busbar(['stations', '--url', 'http://127.0.0.1:1']);
    expect(told).toMatchObject({ code: 3, out: '' });
    expect(told.err).toContain("'busbar serve' starts one here");
  });

  test('no key is exit code 6, with what to do', async () => {
    const told = await busbar(['stations'], { apiKey: undefined });
    expect(told.code).toBe(6);
    expect(told.err).toContain("Run 'busbar keys login', or set BUSBAR_API_KEY.");
  });
});

describe('help', () => {
  test('lists every command', async () => {
    const { code, out } = await busbar(['--help']);
    expect(code).toBe(0);
    for (const name of ['serve', 'doctor', 'stations', 'keys', 'restore'])
      expect(out).toMatch(new RegExp(`^ {2}${name} `, 'm'));
  });

  test('tells what a command takes', async () => {
    const { out } = await busbar(['start', '--help']);
    expect(out).toContain('Usage: busbar start <station> [options]');
    expect(out).toMatch(/--limit <A> +Current limit, A per phase/);
  });

  test('a command without its second word shows its help on standard error', async () => {
    expect(await busbar(['keys'])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('Usage: busbar keys <command>'),
    });
  });

  test('the version is one line', async () => {
    expect(await busbar(['--version'])).toEqual({ code: 0, out: '1.2.3', err: '' });
  });
});

test('a backup of the running gateway restores elsewhere, and never over another file', async () => {
  const file = join(folder, 'copy.db');
  expect(await busbar(['backup', file])).toMatchObject({ code: 0, out: expect.stringContaining(file) });
  expect(await busbar(['backup', file])).toMatchObject({ code: 1, out: '' });
  expect(await busbar(['restore', file, '--data', join(folder, 'other')])).toMatchObject({ code: 0 });
  expect(await busbar(['restore', file, '--data', join(folder, 'other')])).toMatchObject({
    code: 2,
    err: expect.stringContaining('--replace'),
  });
  expect(await busbar(['restore', file, '--replace'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('stop it first'),
  });
});
