import { once } from 'node:events';
import { array, assert as assertProperty, asyncProperty, constantFrom } from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryStore, createSimulatedHost, createStation, ManualClock, type Station } from '../src/index.ts';
import { openHostileCsms, type Behaviour, type HostileCsms } from './hostile-csms.ts';
import { advanceUntil } from './rig.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Scene {
  csms: HostileCsms;
  station: Station;
  clock: ManualClock;
  /** Of the attempts that failed, in order. */
  waits: number[];
  security: string[];
}

async function open(behaviours: Behaviour[], settings: Record<string, string> = {}): Promise<Scene> {
  const csms = await openHostileCsms(behaviours);
  const clock = new ManualClock(new Date());
  const station = createStation({
    identity: 'CP1',
    url: csms.url,
    versions: ['1.6'],
    host: createSimulatedHost({ clock, random: () => 0.5 }),
    clock,
    random: () => 0,
    store: createMemoryStore(),
    settings: { 'OCPPCommCtrlr.RetryBackOffWaitMinimum': '4', ...settings },
  });
  const waits: number[] = [];
  const security: string[] = [];
  station.events.on('connectFailed', ({ retryInMs }) => waits.push(retryInMs));
  station.events.on('securityEvent', ({ type }) => security.push(type));
  closing.push(
    () => csms.close(),
    () => station.stop(),
  );
  return { csms, station, clock, waits, security };
}

/** Moves the clock until the CSMS has seen so many attempts; answers the time that took, ms. */
async function attemptsAt({ csms, clock }: Scene, count: number): Promise<number> {
  const begin = clock.monotonicMs();
  await advanceUntil(clock, expect.poll(() => csms.attempts.length, { interval: 1 }).toBeGreaterThanOrEqual(count));
  return clock.monotonicMs() - begin;
}

const badEnds: Behaviour[] = [
  ...[1000, 1001, 1008, 1011, 1012, 1013].map((closes) => ({ closes })),
  ...[301, 302, 401, 403, 404, 429, 500, 503].map((http) => ({ http })),
  { terminates: 'at once' },
  { terminates: 'after the handshake' },
  { accepts: 'ocpp9' },
];

describe('a station at a CSMS that does not want it', () => {
  it.each(badEnds)('dials again after %o (7.3 close codes)', async (behaviour) => {
    const scene = await open([behaviour, { boots: true }]);
    scene.station.start();
    await advanceUntil(scene.clock, once(scene.station.events, 'accepted'));
    expect(scene.csms.attempts).toHaveLength(2);
  });

  it('dials again after any sequence of ends, and is accepted in the end', async () => {
    const ends = array(constantFrom(...badEnds), { minLength: 1, maxLength: 6 });
    await assertProperty(
      asyncProperty(ends, async (list) => {
        const scene = await open([...list, { boots: true }]);
        scene.station.start();
        await advanceUntil(scene.clock, once(scene.station.events, 'accepted'), 1000);
        expect(scene.csms.attempts).toHaveLength(list.length + 1);
        await scene.station.stop();
        await scene.csms.close();
      }),
      { numRuns: 10 },
    );
  });

  it('doubles its wait as often as the settings say, and keeps it then', async () => {
    const scene = await open([{ http: 404 }], { 'OCPPCommCtrlr.RetryBackOffRepeatTimes': '2' });
    scene.station.start();
    await advanceUntil(scene.clock, expect.poll(() => scene.waits.length, { interval: 1 }).toBeGreaterThan(4), 1000);
    expect(scene.waits.slice(0, 5)).toEqual([4000, 8000, 16_000, 16_000, 16_000]);
  });

  it('does not dial a CSMS in a tight loop that accepts the socket and closes it at once', async () => {
    const scene = await open([{ closes: 1000 }], { 'OCPPCommCtrlr.RetryBackOffWaitMinimum': '0' });
    scene.station.start();
    await attemptsAt(scene, 1);
    const took = await attemptsAt(scene, 5);
    expect(took).toBeGreaterThanOrEqual(1000 + 2000 + 4000 + 8000 - 1000);
  });

  it('begins with the shortest wait again once it was accepted', async () => {
    const scene = await open([{ http: 404 }, { http: 404 }, { boots: true }, { http: 404 }]);
    scene.station.start();
    await advanceUntil(scene.clock, once(scene.station.events, 'accepted'));
    scene.station.drop();
    await advanceUntil(scene.clock, expect.poll(() => scene.waits.length, { interval: 1 }).toBe(3));
    expect(scene.waits).toEqual([4000, 8000, 8000]);
  });

  it.each(['120', new Date(Date.now() + 120_000).toUTCString()])('heeds Retry-After: %s', async (value) => {
    const scene = await open([{ http: 429, headers: `Retry-After: ${value}\r\n` }]);
    scene.station.start();
    await once(scene.station.events, 'connectFailed');
    expect(scene.waits[0]).toBeGreaterThan(100_000);
    expect(scene.waits[0]).toBeLessThanOrEqual(121_000);
  });

  it('raises FailedToAuthenticateAtCsms once for a streak of 401', async () => {
    const scene = await open([{ http: 401 }, { http: 401 }, { http: 401 }, { boots: true }]);
    scene.station.start();
    await advanceUntil(scene.clock, once(scene.station.events, 'accepted'));
    expect(scene.security).toEqual(['FailedToAuthenticateAtCsms']);
  });

  it('does not follow a redirection', async () => {
    const scene = await open([{ http: 302, headers: 'Location: ws://127.0.0.1:1/elsewhere\r\n' }]);
    scene.station.start();
    const [failure] = await once(scene.station.events, 'connectFailed');
    expect(failure).toMatchObject({ kind: 'refused', statusCode: 302 });
  });

  it('closes with 1009 on a frame that is too long, and comes back', async () => {
    const scene = await open([{ boots: true }]);
    scene.station.start();
    await once(scene.station.events, 'accepted');
    const [socket] = scene.csms.sockets;
    const closed = once(socket ?? scene.station.events, 'close');
    socket?.send('x'.repeat(2_000_000));
    expect((await closed)[0]).toBe(1009);
    await advanceUntil(scene.clock, once(scene.station.events, 'accepted'));
  });

  it('drops a socket on which pings are not answered, by the monotonic clock, and dials again (7.2 monotonic clock)', async () => {
    const scene = await open([{ boots: true }], { 'OCPPCommCtrlr.WebSocketPingInterval': '10' });
    scene.station.start();
    await once(scene.station.events, 'accepted');
    const [socket] = scene.csms.sockets;
    socket?.pause();
    const gone = once(scene.station.events, 'disconnected');
    scene.clock.setTime('2031-01-01T00:00:00Z');
    scene.clock.advance(10_000);
    scene.clock.advance(4999);
    expect(scene.station.isConnected).toBe(true);
    scene.clock.advance(1);
    await gone;
    await advanceUntil(scene.clock, once(scene.station.events, 'accepted'));
  });

  it('answers the pings of the CSMS', async () => {
    const scene = await open([{ boots: true }]);
    scene.station.start();
    await once(scene.station.events, 'accepted');
    const [socket] = scene.csms.sockets;
    const pong = once(socket ?? scene.station.events, 'pong');
    socket?.ping('are you there');
    expect(String((await pong)[0])).toBe('are you there');
  });
});

