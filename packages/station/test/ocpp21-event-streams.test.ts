import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { nextEvent } from './events.ts';
import { openRig21, until, type Rig21, type Rig21Options } from './rig21.ts';

let rig: Rig21;

const open = async (options: Rig21Options = {}) => (rig = await openRig21(options));

afterEach(() => rig.close());

const power = { component: { name: 'EVSE', evse: { id: 1 } }, variable: { name: 'Power' } };
const heartbeat = { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } };

const monitor = (more: object = {}) => ({ ...power, type: 'Periodic', value: 1, severity: 5, ...more });
const set = (...setMonitoringData: object[]) => rig.call('SetVariableMonitoring', { setMonitoringData });
const streams = () => rig.call('GetPeriodicEventStream', {});

/** A monitor every second whose stream the CSMS has taken. */
async function openStream(params: object, more: object = {}): Promise<void> {
  rig.csms.answer('OpenPeriodicEventStream', () => ({ status: 'Accepted' }));
  await set(monitor({ periodicEventStream: params, ...more }));
  await rig.csms.next('OpenPeriodicEventStream');
  for (let tries = 0; tries < 100; tries++) if (JSON.stringify(await streams()).includes('constant')) return;
  throw new Error('the stream was not opened');
}

const opened = () => rig.csms.received.filter(({ action }) => action === 'OpenPeriodicEventStream');

const sizesOf = (messages: readonly object[]) =>
  messages.map((message) => ('data' in message && Array.isArray(message.data) ? message.data.length : 0));

