import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { StationError } from '../src/index.ts';
import { nextEvent } from './events.ts';
import { advanceUntil } from './rig.ts';
import { openRig21, type Rig21, type Rig21Options } from './rig21.ts';

let rig: Rig21;

afterEach(() => rig.close());

async function open(options: Rig21Options): Promise<void> {
  settledAt = 0;
  rig = await openRig21(options);
}

const hot: StationError = {
  id: 'hot',
  code: 'HighTemperature',
  info: 'inlet at 71 °C',
  vendorId: 'https://chargex.inl.gov',
  vendorErrorCode: 'CX003',
};
const weak: StationError = { id: 'weak', code: 'WeakSignal' };

let settledAt = 0;

/** Waits until everything has arrived; answers what was told since it was asked last. */
async function settled(): Promise<object[]> {
  await rig.call('TriggerMessage', { requestedMessage: 'Heartbeat' });
  await rig.csms.next('Heartbeat');
  const all = rig.csms.received.slice(settledAt);
  settledAt += all.length;
  return all.filter(({ action }) => ['StatusNotification', 'NotifyEvent'].includes(action)).map(told);
}

function told({ payload }: { payload: object }): object {
  const { timestamp: _, ...rest }: { timestamp?: unknown } = { ...payload };
  return rest;
}

const online = () => advanceUntil(rig.clock, once(rig.station.events, 'accepted'));

describe('errors that keep nobody from charging, in OCPP 1.6', () => {
  const status = (more: object) => ({ connectorId: 1, errorCode: 'NoError', status: 'Available', ...more });
  const ofHot = { vendorId: hot.vendorId, vendorErrorCode: 'CX003' };
  const isHot = { errorCode: 'HighTemperature', info: hot.info, ...ofHot };
  const isWeak = { errorCode: 'WeakSignal' };

  it('are told once each, and each when it is over, while the status stays what it is', async () => {
    await open({ version: '1.6' });
    await settled();
    rig.events.errorRaised(1, hot);
    rig.events.errorRaised(1, hot);
    rig.events.errorRaised(1, weak);
    expect(await settled()).toEqual([status(isHot), status(isWeak)]);
    rig.events.errorCleared(1, 'hot');
    rig.events.errorCleared(1, 'hot');
    expect(await settled()).toEqual([status({ ...isWeak, info: 'Error CX003 resolved', ...ofHot })]);
    rig.events.errorCleared(1, 'weak');
    expect(await settled()).toEqual([status({ info: 'Error WeakSignal resolved' })]);
    rig.events.errorRaised(9, hot);
    expect(await settled()).toEqual([]);
  });

  it('end no transaction and refuse none, and stay told while the status changes', async () => {
    await open({ version: '1.6' });
    rig.events.errorRaised(1, weak);
    rig.events.errorRaised(1, hot);
    await settled();
    rig.host.plug(1, { soc: 40 });
    rig.host.presentToken(1, 'CARD1');
    await rig.csms.next('StartTransaction');
    rig.clock.advance(2000);
    expect(await settled()).toEqual([
      status({ status: 'Preparing', ...isHot }),
      status({ status: 'Charging', ...isHot }),
    ]);
    rig.events.errorCleared(1, 'hot');
    expect(await settled()).toEqual([
      status({ status: 'Charging', ...isWeak, info: 'Error CX003 resolved', ...ofHot }),
    ]);
    expect(rig.station.transactionOn(1)).toBeDefined();
  });

  it('are told beside a fault, which says the status', async () => {
    await open({ version: '1.6' });
    await settled();
    rig.events.faulted(1, { code: 'GroundFailure', vendorId: 'us', vendorErrorCode: '7' });
    rig.events.errorRaised(1, hot);
    rig.events.faultCleared(1);
    const fault = { status: 'Faulted', errorCode: 'GroundFailure', vendorId: 'us', vendorErrorCode: '7' };
    expect(await settled()).toEqual([
      status(fault),
      status({ status: 'Faulted', ...isHot }),
      status({ ...isHot, info: 'Error 7 resolved', vendorId: 'us', vendorErrorCode: '7' }),
    ]);
  });

  it('are all told when the CSMS listens again, when the station has booted, and when it asks', async () => {
    await open({ version: '1.6', atStart: (events) => events.errorRaised(1, hot) });
    expect(await settled()).toContainEqual(status(isHot));
    await rig.disconnect();
    rig.events.errorRaised(1, weak);
    await online();
    const both = [status(isHot), status(isWeak)];
    expect(await settled()).toEqual(both);
    await rig.call('TriggerMessage', { requestedMessage: 'StatusNotification', connectorId: 1 });
    expect(await settled()).toEqual(both);
    await rig.disconnect();
    rig.events.errorCleared(1, 'weak');
    await online();
    expect(await settled()).toEqual([status(isHot)]);
    await rig.restart();
    expect(await settled()).toContainEqual(status(isHot));
  });

  it('do not bring forward a status that must last before it is told', async () => {
    await open({ version: '1.6', settings: { 'OCPP16LegacyCtrlr.MinimumStatusDuration': '10' } });
    await settled();
    rig.host.plug(1);
    rig.events.errorRaised(1, hot);
    expect(await settled()).toEqual([status(isHot)]);
    rig.clock.advance(10_000);
    expect(await settled()).toEqual([status({ status: 'Preparing', ...isHot })]);
  });

  it('of the station are those of connector 0', async () => {
    await open({ version: '1.6', atStart: (events) => events.errorRaised(0, weak) });
    expect(await settled()).toContainEqual(status({ connectorId: 0, ...isWeak }));
    rig.events.errorRaised(0, hot);
    rig.events.errorCleared(0, 'hot');
    expect(await settled()).toEqual([
      status({ connectorId: 0, ...isHot }),
      status({ connectorId: 0, ...isWeak, info: 'Error CX003 resolved', ...ofHot }),
    ]);
  });

  it('have texts that are cut to what OCPP has room for', async () => {
    await open({ version: '1.6' });
    await settled();
    const long = 'x'.repeat(600);
    rig.events.errorRaised(1, { ...hot, info: long, vendorId: long, vendorErrorCode: long });
    const cut = { info: long.slice(0, 50), vendorId: long.slice(0, 255), vendorErrorCode: long.slice(0, 50) };
    expect(await settled()).toEqual([status({ ...isHot, ...cut })]);
  });
});

