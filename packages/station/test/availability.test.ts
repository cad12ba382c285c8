import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { openCharger, statusesOf, type Charger, type ChargerOptions } from './charger.ts';
import { nextEvent } from './events.ts';
import { advanceUntil } from './rig.ts';

let charger: Charger;

afterEach(() => charger.close());

/** Waits until everything that was told before has arrived. */
async function settled({ csms }: Charger): Promise<void> {
  await csms.call('CP1', 'GetLocalListVersion', {});
  await expect.poll(() => charger.station.queuedMessages).toBe(0);
  await csms.call('CP1', 'TriggerMessage', { requestedMessage: 'Heartbeat' });
  await csms.next('Heartbeat');
}

describe('availability in OCPP 1.6', () => {
  const open = async (options?: ChargerOptions) => (charger = await openCharger('1.6', options));
  const change = (connectorId: number, type: string) =>
    charger.csms.call('CP1', 'ChangeAvailability', { connectorId, type });

  async function charge(evseId: number): Promise<void> {
    const confirmed = once(charger.station.events, 'transactionConfirmed');
    charger.host.plug(evseId, { soc: 40 });
    charger.host.presentToken(evseId, 'CARD1');
    await confirmed;
    charger.clock.advance(2000);
  }

  it('changes an idle connector at once, and says nothing when it is so already (case 26) [change_availability]', async () => {
    await open();
    expect(await change(1, 'Inoperative')).toEqual({ status: 'Accepted' });
    expect(await change(1, 'Inoperative')).toEqual({ status: 'Accepted' });
    expect(await change(1, 'Operative')).toEqual({ status: 'Accepted' });
    await settled(charger);
    expect(statusesOf(charger, 1)).toEqual(['Available', 'Unavailable', 'Available']);
    expect(charger.told).toEqual(['1 false', '1 true']);
  });

  it('changes the station with all its connectors (case 27) [change_availability_connector_zero]', async () => {
    await open({ evses: 2 });
    expect(await change(0, 'Inoperative')).toEqual({ status: 'Accepted' });
    expect(await change(0, 'Operative')).toEqual({ status: 'Accepted' });
    await settled(charger);
    for (const connectorId of [0, 1, 2]) {
      expect(statusesOf(charger, connectorId)).toEqual(['Available', 'Unavailable', 'Available']);
    }
    expect(charger.told).toEqual(['1 false', '2 false', '0 false', '1 true', '2 true', '0 true']);
  });

  it('lets a connector that prepares go on, and changes the rest (case 28) [change_availability_scheduled_in_preparing]', async () => {
    await open({ evses: 2 });
    charger.host.plug(1);
    expect(await change(0, 'Inoperative')).toEqual({ status: 'Scheduled' });
    await settled(charger);
    expect(statusesOf(charger, 0).at(-1)).toBe('Unavailable');
    expect(statusesOf(charger, 2).at(-1)).toBe('Unavailable');
    expect(statusesOf(charger, 1).at(-1)).toBe('Preparing');
    expect(charger.told).toEqual(['2 false']);
    charger.host.unplug(1);
    await settled(charger);
    expect(statusesOf(charger, 1).at(-1)).toBe('Unavailable');
    expect(charger.told).toEqual(['2 false', '1 false', '0 false']);
  });

  it('is never available between a transaction and the change that waited for its end (case 29) [change_availability_scheduled_in_transaction]', async () => {
    await open();
    await charge(1);
    expect(await change(1, 'Inoperative')).toEqual({ status: 'Scheduled' });
    await settled(charger);
    const from = charger.csms.received.length;
    charger.host.unplug(1);
    expect(await charger.csms.next('StopTransaction')).toMatchObject({ reason: 'EVDisconnected' });
    await settled(charger);
    expect(statusesOf(charger, 1, from)).toEqual(['Unavailable']);
  });

  it('forgets a change that waits when the opposite is asked for', async () => {
    await open();
    await charge(1);
    expect(await change(1, 'Inoperative')).toEqual({ status: 'Scheduled' });
    expect(await change(1, 'Operative')).toEqual({ status: 'Accepted' });
    charger.host.unplug(1);
    expect(charger.station.statusOf(1)).toBe('Available');
  });

  it('is still unavailable after a power cut, and says nothing else before (case 10) (7.1 everything else) [power_failure_with_unavailable_status]', async () => {
    await open();
    await change(1, 'Inoperative');
    await settled(charger);
    const from = charger.csms.received.length;
    await charger.restart();
    await settled(charger);
    expect(statusesOf(charger, 1, from)).toEqual(['Unavailable']);
    expect(charger.told).toEqual(['1 false', '1 false']);
    expect(await change(1, 'Operative')).toEqual({ status: 'Accepted' });
    await settled(charger);
    expect(statusesOf(charger, 1, from)).toEqual(['Unavailable', 'Available']);
  });

  it('names EVSEs by their connectors only (case 37) [change_availability_request_failed] [change_availability_request_connector]', async () => {
    await open({ evses: 2 });
    const refused = { status: 'Rejected', reasonCode: 'InvalidInput' };
    expect(charger.station.changeAvailability({ evseId: 1 }, false)).toEqual(refused);
    expect(charger.station.changeAvailability({ evseId: 2, connectorId: 2 }, false)).toEqual(refused);
    expect(charger.station.changeAvailability({ evseId: 2, connectorId: 1 }, false)).toEqual({ status: 'Accepted' });
    expect(charger.station.statusOf(2)).toBe('Unavailable');
  });

  it('tells a change of status only when it lasts for MinimumStatusDuration', async () => {
    await open({ settings: { 'OCPP16LegacyCtrlr.MinimumStatusDuration': '10' } });
    await settled(charger);
    charger.host.plug(1);
    charger.clock.advance(5000);
    charger.host.unplug(1);
    charger.clock.advance(60_000);
    await settled(charger);
    expect(statusesOf(charger, 1)).toEqual(['Available']);
    charger.host.plug(1);
    const trigger = { requestedMessage: 'StatusNotification', connectorId: 1 };
    await charger.csms.call('CP1', 'TriggerMessage', trigger);
    await settled(charger);
    expect(statusesOf(charger, 1)).toEqual(['Available', 'Preparing']);
    charger.host.unplug(1);
    charger.clock.advance(10_000);
    await settled(charger);
    expect(statusesOf(charger, 1)).toEqual(['Available', 'Preparing', 'Available']);
  });
});