describe('periodic event streams of OCPP 2.1', () => {
  it('are opened for a monitor and tell its values by SEND (N11, N15)', async () => {
    await open();
    rig.csms.answer('OpenPeriodicEventStream', () => ({ status: 'Accepted' }));
    const params = { interval: 10, values: 3 };
    expect(await set(monitor({ periodicEventStream: params }))).toMatchObject({
      setMonitoringResult: [{ status: 'Accepted', id: 1001 }],
    });
    const constantStreamData = { id: 1001, params, variableMonitoringId: 1001 };
    expect(await rig.csms.next('OpenPeriodicEventStream')).toEqual({ constantStreamData });
    await expect.poll(streams).toEqual({ constantStreamData: [constantStreamData] });
    const begun = rig.clock.now().getTime();
    rig.clock.advance(3000);
    expect(await rig.csms.next('NotifyPeriodicEventStream')).toEqual({
      id: 1001,
      pending: 0,
      basetime: new Date(begun + 1000).toISOString(),
      data: [0, 1, 2].map((t) => ({ t, v: '0' })),
    });
    expect(JSON.stringify(rig.csms.received)).not.toContain('"trigger":"Periodic"');
  });

  it('tell after the interval what there is', async () => {
    await open();
    await openStream({ interval: 10 });
    rig.clock.advance(10_500);
    const message = await rig.csms.next('NotifyPeriodicEventStream');
    expect(sizesOf([message])[0]).toBeGreaterThanOrEqual(9);
  });

  it('tell after the interval also when the clock was set back (7.2 monotonic clock)', async () => {
    await open();
    await openStream({ interval: 10 });
    rig.clock.setTime('2020-01-01T00:00:00Z');
    rig.clock.advance(10_500);
    expect(sizesOf([await rig.csms.next('NotifyPeriodicEventStream')])[0]).toBeGreaterThanOrEqual(9);
  });

  it('go on by events when the CSMS refuses', async () => {
    await open();
    rig.csms.answer('OpenPeriodicEventStream', () => ({ status: 'Rejected' }));
    await set(monitor({ periodicEventStream: { values: 1 } }));
    await rig.csms.next('OpenPeriodicEventStream');
    for (let tries = 0; tries < 20; tries++) await streams();
    rig.clock.advance(1000);
    expect(await nextEvent(rig.csms, 'Power')).toMatchObject({ eventData: [{ variableMonitoringId: 1001 }] });
    expect(await streams()).toEqual({});
  });

  it('are adjusted (N14)', async () => {
    await open();
    await openStream({ values: 5 });
    const adjust = (id: number, params: object) => rig.call('AdjustPeriodicEventStream', { id, params });
    expect(await adjust(7, { values: 2 })).toMatchObject({
      status: 'Rejected',
      statusInfo: { reasonCode: 'NotFound' },
    });
    expect(await adjust(1001, { values: 0 })).toMatchObject({ status: 'Rejected' });
    expect(await adjust(1001, { values: 2 })).toEqual({ status: 'Accepted' });
    expect(await streams()).toMatchObject({ constantStreamData: [{ params: { values: 2 } }] });
    rig.clock.advance(2000);
    expect(sizesOf([await rig.csms.next('NotifyPeriodicEventStream')])).toEqual([2]);
  });

  it.each([
    ['cleared', (id: number) => rig.call('ClearVariableMonitoring', { id: [id] })],
    ['replaced by one without stream', (id: number) => set(monitor({ id }))],
    ['forgotten with all others', () => rig.call('SetMonitoringBase', { monitoringBase: 'FactoryDefault' })],
  ])('are closed when the monitor is %s (N13)', async (_how, end) => {
    await open();
    await openStream({ values: 5 });
    rig.clock.advance(2000);
    await end(1001);
    expect(sizesOf([await rig.csms.next('NotifyPeriodicEventStream')])).toEqual([2]);
    expect(await rig.csms.next('ClosePeriodicEventStream')).toEqual({ id: 1001 });
    expect(await streams()).toEqual({});
  });

  it('keep their values while the CSMS is away, and tell how many wait (N15)', async () => {
    await open({ settings: { 'InternalCtrlr.MaxMessageSize': '4096' } });
    await openStream({ interval: 30 });
    await rig.disconnect();
    const back = once(rig.station.events, 'accepted');
    rig.clock.advance(400_000);
    await back;
    rig.clock.advance(30_000);
    const messages: object[] = [];
    for (let pending = 1; pending > 0;) {
      const message = await rig.csms.next('NotifyPeriodicEventStream');
      messages.push(message);
      pending = 'pending' in message ? Number(message.pending) : 0;
    }
    expect(messages.length).toBeGreaterThan(1);
    expect(sizesOf(messages).reduce((sum, size) => sum + size, 0)).toBeGreaterThanOrEqual(400);
    expect(rig.csms.received.filter(({ action }) => action === 'OpenPeriodicEventStream')).toHaveLength(1);
  });

  it('are opened again after a restart', async () => {
    await open();
    await openStream({ values: 1 });
    await rig.restart();
    expect(await rig.csms.next('OpenPeriodicEventStream')).toMatchObject({ constantStreamData: { id: 1001 } });
    await expect.poll(async () => JSON.stringify(await streams())).toContain('1001');
    rig.clock.advance(1000);
    expect(sizesOf([await rig.csms.next('NotifyPeriodicEventStream')])).toEqual([1]);
  });

  it('keep over a power cut what was gathered offline, if it is severe enough for events to be kept (N08, N15)', async () => {
    await open();
    await openStream({ interval: 30 }, { severity: 4 });
    await set(monitor({ severity: 5, value: 2, periodicEventStream: { interval: 30 } }));
    await until(() => opened().length === 2);
    await rig.csms.refuse(true);
    await rig.disconnect();
    rig.clock.advance(10_000);
    await rig.station.stop();
    await rig.csms.refuse(false);
    await rig.restart();
    await until(() => opened().length === 4);
    for (let tries = 0; tries < 20; tries++) await streams();
    const ahead = rig.clock.now().getTime();
    rig.clock.advance(30_000);
    const message = await rig.csms.next('NotifyPeriodicEventStream');
    expect(message).toMatchObject({ id: 1001, basetime: new Date(ahead - 10_000 + 1000).toISOString() });
    expect(sizesOf([message])[0]).toBeGreaterThanOrEqual(39);
    const other = await rig.csms.next('NotifyPeriodicEventStream');
    expect(other).toMatchObject({ id: 1002 });
    expect(sizesOf([other])[0]).toBeLessThanOrEqual(15);
    await rig.restart();
    await until(() => opened().length === 6);
    for (let tries = 0; tries < 20; tries++) await streams();
    rig.clock.advance(30_000);
    expect(sizesOf([await rig.csms.next('NotifyPeriodicEventStream')])[0]).toBeLessThanOrEqual(30);
  });

  it('have limits: so many, and no conditions', async () => {
    await open({ settings: { 'MonitoringCtrlr.MaxPeriodicEventStreams': '1' } });
    const periodicEventStream = { values: 10 };
    const asked = [
      monitor({ periodicEventStream, type: 'UpperThreshold' }),
      monitor({ ...heartbeat, periodicEventStream, type: 'Delta' }),
      monitor({ periodicEventStream }),
      monitor({ severity: 4 }),
    ];
    expect(await set(...asked)).toMatchObject({
      setMonitoringResult: [
        { status: 'Rejected', statusInfo: { reasonCode: 'InvalidValue' }, type: 'UpperThreshold' },
        { status: 'Accepted', type: 'Delta' },
        { status: 'Rejected', statusInfo: { reasonCode: 'TooManyElements' } },
        { status: 'Accepted', severity: 4 },
      ],
    });
  });

  it('need one timer in all', async () => {
    await open();
    await openStream({ interval: 60 });
    const before = rig.clock.pending;
    for (const severity of [1, 2, 3]) await set(monitor({ severity, periodicEventStream: { interval: 60 } }));
    await until(() => rig.csms.received.filter(({ action }) => action === 'OpenPeriodicEventStream').length === 4);
    for (let tries = 0; tries < 20; tries++) await streams();
    expect(rig.clock.pending).toBe(before);
  });
});