const invalidFrames = ['{Malformed', '[2]', '[]', '[99,"1"]', 'null', '[2,7,{}]', '[3,"unknown",{}]', '[4,"x"]'];

describe('frames that are none', () => {
  it.each(invalidFrames)('survives %s', async (frame) => {
    const scene = await open([{ boots: true }]);
    scene.station.start();
    await once(scene.station.events, 'accepted');
    const [socket] = scene.csms.sockets;
    socket?.send(frame);
    socket?.send(JSON.stringify([2, 'after', 'GetConfiguration', { key: ['HeartbeatInterval'] }]));
    await expect.poll(() => scene.csms.frames.some((text) => text.startsWith('[3,"after"'))).toBe(true);
    expect(scene.station.isConnected).toBe(true);
  });

  it('answers bytes that are no UTF-8 with GenericError and the id -1 (case 23) [invalid_encoding_in_payload]', async () => {
    const scene = await open([{ boots: true }]);
    scene.station.start();
    await once(scene.station.events, 'accepted');
    scene.csms.sockets[0]?.send(Buffer.from([0x5b, 0xff, 0xfe, 0x5d]), { binary: false });
    await expect.poll(() => scene.csms.frames.find((text) => text.startsWith('[4,"-1","GenericError"'))).toBeDefined();
    expect(scene.station.isConnected).toBe(true);
  });

  it.each([
    [{ key: 'HeartbeatInterval' }, /^\[4,"w","OccurenceConstraintViolation"/],
    [{ key: ['HeartbeatInterval'], value: '0' }, /^\[4,"w","TypeConstraintViolation"/],
    [{ key: 'k'.repeat(51), value: '1' }, /^\[4,"w","PropertyConstraintViolation"/],
  ])(
    'refuses ChangeConfiguration %o (case 22) [missing_payload_field, wrong_payload_type, too_long_payload_field]',
    async (payload, answer) => {
      const scene = await open([{ boots: true }]);
      scene.station.start();
      await once(scene.station.events, 'accepted');
      scene.csms.sockets[0]?.send(JSON.stringify([2, 'w', 'ChangeConfiguration', payload]));
      await expect.poll(() => scene.csms.frames.find((text) => /^\[[34],"w"/.test(text))).toMatch(answer);
    },
  );

  it('refuses to read a key whose name is too long to be named in the answer', async () => {
    const scene = await open([{ boots: true }]);
    scene.station.start();
    await once(scene.station.events, 'accepted');
    scene.csms.sockets[0]?.send(JSON.stringify([2, 'w', 'GetConfiguration', { key: ['k'.repeat(51)] }]));
    await expect.poll(() => scene.csms.frames.find((text) => /^\[[34],"w"/.test(text))).toMatch(/Property/);
  });

  it('answers a flood of requests in order, and with InternalError what is too much', async () => {
    const scene = await open([{ boots: true }]);
    scene.station.start();
    await once(scene.station.events, 'accepted');
    const before = scene.csms.frames.length;
    for (let n = 0; n < 200; n++) scene.csms.sockets[0]?.send(JSON.stringify([2, `f${n}`, 'GetLocalListVersion', {}]));
    await expect.poll(() => scene.csms.frames.length - before).toBeGreaterThanOrEqual(200);
    const answers = scene.csms.frames.slice(before).filter((text) => /^\[[34],"f/.test(text));
    expect(answers).toHaveLength(200);
    expect(scene.station.isConnected).toBe(true);
  });
});
