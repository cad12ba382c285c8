import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { advanceTo } from './rig.ts';
import { openCharger, statusesOf, type Charger, type ChargerOptions } from './charger.ts';

let charger: Charger;

const open = async (options?: ChargerOptions) => (charger = await openCharger('1.6', options));
const call = (action: string, payload: object = {}) => charger.csms.call('CP1', action, payload);
const accepted = { status: 'Accepted' };

afterEach(() => charger.close());

describe('a session of OCPP 1.6', () => {
  it('ends before it begins when nobody plugs in after a token [regular_charging_session_identification_conn_timeout] (TC_005)', async () => {
    await open();
    expect(await call('ChangeConfiguration', { key: 'ConnectionTimeOut', value: '5' })).toEqual(accepted);
    charger.host.presentToken(1, 'CARD');
    expect(await charger.csms.next('Authorize')).toEqual({ idTag: 'CARD' });
    await expect.poll(() => statusesOf(charger, 1)).toEqual(['Available', 'Preparing']);
    charger.clock.advance(4999);
    expect(charger.station.statusOf(1)).toBe('Preparing');
    charger.clock.advance(1);
    await expect.poll(() => statusesOf(charger, 1)).toEqual(['Available', 'Preparing', 'Available']);
    charger.host.plug(1);
    await expect.poll(() => statusesOf(charger, 1).at(-1)).toBe('Preparing');
    expect(charger.station.transactionOn(1)).toBeUndefined();
  });

  it('that began remotely before the plug is stopped remotely [remote_charge_start_stop_remote_first] (TC_010, TC_012)', async () => {
    await open();
    expect(await call('RemoteStartTransaction', { idTag: 'APP', connectorId: 1 })).toEqual(accepted);
    await charger.csms.next('Authorize');
    const confirmed = once(charger.station.events, 'transactionConfirmed');
    charger.host.plug(1);
    expect(await charger.csms.next('StartTransaction')).toMatchObject({ connectorId: 1, idTag: 'APP' });
    await confirmed;
    await advanceTo(charger.clock, () => statusesOf(charger, 1).at(-1) === 'Charging');
    expect(await call('RemoteStopTransaction', { transactionId: 4711 })).toEqual(accepted);
    expect(await charger.csms.next('StopTransaction')).toMatchObject({ transactionId: 4711, reason: 'Remote' });
    await expect.poll(() => statusesOf(charger, 1).at(-1)).toBe('Finishing');
    charger.host.unplug(1);
    await expect.poll(() => statusesOf(charger, 1).at(-1)).toBe('Available');
  });

  it('does not begin while the lock fails, which is told with its code [start_charging_session_lock_failure] (TC_024)', async () => {
    await open();
    expect(await call('RemoteStartTransaction', { idTag: 'APP', connectorId: 1 })).toEqual(accepted);
    await expect.poll(() => statusesOf(charger, 1).at(-1)).toBe('Preparing');
    charger.host.fault(1, { code: 'ConnectorLockFailure' });
    charger.host.plug(1);
    const told = () => charger.csms.received.findLast(({ action }) => action === 'StatusNotification')?.payload;
    await expect.poll(told).toMatchObject({ connectorId: 1, status: 'Faulted', errorCode: 'ConnectorLockFailure' });
    charger.host.clearFault(1);
    await expect.poll(told).toMatchObject({ connectorId: 1, status: 'Preparing', errorCode: 'NoError' });
    expect(charger.csms.received.map(({ action }) => action)).not.toContain('StartTransaction');
  });

  it('does not begin at connector 0 by a remote start [remote_start_tx_connector_id_zero]', async () => {
    await open();
    charger.host.plug(1);
    const rejected = { status: 'Rejected' };
    expect(await call('RemoteStartTransaction', { idTag: 'APP', connectorId: 0 })).toEqual(rejected);
    expect(charger.station.statusOf(1)).toBe('Preparing');
  });
});

it('a station of OCPP 1.6 is set up for what follows, whatever it was before [reset_to_idle]', async () => {
  await open({ evses: 2, settings: { 'AuthCtrlr.LocalPreAuthorize': 'true' } });
  const idTagInfo = { status: 'Accepted' };
  const list = (listVersion: number, tokens: readonly string[]) => ({
    listVersion,
    updateType: 'Full',
    localAuthorizationList: tokens.map((idTag) => ({ idTag, idTagInfo })),
  });
  const csChargingProfiles = {
    chargingProfileId: 1,
    stackLevel: 0,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 6 }] },
  };
  await call('SendLocalList', list(7, ['CARD']));
  await call('SetChargingProfile', { connectorId: 1, csChargingProfiles });
  await call('ChangeAvailability', { connectorId: 2, type: 'Inoperative' });

  const keys = { MeterValueSampleInterval: '0', ClockAlignedDataInterval: '0', LocalPreAuthorize: 'false' };
  for (const [key, value] of Object.entries(keys))
    expect(await call('ChangeConfiguration', { key, value })).toEqual(accepted);
  for (const connectorId of [0, 1, 2])
    expect(await call('ChangeAvailability', { connectorId, type: 'Operative' })).toEqual(accepted);
  expect(await call('ClearCache')).toEqual(accepted);
  expect(await call('SendLocalList', list(0, []))).toEqual(accepted);
  const filter = { id: 1, connectorId: 1, chargingProfilePurpose: 'TxDefaultProfile', stackLevel: 0 };
  expect(await call('ClearChargingProfile', filter)).toEqual(accepted);

  expect(await call('GetConfiguration', { key: Object.keys(keys) })).toEqual({
    configurationKey: Object.entries(keys).map(([key, value]) => ({ key, readonly: false, value })),
  });
  expect(await call('GetLocalListVersion')).toEqual({ listVersion: 0 });
  expect([1, 2].map((id) => charger.station.statusOf(id))).toEqual(['Available', 'Available']);
  charger.host.plug(1);
  charger.host.presentToken(1, 'CARD');
  expect(await charger.csms.next('Authorize')).toEqual({ idTag: 'CARD' });
});
