import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { advanceUntil, openRig, type Rig, type RigOptions } from './rig.ts';

let rig: Rig;

const open = async (options?: RigOptions) => (rig = await openRig('1.6', options));

afterEach(() => rig.close());

/** Plugs in, presents a card, and waits until current flows. */
async function charge(evseId = 1): Promise<void> {
  const { host, station, csms, clock } = rig;
  const confirmed = once(station.events, 'transactionConfirmed');
  host.plug(evseId, { soc: 40 });
  host.presentToken(evseId, 'CARD1');
  await confirmed;
  await csms.next('StartTransaction');
  clock.advance(2000);
  expect(station.statusOf(evseId)).toBe('Charging');
}

describe('an OCPP 1.6 station at an independent CSMS', () => {
  it('boots, reports connector 0 and all others, and heartbeats at the interval it was given [cold_boot]', async () => {
    const { csms, clock } = await open({ identity: 'CP 1/é', evses: 2 });
    expect(await csms.next('BootNotification')).toMatchObject({
      chargePointVendor: 'Busbar',
      chargePointModel: 'Simulated',
    });
    for (const connectorId of [0, 1, 2]) {
      expect(await csms.next('StatusNotification')).toMatchObject({
        connectorId,
        status: 'Available',
        errorCode: 'NoError',
      });
    }
    expect(csms.received[0]?.identity).toBe('CP 1/é');
    clock.advance(300_000);
    expect(await csms.next('Heartbeat')).toEqual({});
  });

  it('charges a whole session, with energy that never falls and a stop that adds up [regular_charging_session_plugin, sampled_meter_values, stop_transaction_match_tag]', async () => {
    const { csms, clock, host, station } = await open({ settings: { 'SampledDataCtrlr.TxUpdatedInterval': '60' } });
    await charge();
    const registers: number[] = [];
    for (let minute = 0; minute < 30; minute++) {
      clock.advance(60_000);
      registers.push(energyIn(await csms.next('MeterValues')));
    }
    expect(registers).toEqual(registers.toSorted((a, b) => a - b));
    const powerKw = ((registers[20] ?? 0) - (registers[10] ?? 0)) / (10 / 60) / 1000;
    expect(powerKw).toBeGreaterThan(10.9);
    expect(powerKw).toBeLessThan(11.1);
    const refused = once(station.events, 'tokenRefused');
    host.presentToken(1, 'OTHER');
    expect(await refused).toMatchObject([{ status: 'Occupied' }]);
    host.presentToken(1, 'card1');
    const stop = await csms.next('StopTransaction');
    expect(stop).toMatchObject({ transactionId: 4711, idTag: 'card1', transactionData: expect.any(Array) });
    expect(stop).not.toHaveProperty('reason');
    expect(station.statusOf(1)).toBe('Finishing');
    host.unplug(1);
    expect(station.statusOf(1)).toBe('Available');
  });

  it('starts and stops remotely: the answer comes first, then the messages [remote_charge_start_stop_cable_first] [remote_charge_stop] [remote_stop_tx_rejected] (TC_010, TC_012, TC_028)', async () => {
    const { csms, host, frames } = await open();
    host.plug(1);
    expect(await csms.call('CP1', 'RemoteStartTransaction', { idTag: 'APP', connectorId: 1 })).toEqual({
      status: 'Accepted',
    });
    expect(await csms.next('Authorize')).toEqual({ idTag: 'APP' });
    expect(await csms.next('StartTransaction')).toMatchObject({ connectorId: 1, idTag: 'APP' });
    expect(frames.filter((frame) => /RemoteStart|Authorize/.test(frame))).toEqual([
      'in CALL RemoteStartTransaction',
      'out CALLRESULT RemoteStartTransaction',
      'out CALL Authorize',
      'in CALLRESULT Authorize',
    ]);
    await once(rig.station.events, 'transactionConfirmed');
    expect(await csms.call('CP1', 'RemoteStopTransaction', { transactionId: 1 })).toEqual({ status: 'Rejected' });
    expect(await csms.call('CP1', 'RemoteStopTransaction', { transactionId: 4711 })).toEqual({ status: 'Accepted' });
    expect(await csms.next('StopTransaction')).toMatchObject({ transactionId: 4711, reason: 'Remote' });
  });

  it('gives a remote start back when nobody plugs in within ConnectionTimeOut [remote_charge_start_timeout] (TC_011)', async () => {
    const { csms, clock, station } = await open({ settings: { 'TxCtrlr.EVConnectionTimeOut': '30' } });
    await csms.call('CP1', 'RemoteStartTransaction', { idTag: 'APP' });
    await csms.next('Authorize');
    await expect.poll(() => station.statusOf(1)).toBe('Preparing');
    clock.advance(30_000);
    expect(station.statusOf(1)).toBe('Available');
  });

  it('tells the keys of the security paper, and never the password [get_security_configuration_keys]', async () => {
    const { csms } = await open({ settings: { 'SecurityCtrlr.BasicAuthPassword': 'a-password-of-16' } });
    const readable = [
      'AdditionalRootCertificateCheck',
      'CertificateSignedMaxChainSize',
      'CertificateStoreMaxLength',
      'CpoName',
      'SecurityProfile',
    ];
    const change = (key: string, value: string) => csms.call('CP1', 'ChangeConfiguration', { key, value });
    expect(await change('CpoName', 'Busbar')).toEqual({ status: 'Accepted' });
    expect(await csms.call('CP1', 'GetConfiguration', { key: [...readable, 'AuthorizationKey'] })).toEqual({
      configurationKey: [
        { key: 'AdditionalRootCertificateCheck', readonly: true, value: 'false' },
        { key: 'CertificateSignedMaxChainSize', readonly: true, value: expect.stringMatching(/^\d+$/) },
        { key: 'CertificateStoreMaxLength', readonly: true, value: expect.stringMatching(/^\d+$/) },
        { key: 'CpoName', readonly: false, value: 'Busbar' },
        { key: 'SecurityProfile', readonly: false, value: '0' },
      ],
      unknownKey: ['AuthorizationKey'],
    });
    const all = JSON.stringify(await csms.call('CP1', 'GetConfiguration', {}));
    expect(all).toContain('"SecurityProfile"');
    expect(all).not.toContain('a-password-of-16');
  });

  it('reads and changes its configuration [get_configuration, set_configuration, configuration_keys, configuration_keys_incorrect]', async () => {
    const { csms, clock } = await open({ evses: 3 });
    const asked = { key: ['HeartbeatInterval', 'NumberOfConnectors', 'AuthorizationKey', 'Nonsense'] };
    expect(await csms.call('CP1', 'GetConfiguration', asked)).toEqual({
      configurationKey: [
        { key: 'HeartbeatInterval', readonly: false, value: '300' },
        { key: 'NumberOfConnectors', readonly: true, value: '3' },
      ],
      unknownKey: ['AuthorizationKey', 'Nonsense'],
    });
    const change = (key: string, value: string) => csms.call('CP1', 'ChangeConfiguration', { key, value });
    expect(await change('NumberOfConnectors', '9')).toEqual({ status: 'Rejected' });
    expect(await change('Nonsense', '9')).toEqual({ status: 'NotSupported' });
    expect(await change('HeartbeatInterval', 'soon')).toEqual({ status: 'Rejected' });
    expect(await change('MeterValuesSampledData', 'Energy.Active.Import.Register,Magic')).toEqual({
      status: 'Rejected',
    });
    expect(await change('ConnectorPhaseRotation', '1.RST')).toEqual({ status: 'RebootRequired' });
    expect(await change('HeartbeatInterval', '10')).toEqual({ status: 'Accepted' });
    clock.advance(10_000);
    await csms.next('Heartbeat');
  });

  it('lists its keys, and refuses to be asked for more than it says', async () => {
    const { csms } = await open({ settings: { 'OCPP16LegacyCtrlr.GetConfigurationMaxKeys': '2' } });
    const all = await csms.call('CP1', 'GetConfiguration', {});
    expect(all).not.toHaveProperty('unknownKey');
    expect(all).toMatchObject({
      configurationKey: expect.arrayContaining([
        { key: 'StopTransactionOnEVSideDisconnect', readonly: false, value: 'true' },
        { key: 'ChargingScheduleAllowedChargingRateUnit', readonly: true, value: 'Current,Power' },
        { key: 'CentralSystemURI', readonly: true, value: csms.url },
      ]),
    });
    const names = ['HeartbeatInterval', 'ResetRetries', 'BlinkRepeat'];
    await expect(csms.call('CP1', 'GetConfiguration', { key: names })).rejects.toMatchObject({
      rpcErrorCode: 'OccurenceConstraintViolation',
    });
    expect(await csms.call('CP1', 'GetConfiguration', { key: names.slice(1) })).toMatchObject({
      unknownKey: ['BlinkRepeat'],
    });
  });

  it('resets: ends the transaction, disconnects, boots again', async () => {
    const { csms, clock, station } = await open();
    await csms.next('BootNotification');
    await charge();
    const gone = once(station.events, 'disconnected');
    expect(await csms.call('CP1', 'Reset', { type: 'Soft' })).toEqual({ status: 'Accepted' });
    expect(await csms.next('StopTransaction')).toMatchObject({ transactionId: 4711, reason: 'SoftReset' });
    await gone;
    await advanceUntil(clock, csms.next('BootNotification'));
    await once(station.events, 'accepted');
    expect(station.registration).toBe('Accepted');
  });

  it('limits the current as a profile says, pauses at 0 A, and goes on when it is cleared [central_charging_tx_profile, clear_charging_profile]', async () => {
    const { csms, clock, host, station } = await open();
    await charge();
    const set = (limit: number, chargingRateUnit: 'A' | 'W') =>
      csms.call('CP1', 'SetChargingProfile', {
        connectorId: 1,
        csChargingProfiles: {
          chargingProfileId: 1,
          stackLevel: 1,
          transactionId: 4711,
          chargingProfilePurpose: 'TxProfile',
          chargingProfileKind: 'Relative',
          chargingSchedule: { chargingRateUnit, chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
        },
      });
    clock.advance(60_000);
    expect(await set(10, 'A')).toEqual({ status: 'Accepted' });
    expect(host.meter(1).currentsA.map(Math.round)).toEqual([10, 10, 10]);
    expect(await set(4140, 'W')).toEqual({ status: 'Accepted' });
    expect(host.meter(1).currentsA.map(Math.round)).toEqual([6, 6, 6]);
    expect(await set(0, 'A')).toEqual({ status: 'Accepted' });
    expect(station.statusOf(1)).toBe('SuspendedEVSE');
    expect(host.meter(1).powerW).toBe(0);
    expect(await csms.call('CP1', 'ClearChargingProfile', { id: 1 })).toEqual({ status: 'Accepted' });
    expect(await csms.call('CP1', 'ClearChargingProfile', { id: 1 })).toEqual({ status: 'Unknown' });
    clock.advance(30_000);
    expect(station.statusOf(1)).toBe('Charging');
    expect(Math.round(host.meter(1).powerW / 1000)).toBe(11);
  });

  it('stops what the CSMS does not accept', async () => {
    const { csms, host } = await open({
      prepare: (central) =>
        central.answer('StartTransaction', () => ({ transactionId: 5, idTagInfo: { status: 'Blocked' } })),
    });
    host.plug(1);
    host.presentToken(1, 'CARD1');
    expect(await csms.next('StopTransaction')).toMatchObject({ transactionId: 5, reason: 'DeAuthorized' });
  });

  it('keeps a session that began and ended offline, and tells it in order with the ids the CSMS gives', async () => {
    const { csms, clock, host, station } = await open({ settings: { 'SampledDataCtrlr.TxUpdatedInterval': '60' } });
    await expect.poll(() => station.queuedMessages).toBe(0);
    const gone = once(station.events, 'disconnected');
    await csms.disconnect();
    await gone;
    host.plug(1);
    host.presentToken(1, 'CARD1');
    await once(station.events, 'transactionStarted');
    const startedAt = clock.now().toISOString();
    host.requestStop(1, 'Local');
    host.unplug(1);
    host.plug(1);
    host.presentToken(1, 'CARD2');
    await once(station.events, 'transactionStarted');
    expect(station.queuedMessages).toBe(3);
    let transactionId = 100;
    csms.answer('StartTransaction', () => ({ transactionId: transactionId++, idTagInfo: { status: 'Accepted' } }));
    await advanceUntil(clock, once(station.events, 'accepted'));
    expect(await csms.next('StartTransaction')).toMatchObject({ idTag: 'CARD1', timestamp: startedAt });
    expect(await csms.next('StopTransaction')).toMatchObject({ transactionId: 100 });
    expect(await csms.next('StartTransaction')).toMatchObject({ idTag: 'CARD2' });
    await expect.poll(() => station.transactionOn(1)?.csmsId).toBe(101);
    expect(csms.received.filter(({ action }) => action === 'BootNotification')).toHaveLength(1);
  });

  it('sends nothing of its own while Pending, refuses remote starts, answers triggers, and boots again after the interval [cold_boot_pending]', async () => {
    let status = 'Pending';
    const { csms, clock, host, station } = await open({
      until: 'booted',
      prepare: (central) =>
        central.answer('BootNotification', () => ({ status, currentTime: new Date().toISOString(), interval: 20 })),
    });
    host.plug(1);
    expect(await csms.call('CP1', 'RemoteStartTransaction', { idTag: 'APP' })).toEqual({ status: 'Rejected' });
    expect(await csms.call('CP1', 'TriggerMessage', { requestedMessage: 'Heartbeat' })).toEqual({ status: 'Accepted' });
    await csms.next('Heartbeat');
    expect(csms.received.map(({ action }) => action)).toEqual(['BootNotification', 'Heartbeat']);
    status = 'Accepted';
    clock.advance(20_000);
    await once(station.events, 'accepted');
    expect(await csms.next('StatusNotification')).toMatchObject({ connectorId: 0 });
    expect(await csms.next('StatusNotification')).toMatchObject({ connectorId: 1, status: 'Preparing' });
  });

  it('refuses every request while it is rejected', async () => {
    const { csms } = await open({
      until: 'booted',
      prepare: (central) =>
        central.answer('BootNotification', () => ({
          status: 'Rejected',
          currentTime: new Date().toISOString(),
          interval: 20,
        })),
    });
    await expect(csms.call('CP1', 'GetConfiguration', {})).rejects.toThrow(/rejected/);
  });

  it('takes a connector out of use at once when idle, and after the transaction when busy', async () => {
    const { csms, station, host } = await open({ evses: 2 });
    await charge(1);
    const change = (connectorId: number, type: string) => csms.call('CP1', 'ChangeAvailability', { connectorId, type });
    expect(await change(2, 'Inoperative')).toEqual({ status: 'Accepted' });
    expect(station.statusOf(2)).toBe('Unavailable');
    expect(await change(1, 'Inoperative')).toEqual({ status: 'Scheduled' });
    expect(station.statusOf(1)).toBe('Charging');
    host.requestStop(1, 'Local');
    expect(station.statusOf(1)).toBe('Unavailable');
    expect(await change(9, 'Operative')).toEqual({ status: 'Rejected' });
    expect(await change(1, 'Operative')).toEqual({ status: 'Accepted' });
    expect(station.statusOf(1)).toBe('Preparing');
  });

  it('unlocks: ends the transaction first, and says when the plug stays locked [unlock_connector_failure] [unlock_unknown_connector] (TC_030, TC_031)', async () => {
    const { csms, host } = await open();
    await charge();
    host.failures.unlock = true;
    expect(await csms.call('CP1', 'UnlockConnector', { connectorId: 1 })).toEqual({ status: 'UnlockFailed' });
    expect(await csms.next('StopTransaction')).toMatchObject({ reason: 'UnlockCommand' });
    expect(await csms.call('CP1', 'UnlockConnector', { connectorId: 5 })).toEqual({ status: 'NotSupported' });
  });

  it('unlocks with and without a transaction [unlock_connector_with_charging_session_no_fixed_cable] [unlock_connector_no_charging_no_fixed_cable] (TC_018)', async () => {
    const { csms } = await open();
    await charge();
    const unlock = () => csms.call('CP1', 'UnlockConnector', { connectorId: 1 });
    expect(await unlock()).toEqual({ status: 'Unlocked' });
    expect(await csms.next('StopTransaction')).toMatchObject({ reason: 'UnlockCommand' });
    expect(await unlock()).toEqual({ status: 'Unlocked' });
  });

  it('sends clock-aligned values of idle connectors too, at full intervals of the day [clock_aligned_meter_values]', async () => {
    const { csms, clock } = await open({ settings: { 'AlignedDataCtrlr.Interval': '900' } });
    clock.advance(900_000);
    const values = await csms.next('MeterValues');
    expect(values).not.toHaveProperty('transactionId');
    const { timestamp = '' } = /"timestamp":"(?<timestamp>[^"]+)"/.exec(JSON.stringify(values))?.groups ?? {};
    expect(new Date(timestamp).getTime() % 900_000).toBe(0);
  });

  it('reserves for one token only, and lets the reservation expire', async () => {
    const { csms, station, host, clock } = await open();
    const reserve = () =>
      csms.call('CP1', 'ReserveNow', {
        connectorId: 1,
        expiryDate: new Date(clock.now().getTime() + 60_000).toISOString(),
        idTag: 'VIP',
        reservationId: 7,
      });
    expect(await reserve()).toEqual({ status: 'Accepted' });
    expect(station.statusOf(1)).toBe('Reserved');
    const refused = once(station.events, 'tokenRefused');
    host.presentToken(1, 'OTHER');
    expect(await refused).toMatchObject([{ status: 'Reserved' }]);
    clock.advance(60_000);
    expect(station.statusOf(1)).toBe('Available');
    expect(await reserve()).toEqual({ status: 'Accepted' });
    host.presentToken(1, 'VIP');
    host.plug(1);
    expect(await csms.next('StartTransaction')).toMatchObject({ idTag: 'VIP', reservationId: 7 });
  });

  it('updates its firmware step by step and boots with the new version [firmware_update_download_install]', async () => {
    const { csms, clock } = await open();
    await csms.next('BootNotification');
    const request = { location: 'https://example.org/fw-2.3.4.bin', retrieveDate: new Date().toISOString() };
    expect(await csms.call('CP1', 'UpdateFirmware', request)).toEqual({});
    for (const status of ['Downloading', 'Downloaded', 'Installing', 'Installed']) {
      expect(await advanceUntil(clock, csms.next('FirmwareStatusNotification'))).toEqual({ status });
    }
    expect(await advanceUntil(clock, csms.next('BootNotification'))).toMatchObject({ firmwareVersion: '2.3.4' });
  });

  it('uploads its diagnostics [get_diagnostics, get_diagnostics_upload_fail]', async () => {
    const { csms, clock, host } = await open();
    const ask = () => csms.call('CP1', 'GetDiagnostics', { location: 'https://example.org/up' });
    expect(await ask()).toEqual({ fileName: expect.stringMatching(/^DiagnosticsLog-.*\.log$/) });
    expect(await advanceUntil(clock, csms.next('DiagnosticsStatusNotification'))).toEqual({ status: 'Uploading' });
    expect(await advanceUntil(clock, csms.next('DiagnosticsStatusNotification'))).toEqual({ status: 'Uploaded' });
    host.failures.log = true;
    await ask();
    await advanceUntil(clock, csms.next('DiagnosticsStatusNotification'));
    expect(await advanceUntil(clock, csms.next('DiagnosticsStatusNotification'))).toEqual({ status: 'UploadFailed' });
  });

  it('keeps a local list, and serves from it offline [get_local_list_version, send_local_list]', async () => {
    const { csms, station, host } = await open({ settings: { 'AuthCtrlr.OfflineTxForUnknownIdEnabled': 'false' } });
    const send = (listVersion: number, updateType: string, localAuthorizationList: object[]) =>
      csms.call('CP1', 'SendLocalList', { listVersion, updateType, localAuthorizationList });
    expect(await send(1, 'Full', [{ idTag: 'KNOWN', idTagInfo: { status: 'Accepted' } }])).toEqual({
      status: 'Accepted',
    });
    expect(await send(1, 'Differential', [])).toEqual({ status: 'VersionMismatch' });
    expect(await csms.call('CP1', 'GetLocalListVersion', {})).toEqual({ listVersion: 1 });
    const gone = once(station.events, 'disconnected');
    await csms.disconnect();
    await gone;
    host.plug(1);
    const refused = once(station.events, 'tokenRefused');
    host.presentToken(1, 'STRANGER');
    expect(await refused).toMatchObject([{ status: 'Invalid' }]);
    const started = once(station.events, 'transactionStarted');
    host.presentToken(1, 'known');
    await started;
  });

  it('reports a fault with its code, and ends what runs [fault_behavior] (TC_041)', async () => {
    const { csms, host, station } = await open();
    await charge();
    host.fault(1, { code: 'HighTemperature', info: 'socket at 92 °C' });
    expect(await csms.next('StopTransaction')).toMatchObject({ reason: 'Other' });
    expect(station.statusOf(1)).toBe('Faulted');
    host.clearFault(1);
    await expect
      .poll(() => csms.received.findLast(({ action }) => action === 'StatusNotification')?.payload)
      .toMatchObject({ status: 'Finishing', errorCode: 'NoError' });
    expect(csms.received.map(({ payload }) => payload)).toContainEqual(
      expect.objectContaining({ status: 'Faulted', errorCode: 'HighTemperature', info: 'socket at 92 °C' }),
    );
  });

  it('sends and answers data transfers [data_transfer_to_chargepoint, data_transfer_to_csms]', async () => {
    const { csms, station } = await open();
    expect(await station.dataTransfer({ vendorId: 'org.example', data: { a: 1 } })).toEqual({ status: 'Accepted' });
    expect(await csms.next('DataTransfer')).toEqual({ vendorId: 'org.example', data: '{"a":1}' });
    expect(await csms.call('CP1', 'DataTransfer', { vendorId: 'org.example' })).toEqual({ status: 'UnknownVendorId' });
  });
});

function energyIn(payload: object): number {
  const register = /"value":"(\d+)","context":"Sample.Periodic","measurand":"Energy.Active.Import.Register"/.exec(
    JSON.stringify(payload),
  );
  return Number(register?.[1]);
}
