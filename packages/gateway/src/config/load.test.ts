import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type } from 'typebox';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from './load.ts';
import type { LoadRequest } from './load.ts';
import { ConfigError } from './mistakes.ts';

const ocpp = {
  name: 'ocpp',
  options: Type.Object({
    host: Type.String({ default: '0.0.0.0' }),
    port: Type.Integer({ default: 9000, minimum: 0, maximum: 65_535 }),
    pingIntervalS: Type.Integer({ default: 30, minimum: 1 }),
    lenient: Type.Boolean({ default: true }),
    tls: Type.Optional(
      Type.Object({ certFile: Type.String({ description: 'Certificate chain' }), keyFile: Type.String() }),
    ),
  }),
};
const cloud = {
  name: 'cloud',
  options: Type.Object({
    url: Type.String({ pattern: '^https://', description: 'Address of the cloud, with https' }),
    password: Type.String({ minLength: 8, description: 'Password of the account' }),
  }),
};
const api = {
  name: 'api',
  options: Type.Object({
    host: Type.String({ default: '0.0.0.0' }),
    port: Type.Integer({ default: 8080, minimum: 0, maximum: 65_535 }),
    corsOrigins: Type.Array(Type.String(), { default: [] }),
  }),
};

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'busbar-config-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

function load(yaml?: string, request: Partial<LoadRequest> = {}) {
  if (yaml !== undefined) writeFileSync(join(cwd, 'busbar.yaml'), yaml);
  return loadConfig({ cwd, env: {}, drivers: [ocpp, cloud], services: [api], ...request });
}

