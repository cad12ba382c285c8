import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BatterySwapOrder } from '../src/index.ts';
import { openRig21, until, type Rig21, type Rig21Options } from './rig21.ts';

let rig: Rig21;
let orders: BatterySwapOrder[];
let isReady: boolean;

const open = async (options: Rig21Options = {}) => {
  const startBatterySwap = (order: BatterySwapOrder) => isReady && orders.push(order) > 0;
  rig = await openRig21({ evse: { isBatterySlot: true }, abilities: { startBatterySwap }, ...options });
};

beforeEach(() => {
  orders = [];
  isReady = true;
});

afterEach(() => rig.close());

const idToken = { idToken: 'DRIVER1', type: 'ISO14443' } as const;
const battery = { evseId: 1, serialNumber: 'B-1', soc: 12, soh: 97 };
const batteryData = [{ evseId: 1, serialNumber: 'B-1', soC: 12, soH: 97 }];
const request = (requestId: number) => rig.call('RequestBatterySwap', { idToken, requestId });
const happen = (type: 'BatteryIn' | 'BatteryOut' | 'BatteryOutTimeout') =>
  rig.events.grid.batterySwap({ type, batteries: [battery] });

describe('battery swaps of OCPP 2.1', () => {
  it('begin with a token at the station, and are told with one number (S01)', async () => {
    await open();
    rig.events.grid.swapTokenPresented(idToken);
    expect(await rig.csms.next('Authorize')).toEqual({ idToken });
    await until(() => orders.length > 0);
    expect(orders).toMatchObject([{ requestId: 1, idToken }]);
    happen('BatteryIn');
    expect(await rig.csms.next('BatterySwap')).toEqual({
      eventType: 'BatteryIn',
      batteryData,
      idToken,
      requestId: 1,
    });
    happen('BatteryOut');
    expect(await rig.csms.next('BatterySwap')).toMatchObject({ eventType: 'BatteryOut', requestId: 1 });
    rig.events.grid.swapTokenPresented({ ...idToken, idToken: 'DRIVER2' });
    await until(() => orders.length > 1);
    expect(orders.at(-1)).toMatchObject({ requestId: 2 });
  });

  it('do not begin with a token that is not accepted', async () => {
    await open({ prepare: (csms) => csms.answer('Authorize', () => ({ idTokenInfo: { status: 'Blocked' } })) });
    const refused = once(rig.station.events, 'tokenRefused');
    rig.events.grid.swapTokenPresented(idToken);
    expect(await refused).toMatchObject([{ status: 'Blocked' }]);
    expect(orders).toEqual([]);
  });

  it('begin by order of the CSMS, with its number and the times of the device model (S02)', async () => {
    await open();
    const timeout = (instance: string, attributeValue: string) => ({
      component: { name: 'BatterySwapCtrlr' },
      variable: { name: 'Timeout', instance },
      attributeValue,
    });
    await rig.call('SetVariables', { setVariableData: [timeout('In', '30'), timeout('Out', '45')] });
    expect(await request(77)).toEqual({ status: 'Accepted' });
    expect(orders).toEqual([{ requestId: 77, idToken, inTimeoutS: 30, outTimeoutS: 45 }]);
    expect(await request(78)).toMatchObject({ status: 'Rejected', statusInfo: { reasonCode: 'Busy' } });
    happen('BatteryIn');
    expect(await rig.csms.next('BatterySwap')).toMatchObject({ requestId: 77 });
    happen('BatteryOutTimeout');
    expect(await rig.csms.next('BatterySwap')).toMatchObject({ eventType: 'BatteryOutTimeout', requestId: 77 });
    expect(await request(78)).toEqual({ status: 'Accepted' });
  });

  it('are refused when the host cannot', async () => {
    await open();
    isReady = false;
    expect(await request(1)).toMatchObject({ status: 'Rejected' });
  });

  it('are refused by a station without batteries', async () => {
    await open({ abilities: {}, evse: {} });
    expect(await request(1)).toMatchObject({ statusInfo: { reasonCode: 'UnsupportedRequest' } });
    const name = { component: { name: 'BatterySwapCtrlr' }, variable: { name: 'TargetSoC' } };
    expect(await rig.call('GetVariables', { getVariableData: [name] })).toMatchObject({
      getVariableResult: [{ attributeStatus: 'UnknownComponent' }],
    });
  });

  it('survive a power cut and a lost connection between in and out (S03)', async () => {
    await open();
    await request(5);
    happen('BatteryIn');
    await rig.csms.next('BatterySwap');
    await until(() => rig.station.queuedMessages === 0);
    await rig.restart();
    await until(() => rig.station.queuedMessages === 0);
    await rig.disconnect();
    happen('BatteryOut');
    expect(rig.station.queuedMessages).toBe(1);
    await rig.restart();
    expect(await rig.csms.next('BatterySwap')).toMatchObject({ eventType: 'BatteryOut', requestId: 5, idToken });
  });

  it('are not told in another version', async () => {
    await open({ version: '2.0.1' });
    await until(() => rig.station.queuedMessages === 0);
    rig.events.grid.batterySwap({ type: 'BatteryOut', batteries: [battery], idToken });
    expect(rig.station.queuedMessages).toBe(0);
  });
});
