import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { createFleet, createSimulatedHost, createStation, ManualClock, type Station } from '../src/index.ts';
import { openCsms, type Csms } from './csms.ts';
import { advanceUntil } from './rig.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) {
    await close();
  }
});

async function csms(): Promise<Csms> {
  const opened = await openCsms();
  closing.push(() => opened.close());
  return opened;
}

function station(url: string, clock: ManualClock, more: { password?: string } = {}): Station {
  const host = createSimulatedHost({ clock, random: () => 0.5 });
  const made = createStation({ identity: 'CP1', url, versions: ['1.6'], host, clock, random: () => 0.5, ...more });
  closing.push(() => made.stop());
  return made;
}

/** An HTTP server that refuses every upgrade. */
async function refusing(status: string, headers = '') {
  const requests: string[] = [];
  const server = createServer();
  server.on('upgrade', (request, socket) => {
    requests.push(request.headers.authorization ?? '');
    socket.end(`HTTP/1.1 ${status}\r\n${headers}Content-Length: 0\r\n\r\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  const port = address && typeof address === 'object' ? address.port : 0;
  return { url: `ws://127.0.0.1:${port}/ocpp`, requests };
}

it('says why it cannot connect, sends its password, and tries again after a growing wait', async () => {
  const { url, requests } = await refusing('401 Unauthorized');
  const clock = new ManualClock();
  const refused = station(url, clock, { password: 'secret-secret-12' });
  refused.start();
  const waits: number[] = [];
  for (let attempt = 0; attempt < 3; attempt++) {
    const failure = once(refused.events, 'connectFailed');
    if (attempt > 0) clock.advance(waits.at(-1) ?? 0);
    const [{ statusCode, retryInMs }] = await failure;
    expect(statusCode).toBe(401);
    waits.push(retryInMs);
  }
  expect(waits).toEqual([8000, 21_000, 47_000]);
  expect(requests[0]).toBe(`Basic ${Buffer.from('CP1:secret-secret-12').toString('base64')}`);
});

it('waits as long as Retry-After says', async () => {
  const { url } = await refusing('503 Service Unavailable', 'Retry-After: 120\r\n');
  const refused = station(url, new ManualClock());
  const failure = once(refused.events, 'connectFailed');
  refused.start();
  expect(await failure).toMatchObject([{ statusCode: 503, retryInMs: 120_000 }]);
});

it('comes back without a boot after the connection was lost, and boots again after stop and start', async () => {
  const central = await csms();
  const clock = new ManualClock();
  const alive = station(central.url, clock);
  const accepted = once(alive.events, 'accepted');
  alive.start();
  await accepted;
  alive.drop();
  await once(alive.events, 'disconnected');
  expect(alive.isConnected).toBe(false);
  await advanceUntil(clock, once(alive.events, 'accepted'));
  const boots = () => central.received.filter(({ action }) => action === 'BootNotification').length;
  expect(boots()).toBe(1);
  await alive.stop();
  await alive.stop();
  alive.start();
  await once(alive.events, 'accepted');
  expect(boots()).toBe(2);
});

it('stops while it connects, and leaves nothing behind', async () => {
  const clock = new ManualClock();
  const never = station('ws://127.0.0.1:1/ocpp', clock);
  never.start();
  await never.stop();
  expect(clock.pending).toBe(0);
});

it('runs a fleet of both versions that charges, and stops it clean', async () => {
  const central = await csms();
  const clock = new ManualClock();
  const fleet = createFleet({
    count: 20,
    url: central.url,
    identityPrefix: 'F-',
    clock,
    rampMs: 1000,
    arrival: { idTokens: ['A', 'B'], idleMs: 5000, stayMs: 60_000 },
  });
  const ended = Promise.all(fleet.members.map(({ station: member }) => once(member.events, 'transactionEnded')));
  fleet.start();
  await advanceUntil(clock, ended);
  await fleet.stop();
  expect(clock.pending).toBe(0);
  expect(central.violations).toEqual([]);
  expect(new Set(central.received.map(({ identity }) => identity)).size).toBe(20);
  const actions = new Set(central.received.map(({ action }) => action));
  for (const action of ['StartTransaction', 'StopTransaction', 'TransactionEvent']) expect(actions).toContain(action);
});