describe.each(['2.0.1', '2.1'] as const)('availability in OCPP %s', (version) => {
  const open = async (options?: ChargerOptions) => (charger = await openCharger(version, options));
  const change = (operationalStatus: string, evse?: object) =>
    charger.csms.call('CP1', 'ChangeAvailability', { operationalStatus, ...(evse && { evse }) });

  async function charge(evseId: number): Promise<void> {
    const started = once(charger.station.events, 'transactionStarted');
    charger.host.plug(evseId, { soc: 40 });
    charger.host.presentToken(evseId, 'CARD1');
    await started;
  }

  it('changes EVSEs and the station, once for each state (case 62) [g03] [g04] (TC_G_03, TC_G_05)', async () => {
    await open({ evses: 2 });
    for (const evse of [{ id: 1 }, undefined]) {
      expect(await change('Inoperative', evse)).toEqual({ status: 'Accepted' });
      expect(await change('Inoperative', evse)).toEqual({ status: 'Accepted' });
    }
    expect(await change('Operative')).toEqual({ status: 'Accepted' });
    expect(await change('Operative', { id: 1, connectorId: 1 })).toEqual({ status: 'Accepted' });
    expect(await change('Operative', { id: 1 })).toEqual({ status: 'Accepted' });
    await settled2();
    expect(statusesOf(charger, 1)).toEqual(['Available', 'Unavailable', 'Available']);
    expect(statusesOf(charger, 2)).toEqual(['Available', 'Unavailable', 'Available']);
  });

  it('waits for transactions only, and is never available in between (case 62) (TC_G_14)', async () => {
    await open({ evses: 2 });
    await charge(1);
    expect(await change('Inoperative')).toEqual({ status: 'Scheduled' });
    expect(charger.station.statusOf(2)).toBe('Unavailable');
    const from = charger.csms.received.length;
    charger.host.unplug(1);
    await settled2();
    expect(statusesOf(charger, 1, from)).toEqual(['Unavailable']);
    charger.host.plug(2);
    expect(await change('Inoperative', { id: 2 })).toEqual({ status: 'Accepted' });
  });

  it.each([
    ['an EVSE', { id: 1 }],
    ['a connector', { id: 1, connectorId: 1 }],
  ])('waits for the transaction of %s, which is out of use then (case 62) (TC_G_11, TC_G_17)', async (_what, evse) => {
    await open({ evses: 2 });
    await charge(1);
    expect(await change('Inoperative', evse)).toEqual({ status: 'Scheduled' });
    await settled2();
    const from = charger.csms.received.length;
    charger.host.unplug(1);
    await settled2();
    expect(statusesOf(charger, 1, from)).toEqual(['Unavailable']);
    expect(await change('Operative', evse)).toEqual({ status: 'Accepted' });
    await settled2();
    expect(statusesOf(charger, 1, from)).toEqual(['Unavailable', 'Available']);
    expect(statusesOf(charger, 2)).toEqual(['Available']);
  });

  it('ends a supply that no transaction has come of yet', async () => {
    const supply: string[] = [];
    const abilities = { start: () => void supply.push('on'), stop: () => void supply.push('off') };
    await open({ settings: { 'TxCtrlr.TxStartPoint': 'EnergyTransfer' }, abilities });
    charger.host.plug(1, { soc: 40 });
    charger.host.presentToken(1, 'CARD1');
    await expect.poll(() => supply).toEqual(['on']);
    expect(charger.station.transactionOn(1)).toBeUndefined();
    await change('Inoperative', { id: 1 });
    await expect.poll(() => supply).toEqual(['on', 'off']);
  });

  it('is as it was after a power cut (TC_G_18, TC_G_19, TC_G_21)', async () => {
    await open({ evses: 2 });
    await change('Inoperative', { id: 2 });
    const from = charger.csms.received.length;
    await charger.restart();
    await settled2();
    expect(statusesOf(charger, 1, from)).toEqual(['Available']);
    expect(statusesOf(charger, 2, from)).toEqual(['Unavailable']);
  });

  it('says what it does not have', async () => {
    await open();
    const refused = (reasonCode: string) => ({ status: 'Rejected', statusInfo: { reasonCode } });
    expect(await change('Inoperative', { id: 9 })).toEqual(refused('UnknownEvse'));
    expect(await change('Inoperative', { id: 1, connectorId: 2 })).toEqual(refused('UnknownConnectorId'));
  });

  it('tells of a lock that fails as one of the lock, and starts nothing (G05)', async () => {
    await open();
    charger.host.fault(1, { code: 'ConnectorLockFailure' });
    expect(await nextEvent(charger.csms, 'Problem')).toMatchObject({
      eventData: [
        { component: { name: 'ConnectorPlugRetentionLock' }, variable: { name: 'Problem' }, actualValue: 'true' },
      ],
    });
    const refused = once(charger.station.events, 'tokenRefused');
    charger.host.plug(1);
    charger.host.presentToken(1, 'CARD1');
    expect(await refused).toMatchObject([{ status: 'Faulted' }]);
    charger.host.clearFault(1);
    expect(await nextEvent(charger.csms, 'Problem')).toMatchObject({
      eventData: [{ component: { name: 'ConnectorPlugRetentionLock' }, actualValue: 'false', cleared: true }],
    });
  });

  it('has what it tells of in its device model, and tells it late rather than never (G05, N07.FR.13)', async () => {
    await open();
    const about = {
      component: { name: 'ConnectorPlugRetentionLock', evse: { id: 1, connectorId: 1 } },
      variable: { name: 'Problem' },
    };
    const isFailing = () => charger.csms.call('CP1', 'GetVariables', { getVariableData: [about] });
    expect(await isFailing()).toMatchObject({ getVariableResult: [{ attributeValue: 'false' }] });
    await charger.goOffline();
    charger.host.fault(1, { code: 'ConnectorLockFailure' });
    await advanceUntil(charger.clock, once(charger.station.events, 'accepted'));
    expect(await nextEvent(charger.csms, 'Problem')).toMatchObject({ eventData: [{ ...about, actualValue: 'true' }] });
    expect(await isFailing()).toMatchObject({ getVariableResult: [{ attributeValue: 'true' }] });
  });

  const settled2 = async () => {
    await charger.csms.call('CP1', 'TriggerMessage', { requestedMessage: 'Heartbeat' });
    await charger.csms.next('Heartbeat');
  };
});

