import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { issue } from './certificates.ts';
import { openCsms } from './csms.ts';
import { parseComponents } from '../src/device-model/component-config.ts';
import type { Place } from '../src/index.ts';
import { property } from './models.ts';
import { openInterface, type InterfaceRig, type InterfaceRigOptions } from './interface-rig.ts';
import { advanceUntil } from './rig.ts';

let rig: InterfaceRig;

afterEach(() => rig.close());

async function open(options: InterfaceRigOptions = {}): Promise<InterfaceRig> {
  rig = await openInterface({ versions: ['1.6'], ...options });
  return rig;
}

async function openStarted(options: InterfaceRigOptions = {}): Promise<InterfaceRig> {
  await open(options);
  await rig.start();
  return rig;
}

/** By the key alone, as EVerest's older module is asked. */
const byKey = (name: string) => ({ component: { name: '' }, variable: { name } });
const of = (component: string, name: string, more: object = {}) => ({
  component: { name: component },
  variable: { name, ...more },
});
const get = async (...component_variables: ReturnType<typeof of>[]) =>
  rig.ocpp.get_variables(component_variables.map((component_variable) => ({ component_variable })));

describe('interface ocpp in OCPP 1.6', () => {
  it('stops and restarts (case 30) [command_stop] [command_restart]', async () => {
    await openStarted();
    expect(await rig.ocpp.stop()).toBe(true);
    expect(rig.station.isConnected).toBe(false);
    expect(await rig.ocpp.stop()).toBe(false);
    await rig.csms.next('BootNotification');
    const accepted = once(rig.station.events, 'accepted');
    expect(await rig.ocpp.restart()).toBe(true);
    await rig.csms.next('BootNotification');
    await accepted;
    expect(rig.station.isConnected).toBe(true);
    expect(rig.published('boot_notification_response')).toHaveLength(2);
  });

  it('does not restart what was not stopped (case 30) [command_restart_denied]', async () => {
    await open();
    expect([await rig.ocpp.restart(), await rig.ocpp.stop()]).toEqual([false, false]);
    await rig.start();
    expect(await rig.ocpp.restart()).toBe(false);
    await rig.csms.call('CP1', 'GetLocalListVersion', {});
    expect(rig.published('is_connected')).toEqual([true]);
  });

  it('delivers what was charged while it was stopped, and what is charged afterwards (case 30)', async () => {
    await openStarted({ evses: 1 });
    rig.host.plug(1);
    rig.host.presentToken(1, 'CARD1');
    await rig.csms.next('StartTransaction');
    await rig.next('ocpp_transaction_event', { transaction_event: 'Updated', transaction_id: '4711' });
    await rig.ocpp.stop();
    rig.host.unplug(1);
    expect(rig.station.queuedMessages).toBe(1);
    await rig.ocpp.restart();
    expect(await rig.csms.next('StopTransaction')).toMatchObject({ transactionId: 4711, reason: 'EVDisconnected' });
    rig.host.plug(1);
    rig.host.presentToken(1, 'CARD2');
    expect(await rig.csms.next('StartTransaction')).toMatchObject({ idTag: 'CARD2' });
  });

  it('gives up what waits when it is made so (case 30)', async () => {
    await openStarted({ evses: 1, ocpp: { discardQueue: true } });
    rig.host.plug(1);
    rig.host.presentToken(1, 'CARD1');
    await rig.next('ocpp_transaction_event', { transaction_event: 'Updated' });
    await rig.ocpp.stop();
    rig.host.unplug(1);
    const accepted = once(rig.station.events, 'accepted');
    await rig.ocpp.restart();
    await accepted;
    expect(rig.csms.received.filter(({ action }) => action === 'StopTransaction')).toEqual([]);
    expect(rig.station.queuedMessages).toBe(1);
    await rig.csms.next('SecurityEventNotification');
    expect(await rig.csms.next('SecurityEventNotification')).toMatchObject({ type: 'ResetOrReboot' });
  });

  it('sends security events, cut to what fits (case 31) [command_security_event]', async () => {
    await openStarted();
    await rig.csms.next('SecurityEventNotification');
    const long = 'x'.repeat(2550);
    await rig.ocpp.security_event({ type: long, info: long, critical: true, timestamp: 'yesterday' });
    expect(await rig.csms.next('SecurityEventNotification')).toEqual({
      type: long.slice(0, 50),
      techInfo: long.slice(0, 255),
      timestamp: rig.clock.now().toISOString(),
    });
    expect(rig.published('security_event')).toEqual([]);
  });

  it('keeps a security event that comes before the start', async () => {
    await open();
    await rig.ocpp.security_event({ type: 'TamperDetectionActivated' });
    await rig.start();
    expect(await rig.csms.next('SecurityEventNotification')).toMatchObject({ type: 'TamperDetectionActivated' });
  });

  it('reads variables in the order of the requests (case 32) [command_get_variables_multi]', async () => {
    await openStarted({ settings: { 'OCPPCommCtrlr.HeartbeatInterval': '77' } });
    expect(
      await get(
        byKey('HeartbeatInterval'),
        of('Nothing', 'HeartbeatInterval'),
        of('OCPPCommCtrlr', 'HeartbeatInterval'),
        byKey('NoSuchKey'),
        byKey('AuthorizationKey'),
      ),
    ).toEqual([
      { status: 'Accepted', component_variable: byKey('HeartbeatInterval'), attribute_type: 'Actual', value: '300' },
      { status: 'UnknownComponent', component_variable: of('Nothing', 'HeartbeatInterval'), attribute_type: 'Actual' },
      {
        status: 'Accepted',
        component_variable: of('OCPPCommCtrlr', 'HeartbeatInterval'),
        attribute_type: 'Actual',
        value: '300',
      },
      { status: 'UnknownVariable', component_variable: byKey('NoSuchKey') },
      { status: 'Rejected', component_variable: byKey('AuthorizationKey') },
    ]);
  });

  it('takes the variable’s name as the key, whatever the component (case 32) [command_get_variables_legacy]', async () => {
    await openStarted({ ocpp: { addressing: 'legacy' } });
    expect(
      await get(
        of('Ignored', 'HeartbeatInterval', { instance: 'ignored' }),
        of('Ignored', 'NoSuchKey'),
        of('Ignored', 'NumberOfConnectors'),
      ),
    ).toEqual([
      { status: 'Accepted', component_variable: byKey('HeartbeatInterval'), attribute_type: 'Actual', value: '300' },
      { status: 'UnknownVariable', component_variable: byKey('NoSuchKey') },
      { status: 'Accepted', component_variable: byKey('NumberOfConnectors'), attribute_type: 'Actual', value: '2' },
    ]);
  });

  it.each([
    ['canonical', '[command_set_variables_multi]', byKey('HeartbeatInterval'), ['UnknownComponent', 'Accepted']],
    ['legacy', '[command_set_variables_legacy]', of('Ignored', 'HeartbeatInterval'), ['Accepted', 'Accepted']],
  ] as const)(
    'sets variables by %s names, and shows the new value (case 33) %s',
    async (addressing, _tag, name, statuses) => {
      const lamp = { name: 'Lamp', properties: { colour: property('Colour', 'string', { value: 'red' }) } };
      const components = parseComponents([{ name: 'Lamp.json', content: lamp }]);
      await openStarted({ ocpp: { addressing }, deviceModel: { components } });
      const set = [of('Ignored', 'HeartbeatInterval'), name, byKey('NoSuchKey'), byKey('Colour')];
      const requests = set.map((component_variable) => ({ component_variable, value: '42' }));
      const results = await rig.ocpp.set_variables(requests, 'test');
      expect(results.map(({ status }) => status)).toEqual([...statuses, 'UnknownVariable', 'Accepted']);
      expect(results.map(({ component_variable }) => component_variable)).toEqual(set);
      expect(await get(byKey('HeartbeatInterval'), byKey('Colour'))).toMatchObject([{ value: '42' }, { value: '42' }]);
    },
  );

  it('answers Rejected for everything before it has started', async () => {
    await open();
    const component_variable = byKey('HeartbeatInterval');
    expect(await get(component_variable)).toEqual([{ status: 'Rejected', component_variable }]);
    expect(await rig.ocpp.set_variables([{ component_variable, value: '5' }], 'test')).toMatchObject([
      { status: 'Rejected' },
    ]);
    expect(await rig.ocpp.change_availability({ operational_status: 'Inoperative' })).toMatchObject({
      status: 'Rejected',
    });
    await rig.start();
  });

  it('tells of changes once it was asked to, in the form it was asked in (case 34) [command_monitor_variables_multi]', async () => {
    await openStarted();
    const change = (value: string) => rig.csms.call('CP1', 'ChangeConfiguration', { key: 'HeartbeatInterval', value });
    await change('41');
    const forms = [byKey('HeartbeatInterval'), of('OCPPCommCtrlr', 'HeartbeatInterval'), byKey('NoSuchKey')];
    for (const form of [...forms, ...forms]) await rig.ocpp.monitor_variables([form]);
    await change('42');
    const event = {
      timestamp: rig.clock.now().toISOString(),
      trigger: 'Alerting',
      actual_value: '42',
      event_notification_type: 'CustomMonitor',
    };
    expect(rig.published('event_data')).toEqual([
      { ...event, event_id: 1, component_variable: forms[0] },
      { ...event, event_id: 2, component_variable: forms[1] },
    ]);
    rig.ocpp.unmonitorVariables(forms);
    await change('43');
    expect(rig.published('event_data')).toHaveLength(2);
  });

  it('tells of changes of keys, whatever the component (case 34) [command_monitor_variables_legacy]', async () => {
    await openStarted({ ocpp: { addressing: 'legacy' } });
    const change = (key: string, value: string) => rig.csms.call('CP1', 'ChangeConfiguration', { key, value });
    await change('HeartbeatInterval', '41');
    const ignored = of('Ignored', 'HeartbeatInterval');
    await rig.ocpp.monitor_variables([ignored, byKey('MeterValuesAlignedData'), byKey('NoSuchKey')]);
    await change('HeartbeatInterval', '42');
    expect(rig.published('event_data')).toEqual([
      {
        event_id: 1,
        component_variable: ignored,
        timestamp: rig.clock.now().toISOString(),
        trigger: 'Alerting',
        actual_value: '42',
        event_notification_type: 'CustomMonitor',
      },
    ]);
    await change('MeterValuesAlignedData', 'Voltage');
    expect(rig.published('event_data')[1]).toMatchObject({
      component_variable: byKey('MeterValuesAlignedData'),
      actual_value: 'Voltage',
    });
  });

  it('publishes charging schedules when profiles change, and every 30 s (case 35) [subscribe_charging_schedules]', async () => {
    await openStarted();
    const limits = (value: unknown) => expect(value).toMatchObject({ schedules: [0, 1, 2].map((evse) => ({ evse })) });
    limits(await rig.next('charging_schedules'));
    const answer = await rig.csms.call('CP1', 'SetChargingProfile', {
      connectorId: 0,
      csChargingProfiles: {
        chargingProfileId: 1,
        stackLevel: 1,
        chargingProfilePurpose: 'TxDefaultProfile',
        chargingProfileKind: 'Relative',
        chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 32 }] },
      },
    });
    expect(answer).toEqual({ status: 'Accepted' });
    const period = (limit: number, stack_level: number) => [
      expect.objectContaining({ start_period: 0, limit, stack_level }),
    ];
    const start_schedule = rig.clock.now().toISOString();
    const expected = {
      schedules: [
        { evse: 0, charging_rate_unit: 'A', duration: 600, start_schedule, charging_schedule_period: period(64, 0) },
        { evse: 1, charging_rate_unit: 'A', duration: 600, start_schedule, charging_schedule_period: period(32, 1) },
        { evse: 2, charging_rate_unit: 'A', duration: 600, start_schedule, charging_schedule_period: period(32, 1) },
      ],
    };
    expect(await rig.next('charging_schedules')).toEqual(expected);
    const { length } = rig.published('charging_schedules');
    rig.clock.advance(30_000);
    limits(await rig.next('charging_schedules'));
    expect(rig.published('charging_schedules')).toHaveLength(length + 1);
  });

  it('publishes with what holds without a connection (case 35)', async () => {
    const settings = { 'SmartChargingCtrlr.IgnoredProfilePurposesOffline': 'TxDefaultProfile' };
    await openStarted({ settings });
    await rig.csms.call('CP1', 'SetChargingProfile', {
      connectorId: 1,
      csChargingProfiles: {
        chargingProfileId: 1,
        stackLevel: 1,
        chargingProfilePurpose: 'TxDefaultProfile',
        chargingProfileKind: 'Relative',
        chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 20 }] },
      },
    });
    const limitBecomes = async (limit: number) => {
      const charging_schedule_period = [expect.objectContaining({ limit })];
      const schedule = expect.objectContaining({ evse: 1, charging_schedule_period });
      expect(await rig.next('charging_schedules', { schedules: expect.arrayContaining([schedule]) })).toBeDefined();
    };
    await limitBecomes(20);
    const lost = once(rig.station.events, 'disconnected');
    rig.station.drop();
    await lost;
    await limitBecomes(32);
    await advanceUntil(rig.clock, once(rig.station.events, 'accepted'));
    await limitBecomes(20);
  });

  it('tells of its connection and of the one just lost (case 36) [subscribe_connection_status]', async () => {
    await openStarted({
      settings: { 'NetworkConfiguration[1].OcppInterface': 'Wired0' },
    });
    await rig.ocpp.stop();
    const connected = once(rig.station.events, 'connected');
    await rig.ocpp.restart();
    await connected;
    const details = {
      csms_url: rig.csms.url,
      identity: 'CP1',
      security_profile: 0,
      configuration_slot: 1,
      ocpp_interface: 'Wired0',
      ocpp_transport: 'JSON',
      ocpp_version: '1.6',
    };
    expect(rig.published('connection_status')).toEqual(
      [true, false, true].map((isConnected) => ({ connected: isConnected, ...details })),
    );
    expect(rig.published('is_connected')).toEqual([true, false, true]);
  });

  it('refuses places that it does not have, and EVSEs without a connector (case 37) [change_availability_request_failed]', async () => {
    await openStarted();
    const change = (evse?: { id: number; connector_id?: number }) =>
      rig.ocpp.change_availability({ operational_status: 'Inoperative', ...(evse && { evse }) });
    const refused = { status: 'Rejected', status_info: { reason_code: 'InvalidInput' } };
    expect(await change({ id: 1 })).toEqual(refused);
    expect(await change({ id: 2, connector_id: 2 })).toEqual(refused);
    expect(await change({ id: 3, connector_id: 1 })).toEqual(refused);
    expect([1, 2].map((id) => rig.station.statusOf(id))).toEqual(['Available', 'Available']);
  });

  it('takes connectors and the whole station out of use, and tells the host once of each (case 37) [change_availability_request_connector] [change_availability_request_evse]', async () => {
    const told: unknown[] = [];
    const setAvailable = (isAvailable: boolean, { evseId, connectorId }: Place) =>
      void told.push([isAvailable, evseId, connectorId]);
    await openStarted({ evses: 3, can: { setAvailable } });
    told.length = 0;
    const change = (more: object) => rig.ocpp.change_availability({ operational_status: 'Inoperative', ...more });
    for (const id of [1, 2]) expect(await change({ evse: { id, connector_id: 1 } })).toEqual({ status: 'Accepted' });
    expect([1, 2, 3].map((id) => rig.station.statusOf(id))).toEqual(['Unavailable', 'Unavailable', 'Available']);
    expect(await change({})).toEqual({ status: 'Accepted' });
    expect(rig.station.statusOf(3)).toBe('Unavailable');
    expect(told).toEqual([1, 2, 3, undefined].map((evseId) => [false, evseId, undefined]));
  });

  it('tells of security events of its own (case 38) [subscribe_security_event]', async () => {
    const [root, other] = ['CSMS root', 'Somebody else'].map((name) => issue({ name, isAuthority: true }));
    await openStarted({ tls: { ca: root?.pem ?? '' } });
    expect(rig.station.requestCertificate('ChargingStationCertificate')).toBe(true);
    await rig.csms.next('SignCertificate');
    const { pem } = issue({ name: 'CP1', ...(other && { issuer: other }) });
    expect(await rig.csms.call('CP1', 'CertificateSigned', { certificateChain: pem })).toEqual({ status: 'Rejected' });
    expect(rig.published('security_event')).toEqual([
      { type: 'InvalidChargePointCertificate', info: 'InvalidSignature' },
    ]);
  });

  it('names a transaction by its session, and by its number once the CSMS has given one', async () => {
    await openStarted({ can: { sessionIdOf: (evseId) => `session-${evseId}` } });
    rig.csms.answer('StopTransaction', () => ({ idTagInfo: { status: 'Accepted' } }));
    rig.host.plug(2);
    rig.host.presentToken(2, 'CARD1');
    await rig.next('ocpp_transaction_event_response');
    rig.host.unplug(2);
    await rig.next('ocpp_transaction_event_response');
    const event = { session_id: 'session-2', evse: { id: 2, connector_id: 1 } };
    const known = { ...event, transaction_id: '4711' };
    expect(rig.published('ocpp_transaction_event')).toEqual([
      { transaction_event: 'Started', ...event },
      { transaction_event: 'Updated', ...known },
      { transaction_event: 'Ended', ...known },
    ]);
    expect(rig.published('ocpp_transaction_event_response')).toEqual([
      { original_transaction_event: { transaction_event: 'Started', ...known } },
      { original_transaction_event: { transaction_event: 'Ended', ...known } },
    ]);
  });

  it('publishes messages without passwords when that is switched on', async () => {
    await openStarted({ ocpp: { publishesMessages: true } });
    await rig.csms.call('CP1', 'ChangeConfiguration', { key: 'HeartbeatInterval', value: '42' });
    const messages = rig.published('ocpp_message');
    expect(messages).toContainEqual({
      message: expect.stringMatching(/^\[2,.*"ChangeConfiguration",\{"key":"HeartbeatInterval","value":"42"\}\]$/),
      direction: 'CSMSToChargingStation',
      version: '1.6',
    });
    expect(messages).toContainEqual(expect.objectContaining({ direction: 'ChargingStationToCSMS' }));
    const secret = { key: 'AuthorizationKey', value: '0123456789abcdef' };
    expect(await rig.csms.call('CP1', 'ChangeConfiguration', secret)).toEqual({ status: 'Accepted' });
    const published = JSON.stringify(rig.published('ocpp_message'));
    expect(published).toContain('AuthorizationKey');
    expect(published).not.toContain(secret.value);
  });

  it('does not tell who the station is at its CSMS', async () => {
    const csms = await openCsms();
    await openStarted({ url: csms.url.replace('//', '//user:p@ss%2Fword@') });
    expect(rig.published('connection_status')).toMatchObject([{ csms_url: csms.url.replace('//', '//***@') }]);
    await csms.close();
  });
});
