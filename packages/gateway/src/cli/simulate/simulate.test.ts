import { join } from 'node:path';
import { FleetMeter, homeHours } from '@busbar/station';
import { afterEach, describe, expect, it } from 'vitest';
import { openCsms } from '../../../../station/test/csms.ts';
import { root } from '../../../test/support/pages.ts';
import type { CliContext } from '../context.ts';
import { run } from '../index.ts';
import type { LocalGateway } from '../local.ts';
import { fleetOptionsOf, timeOf } from './options.ts';
import { Live, toMs } from './live.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const example = join(root, 'examples/scenarios/bad-day.yaml');

const unused = () => Promise.reject(new Error('not used here'));
const local: LocalGateway = {
  config: unused,
  start: unused,
  examine: unused,
  database: unused,
  backup: unused,
  makeAdminKey: unused,
  restore: unused,
};

/** Runs `busbar simulate`; `width` is that of a terminal. */
async function simulate(args: readonly string[], { width, stop }: { width?: number; stop?: Promise<void> } = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const context: CliContext = {
    version: '1.2.3',
    terminal: { print: (line) => out.push(line), tell: (line) => err.push(line), width, colour: false },
    url: undefined,
    apiKey: undefined,
    credentialsFile: '/nowhere',
    cwd: '/',
    now: () => new Date(),
    stopSignals: () => ({ first: stop ?? new Promise(() => {}), second: new Promise(() => {}), dispose: () => {} }),
    askSecret: () => Promise.resolve(undefined),
    local,
  };
  const code = await run(['simulate', ...args], context);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

async function csmsUrl(prepare?: (csms: Awaited<ReturnType<typeof openCsms>>) => void): Promise<string> {
  const csms = await openCsms();
  closing.push(() => csms.close());
  prepare?.(csms);
  return csms.url;
}

describe('busbar simulate', () => {
  it('plays a fleet and tells what it came to, as JSON for programs', async () => {
    const url = await csmsUrl();
    const args = [
      '-n',
      '4',
      '--ocpp',
      '1.6,2.0.1:1',
      '--url',
      url,
      '--arrivals',
      '300 ms',
      '--stay',
      '5 s',
      '--seed',
      '3',
    ];
    const { code, out } = await simulate([...args, '--duration', '4', '--json']);
    expect(code).toBe(0);
    const told = JSON.parse(out);
    expect(told).toMatchObject({ url, stations: { count: 4, connected: 4, booted: 4 }, boots: { Accepted: 4 } });
    expect(told.messages.byAction).toContainEqual({ action: 'BootNotification', sent: 4, received: 0 });
    expect(told.answersMs.p50).toBeGreaterThan(0);
    expect(told.troubles).toEqual([]);
  });

  it('is ended by Ctrl-C with the summary, and shows a block on a terminal', async () => {
    const { promise: stop, resolve } = Promise.withResolvers<void>();
    const url = await csmsUrl((csms) => void csms.next('BootNotification').then(() => setTimeout(resolve, 1500)));
    const { code, out, err } = await simulate(['-n', '1', '--ocpp', '1.6', '--url', url], { width: 80, stop });
    expect(code).toBe(0);
    expect(out).toMatch(/stations +1, 1 connected and 1 booted at the end[\s\S]*ACTION +SENT/);
    expect(err).toMatch(/connected +1 of 1\nbooted +1/);
  });

  it('ends with 1 when nobody is accepted, and says what helps', async () => {
    const url = await csmsUrl((csms) =>
      csms.answer('BootNotification', () => ({
        status: 'Pending',
        currentTime: new Date().toISOString(),
        interval: 60,
      })),
    );
    const { code, err } = await simulate(['-n', '1', '--ocpp', '1.6', '--url', url, '--duration', '1500 ms']);
    expect(code).toBe(1);
    expect(err).toContain("1 charger not admitted yet: 'busbar simulate --admit'");
  });

  it('ends with 1 when a scenario is ended before it was done', async () => {
    const { code, out, err } = await simulate(['--scenario', example, '--url', await csmsUrl(), '--duration', '2']);
    expect(code).toBe(1);
    expect(out).toMatch(/scenario +A bad day: ended before it was done/);
    expect(err).toContain('step 1 of 23: UNLUCKY waitFor');
  });

  it('ends with 3 when nobody can connect', async () => {
    const { code, err } = await simulate(['-n', '1', '--url', 'ws://127.0.0.1:1/ocpp', '--duration', '1']);
    expect(code).toBe(3);
    expect(err).toContain('No charger could connect to ws://127.0.0.1:1/ocpp: connect ECONNREFUSED');
  });

  it('tells no trouble that only its end makes', async () => {
    const { promise: stop, resolve } = Promise.withResolvers<void>();
    const url = await csmsUrl((csms) => {
      csms.answer('Authorize', () => new Promise(() => {}));
      void csms.next('Authorize').then(() => resolve());
    });
    const args = ['-n', '1', '--ocpp', '1.6', '--url', url, '--arrivals', '0', '--json'];
    const { out } = await simulate(args, { stop });
    expect(JSON.parse(out)).toMatchObject({ troubles: [] });
  });

  it('says how tokens become known only where they are not', async () => {
    const answer = async (status: 'Invalid' | 'Blocked') => {
      const { promise: stop, resolve } = Promise.withResolvers<void>();
      const url = await csmsUrl((csms) => {
        csms.answer('Authorize', () => ({ idTagInfo: { status } }));
        void csms.next('Authorize').then(async () => {
          // What a charger answers later, it has read later.
          for (let round = 0; round < 2; round++) await csms.call('SIM1', 'GetConfiguration', { key: [] });
          resolve();
        });
      });
      return simulate(['-n', '1', '--ocpp', '1.6', '--url', url, '--arrivals', '0'], { stop });
    };
    expect((await answer('Invalid')).err).toContain('--admit makes them known');
    const { out, err } = await answer('Blocked');
    expect(out).toContain('token refused: Blocked');
    expect(err).not.toContain('--admit');
  });

  it.each([
    [['-n', '2.5'], "--count wants a whole number from 1 to 100000, not '2.5'."],
    [['--tokens', ','], '--tokens wants at least one id token.'],
    [['--identity-prefix', 'a b'], "--identity-prefix 'a b' makes no identity: OCPP 2.x takes letters, digits and"],
    [['--ocpp', '1.5'], '--ocpp knows no 1.5; it takes 1.6, 2.0.1, 2.1.'],
    [['--failures', 'reboot=1'], "--failures knows no 'reboot'. Did you mean 'reboots'?"],
    [['--failures', 'faults'], '--failures faults wants how often per hour: faults=1.'],
    [['--stay', 'long'], "--stay wants a time such as '90 s', '5 min' or '1 h 30 min', not 'long'."],
    [['-n', '0'], "--count wants a whole number from 1 to 100000, not '0'."],
    [['--url', 'http://x'], '--url wants where chargers connect, such as ws://127.0.0.1:9000/ocpp, not'],
    [['--scenario', example, '-n', '5'], '--count is for a fleet; with --scenario the file says what happens.'],
    [['--scenario', 'no.yaml'], 'The scenario no.yaml cannot be read.'],
  ])('refuses %j', async (args, sentence) => {
    const { code, err } = await simulate(args);
    expect([2, 7]).toContain(code);
    expect(err).toContain(sentence);
  });
});

it('tells how much went over the wire from the start on', () => {
  const told: string[] = [];
  const terminal = { print: () => {}, tell: (line: string) => void told.push(line), width: undefined, colour: false };
  const moment = { stations: 1, connected: 1, accepted: 1, charging: 0, power: 0 };
  const live = new Live(terminal, new FleetMeter());
  live.show({ ...moment, seconds: 5, framesOut: 10, framesIn: 5 });
  live.show({ ...moment, seconds: 10, framesOut: 10, framesIn: 10 });
  expect(told).toEqual([
    '5 s: 1 of 1 connected, 1 booted, 0 charging, 2.0/s out, 1.0/s in',
    '10 s: 1 of 1 connected, 1 booted, 0 charging, 0.0/s out, 1.0/s in',
  ]);
});

describe('the flags', () => {
  it('make a fleet', () => {
    expect(
      fleetOptionsOf({ count: '20', ocpp: '1.6:3,2.1', arrivals: '2 min', evening: true, failures: 'slow-answers=2' }),
    ).toMatchObject({
      count: 20,
      versions: { '1.6': 3, '2.1': 1 },
      failures: { slowAnswers: 2 },
      arrival: { idleMs: 120_000, stayMs: 300_000, pattern: 'poisson', hours: homeHours },
    });
    expect(fleetOptionsOf({ arrivals: 'none' })).not.toHaveProperty('arrival');
    expect(timeOf('--stay', '1 h 30 min')).toBe(5_400_000);
    expect([0.84, 12.4, 1240].map(toMs)).toEqual(['0.8 ms', '12 ms', '1.2 s']);
  });
});