describe('the status of connectors in OCPP 2.1', () => {
  const open = async () => (charger = await openCharger('2.1', { evses: 2 }));
  const eventOf = (id: number, actualValue: string) => ({
    eventId: expect.any(Number),
    timestamp: charger.clock.now().toISOString(),
    trigger: 'Delta',
    actualValue,
    eventNotificationType: 'HardWiredNotification',
    component: { name: 'Connector', evse: { id, connectorId: 1 } },
    variable: { name: 'AvailabilityState' },
  });
  const actions = () => charger.csms.received.map(({ action }) => action);

  it('is told by events, those of one moment together (G01) [g01_connector_status_emits_notify_event]', async () => {
    await open();
    expect(await charger.csms.next('NotifyEvent')).toMatchObject({
      eventData: [eventOf(1, 'Available'), eventOf(2, 'Available')],
    });
    charger.host.plug(2);
    expect(await charger.csms.next('NotifyEvent')).toMatchObject({ eventData: [eventOf(2, 'Occupied')] });
    expect(actions()).not.toContain('StatusNotification');
  });

  it('is not told twice, and not kept while nobody listens', async () => {
    await open();
    charger.host.plug(2);
    await settled(charger);
    await charger.goOffline();
    charger.host.plug(1);
    charger.host.unplug(1);
    charger.host.unplug(2);
    await advanceUntil(charger.clock, once(charger.station.events, 'accepted'));
    await settled(charger);
    expect(statusesOf(charger, 1)).toEqual(['Available']);
    expect(statusesOf(charger, 2)).toEqual(['Available', 'Occupied', 'Available']);
  });

  it('is told by StatusNotification to a CSMS that asks for that (F06)', async () => {
    await open();
    const evse = { id: 1, connectorId: 1 };
    await charger.csms.call('CP1', 'TriggerMessage', { requestedMessage: 'StatusNotification', evse });
    expect(await charger.csms.next('StatusNotification')).toMatchObject({
      evseId: 1,
      connectorId: 1,
      connectorStatus: 'Available',
    });
  });
});