describe.each(['2.0.1', '2.1'] as const)('errors that keep nobody from charging, in OCPP %s', (version) => {
  const component = { name: 'Connector', evse: { id: 1, connectorId: 1 } };
  const event = (more: object) => ({
    eventData: [expect.objectContaining({ component, variable: { name: 'Problem' }, trigger: 'Alerting', ...more })],
  });
  const isHot = { techCode: 'CX003', techInfo: hot.info };
  const isWeak = { techCode: 'WeakSignal' };
  const raised = { actualValue: 'true', cleared: false };

  it('are told as events, each with its end, while the status stays what it is', async () => {
    await open({ version });
    await settled();
    rig.events.errorRaised(1, hot);
    rig.events.errorRaised(1, weak);
    expect(await settled()).toMatchObject([event({ ...isHot, ...raised }), event({ ...isWeak, ...raised })]);
    rig.events.errorCleared(1, 'hot');
    rig.events.errorCleared(1, 'weak');
    expect(await settled()).toMatchObject([
      event({ ...isHot, actualValue: 'true', cleared: true }),
      event({ ...isWeak, actualValue: 'false', cleared: true }),
    ]);
    expect(rig.station.statusOf(1)).toBe('Available');
  });

  it('are values of the device model, of the station too', async () => {
    await open({ version });
    const values = async () => {
      const asked = [component, { name: 'ChargingStation' }].map((each) => ({
        component: each,
        variable: { name: 'Problem' },
      }));
      const answer = await rig.call('GetVariables', { getVariableData: asked });
      return [...JSON.stringify(answer).matchAll(/"attributeValue":"(\w+)"/g)].map(([, value]) => value);
    };
    expect(await values()).toEqual(['false', 'false']);
    rig.events.errorRaised(0, weak);
    expect(await nextEvent(rig.csms, 'Problem')).toMatchObject({
      eventData: [{ component: { name: 'ChargingStation' }, techCode: 'WeakSignal' }],
    });
    expect(await values()).toEqual(['false', 'true']);
    rig.events.errorRaised(1, hot);
    rig.events.errorCleared(0, 'weak');
    expect(await values()).toEqual(['true', 'true']);
  });

  it('wait while nobody listens, and outlive a power cut', async () => {
    await open({ version });
    await settled();
    await rig.disconnect();
    rig.events.errorRaised(1, hot);
    await rig.restart();
    expect(await nextEvent(rig.csms, 'Problem')).toMatchObject(event({ ...isHot, ...raised }));
  });
});
