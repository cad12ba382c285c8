import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../src/index.ts';
import { openInterface, type InterfaceRig, type InterfaceRigOptions } from './interface-rig.ts';

let rig: InterfaceRig;

afterEach(() => rig.close());

async function open(options: InterfaceRigOptions = {}): Promise<InterfaceRig> {
  rig = await openInterface({ versions: ['2.0.1'], ...options });
  return rig;
}

async function openStarted(options: InterfaceRigOptions = {}): Promise<InterfaceRig> {
  await open(options);
  await rig.start();
  return rig;
}

const of = (component: string, name: string) => ({ component: { name: component }, variable: { name } });

describe('interface ocpp in OCPP 2.0.1', () => {
  it('boots as an application that was reset after restart', async () => {
    await openStarted();
    expect(await rig.csms.next('BootNotification')).toMatchObject({ reason: 'PowerUp' });
    expect(await Promise.all([rig.ocpp.stop(), rig.ocpp.restart(), rig.ocpp.restart()])).toEqual([true, true, false]);
    expect(await rig.csms.next('BootNotification')).toMatchObject({ reason: 'ApplicationReset' });
    await once(rig.station.events, 'accepted');
    rig.host.plug(1);
    rig.host.presentToken(1, 'CARD1');
    expect(await rig.csms.next('TransactionEvent')).toMatchObject({ eventType: 'Started' });
    rig.host.unplug(1);
    await expect.poll(() => rig.station.queuedMessages).toBe(0);
    expect(rig.csms.received.at(-1)?.payload).toMatchObject({ eventType: 'Ended' });
  });

  it('answers in the order of the requests, also what is asked twice', async () => {
    await openStarted();
    const asked = ['RetryBackOffRepeatTimes', 'HeartbeatInterval', 'RetryBackOffRepeatTimes', 'HeartbeatInterval'];
    const requests = asked.map((name) => ({ component_variable: of('OCPPCommCtrlr', name) }));
    const results = await rig.ocpp.get_variables(requests);
    expect(results.map(({ component_variable }) => component_variable.variable.name)).toEqual(asked);
    expect(results.map(({ value }) => value === '300')).toEqual([false, true, false, true]);
  });

  it('goes on with the meter values of what charges, after restart', async () => {
    await openStarted({ settings: { 'SampledDataCtrlr.TxUpdatedInterval': '60' } });
    rig.host.plug(1);
    rig.host.presentToken(1, 'CARD1');
    await rig.next('ocpp_transaction_event', { transaction_event: 'Started' });
    await rig.ocpp.stop();
    const accepted = once(rig.station.events, 'accepted');
    await rig.ocpp.restart();
    await accepted;
    rig.clock.advance(60_000);
    const triggers: unknown[] = [];
    while (triggers.at(-1) !== 'MeterValuePeriodic')
      triggers.push(
        Object.entries(await rig.csms.next('TransactionEvent')).find(([key]) => key === 'triggerReason')?.[1],
      );
    expect(triggers.slice(0, -1)).not.toContain('MeterValuePeriodic');
  });

  it('ends a transaction at its limit also after restart (2.1 E16)', async () => {
    await openStarted({ versions: ['2.1'] });
    rig.host.plug(1);
    rig.host.presentToken(1, 'CARD1');
    await rig.next('ocpp_transaction_event', { transaction_event: 'Started' });
    expect(rig.station.limitTransaction(1, { maxTime: 600 })).toBe(true);
    await rig.ocpp.stop();
    const accepted = once(rig.station.events, 'accepted');
    await rig.ocpp.restart();
    await accepted;
    const ended = rig.next('ocpp_transaction_event', { transaction_event: 'Ended' });
    rig.clock.advance(620_000);
    rig.host.unplug(1);
    expect(await ended).toMatchObject({ evse: { id: 1 } });
    for (;;) {
      const event = await rig.csms.next('TransactionEvent');
      if ('eventType' in event && event.eventType === 'Ended') break;
    }
    expect(JSON.stringify(rig.csms.received)).toContain('TimeLimitReached');
  });

  it('publishes every answer to a BootNotification, with its reason', async () => {
    await open();
    const statusInfo = { reasonCode: 'NotKnown', additionalInfo: 'ask the operator' };
    const answer = { status: 'Rejected', currentTime: '2026-11-01T08:00:00.000Z', interval: 10, statusInfo };
    rig.csms.answer('BootNotification', () => answer);
    rig.station.start();
    const expected = {
      status: 'Rejected',
      current_time: '2026-11-01T08:00:00.000Z',
      interval: 10,
      status_info: { reason_code: 'NotKnown', additional_info: 'ask the operator' },
    };
    expect(await rig.next('boot_notification_response')).toEqual(expected);
    rig.csms.answer('BootNotification', () => ({ ...answer, status: 'Accepted' }));
    const accepted = once(rig.station.events, 'accepted');
    rig.clock.advance(10_000);
    await accepted;
    expect(await rig.next('boot_notification_response')).toEqual({ ...expected, status: 'Accepted' });
  });

  it('names EVSE and transaction in every event, and hands on what the CSMS answers', async () => {
    await openStarted();
    rig.csms.answer('TransactionEvent', () => ({
      totalCost: 1.25,
      chargingPriority: 3,
      updatedPersonalMessage: { format: 'UTF8', language: 'de', content: 'Willkommen' },
      idTokenInfo: { status: 'Accepted' },
    }));
    rig.host.plug(2);
    rig.host.presentToken(2, 'CARD1');
    const answered = await rig.next('ocpp_transaction_event_response');
    const transaction_id = rig.station.transactionOn(2)?.id;
    rig.host.unplug(2);
    await rig.next('ocpp_transaction_event', { transaction_event: 'Ended' });
    const event = { session_id: transaction_id, transaction_id, evse: { id: 2, connector_id: 1 } };
    expect(answered).toEqual({
      original_transaction_event: { transaction_event: 'Started', ...event },
      total_cost: 1.25,
      charging_priority: 3,
      personal_message: { content: 'Willkommen', format: 'UTF8', language: 'de' },
    });
    for (const published of rig.published('ocpp_transaction_event')) expect(published).toMatchObject(event);
  });

  it('takes EVSEs, connectors and the whole station out of use', async () => {
    await openStarted();
    const change = (evse?: { id: number; connector_id?: number }) =>
      rig.ocpp.change_availability({ operational_status: 'Inoperative', ...(evse && { evse }) });
    expect(await change({ id: 1 })).toEqual({ status: 'Accepted' });
    expect(await change({ id: 2, connector_id: 1 })).toEqual({ status: 'Accepted' });
    expect(await change({ id: 3 })).toEqual({ status: 'Rejected', status_info: { reason_code: 'InvalidInput' } });
    rig.host.plug(1);
    expect(await change()).toEqual({ status: 'Accepted' });
    expect(rig.station.statusOf(1)).toBe('Unavailable');
  });

  it('knows components only, and writes what only the CSMS must not', async () => {
    await openStarted();
    const [byKey, value] = await rig.ocpp.get_variables([
      { component_variable: of('', 'HeartbeatInterval') },
      { component_variable: of('OCPPCommCtrlr', 'HeartbeatInterval'), attribute_type: 'MaxSet' },
    ]);
    expect([byKey?.status, value?.status]).toEqual(['UnknownComponent', 'NotSupportedAttributeType']);
    const component_variable = of('SmartChargingCtrlr', 'ProfileStackLevel');
    expect(await rig.ocpp.set_variables([{ component_variable, value: '7' }], 'csms')).toEqual([
      { status: 'Accepted', component_variable, attribute_type: 'Actual' },
    ]);
    const { variables } = rig.station.inside;
    const definition = variables.catalog.named('SmartChargingCtrlr.ProfileStackLevel');
    expect(definition && variables.sourceOf(definition)).toBe('host:csms');
  });

  it('tells of its connection, of the one just lost and of the next [connection_status_on_connect, connection_status_on_disconnect_and_reconnect]', async () => {
    await openStarted({ settings: { 'NetworkConfiguration[1].OcppInterface': 'Wired0' } });
    const details = {
      csms_url: rig.csms.url,
      identity: 'CP1',
      security_profile: 0,
      configuration_slot: 1,
      ocpp_interface: 'Wired0',
      ocpp_transport: 'JSON',
      ocpp_version: '2.0.1',
    };
    expect(rig.published('connection_status')).toEqual([{ connected: true, ...details }]);
    await rig.ocpp.stop();
    expect(rig.published('connection_status').at(-1)).toEqual({ connected: false, ...details });
    const connected = once(rig.station.events, 'connected');
    await rig.ocpp.restart();
    await connected;
    expect(rig.published('connection_status')).toHaveLength(3);
    expect(rig.published('connection_status').at(-1)).toEqual({ connected: true, ...details });
  });

  it('names the version that the CSMS has chosen', async () => {
    await openStarted({ versions: ['2.1', '2.0.1', '1.6'] });
    expect(rig.published('connection_status')).toMatchObject([{ ocpp_version: '1.6', configuration_slot: 1 }]);
  });

  it('ends by its number what a power cut has interrupted (OCPP 1.6)', async () => {
    const store = createMemoryStore();
    await openStarted({ versions: ['1.6'], evses: 1, store });
    rig.host.plug(1);
    rig.host.presentToken(1, 'CARD1');
    await rig.next('ocpp_transaction_event', { transaction_event: 'Updated' });
    rig.station.drop();
    await rig.close();
    await openStarted({ versions: ['1.6'], evses: 1, store });
    expect(rig.published('ocpp_transaction_event')).toMatchObject([
      { transaction_event: 'Ended', transaction_id: '4711' },
    ]);
  });
});
