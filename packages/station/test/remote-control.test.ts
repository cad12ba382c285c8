import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { openCharger, statusesOf, type Charger, type ChargerOptions } from './charger.ts';

let charger: Charger | undefined;

afterEach(async () => {
  await charger?.close();
  charger = undefined;
});

describe('remote control in OCPP 1.6', () => {
  const open = async (options?: ChargerOptions) => (charger = await openCharger('1.6', options));
  const start = (csms: Charger['csms'], payload: object) => csms.call('CP1', 'RemoteStartTransaction', payload);
  const without = 'InternalCtrlr.RejectRemoteStartTransactionWithoutConnectorId';
  const findFirst = 'InternalCtrlr.RemoteStartTransactionWithoutConnectorIdFindFirst';

  it('starts and stops nothing while Pending (case 4) [remote_start_stop_in_pending]', async () => {
    const { csms, host, station } = await open({ evses: 2 });
    const confirmed = once(station.events, 'transactionConfirmed');
    host.plug(1);
    host.presentToken(1, 'CARD');
    await confirmed;
    csms.answer('BootNotification', () => ({ status: 'Pending', currentTime: new Date().toISOString(), interval: 60 }));
    const pending = once(station.events, 'booted');
    await csms.call('CP1', 'TriggerMessage', { requestedMessage: 'BootNotification' });
    await pending;
    host.plug(2);
    expect(await start(csms, { idTag: 'APP', connectorId: 2 })).toEqual({ status: 'Rejected' });
    expect(await csms.call('CP1', 'RemoteStopTransaction', { transactionId: 4711 })).toEqual({ status: 'Rejected' });
    expect([1, 2].map((id) => station.transactionOn(id)?.csmsId)).toEqual([4711, undefined]);
  });

  it('starts where somebody plugs in, when no connector is named (case 41) [remote_start_transaction_no_connector]', async () => {
    const { csms, host } = await open({ evses: 3 });
    expect(await start(csms, { idTag: 'APP' })).toEqual({ status: 'Accepted' });
    await csms.next('Authorize');
    host.plug(2);
    expect(await csms.next('StartTransaction')).toMatchObject({ connectorId: 2, idTag: 'APP' });
    expect(await start(csms, { idTag: 'APP2' })).toEqual({ status: 'Accepted' });
    host.plug(1);
    expect(await csms.next('StartTransaction')).toMatchObject({ connectorId: 1, idTag: 'APP2' });
  });

  it('starts at the connector that is named, whoever else plugs in (case 41) [remote_start_transaction_single_connector]', async () => {
    const { csms, host, station } = await open({ evses: 2 });
    expect(await start(csms, { idTag: 'APP', connectorId: 2 })).toEqual({ status: 'Accepted' });
    await csms.next('Authorize');
    host.plug(1);
    host.plug(2);
    expect(await csms.next('StartTransaction')).toMatchObject({ connectorId: 2, idTag: 'APP' });
    expect(station.transactionOn(1)).toBeUndefined();
  });

  it('starts a second transaction with the token of the first, and stops neither (case 42) [double_remote_start_transaction]', async () => {
    const { csms, host, station } = await open({ evses: 2 });
    for (const connectorId of [1, 2]) {
      expect(await start(csms, { idTag: 'APP' })).toEqual({ status: 'Accepted' });
      host.plug(connectorId);
      expect(await csms.next('StartTransaction')).toMatchObject({ connectorId, idTag: 'APP' });
    }
    expect([1, 2].map((id) => station.transactionOn(id)?.idToken?.idToken)).toEqual(['APP', 'APP']);
    expect(csms.received.map(({ action }) => action)).not.toContain('StopTransaction');
  });

  it('does not promise more starts than there are connectors', async () => {
    const { csms } = await open({ evses: 2 });
    for (const idTag of ['A', 'B']) {
      expect(await start(csms, { idTag })).toEqual({ status: 'Accepted' });
      await csms.next('Authorize');
    }
    expect(await start(csms, { idTag: 'C' })).toEqual({ status: 'Rejected' });
  });

  it('refuses a start without connector by a key (case 41) [remote_start_transaction_no_connector_rejected]', async () => {
    const { csms } = await open({ evses: 2, settings: { [without]: 'true' } });
    expect(await start(csms, { idTag: 'APP' })).toEqual({ status: 'Rejected' });
    expect(await start(csms, { idTag: 'APP', connectorId: 0 })).toEqual({ status: 'Rejected' });
  });

  it('takes the lowest free connector by a key (case 41) [remote_start_transaction_no_connector_find_first]', async () => {
    const { csms, host, station } = await open({ evses: 3, settings: { [findFirst]: 'true' } });
    await csms.call('CP1', 'ChangeAvailability', { connectorId: 1, type: 'Inoperative' });
    host.plug(3);
    expect(await start(csms, { idTag: 'APP' })).toEqual({ status: 'Accepted' });
    await expect.poll(() => station.statusOf(2)).toBe('Preparing');
    host.plug(2);
    expect(await csms.next('StartTransaction')).toMatchObject({ connectorId: 2, idTag: 'APP' });
  });

  it('starts two transactions at once, each with its own token (case 42)', async () => {
    const { csms, host } = await open({ evses: 2 });
    host.plug(1);
    host.plug(2);
    const answers = await Promise.all([
      start(csms, { idTag: 'ONE', connectorId: 1 }),
      start(csms, { idTag: 'TWO', connectorId: 2 }),
      start(csms, { idTag: 'LATE', connectorId: 2 }),
    ]);
    expect(answers).toEqual([{ status: 'Accepted' }, { status: 'Accepted' }, { status: 'Rejected' }]);
    expect(await csms.next('StartTransaction')).toMatchObject({ connectorId: 1, idTag: 'ONE' });
    expect(await csms.next('StartTransaction')).toMatchObject({ connectorId: 2, idTag: 'TWO' });
  });

  it('refuses what cannot start: out of use, faulted, taken, or with another profile [remote_start_charging_session_rejected] [remote_start_tx_with_profile_rejected] (TC_026)', async () => {
    const { csms, host, station } = await open({ evses: 3 });
    const rejected = { status: 'Rejected' };
    await csms.call('CP1', 'ChangeAvailability', { connectorId: 1, type: 'Inoperative' });
    host.fault(2, { code: 'InternalError' });
    const confirmed = once(station.events, 'transactionConfirmed');
    host.plug(3);
    host.presentToken(3, 'CARD');
    await confirmed;
    for (const connectorId of [1, 2, 3]) expect(await start(csms, { idTag: 'APP', connectorId })).toEqual(rejected);
    expect(await start(csms, { idTag: 'APP' })).toEqual(rejected);
    host.unplug(3);
    const chargingProfile = {
      chargingProfileId: 1,
      stackLevel: 0,
      chargingProfilePurpose: 'TxDefaultProfile',
      chargingProfileKind: 'Relative',
      chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }] },
    };
    expect(await start(csms, { idTag: 'APP', connectorId: 3, chargingProfile })).toEqual(rejected);
  });

  it('does not start for a token that the CSMS refuses when asked', async () => {
    const { csms, host, station } = await open({
      prepare: (central) => central.answer('Authorize', () => ({ idTagInfo: { status: 'Blocked' } })),
    });
    host.plug(1);
    const refused = once(station.events, 'tokenRefused');
    expect(await start(csms, { idTag: 'APP' })).toEqual({ status: 'Accepted' });
    expect(await refused).toMatchObject([{ status: 'Blocked' }]);
    const again = once(station.events, 'transactionStarted');
    csms.answer('Authorize', () => ({ idTagInfo: { status: 'Accepted' } }));
    host.presentToken(1, 'CARD');
    await again;
  });

  it('answers triggers, and extended ones by the same table [trigger_message] [trigger_message_rejected] (TC_054, TC_055)', async () => {
    const { csms } = await open();
    for (const action of ['TriggerMessage', 'ExtendedTriggerMessage']) {
      const trigger = (requestedMessage: string, connectorId?: number) =>
        csms.call('CP1', action, { requestedMessage, ...(connectorId !== undefined && { connectorId }) });
      for (const message of ['Heartbeat', 'FirmwareStatusNotification', 'MeterValues', 'BootNotification']) {
        expect(await trigger(message)).toEqual({ status: 'Accepted' });
        const isSigned = action === 'ExtendedTriggerMessage' && message === 'FirmwareStatusNotification';
        const sent = JSON.stringify(await csms.next(isSigned ? `Signed${message}` : message));
        expect(sent.includes('"context":"Trigger"')).toBe(message === 'MeterValues');
      }
      expect(await trigger('StatusNotification', 1)).toEqual({ status: 'Accepted' });
      expect(await trigger('StatusNotification', 2)).toEqual({ status: 'Rejected' });
    }
  });

  it('leaves a cable that is fixed alone [unlock_connector_no_charging_fixed_cable] [unlock_connector_with_charging_session_fixed_cable] (TC_017, TC_018)', async () => {
    const evses = [{ id: 1, phases: 3, maxCurrentA: 32, voltageV: 230, connectorType: 'cType2' }] as const;
    const { csms, host, station } = await open({ abilities: { evses } });
    const confirmed = once(station.events, 'transactionConfirmed');
    host.plug(1);
    host.presentToken(1, 'CARD');
    await confirmed;
    const unlock = () => csms.call('CP1', 'UnlockConnector', { connectorId: 1 });
    expect(await unlock()).toEqual({ status: 'NotSupported' });
    expect(station.transactionOn(1)).toBeDefined();
    await csms.call('CP1', 'ChangeConfiguration', { key: 'StopTransactionIfUnlockNotSupported', value: 'true' });
    expect(await unlock()).toEqual({ status: 'NotSupported' });
    expect(await csms.next('StopTransaction')).toMatchObject({ reason: 'UnlockCommand' });
  });
});

