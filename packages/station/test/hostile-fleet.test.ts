import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { createFleet, ManualClock, type Fleet } from '../src/index.ts';
import { portOf } from './hostile-csms.ts';
import { advanceUntil } from './rig.ts';

const count = 1000;

/** Timers of the station's clock that one station may have at a time. */
const timersEach = 8;

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

function heapMiB(): number {
  if (typeof collect === 'function') collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

interface Swarm {
  server: WebSocketServer;
  fleet: Fleet;
  clock: ManualClock;
  seen: { sockets: number; frames: number };
}

let swarm: Swarm;

afterEach(async () => {
  await swarm.fleet.stop();
  for (const socket of swarm.server.clients) socket.terminate();
  await new Promise((resolve) => swarm.server.close(resolve));
}, 60_000);

/** Stations at a CSMS that does this to each socket and to each frame. */
async function open(greet: (socket: WebSocket) => void, hear: (socket: WebSocket, text: string) => void = () => {}) {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: (offered) => [...offered][0] ?? false,
  });
  const seen = { sockets: 0, frames: 0 };
  server.on('connection', (socket) => {
    seen.sockets++;
    socket.on('error', () => {});
    socket.on('message', (data: Buffer) => {
      seen.frames++;
      hear(socket, data.toString());
    });
    greet(socket);
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const clock = new ManualClock(new Date());
  const url = `ws://127.0.0.1:${portOf(server.address())}/ocpp`;
  const fleet = createFleet({
    count,
    url,
    clock,
    random: () => 0.5,
    versions: ['1.6', '2.0.1', '2.1'],
    rampMs: 10_000,
  });
  swarm = { server, fleet, clock, seen };
  fleet.start();
  return swarm;
}

async function reaches({ clock }: Swarm, isReached: () => boolean, stepMs = 1000): Promise<void> {
  await advanceUntil(clock, expect.poll(isReached, { interval: 5, timeout: 100_000 }).toBe(true), stepMs);
}

async function timersLeft({ fleet, clock }: Swarm): Promise<number> {
  await fleet.stop();
  return clock.pending;
}

async function pass({ clock }: Swarm, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 10) {
    clock.advance(10_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a thousand stations', { timeout: 120_000 }, () => {
  it('at a CSMS that never answers: nothing piles up (7.3 many stations)', async () => {
    const here = await open(() => {});
    await reaches(here, () => here.seen.frames >= count, 50);
    const before = { heap: heapMiB(), frames: here.seen.frames };
    await pass(here, 3600);
    expect(here.seen.frames - before.frames).toBeLessThan(3 * count);
    expect(here.clock.pending).toBeLessThanOrEqual(timersEach * count);
    expect(heapMiB() - before.heap).toBeLessThan(30);
    expect(await timersLeft(here)).toBe(0);
  });

  it('at a CSMS that closes at once: they wait longer and longer (7.3 many stations)', async () => {
    const here = await open((socket) => socket.close(1001));
    await reaches(here, () => here.seen.sockets >= count, 50);
    const before = { heap: heapMiB(), sockets: here.seen.sockets };
    await pass(here, 600);
    expect(here.seen.sockets - before.sockets).toBeLessThan(12 * count);
    expect(here.clock.pending).toBeLessThanOrEqual(timersEach * count);
    expect(heapMiB() - before.heap).toBeLessThan(30);
    expect(await timersLeft(here)).toBe(0);
  });

  it('at a CSMS that floods them: what is too much is refused, and nothing is kept (7.3 many stations)', async () => {
    const here = await open((socket) => {
      for (let n = 0; n < 40; n++) socket.send(JSON.stringify([2, `f${n}`, 'GetLocalListVersion', {}]));
      for (const text of ['{', '[]', '[3,"x",{}]', '[9]']) socket.send(text);
    });
    await reaches(here, () => here.seen.frames >= 40 * count, 50);
    const before = heapMiB();
    for (let round = 0; round < 2; round++) {
      const { frames } = here.seen;
      for (const socket of here.server.clients)
        for (let n = 0; n < 10; n++) socket.send(JSON.stringify([2, `r${round}-${n}`, 'ClearCache', {}]));
      await reaches(here, () => here.seen.frames - frames >= 10 * count, 1);
    }
    expect(heapMiB() - before).toBeLessThan(30);
    expect(here.clock.pending).toBeLessThanOrEqual(timersEach * count);
    expect(await timersLeft(here)).toBe(0);
  });
});
