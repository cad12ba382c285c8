import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { createSimulatedHost, createStation, ManualClock, type Station } from '../src/index.ts';
import { openCsms, type Csms } from './csms.ts';
import { advanceUntil } from './rig.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function csms(protocols: readonly string[], port?: number): Promise<Csms> {
  const opened = await openCsms(port, protocols);
  closing.push(() => opened.close());
  return opened;
}

function begin(url: string): { station: Station; clock: ManualClock } {
  const clock = new ManualClock(new Date());
  const host = createSimulatedHost({ clock, random: () => 0.5 });
  const station = createStation({ identity: 'CP1', url, host, clock, random: () => 0.5 });
  closing.push(() => station.stop());
  station.start();
  return { station, clock };
}

describe('a station that offers every version in one handshake', () => {
  it.each([
    [['ocpp2.1', 'ocpp2.0.1', 'ocpp1.6'], '2.1'],
    [['ocpp2.0.1', 'ocpp1.6'], '2.0.1'],
    [['ocpp1.6'], '1.6'],
  ])('speaks what a CSMS of %s takes', async (protocols, version) => {
    const central = await csms(protocols);
    const { station } = begin(central.url);
    await once(station.events, 'accepted');
    expect(station.version).toBe(version);
    const boot = await central.next('BootNotification');
    expect(Object.keys(boot)).toContain(version === '1.6' ? 'chargePointVendor' : 'chargingStation');
  });

  it('changes the version at run time when the CSMS does, and boots there', async () => {
    const before = await csms(['ocpp2.0.1']);
    const { station, clock } = begin(before.url);
    await once(station.events, 'accepted');
    const gone = once(station.events, 'disconnected');
    await before.close();
    await gone;
    const after = await csms(['ocpp1.6'], Number(new URL(before.url).port));
    await advanceUntil(clock, once(station.events, 'accepted'));
    expect(station.version).toBe('1.6');
    expect(await after.next('BootNotification')).toMatchObject({ chargePointVendor: 'Busbar' });
    expect(await after.next('StatusNotification')).toMatchObject({ connectorId: 0, status: 'Available' });
  });

  it('keeps events for a CSMS of OCPP 2.x while it is with one of 1.6, which has no word for them', async () => {
    const before = await csms(['ocpp2.0.1']);
    const port = Number(new URL(before.url).port);
    const { station, clock } = begin(before.url);
    const accepted = () => advanceUntil(clock, once(station.events, 'accepted'));
    const left = async (central: Csms) => {
      const gone = once(station.events, 'disconnected');
      await central.close();
      await gone;
    };
    await accepted();
    const interval = { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } };
    const setMonitoringData = [{ ...interval, type: 'Delta', value: 1, severity: 1 }];
    await before.call('CP1', 'SetVariableMonitoring', { setMonitoringData });
    await left(before);
    station.setVariable('OCPPCommCtrlr.HeartbeatInterval', '77');
    const between = await csms(['ocpp1.6'], port);
    await accepted();
    await advanceUntil(clock, between.next('Heartbeat'), 10_000);
    expect(station.queuedMessages).toBe(1);
    await left(between);
    const after = await csms(['ocpp2.0.1'], port);
    await accepted();
    expect(await after.next('NotifyEvent')).toMatchObject({ eventData: [{ actualValue: '77' }] });
  });

  it('does not speak to a CSMS that takes none of them', async () => {
    const central = await csms(['ocpp1.2']);
    const { station } = begin(central.url);
    const [failure] = await once(station.events, 'connectFailed');
    expect(failure).toMatchObject({ retryInMs: expect.any(Number) });
    expect(central.received).toEqual([]);
  });
});
