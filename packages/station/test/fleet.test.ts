import { once } from 'node:events';
import { WebSocketServer } from 'ws';
import { afterEach, describe, expect, it } from 'vitest';
import { createFleet, FleetMeter, ManualClock, seeded, type Fleet } from '../src/index.ts';
import { openCsms } from './csms.ts';
import { advanceUntil } from './rig.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** A CSMS that accepts whatever comes, and may die with all its connections. */
async function openMortal(port = 0) {
  const server = new WebSocketServer({
    port,
    host: '127.0.0.1',
    handleProtocols: (protocols) => [...protocols][0] ?? false,
  });
  server.on('connection', (socket) =>
    socket.on('message', (data) => {
      const [kind, id] = JSON.parse(String(data));
      const answer = { status: 'Accepted', currentTime: new Date().toISOString(), interval: 86_400 };
      if (kind === 2) socket.send(JSON.stringify([3, id, answer]));
    }),
  );
  await once(server, 'listening');
  const address = server.address();
  const die = () => {
    for (const client of server.clients) client.terminate();
    return new Promise((resolve) => server.close(resolve));
  };
  closing.push(die);
  return { port: typeof address === 'object' && address !== null ? address.port : 0, die };
}

async function allAccepted(fleet: Fleet, clock: ManualClock): Promise<void> {
  for (let turn = 0; turn < 20_000 && fleet.members.some(({ station }) => !station.isConnected); turn++) {
    clock.advance(1);
    await nextTurn();
  }
}

describe('a reconnect storm', () => {
  it('is spread by the back-off: all dial again within (minimum + range) · 2^n, and never too many at once', async () => {
    const count = 500;
    const [minimumMs, rangeMs] = [2000, 10_000];
    const csms = await openMortal();
    const clock = new ManualClock();
    const fleet = createFleet({
      count,
      url: `ws://127.0.0.1:${csms.port}/ocpp`,
      versions: ['1.6'],
      clock,
      random: seeded(7),
      rampMs: 1000,
      backOff: { minimumMs, rangeMs, doublings: 2, maximumMs: 300_000 },
    });
    closing.push(() => fleet.stop());
    fleet.start();
    await allAccepted(fleet, clock);
    await csms.die();
    while (fleet.members.some(({ station }) => station.isConnected)) await nextTurn();
    // Nothing waits now but the next attempt of each, so what is missing from those that wait has dialled.
    expect(clock.pending).toBe(count);
    const diedAt = clock.now().getTime();
    const dials: number[] = [];
    const late: unknown[] = [];
    const waits = new Map<string, number[]>();
    for (const { identity } of fleet.members) waits.set(identity, []);
    for (const { identity, station } of fleet.members) {
      station.events.on('connectFailed', ({ retryInMs }) => void waits.get(identity)?.push(retryInMs));
    }
    for (let window = 0; window < 800; window++) {
      clock.advance(100);
      dials.push(count - clock.pending);
      while (clock.pending < count) await nextTurn();
      const ms = clock.now().getTime() - diedAt;
      if (ms === minimumMs + rangeMs) late.push(...[...waits.values()].filter((own) => own.length === 0));
    }
    expect(dials.slice(0, minimumMs / 100 - 1).filter((dialled) => dialled > 0)).toEqual([]);
    expect(late).toEqual([]);
    // On average 5 of 500 in a window of 100 ms when they are spread over 10 s.
    expect(Math.max(...dials)).toBeLessThanOrEqual(15);
    for (const own of waits.values()) {
      expect(own.length).toBeGreaterThanOrEqual(2);
      for (const [n, wait] of own.slice(0, 3).entries()) {
        // Each doubling adds a random part of its own, so that the sum stays below (minimum + range) · 2^(k + 1).
        const factor = 2 ** Math.min(n + 1, 2);
        expect(wait).toBeLessThanOrEqual(minimumMs * factor + rangeMs * (2 * factor - 1));
        expect(wait).toBeGreaterThanOrEqual(minimumMs * factor);
      }
    }
    const again = await openMortal(csms.port);
    expect(again.port).toBe(csms.port);
    const before = clock.now().getTime();
    for (let turn = 0; turn < 1000 && fleet.members.some(({ station }) => !station.isConnected); turn++) {
      const waiting = clock.pending;
      clock.advance(100);
      const due = waiting - clock.pending;
      for (let settle = 0; settle < 20 + due; settle++) await nextTurn();
    }
    expect(fleet.members.every(({ station }) => station.isConnected)).toBe(true);
    expect(clock.now().getTime() - before).toBeLessThanOrEqual((minimumMs + rangeMs) * 2 ** 3);
  });
});