describe.each(['2.0.1', '2.1'] as const)('remote control in OCPP %s', (version) => {
  const open = async (options?: ChargerOptions) => (charger = await openCharger(version, options));
  const card = { idToken: 'APP', type: 'ISO14443' } as const;
  const start = (csms: Charger['csms'], rest: object = {}) =>
    csms.call('CP1', 'RequestStartTransaction', { idToken: card, remoteStartId: 5, ...rest });

  it('starts where it can, asks first, and tells the number of the start (case 63) [F01_F02_F03] (TC_F_01, TC_F_02, TC_F_03)', async () => {
    const measurands = ['Energy.Active.Import.Register', 'Voltage'];
    const { csms, host } = await open({
      evses: 2,
      settings: { 'SampledDataCtrlr.TxStartedMeasurands': measurands.join() },
    });
    await csms.call('CP1', 'ChangeAvailability', { operationalStatus: 'Inoperative', evse: { id: 1 } });
    expect(await start(csms, { evseId: 1 })).toMatchObject({ status: 'Rejected' });
    expect(await start(csms, { evseId: 9 })).toMatchObject({ status: 'Rejected' });
    expect(await start(csms)).toEqual({ status: 'Accepted' });
    expect(await csms.next('Authorize')).toMatchObject({ idToken: card });
    host.plug(2);
    const begun = await csms.next('TransactionEvent');
    expect(begun).toMatchObject({
      eventType: 'Started',
      transactionInfo: { remoteStartId: 5 },
      evse: { id: 2 },
    });
    const measured = JSON.stringify(begun).matchAll(/"measurand":"([^"]+)"/g);
    expect(new Set([...measured].map(([, name]) => name))).toEqual(new Set(measurands));
    expect(await start(csms, { remoteStartId: 6 })).toMatchObject({ status: 'Rejected' });
    const stop = { transactionId: 'none' };
    expect(await csms.call('CP1', 'RequestStopTransaction', stop)).toEqual({ status: 'Rejected' });
    const transactionId = charger?.station.transactionOn(2)?.id;
    expect(await csms.call('CP1', 'RequestStopTransaction', { transactionId })).toEqual({ status: 'Accepted' });
    await expect
      .poll(() => csms.received.at(-1)?.payload)
      .toMatchObject({ eventType: 'Ended', triggerReason: 'RemoteStop', transactionInfo: { stoppedReason: 'Remote' } });
  });

  it('answers first, and starts without asking where AuthorizeRemoteStart is false (case 63) (F01)', async () => {
    const { csms, host } = await open({ settings: { 'AuthCtrlr.AuthorizeRemoteStart': 'false' } });
    host.plug(1);
    const order: unknown[] = [];
    csms.answer('TransactionEvent', (request) => {
      order.push(request);
      return {};
    });
    const answered = start(csms, { evseId: 1 }).then((answer) => order.push(answer));
    await csms.next('TransactionEvent');
    await answered;
    expect(order).toMatchObject([{ status: 'Accepted' }, { eventType: 'Started', idToken: card }]);
    expect(csms.received.map(({ action }) => action)).not.toContain('Authorize');
  });

  it('answers with the transaction that the cable has begun (F02)', async () => {
    const { csms, host, station } = await open({ settings: { 'TxCtrlr.TxStartPoint': 'EVConnected' } });
    host.plug(1);
    const transactionId = station.transactionOn(1)?.id;
    expect(await start(csms, { evseId: 1 })).toEqual({ status: 'Accepted', transactionId });
    await csms.next('TransactionEvent');
    expect(await csms.next('TransactionEvent')).toMatchObject({
      triggerReason: 'RemoteStart',
      idToken: card,
      transactionInfo: { transactionId, remoteStartId: 5 },
    });
  });

  it('sends what is triggered, for one EVSE or all (case 64) [F06] (TC_F_20)', async () => {
    const { csms, host, station } = await open({ evses: 2 });
    const trigger = (requestedMessage: string, evse?: object) =>
      csms.call('CP1', 'TriggerMessage', { requestedMessage, ...(evse && { evse }) });
    const rejected = { status: 'Rejected' };
    expect(await trigger('BootNotification')).toEqual(rejected);
    expect(await trigger('TransactionEvent')).toEqual(rejected);
    expect(await trigger('StatusNotification')).toEqual(rejected);
    expect(await trigger('StatusNotification', { id: 1 })).toEqual(rejected);
    expect(await trigger('StatusNotification', { id: 1, connectorId: 2 })).toMatchObject(rejected);
    const from = csms.received.length;
    expect(await trigger('StatusNotification', { id: 1, connectorId: 1 })).toEqual({ status: 'Accepted' });
    expect(await trigger('MeterValues', { id: 2 })).toEqual({ status: 'Accepted' });
    expect(await trigger('MeterValues')).toEqual({ status: 'Accepted' });
    for (const evseId of [2, 1, 2]) {
      const values = await csms.next('MeterValues');
      expect(values).toMatchObject({ evseId });
      expect(JSON.stringify(values)).toContain('"context":"Trigger"');
    }
    expect(statusesOf(charger ?? failed(), 1, from)).toEqual(['Available']);
    const charge = async (evseId: number) => {
      const started = once(station.events, 'transactionStarted');
      host.plug(evseId);
      host.presentToken(evseId, { ...card, idToken: `CARD${evseId}` });
      await started;
    };
    await charge(1);
    expect(await trigger('TransactionEvent', { id: 2 })).toEqual(rejected);
    await charge(2);
    const triggered = () =>
      csms.received.flatMap(({ payload }) => {
        if (!('triggerReason' in payload && payload.triggerReason === 'Trigger' && 'evse' in payload)) return [];
        expect(payload).toMatchObject({ eventType: 'Updated' });
        expect(JSON.stringify(payload)).toContain('"context":"Trigger"');
        return [payload.evse];
      });
    expect(await trigger('TransactionEvent', { id: 2 })).toEqual({ status: 'Accepted' });
    await expect.poll(triggered).toMatchObject([{ id: 2 }]);
    expect(await trigger('TransactionEvent')).toEqual({ status: 'Accepted' });
    await expect.poll(triggered).toMatchObject([{ id: 2 }, { id: 1 }, { id: 2 }]);
    expect(await trigger('PublishFirmwareStatusNotification')).toEqual({ status: 'NotImplemented' });
  });

  it('unlocks what nobody is authorised to use (F05) (TC_F_04, TC_F_05, TC_F_06)', async () => {
    const { csms, host } = await open({ settings: { 'TxCtrlr.TxStartPoint': 'EVConnected' } });
    const unlock = (evseId: number) => csms.call('CP1', 'UnlockConnector', { evseId, connectorId: 1 });
    expect(await unlock(3)).toEqual({ status: 'UnknownConnector' });
    host.plug(1);
    expect(await unlock(1)).toEqual({ status: 'Unlocked' });
    host.presentToken(1, card);
    await csms.next('Authorize');
    await expect.poll(() => unlock(1)).toEqual({ status: 'OngoingAuthorizedTransaction' });
  });
});

describe('custom triggers of OCPP 2.1', () => {
  it('go to the host', async () => {
    const asked: string[] = [];
    const customTrigger = (name: string) => {
      asked.push(name);
      return name === 'org.example.selfTest';
    };
    charger = await openCharger('2.1', { abilities: { customTrigger } });
    const trigger = (name: string) =>
      charger?.csms.call('CP1', 'TriggerMessage', { requestedMessage: 'CustomTrigger', customTrigger: name });
    expect(await trigger('org.example.selfTest')).toEqual({ status: 'Accepted' });
    expect(await trigger('org.example.other')).toEqual({ status: 'NotImplemented' });
    expect(asked).toEqual(['org.example.selfTest', 'org.example.other']);
  });
});

function failed(): never {
  throw new Error('no charger is open');
}
