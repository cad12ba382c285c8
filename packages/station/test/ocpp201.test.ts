import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { advanceUntil, openRig, type Rig, type RigOptions } from './rig.ts';

let rig: Rig;

const open = async (options?: RigOptions) => (rig = await openRig('2.0.1', options));

afterEach(() => rig.close());

const card = { idToken: 'CARD1', type: 'ISO14443' } as const;

/** Plugs in, presents a card, and waits until current flows. The transaction's id. */
async function charge(): Promise<string> {
  const { host, station, csms, clock } = rig;
  const started = once(station.events, 'transactionStarted');
  host.plug(1, { soc: 40 });
  host.presentToken(1, card);
  await started;
  await csms.next('TransactionEvent');
  clock.advance(2000);
  await csms.next('TransactionEvent');
  expect(station.statusOf(1)).toBe('Charging');
  return station.transactionOn(1)?.id ?? '';
}

describe('an OCPP 2.0.1 station at an independent CSMS', () => {
  it('boots, reports its connectors, tells of its start, and heartbeats [cold_boot_01 2.0.1]', async () => {
    const { csms, clock } = await open({ evses: 2 });
    expect(await csms.next('BootNotification')).toMatchObject({
      reason: 'PowerUp',
      chargingStation: { vendorName: 'Busbar' },
    });
    for (const evseId of [1, 2]) {
      expect(await csms.next('StatusNotification')).toMatchObject({
        evseId,
        connectorId: 1,
        connectorStatus: 'Available',
      });
    }
    expect(await csms.next('SecurityEventNotification')).toMatchObject({ type: 'StartupOfTheDevice' });
    clock.advance(300_000);
    expect(await csms.next('Heartbeat')).toEqual({});
  });

  it('charges a whole session with one gapless sequence of events [authorize_01]', async () => {
    const { csms, clock, host } = await open();
    host.plug(1, { soc: 40 });
    expect(await csms.next('StatusNotification')).toMatchObject({ connectorStatus: 'Available' });
    expect(await csms.next('StatusNotification')).toMatchObject({ connectorStatus: 'Occupied' });
    host.presentToken(1, card);
    expect(await csms.next('Authorize')).toEqual({ idToken: card });
    const begin = await csms.next('TransactionEvent');
    expect(begin).toMatchObject({
      eventType: 'Started',
      triggerReason: 'Authorized',
      seqNo: 0,
      evse: { id: 1, connectorId: 1 },
      idToken: card,
      transactionInfo: { chargingState: 'EVConnected' },
      meterValue: [{ sampledValue: [{ context: 'Transaction.Begin', measurand: 'Energy.Active.Import.Register' }] }],
    });
    expect(begin).not.toHaveProperty('offline');
    clock.advance(2000);
    expect(await csms.next('TransactionEvent')).toMatchObject({
      eventType: 'Updated',
      seqNo: 1,
      triggerReason: 'ChargingStateChanged',
      transactionInfo: { chargingState: 'Charging' },
    });
    clock.advance(60_000);
    expect(await csms.next('TransactionEvent')).toMatchObject({ seqNo: 2, triggerReason: 'MeterValuePeriodic' });
    host.unplug(1);
    const end = await csms.next('TransactionEvent');
    expect(end).toMatchObject({
      eventType: 'Ended',
      seqNo: 3,
      triggerReason: 'EVCommunicationLost',
      transactionInfo: { stoppedReason: 'EVDisconnected', chargingState: 'Idle' },
      meterValue: [
        { sampledValue: [{ context: 'Transaction.Begin' }] },
        { sampledValue: [{ context: 'Transaction.End' }] },
      ],
    });
    expect(end).not.toHaveProperty('idToken');
  });

  it('is suspended by the vehicle when its battery is full', async () => {
    const { csms, clock, host } = await open();
    await charge();
    clock.advance(8 * 3_600_000);
    expect(host.socOf(1)).toBe(100);
    await expect
      .poll(
        () =>
          csms.received.map(({ payload }) => JSON.stringify(payload)).filter((text) => text.includes('SuspendedEV'))
            .length,
        { timeout: 20_000 },
      )
      .toBeGreaterThan(0);
  });

  it('starts and stops remotely', async () => {
    const { csms, host, station } = await open();
    host.plug(1);
    const request = { idToken: card, remoteStartId: 99, evseId: 1 };
    expect(await csms.call('CP1', 'RequestStartTransaction', request)).toEqual({ status: 'Accepted' });
    expect(await csms.next('TransactionEvent')).toMatchObject({
      eventType: 'Started',
      triggerReason: 'RemoteStart',
      transactionInfo: { remoteStartId: 99 },
    });
    expect(await csms.call('CP1', 'RequestStartTransaction', request)).toEqual({
      status: 'Rejected',
      statusInfo: { reasonCode: 'TxInProgress' },
    });
    const transactionId = station.transactionOn(1)?.id;
    expect(await csms.call('CP1', 'GetTransactionStatus', { transactionId })).toEqual({
      ongoingIndicator: true,
      messagesInQueue: false,
    });
    expect(await csms.call('CP1', 'RequestStopTransaction', { transactionId: 'other' })).toEqual({
      status: 'Rejected',
    });
    expect(await csms.call('CP1', 'RequestStopTransaction', { transactionId })).toEqual({ status: 'Accepted' });
    expect(await csms.next('TransactionEvent')).toMatchObject({
      eventType: 'Ended',
      triggerReason: 'RemoteStop',
      transactionInfo: { stoppedReason: 'Remote', chargingState: 'EVConnected' },
    });
  });

  it('reads and sets variables, each with its own status [set_get_variables_01] [set_get_variables_02]', async () => {
    const { csms, clock } = await open();
    const at = (component: string, variable: string, instance?: string) => ({
      component: { name: component },
      variable: { name: variable, ...(instance && { instance }) },
    });
    const heartbeat = at('OCPPCommCtrlr', 'HeartbeatInterval');
    const evse = { component: { name: 'EVSE', evse: { id: 1 } }, variable: { name: 'AvailabilityState' } };
    const password = at('SecurityCtrlr', 'BasicAuthPassword');
    const getVariableData = [
      heartbeat,
      evse,
      at('OCPPCommCtrlr', 'Nonsense'),
      at('Nonsense', 'HeartbeatInterval'),
      password,
      { ...heartbeat, attributeType: 'MaxSet' },
    ];
    expect(await csms.call('CP1', 'GetVariables', { getVariableData })).toMatchObject({
      getVariableResult: [
        { ...heartbeat, attributeStatus: 'Accepted', attributeValue: '300' },
        { attributeStatus: 'Accepted', attributeValue: 'Available' },
        { attributeStatus: 'UnknownVariable' },
        { attributeStatus: 'UnknownComponent' },
        { attributeStatus: 'Rejected' },
        { attributeStatus: 'NotSupportedAttributeType' },
      ],
    });
    const setVariableData = [
      { ...heartbeat, attributeValue: '15' },
      { ...at('OCPPCommCtrlr', 'NetworkConfigurationPriority'), attributeValue: '1' },
      { ...at('ChargingStation', 'Model'), attributeValue: 'x' },
      { ...at('TxCtrlr', 'EVConnectionTimeOut'), attributeValue: '-1' },
      { ...at('OCPPCommCtrlr', 'MessageAttempts', 'TransactionEvent'), attributeValue: '7' },
    ];
    expect(await csms.call('CP1', 'SetVariables', { setVariableData })).toMatchObject({
      setVariableResult: [
        { attributeStatus: 'Accepted' },
        { attributeStatus: 'Accepted' },
        { attributeStatus: 'Rejected', attributeStatusInfo: { reasonCode: 'ReadOnly' } },
        { attributeStatus: 'Rejected', attributeStatusInfo: { reasonCode: 'ValueTooLow' } },
        { attributeStatus: 'Accepted' },
      ],
    });
    clock.advance(15_000);
    await csms.next('Heartbeat');
  });

  it('reports its inventory in pages', async () => {
    const { csms } = await open({ evses: 2 });
    expect(await csms.call('CP1', 'GetBaseReport', { requestId: 5, reportBase: 'FullInventory' })).toEqual({
      status: 'Accepted',
    });
    const rows: unknown[] = [];
    let pages = 0;
    for (let seqNo = 0, tbc = true; tbc; seqNo++) {
      const page = await csms.next('NotifyReport');
      expect(page).toMatchObject({ requestId: 5, seqNo });
      tbc = 'tbc' in page;
      if ('reportData' in page && Array.isArray(page.reportData)) rows.push(...page.reportData);
      pages++;
    }
    expect(pages).toBeGreaterThan(1);
    expect(rows.length).toBeGreaterThan(80);
    expect(rows).toContainEqual(
      expect.objectContaining({ component: { name: 'Connector', evse: { id: 2, connectorId: 1 } } }),
    );
    const summary = { requestId: 6, reportBase: 'SummaryInventory' };
    expect(await csms.call('CP1', 'GetBaseReport', summary)).toEqual({ status: 'Accepted' });
    const states = ['ChargingStation', 'EVSE', 'Connector', 'EVSE', 'Connector'];
    expect(await csms.next('NotifyReport')).toMatchObject({
      seqNo: 0,
      reportData: states.map((name) => ({ component: { name }, variable: { name: 'AvailabilityState' } })),
    });
  });

  it('resets at once: ends the transaction and boots with the reason', async () => {
    const { csms, clock } = await open();
    await csms.next('BootNotification');
    await charge();
    expect(await csms.call('CP1', 'Reset', { type: 'Immediate' })).toEqual({ status: 'Accepted' });
    expect(await csms.next('TransactionEvent')).toMatchObject({
      eventType: 'Ended',
      triggerReason: 'ResetCommand',
      transactionInfo: { stoppedReason: 'ImmediateReset' },
    });
    expect(await advanceUntil(clock, csms.next('BootNotification'))).toMatchObject({ reason: 'RemoteReset' });
  });

  it('resets when idle: only after the transaction', async () => {
    const { csms, clock, host, station } = await open();
    await csms.next('BootNotification');
    await charge();
    expect(await csms.call('CP1', 'Reset', { type: 'OnIdle' })).toEqual({ status: 'Scheduled' });
    expect(station.statusOf(1)).toBe('Charging');
    const resetting = once(station.events, 'resetting');
    host.unplug(1);
    await resetting;
    expect(await advanceUntil(clock, csms.next('BootNotification'))).toMatchObject({ reason: 'ScheduledReset' });
  });

  it('tells what happened offline, in order, marked as offline', async () => {
    const { csms, clock, host, station } = await open();
    const id = await charge();
    await expect.poll(() => station.queuedMessages).toBe(0);
    const gone = once(station.events, 'disconnected');
    await csms.disconnect();
    await gone;
    host.presentToken(1, card);
    host.unplug(1);
    await advanceUntil(clock, once(station.events, 'accepted'));
    await expect.poll(() => station.queuedMessages).toBe(0);
    const events = csms.received.filter(({ action }) => action === 'TransactionEvent').map(({ payload }) => payload);
    expect(events.map((event) => 'seqNo' in event && event.seqNo)).toEqual(events.map((_, i) => i));
    expect(events.at(-1)).toMatchObject({
      eventType: 'Ended',
      offline: true,
      transactionInfo: { transactionId: id },
      idToken: card,
    });
    expect(events[0]).not.toHaveProperty('offline');
  });

  it('repeats an unanswered transaction message unchanged until it is answered', async () => {
    let silent = 2;
    const { csms, clock, host } = await open({
      settings: { 'OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]': '10' },
      prepare: (central) =>
        central.answer('TransactionEvent', () => {
          if (silent-- > 0) throw new Error('the database is away');
          return {};
        }),
    });
    host.plug(1);
    host.presentToken(1, card);
    const first = await csms.next('TransactionEvent');
    const second = await advanceUntil(clock, csms.next('TransactionEvent'));
    const third = await advanceUntil(clock, csms.next('TransactionEvent'));
    expect(second).toEqual(first);
    expect(third).toEqual(first);
  });

  it('limits the current as a profile says, and says why it refuses one', async () => {
    const { csms, clock, host } = await open();
    const transactionId = await charge();
    clock.advance(60_000);
    const set = (profile: object) =>
      csms.call('CP1', 'SetChargingProfile', {
        evseId: 1,
        chargingProfile: {
          id: 1,
          stackLevel: 0,
          chargingProfilePurpose: 'TxProfile',
          chargingProfileKind: 'Relative',
          transactionId,
          chargingSchedule: [
            {
              id: 1,
              chargingRateUnit: 'A',
              chargingSchedulePeriod: [
                { startPeriod: 0, limit: 8 },
                { startPeriod: 600, limit: 12 },
              ],
            },
          ],
          ...profile,
        },
      });
    expect(await set({})).toEqual({ status: 'Accepted' });
    expect(Math.round(host.meter(1).currentsA[0] ?? 0)).toBe(8);
    clock.advance(600_000);
    expect(Math.round(host.meter(1).currentsA[0] ?? 0)).toBe(12);
    expect(await set({ transactionId: 'other' })).toEqual({
      status: 'Rejected',
      statusInfo: { reasonCode: 'TxNotFound' },
    });
    expect(await csms.call('CP1', 'ClearChargingProfile', { chargingProfileId: 1 })).toEqual({ status: 'Accepted' });
    clock.advance(30_000);
    expect(Math.round(host.meter(1).powerW / 1000)).toBe(11);
  });

  it('keeps the rhythm of meter samples while profiles come in', async () => {
    const { csms, clock } = await open({ settings: { 'SampledDataCtrlr.TxUpdatedInterval': '60' } });
    const transactionId = await charge();
    const set = (limit: number) =>
      csms.call('CP1', 'SetChargingProfile', {
        evseId: 1,
        chargingProfile: {
          id: 1,
          stackLevel: 0,
          chargingProfilePurpose: 'TxProfile',
          chargingProfileKind: 'Relative',
          transactionId,
          chargingSchedule: [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] }],
        },
      });
    for (const limit of [10, 12, 14]) {
      clock.advance(19_000);
      expect(await set(limit)).toEqual({ status: 'Accepted' });
    }
    clock.advance(3000);
    expect(await csms.next('TransactionEvent')).toMatchObject({ triggerReason: 'MeterValuePeriodic' });
  });

  it('ends a paused transaction without claiming that it charged again', async () => {
    const { csms, host, station } = await open();
    await charge();
    const chargingProfile = {
      id: 1,
      stackLevel: 0,
      chargingProfilePurpose: 'TxDefaultProfile',
      chargingProfileKind: 'Relative',
      chargingSchedule: [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 0 }] }],
    };
    expect(await csms.call('CP1', 'SetChargingProfile', { evseId: 0, chargingProfile })).toEqual({
      status: 'Accepted',
    });
    expect(await csms.next('TransactionEvent')).toMatchObject({ transactionInfo: { chargingState: 'SuspendedEVSE' } });
    host.presentToken(1, card);
    expect(await csms.next('TransactionEvent')).toMatchObject({
      eventType: 'Ended',
      triggerReason: 'StopAuthorized',
      idToken: card,
    });
    expect(station.transactionOn(1)).toBeUndefined();
  });

  it('stops what the CSMS does not accept', async () => {
    const { csms, host } = await open({
      prepare: (central) =>
        central.answer('TransactionEvent', (event) =>
          'idToken' in event ? { idTokenInfo: { status: 'Blocked' } } : {},
        ),
    });
    host.plug(1);
    host.presentToken(1, card);
    await csms.next('TransactionEvent');
    expect(await csms.next('TransactionEvent')).toMatchObject({
      eventType: 'Ended',
      triggerReason: 'Deauthorized',
      transactionInfo: { stoppedReason: 'DeAuthorized' },
    });
  });

  it('tells of faults, uploads logs and updates firmware with the request id', async () => {
    const { csms, clock, host } = await open();
    host.fault(1, { code: 'GroundFailure' });
    expect(await csms.next('NotifyEvent')).toMatchObject({
      eventData: [{ actualValue: 'true', techCode: 'GroundFailure' }],
    });
    host.clearFault(1);
    expect(await csms.next('NotifyEvent')).toMatchObject({ eventData: [{ actualValue: 'false', cleared: true }] });
    const log = { requestId: 3, logType: 'DiagnosticsLog', log: { remoteLocation: 'https://example.org/up' } };
    expect(await csms.call('CP1', 'GetLog', log)).toMatchObject({ status: 'Accepted' });
    expect(await advanceUntil(clock, csms.next('LogStatusNotification'))).toEqual({
      status: 'Uploading',
      requestId: 3,
    });
    const firmware = { location: 'https://example.org/fw-9.0.1.bin', retrieveDateTime: new Date().toISOString() };
    host.failures.firmware = 'InstallationFailed';
    expect(await csms.call('CP1', 'UpdateFirmware', { requestId: 4, firmware })).toEqual({ status: 'Accepted' });
    for (const status of ['Downloading', 'Downloaded', 'Installing', 'InstallationFailed']) {
      expect(await advanceUntil(clock, csms.next('FirmwareStatusNotification'))).toEqual({ status, requestId: 4 });
    }
  });

  it('unlocks only without a transaction (F05)', async () => {
    const { csms } = await open();
    const unlock = (evseId: number) => csms.call('CP1', 'UnlockConnector', { evseId, connectorId: 1 });
    expect(await unlock(1)).toEqual({ status: 'Unlocked' });
    expect(await unlock(7)).toEqual({ status: 'UnknownConnector' });
    await charge();
    expect(await unlock(1)).toEqual({ status: 'OngoingAuthorizedTransaction' });
  });

  it('tells when a reservation expires [reservation_connector_expire 2.0.1]', async () => {
    const { csms, clock } = await open();
    const expiryDateTime = new Date(clock.now().getTime() + 60_000).toISOString();
    expect(await csms.call('CP1', 'ReserveNow', { id: 8, expiryDateTime, idToken: card, evseId: 1 })).toEqual({
      status: 'Accepted',
    });
    clock.advance(60_000);
    expect(await csms.next('ReservationStatusUpdate')).toEqual({
      reservationId: 8,
      reservationUpdateStatus: 'Expired',
    });
    expect(await csms.call('CP1', 'CancelReservation', { reservationId: 8 })).toEqual({ status: 'Rejected' });
  });

  it('answers triggers with the message asked for', async () => {
    const { csms } = await open();
    const transactionId = await charge();
    const trigger = (requestedMessage: string) =>
      csms.call('CP1', 'TriggerMessage', { requestedMessage, evse: { id: 1 } });
    expect(await trigger('TransactionEvent')).toEqual({ status: 'Accepted' });
    expect(await csms.next('TransactionEvent')).toMatchObject({
      triggerReason: 'Trigger',
      transactionInfo: { transactionId },
    });
    expect(await trigger('MeterValues')).toEqual({ status: 'Accepted' });
    expect(await csms.next('MeterValues')).toMatchObject({ evseId: 1 });
    expect(await trigger('PublishFirmwareStatusNotification')).toEqual({ status: 'NotImplemented' });
    expect(await trigger('BootNotification')).toEqual({ status: 'Rejected' });
  });
});