describe('a fleet', () => {
  it('is made of versions, identities and models as asked, grows and shrinks while it runs, and counts', async () => {
    const csms = await openCsms();
    closing.push(() => csms.close());
    const clock = new ManualClock(new Date());
    const meter = new FleetMeter();
    const fleet = createFleet({
      count: 4,
      url: csms.url,
      versions: { '1.6': 3, '2.0.1': 1 },
      identity: 'D{n:3}-{version}',
      models: [
        { vendor: 'Acme', model: 'AC-22' },
        { vendor: 'Volt', model: 'DC-50' },
      ],
      clock,
      random: seeded(4),
      ramp: 'growing',
      onStation: (station) => meter.watch(station),
    });
    closing.push(() => fleet.stop());
    expect(fleet.members.map(({ identity }) => identity)).toEqual(['D001-1.6', 'D002-1.6', 'D003-2.0.1', 'D004-1.6']);
    fleet.start();
    await allAccepted(fleet, clock);
    fleet.add(2, 100);
    await allAccepted(fleet, clock);
    expect(fleet.members).toHaveLength(6);
    await expect.poll(() => meter.figures.boots.get('Accepted')).toBe(6);
    await fleet.remove(3);
    expect(fleet.members.map(({ identity }) => identity)).toEqual(['D001-1.6', 'D002-1.6', 'D003-2.0.1']);
    expect(meter.figures).toMatchObject({ connects: 6, reconnects: 0, disconnects: 3 });
    expect(meter.figures.calls.get('BootNotification')).toBe(6);
    expect(meter.figures.latency.count).toBeGreaterThanOrEqual(6);
    const boots = csms.received.filter(({ action }) => action === 'BootNotification');
    expect(boots.map(({ payload }) => JSON.stringify(payload).includes('Acme'))).toContain(false);
    expect(csms.violations).toEqual([]);
  });

  it('goes on through reboots, lost connections, wrong and slow answers, and faults', async () => {
    const csms = await openCsms();
    closing.push(() => csms.close());
    const clock = new ManualClock(new Date());
    const meter = new FleetMeter();
    const struck = new Set<string>();
    const fleet = createFleet({
      count: 6,
      url: csms.url,
      clock,
      random: seeded(11),
      rampMs: 500,
      arrival: { idTokens: ['A'], idleMs: 20_000, stayMs: 60_000, pattern: 'poisson' },
      failures: { reboots: 20, disconnects: 20, slowAnswers: 20, wrongAnswers: 20, faults: 20 },
      onStation: (station) => meter.watch(station),
      onFailure: (kind) => struck.add(kind),
    });
    fleet.start();
    const enough = new Promise<void>((resolve) => {
      const look = () => {
        if (struck.size === 5 && meter.figures.reconnects > 3 && meter.figures.sessionsEnded > 5) resolve();
        else setImmediate(look);
      };
      look();
    });
    await advanceUntil(clock, enough, 500);
    await fleet.stop();
    await expect.poll(() => clock.pending).toBe(0);
    expect(meter.figures.energyWh).toBeGreaterThan(0);
    expect(meter.figures.boots.get('Accepted')).toBeGreaterThan(6);
  });
});