function mistakesOf(yaml?: string, request: Partial<LoadRequest> = {}): string[] {
  try {
    load(yaml, request);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('what is read', () => {
  test('fills in every default when there is no file', () => {
    expect(load()).toEqual({
      data: join(cwd, 'data'),
      log: { level: 'info', format: 'auto' },
      unknownStations: 'hold',
      heartbeatIntervalS: 300,
      retention: {
        factsDays: 30,
        messagesDays: 7,
        maxMessageRows: 1_000_000,
        measurementsDays: 400,
        commandsDays: 90,
        auditDays: 730,
      },
      south: { ocpp: { host: '0.0.0.0', port: 9000, pingIntervalS: 30, lenient: true }, cloud: false },
      north: { api: { host: '0.0.0.0', port: 8080, corsOrigins: [] } },
    });
  });

  test('lets the environment override the file, and a flag the environment', () => {
    const yaml = 'log: {level: debug}\nsouth: {ocpp: {port: 1}}\nnorth: {api: {port: 1}}\n';
    const env = { BUSBAR_SOUTH_OCPP_PORT: '2', BUSBAR_NORTH_API_PORT: '2', BUSBAR_HEARTBEAT_INTERVAL_S: '60' };
    const config = load(yaml, { env, flags: { shortcuts: { 'http-port': '3' } } });
    expect(config.log.level).toBe('debug');
    expect(config.heartbeatIntervalS).toBe(60);
    expect(config.south['ocpp']).toMatchObject({ port: 2 });
    expect(config.north['api']).toMatchObject({ port: 3 });
  });

  test('lets the last --set win, also over a shortcut', () => {
    const flags = { shortcuts: { 'ocpp-port': '1' }, set: ['south.ocpp.port=2', 'south.ocpp.port=3'] };
    expect(load(undefined, { flags }).south['ocpp']).toMatchObject({ port: 3 });
  });

  test('sets the address of both servers with --host', () => {
    const config = load(undefined, { flags: { shortcuts: { host: '127.0.0.1' } } });
    expect([config.south['ocpp'], config.north['api']]).toMatchObject([{ host: '127.0.0.1' }, { host: '127.0.0.1' }]);
  });

  test('switches a driver off with false, from any source', () => {
    expect(load('south: {ocpp: false}').south['ocpp']).toBe(false);
    expect(load('', { env: { BUSBAR_SOUTH_OCPP: 'false' } }).south['ocpp']).toBe(false);
    expect(load('', { flags: { set: ['south.ocpp=false'] } }).south['ocpp']).toBe(false);
  });

  test('turns a driver on that cannot do without options once they are given', () => {
    const yaml = 'south:\n  cloud:\n    url: https://x.example\n    password: correct horse\n';
    expect(load(yaml).south['cloud']).toEqual({ url: 'https://x.example', password: 'correct horse' });
  });

  test('takes an empty section for one with its defaults', () => {
    expect(load('south:\nnorth:\n  api:\n').north['api']).toMatchObject({ port: 8080 });
  });

  test('reads lists from a variable, by commas or as YAML', () => {
    const origins = (text: string) => load('', { env: { BUSBAR_NORTH_API_CORS_ORIGINS: text } }).north['api'];
    expect(origins('https://a, https://b')).toMatchObject({ corsOrigins: ['https://a', 'https://b'] });
    expect(origins('["https://a"]')).toMatchObject({ corsOrigins: ['https://a'] });
  });

  test('takes an empty variable for one that is not set', () => {
    expect(load('', { env: { BUSBAR_LOG_LEVEL: '' } }).log.level).toBe('info');
  });

  test('leaves alone what Kubernetes and Docker set for a service that is called busbar', () => {
    const env = {
      BUSBAR_SERVICE_HOST: '10.0.0.1',
      BUSBAR_SERVICE_PORT_HTTP: '8080',
      BUSBAR_PORT: 'tcp://10.0.0.1:8080',
      BUSBAR_PORT_8080_TCP_ADDR: '10.0.0.1',
      BUSBAR_URL: 'http://x',
      BUSBAR_API_KEY: 'bb_x',
    };
    expect(mistakesOf('', { env })).toEqual([]);
  });

  test('takes paths of a file from the folder of the file, and others from the working folder', () => {
    mkdirSync(join(cwd, 'etc'));
    writeFileSync(
      join(cwd, 'etc', 'gateway.yaml'),
      'data: var\nsouth: {ocpp: {tls: {certFile: cert.pem, keyFile: /k.pem}}}\n',
    );
    const config = load(undefined, { flags: { config: 'etc/gateway.yaml' } });
    expect(config.data).toBe(join(cwd, 'etc', 'var'));
    expect(config.file).toBe(join(cwd, 'etc', 'gateway.yaml'));
    expect(config.south['ocpp']).toMatchObject({ tls: { certFile: join(cwd, 'etc', 'cert.pem'), keyFile: '/k.pem' } });
    expect(load(undefined, { env: { BUSBAR_CONFIG: 'etc/gateway.yaml', BUSBAR_DATA: 'var' } }).data).toBe(
      join(cwd, 'var'),
    );
  });
});

describe('mistakes in the file, with line and column', () => {
  test.each([
    [
      'a wrong word',
      'log:\n  level: wran\n',
      "busbar.yaml:2:10: log.level wants one of trace, debug, info, warn, error, silent, not 'wran'. Did you mean 'warn'?",
    ],
    [
      'a misspelt option',
      'south:\n  ocpp:\n    prot: 1\n',
      "busbar.yaml:3:5: south.ocpp.prot is not an option. Did you mean 'port'?",
    ],
    [
      'an option from nowhere',
      'log: {zebra: 1}',
      'busbar.yaml:1:7: log.zebra is not an option. Options here: level, format.',
    ],
    ['an unknown driver', 'south: {ocppp: {}}', "busbar.yaml:1:9: south.ocppp is not an option. Did you mean 'ocpp'?"],
    [
      'a prototype',
      '__proto__: {data: x}',
      'busbar.yaml:1:1: __proto__ is not an option. Options here: data, log, unknownStations, heartbeatIntervalS, retention, south, north.',
    ],
    [
      'a number in quotes',
      'heartbeatIntervalS: "60"',
      "busbar.yaml:1:21: heartbeatIntervalS wants a whole number of seconds from 10 to 86400, not '60'. In quotes it is text; remove the quotes.",
    ],
    [
      'a duration with its unit',
      'heartbeatIntervalS: 5 min',
      "busbar.yaml:1:21: heartbeatIntervalS wants a whole number of seconds from 10 to 86400, not '5 min'. Write 300.",
    ],
    [
      'days in weeks of hours',
      'retention: {factsDays: 48h}',
      "busbar.yaml:1:24: retention.factsDays wants a whole number of days from 1 to 36500, not '48h'. Write 2.",
    ],
    [
      'a number out of range',
      'north: {api: {port: 99999}}',
      'busbar.yaml:1:21: north.api.port wants a whole number from 0 to 65535, not 99999.',
    ],
    [
      'a fraction',
      'north: {api: {port: 80.5}}',
      'busbar.yaml:1:21: north.api.port wants a whole number from 0 to 65535, not 80.5.',
    ],
    [
      'yes for true',
      'south: {ocpp: {lenient: yes}}',
      "busbar.yaml:1:25: south.ocpp.lenient wants true or false, not 'yes'. Write true.",
    ],
    ['a number for text', 'data: 5', 'busbar.yaml:1:7: data wants text, not 5. Put it in quotes, then it is text.'],
    ['an empty option', 'data:\n', 'busbar.yaml:1:6: data is empty; it wants text. Give a value, or remove the line.'],
    ['an empty text', "data: ''\n", 'busbar.yaml:1:7: data is empty; it wants text.'],
    [
      'a value for a section',
      'log: debug',
      'busbar.yaml:1:6: log wants a section: its options on the next lines, indented.',
    ],
    ['a section for a value', 'data: {a: 1}', 'busbar.yaml:1:7: data wants text, not a section.'],
    [
      'a value for a list',
      'north: {api: {corsOrigins: x}}',
      "busbar.yaml:1:28: north.api.corsOrigins wants a list, each item text, not 'x'.",
    ],
    [
      'a wrong item of a list',
      'north: {api: {corsOrigins: [a, 1]}}',
      'busbar.yaml:1:32: north.api.corsOrigins[1] wants text, not 1. Put it in quotes, then it is text.',
    ],
    [
      'a missing option',
      'south:\n  ocpp:\n    tls:\n      keyFile: k\n',
      'busbar.yaml:3:5: south.ocpp.tls.certFile is missing; it wants text. (Certificate chain.)',
    ],
    [
      'a driver that is neither on nor off',
      'south: {ocpp: 1}',
      'busbar.yaml:1:15: south.ocpp wants false, or a section: its options on the next lines, indented, not 1.',
    ],
    [
      'the same option twice',
      'data: a\ndata: b\n',
      "busbar.yaml:2:1: 'data' stands here for the second time in the same section; remove one of the two.",
    ],
    ['a tab', 'log:\n\tlevel: info\n', 'busbar.yaml:2:1: A tab is used for indentation; YAML wants spaces.'],
    [
      'an indentation too far',
      'data: a\n  log: b\n',
      "busbar.yaml:1:7: There is a second ': ' in this line, or the next line is indented too far; put a text that holds ': ' in quotes.",
    ],
    ['an open quote', 'data: "a\n', 'busbar.yaml:2:1: A quote or bracket that was opened before is not closed.'],
    [
      'an open bracket',
      'data: [1\n',
      'busbar.yaml:2:1: The indentation does not fit: lines of one section start in the same column, and a bracket is closed.',
    ],
    [
      'a second document',
      'data: a\n---\ndata: b\n',
      "busbar.yaml:2:1: A second document starts here; a configuration is one document, remove the '---'.",
    ],
    ['a tag', 'data: !env X', 'busbar.yaml:1:7: Tags (!name) mean nothing here; remove it.'],
    ['an alias to nothing', 'data: *x', 'busbar.yaml: Unresolved alias (the anchor must be set before the alias): x.'],
    ['a list', '- data\n', 'busbar.yaml:1:1: The file holds no options; write one per line, `name: value`.'],
  ])('%s', (_what, yaml, mistake) => {
    expect(mistakesOf(yaml)).toEqual([mistake]);
  });

  test('all are told at once, in the order of the file, then those of variables and flags', () => {
    const yaml = 'north: {api: {port: x}}\nlog: {level: x}\ndata: 1\n';
    const places = mistakesOf(yaml, {
      env: { BUSBAR_SOUTH_OCPP_PORT: 'x' },
      flags: { set: ['south.ocpp.host', 'heartbeatIntervalS=x'] },
    }).map((line) => line.split(' wants')[0]);
    expect(places).toEqual([
      'busbar.yaml:1:21: north.api.port',
      'busbar.yaml:2:14: log.level',
      'busbar.yaml:3:7: data',
      '--set:',
      '--set heartbeatIntervalS:',
      'BUSBAR_SOUTH_OCPP_PORT:',
    ]);
  });
});

describe('mistakes elsewhere', () => {
  test.each([
    [
      'an unknown variable',
      { env: { BUSBAR_LOG_LEVL: 'x' } },
      "BUSBAR_LOG_LEVL: There is no such variable. Did you mean 'BUSBAR_LOG_LEVEL'?",
    ],
    [
      'a variable with a wrong value',
      { env: { BUSBAR_SOUTH_OCPP_PORT: '9k' } },
      "BUSBAR_SOUTH_OCPP_PORT: wants a whole number from 0 to 65535, not '9k'.",
    ],
    [
      'an unknown --set',
      { flags: { set: ['south.ocpp.prot=1'] } },
      "--set south.ocpp.prot: There is no such option. Did you mean 'south.ocpp.port'?",
    ],
    [
      'a --set of a section',
      { flags: { set: ['log=info'] } },
      '--set log: is a section; set one of its options: log.level, log.format.',
    ],
    [
      'a --set without a value',
      { flags: { set: ['secret'] } },
      "--set: wants name=value, such as '--set south.ocpp.port=9001'.",
    ],
    [
      'a shortcut with a wrong value',
      { flags: { shortcuts: { 'unknown-stations': 'admit' } } },
      "--unknown-stations: wants one of hold, accept, refuse, not 'admit'.",
    ],
    [
      'an option of a driver that is off',
      { flags: { set: ['south.ocpp=false', 'south.ocpp.port=1'] } },
      '--set south.ocpp.port: is an option of south.ocpp, which is switched off.',
    ],
    [
      'options of a driver that lack one',
      { env: { BUSBAR_SOUTH_CLOUD_PASSWORD: 'long enough' } },
      'configuration: south.cloud.url is missing; it wants text. (Address of the cloud, with https.)',
    ],
  ])('%s', (_what, request, mistake) => {
    expect(mistakesOf(undefined, request)).toEqual([mistake]);
  });

  test('a file that is asked for and is not there', () => {
    const missing = join(cwd, 'none.yaml');
    expect(mistakesOf(undefined, { flags: { config: 'none.yaml' } })).toEqual([
      `--config: ${missing} does not exist. Name the file that holds the options.`,
    ]);
    expect(mistakesOf(undefined, { env: { BUSBAR_CONFIG: cwd } })).toEqual([
      `BUSBAR_CONFIG: ${cwd} is a folder. Name the file that holds the options.`,
    ]);
  });

  test('a secret with a mistake is never shown', () => {
    const told = [
      ...mistakesOf('south: {cloud: {url: "https://x", password: hunter2}}'),
      ...mistakesOf('south: {cloud: {url: "https://x", password: 1234567890}}'),
      ...mistakesOf('', { env: { BUSBAR_SOUTH_CLOUD_PASSWORD: 'hunter2' } }),
      ...mistakesOf('', { flags: { set: ['south.cloud.password=hunter2'] } }),
    ].join('\n');
    expect(told).toContain('south.cloud.password is too short: it wants at least 8 characters.');
    expect(told).not.toMatch(/hunter2|1234567890/);
  });
});

test('two options that would share a variable are a mistake in the program', () => {
  const twins = {
    name: 'ocpp',
    options: Type.Object({ aB: Type.String({ default: '' }), a_b: Type.String({ default: '' }) }),
  };
  expect(() => load(undefined, { drivers: [twins] })).toThrow(
    'south.ocpp.aB and south.ocpp.a_b share the variable BUSBAR_SOUTH_OCPP_A_B; rename one of them.',
  );
});
