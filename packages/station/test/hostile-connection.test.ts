import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { openChargingScene, versions, type ChargingScene } from './charging-scene.ts';
import { advanceUntil } from './rig.ts';

let scene: ChargingScene;

afterEach(() => scene.close());

const codes = [1000, 1001, 1006, 1008, 1011, 1012, 1013];
const statuses = [301, 302, 401, 403, 404, 429, 500, 503];

describe.each(versions)('a vehicle charges on at a CSMS of OCPP %s that', (version) => {
  it('hangs up with every code (7.3 close codes)', async () => {
    scene = await openChargingScene(version);
    for (const code of codes) {
      const gone = once(scene.station.events, 'disconnected');
      await scene.csms.hangUp(code);
      await gone;
      await scene.goesOn();
      expect(scene.station.isConnected).toBe(true);
    }
  });

  it('refuses it with every status, never in a tight loop (7.3 close codes)', async () => {
    scene = await openChargingScene(version);
    for (const status of statuses) {
      scene.csms.door = status;
      const gone = once(scene.station.events, 'disconnected');
      await scene.csms.hangUp(1001);
      await gone;
      const before = scene.csms.attempts;
      await scene.pass(300);
      expect(scene.csms.attempts - before).toBeLessThan(30);
      scene.csms.door = undefined;
      await scene.goesOn();
    }
  });

  it('speaks another subprotocol for a while (7.3 subprotocol)', async () => {
    scene = await openChargingScene(version);
    scene.csms.door = 'ocpp9';
    const gone = once(scene.station.events, 'disconnected');
    await scene.csms.hangUp(1012);
    await gone;
    const before = scene.csms.attempts;
    await scene.pass(300);
    expect(scene.csms.attempts - before).toBeLessThan(30);
    scene.csms.door = undefined;
    await scene.goesOn();
  });

  it('does not answer for hours: no heartbeats pile up, and it goes on with the next message (7.3 no answer)', async () => {
    scene = await openChargingScene(version, { callTimeoutMs: 20 });
    const { csms, clock } = scene;
    const begin = { ms: clock.monotonicMs(), calls: csms.calls.length };
    csms.mood = () => undefined;
    for (let more = 1; more <= 8; more++) {
      const hears = () => csms.calls.length >= begin.calls + more;
      await advanceUntil(clock, expect.poll(hears, { interval: 1 }).toBe(true), 1000);
    }
    csms.mood = undefined;
    await scene.goesOn();
    const heartbeats = csms.calls.slice(begin.calls).filter(({ action }) => action === 'Heartbeat').length;
    expect(heartbeats).toBeLessThanOrEqual((clock.monotonicMs() - begin.ms) / 300_000 + 1);
  });

  it('does not answer what is told of a transaction: it is asked whether it is there (7.3 no answer)', async () => {
    scene = await openChargingScene(version, { callTimeoutMs: 200 });
    const { csms, clock } = scene;
    csms.mood = ({ id, action }) =>
      action === 'Heartbeat' ? JSON.stringify([3, id, { currentTime: clock.now().toISOString() }]) : undefined;
    const before = csms.pings;
    clock.advance(60_000);
    await expect.poll(() => csms.pings, { timeout: 10_000 }).toBeGreaterThan(before);
    csms.mood = undefined;
    await scene.goesOn();
  });

  it('answers everything with errors for a while (7.3 answers to nothing)', async () => {
    scene = await openChargingScene(version);
    scene.csms.mood = ({ id }) => JSON.stringify([4, id, 'InternalError', 'x'.repeat(3000), {}]);
    await scene.pass(600);
    expect(scene.station.isConnected).toBe(true);
    scene.csms.mood = undefined;
    await scene.goesOn();
  });
});

describe('a CSMS of OCPP 1.6 that answers late', () => {
  it('over the next connection, settles nothing: the start is sent again, and has the id of the answer to that', async () => {
    scene = await openChargingScene('1.6');
    const { csms, clock, host, station } = scene;
    const ids: string[] = [];
    csms.mood = ({ id, action }) => {
      const accepted = { idTagInfo: { status: 'Accepted' } };
      if (action !== 'StartTransaction') return JSON.stringify([3, id, action === 'Authorize' ? accepted : {}]);
      ids.push(id);
      if (ids.length === 1) return undefined;
      csms.send(JSON.stringify([3, ids[0], { transactionId: 1, ...accepted }]));
      return JSON.stringify([3, id, { transactionId: 2, ...accepted }]);
    };
    host.plug(2, { soc: 10 });
    host.presentToken(2, 'CARD2');
    await expect.poll(() => ids.length).toBe(1);
    const gone = once(station.events, 'disconnected');
    const confirmed = once(station.events, 'transactionConfirmed');
    await csms.hangUp(1006);
    await gone;
    await advanceUntil(clock, confirmed);
    csms.mood = undefined;
    host.unplug(2);
    const stop = () => csms.calls.find(({ action }) => action === 'StopTransaction')?.payload.transactionId;
    await advanceUntil(clock, expect.poll(stop, { interval: 1 }).toBe(2));
    expect(new Set(ids).size).toBe(2);
    await scene.goesOn();
  });

  it('over the same connection, is heard: the start is not sent again, and its stop has the id of the late answer', async () => {
    scene = await openChargingScene('1.6', { callTimeoutMs: 200 });
    const { csms, clock, host, station } = scene;
    const ids: string[] = [];
    csms.mood = ({ id, action }) => {
      if (action === 'StartTransaction') ids.push(id);
      const answer = action === 'Authorize' ? { idTagInfo: { status: 'Accepted' } } : {};
      return action === 'StartTransaction' ? undefined : JSON.stringify([3, id, answer]);
    };
    const pings = csms.pings;
    host.plug(2, { soc: 10 });
    host.presentToken(2, 'CARD2');
    await expect.poll(() => csms.pings, { timeout: 10_000 }).toBeGreaterThan(pings);
    csms.send(JSON.stringify([3, ids[0], { transactionId: 7, idTagInfo: { status: 'Accepted' } }]));
    await csms.ask('GetConfiguration', {});
    const confirmed = once(station.events, 'transactionConfirmed');
    await advanceUntil(clock, confirmed);
    csms.mood = undefined;
    host.unplug(2);
    const stop = () => csms.calls.find(({ action }) => action === 'StopTransaction')?.payload.transactionId;
    await advanceUntil(clock, expect.poll(stop, { interval: 1 }).toBe(7));
    expect(ids).toHaveLength(1);
    await scene.goesOn();
  });
});
