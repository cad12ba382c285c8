import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createStation, type Station } from '../../src/index.ts';
import { OcppModule } from '../../src/everest/index.ts';
import { openCsms, type Csms } from '../csms.ts';
import { openAedes, type TestBroker } from './brokers.ts';
import { createFakeOcpp, variableSamples, type FakeOcpp } from './fake-ocpp.ts';
import { everyNeighbour, configOf, moduleId, openStandIn, type StandIn } from './stand-in.ts';

const own = `everest/modules/${moduleId}`;
const evse = 'evse1/impl/evse';
const meter = (total: number) => ({ timestamp: '2026-11-01T08:00:00Z', energy_Wh_import: { total } });
const idTag = { id_token: { value: 'CARD1', type: 'ISO14443' }, authorization_type: 'RFID', connectors: [1] };

let broker: TestBroker;
let everest: StandIn;
let module: OcppModule;
let csms: Csms;
let station: Station | undefined;
let ocpp: FakeOcpp;
let connections: Record<string, unknown>;
let evseIds: Record<string, number>;
let connectors: { id: number; type: string }[];
let bootReason: string;

beforeEach(async () => {
  broker = await openAedes();
  csms = await openCsms();
  ocpp = createFakeOcpp();
  station = undefined;
  connections = everyNeighbour;
  evseIds = { evse1: 1, evse2: 2 };
  connectors = [{ id: 1, type: 'cType2' }];
  bootReason = 'PowerUp';
  const describeEvse = (name: string) => () => ({ id: evseIds[name], connectors });
  everest = await openStandIn(broker.port, {
    config: () => configOf(connections),
    neighbours: {
      'evse1 get_evse': describeEvse('evse1'),
      'evse2 get_evse': describeEvse('evse2'),
      'system get_boot_reason': () => bootReason,
      'auth reserve_now': () => 'Accepted',
      'auth cancel_reservation': () => true,
      'vendor data_transfer': () => ({ status: 'Accepted', data: 'there' }),
    },
  });
  module = createModule(60_000);
});

afterEach(async () => {
  await station?.stop();
  await module.stop();
  await everest.close();
  await broker.close();
  await csms.close();
});

const createModule = (capabilitiesTimeoutMs: number) =>
  new OcppModule({
    moduleId,
    release: '2026.08',
    broker: { host: '127.0.0.1', port: broker.port },
    retryMs: 20,
    capabilitiesTimeoutMs,
  });

/** EVerest is there, the station is made for it and accepted. */
async function openStation(): Promise<Station> {
  module.module.events.once('ready', () => void everest.vary(evse, 'hw_capabilities', board));
  module.start();
  const host = await module.host();
  const made = createStation({ identity: 'CP1', url: csms.url, versions: ['2.0.1'], host });
  station = made;
  module.serve({ station: made, ocpp });
  const accepted = once(made.events, 'accepted');
  made.start();
  await accepted;
  return made;
}

const board = { max_current_A_import: 16, max_phase_count_import: 1, connector_type: 'IEC62196Type2Cable' };

const session = (event: string, more: object = {}) =>
  everest.vary(evse, 'session_event', { uuid: 'S1', timestamp: '2026-11-01T08:00:00Z', event, ...more });

const plugIn = () =>
  session('SessionStarted', { session_started: { reason: 'EVConnected', meter_value: meter(1000) } });

const begin = () => session('TransactionStarted', { transaction_started: { id_tag: idTag, meter_value: meter(1000) } });

it('describes EVSEs by what their managers and boards tell, and lets them charge once there is a station', async () => {
  await openStation();
  const host = await module.host();
  expect(host.evses).toEqual([{ id: 1, phases: 1, maxCurrentA: 16, voltageV: 230, connectorType: 'cType2' }]);
  await everest.next('everest/modules/evse1/impl/evse/cmd/external_ready_to_start_charging');
});

it('charges with a card that EVerest’s authorization asks about', async () => {
  const made = await openStation();
  await plugIn();
  const answer = await everest.call('auth_validator validate_token', { provided_token: idTag }, 'auth');
  expect(answer).toHaveProperty('retval', { authorization_status: 'Accepted', tariff_messages: [] });
  const started = once(made.events, 'transactionStarted');
  await begin();
  await started;
  expect(await csms.next('TransactionEvent')).toMatchObject({
    eventType: 'Started',
    idToken: { idToken: 'CARD1', type: 'ISO14443' },
    meterValue: [{ sampledValue: [{ value: 1000 }] }],
  });
  await session('ChargingStarted', { charging_state_changed_event: { meter_value: meter(1000) } });
  expect(await csms.next('TransactionEvent')).toMatchObject({ transactionInfo: { chargingState: 'Charging' } });
  await everest.vary(evse, 'powermeter', meter(4200));
  await session('TransactionFinished', { transaction_finished: { meter_value: meter(4300), reason: 'Local' } });
  expect(await csms.next('TransactionEvent')).toMatchObject({
    eventType: 'Ended',
    meterValue: [{ sampledValue: [{ value: 1000 }] }, { sampledValue: [{ value: 4300 }] }],
  });
  await session('SessionFinished', { session_finished: { meter_value: meter(4300) } });
});

it('starts and stops what the CSMS asks for', async () => {
  await openStation();
  await plugIn();
  const idToken = { idToken: 'APP1', type: 'Central' };
  const answer = await csms.call('CP1', 'RequestStartTransaction', { evseId: 1, remoteStartId: 9, idToken });
  expect(answer).toMatchObject({ status: 'Accepted' });
  const provided = await everest.next(`${own}/impl/auth_provider/var/provided_token`);
  expect(provided).toMatchObject({
    data: { data: { id_token: { value: 'APP1', type: 'Central' }, connectors: [1], prevalidated: true } },
  });
  const started = await csms.next('TransactionEvent');
  expect(started).toMatchObject({ eventType: 'Started', transactionInfo: { remoteStartId: 9 } });
  const running = once(module.module.events, 'variable');
  await session('TransactionStarted', {
    transaction_started: {
      id_tag: { ...idTag, id_token: { value: 'APP1', type: 'Central' } },
      meter_value: meter(1000),
    },
  });
  await running;
  const transactionId = station?.transactionOn(1)?.id;
  expect(await csms.call('CP1', 'RequestStopTransaction', { transactionId })).toEqual({ status: 'Accepted' });
  expect(await everest.next('everest/modules/evse1/impl/evse/cmd/stop_transaction')).toMatchObject({
    data: { args: { request: { reason: 'Remote' } } },
  });
});

it('gives limits to the sink of the EVSE', async () => {
  await openStation();
  const host = await module.host();
  host.limit(1, { currentA: 8, phases: 1 });
  expect(await everest.next('everest/modules/sink1/impl/external_limits/cmd/set_external_limits')).toMatchObject({
    data: {
      args: { value: { schedule_import: [{ limits_to_root: { ac_max_current_A: { value: 8, source: 'OCPP' } } }] } },
    },
  });
});

it('takes places out of use, keeps reservations, and sets its neighbours as the CSMS wants', async () => {
  await openStation();
  expect(await everest.next('everest/modules/auth/impl/main/cmd/set_connection_timeout')).toMatchObject({
    data: { args: { connection_timeout: 120 } },
  });
  await everest.next('everest/modules/auth/impl/main/cmd/set_master_pass_group_id');
  const expiryDateTime = new Date(Date.now() + 3_600_000).toISOString();
  const reservation = { id: 5, expiryDateTime, idToken: { idToken: 'CARD1', type: 'ISO14443' }, evseId: 1 };
  expect(await csms.call('CP1', 'ReserveNow', reservation)).toEqual({ status: 'Accepted' });
  expect(await everest.next('everest/modules/auth/impl/reservation/cmd/reserve_now')).toMatchObject({
    data: { args: { request: { reservation_id: 5, id_token: 'CARD1', evse_id: 1 } } },
  });
  expect(await csms.call('CP1', 'CancelReservation', { reservationId: 5 })).toEqual({ status: 'Accepted' });
  await everest.next('everest/modules/auth/impl/reservation/cmd/cancel_reservation');
  await csms.call('CP1', 'ChangeAvailability', { operationalStatus: 'Inoperative', evse: { id: 1 } });
  expect(await everest.next('everest/modules/evse1/impl/evse/cmd/enable_disable')).toMatchObject({
    data: { args: { connector_id: 0, cmd_source: { enable_state: 'Disable', enable_priority: 5000 } } },
  });
});

it('tells EVerest’s authorization what the CSMS thinks of a token that charges', async () => {
  csms.answer('TransactionEvent', () => ({ idTokenInfo: { status: 'Blocked' } }));
  await openStation();
  await plugIn();
  await begin();
  expect(await everest.next(`${own}/impl/auth_validator/var/validate_result_update`)).toMatchObject({
    data: { data: { validation_result: { authorization_status: 'Blocked', tariff_messages: [] }, connector_id: 1 } },
  });
});

it('tells it no more once the transaction is over', async () => {
  csms.answer('TransactionEvent', () => ({ idTokenInfo: { status: 'Accepted' } }));
  const made = await openStation();
  const answered: string[] = [];
  const isOver = new Promise<void>((resolve) =>
    made.events.on('transactionAnswered', ({ record: { event } }) => {
      answered.push(event);
      if (event === 'Ended') resolve();
    }),
  );
  await plugIn();
  await begin();
  await session('TransactionFinished', { transaction_finished: { meter_value: meter(2000) } });
  await isOver;
  module.module.publish('ocpp_generic', 'connection_status', variableSamples.connection_status);
  await everest.next(`${own}/impl/ocpp_generic/var/connection_status`);
  const updates = everest.seen.filter(({ topic }) => topic.endsWith('/validate_result_update'));
  expect(updates).toHaveLength(answered.length - 1);
});

it('says where a token may charge, where it may not everywhere', async () => {
  csms.answer('Authorize', () => ({ idTokenInfo: { status: 'Accepted', evseId: [2] } }));
  connections = {
    ...everyNeighbour,
    evse_manager: ['evse1', 'evse2'].map((module_id) => ({ module_id, implementation_id: 'evse' })),
  };
  module.module.events.once('ready', () => void everest.vary('evse2/impl/evse', 'hw_capabilities', board));
  await openStation();
  const answer = await everest.call('auth_validator validate_token', { provided_token: idTag }, 'auth');
  expect(answer).toHaveProperty('retval', { authorization_status: 'Accepted', tariff_messages: [], evse_ids: [2] });
});

it('carries vendors’ messages of the CSMS to EVerest', async () => {
  await openStation();
  const request = { vendorId: 'com.example', messageId: 'hi', data: { a: 1 } };
  expect(await csms.call('CP1', 'DataTransfer', request)).toEqual({ status: 'Accepted', data: 'there' });
  expect(await everest.next('everest/modules/vendor/impl/main/cmd/data_transfer')).toMatchObject({
    data: { args: { request: { vendor_id: 'com.example', message_id: 'hi', data: '{"a":1}' } } },
  });
});

it('boots for the reason that EVerest tells', async () => {
  bootReason = 'Watchdog';
  await openStation();
  expect(await csms.next('BootNotification')).toMatchObject({ reason: 'Watchdog' });
});

it('has all connectors of an EVSE, and knows which one is in use', async () => {
  connectors = [
    { id: 1, type: 'cType2' },
    { id: 2, type: 'IEC62196Type2Socket' },
  ];
  const made = await openStation();
  const plugged = once(module.module.events, 'variable');
  await session('SessionStarted', { session_started: { reason: 'EVConnected' }, connector_id: 2 });
  await plugged;
  expect((await module.host()).evses).toMatchObject([{ connectors: [{ type: 'cType2' }, { id: 2, type: 'sType2' }] }]);
  let status: object = {};
  while (!JSON.stringify(status).includes('Occupied')) status = await csms.next('StatusNotification');
  expect(status).toMatchObject({ evseId: 1, connectorId: 2 });
  expect(made.statusOf(1)).not.toBe('Available');
});

it('carries vendors’ messages to the CSMS', async () => {
  csms.answer('DataTransfer', () => ({ status: 'Accepted', data: { a: 1 } }));
  await openStation();
  const request = { vendor_id: 'com.example', message_id: 'hi', data: 'there' };
  expect(await everest.call('data_transfer data_transfer', { request })).toHaveProperty('retval', {
    status: 'Accepted',
    data: '{"a":1}',
  });
  expect(await csms.next('DataTransfer')).toEqual({ vendorId: 'com.example', messageId: 'hi', data: 'there' });
  expect(await everest.call('data_transfer data_transfer', { request: { ...request, extra: 1 } })).toMatchObject({
    error: { __everest__error_type: 'SchemaValidationError', __everest__error_msg: 'request.extra is not known' },
  });
});

it('answers what it can before there is a station', async () => {
  module = createModule(10);
  module.start();
  await module.host();
  expect(await everest.call('ocpp_generic stop', {})).toMatchObject({ error: { __everest__error_type: 'NotReady' } });
  expect(await everest.call('auth_validator validate_token', { provided_token: idTag })).toMatchObject({
    retval: { authorization_status: 'Unknown' },
  });
  expect(await everest.call('data_transfer data_transfer', { request: { vendor_id: 'x' } })).toMatchObject({
    retval: { status: 'Offline' },
  });
});

it('publishes variables, and costs where EVerest looks for them', async () => {
  await openStation();
  ocpp.events.emit('is_connected', true);
  ocpp.events.emit('connection_status', variableSamples.connection_status);
  ocpp.events.emit('ocpp_transaction_event_response', variableSamples.ocpp_transaction_event_response);
  expect(await everest.next(`${own}/impl/ocpp_generic/var/connection_status`)).toHaveProperty('type', 'Var');
  expect(await everest.next(`${own}/impl/session_cost/var/session_cost`)).toMatchObject({
    data: {
      data: {
        session_id: '4d3a8f0c',
        currency: { code: 'EUR', decimals: 2 },
        status: 'Running',
        cost_chunks: [{ cost: { value: 125 } }],
      },
    },
  });
  expect(await everest.next(`${own}/impl/session_cost/var/tariff_message`)).toMatchObject({
    data: { data: { messages: [{ content: 'Welcome' }], identifier_type: 'SessionId', ocpp_transaction_id: '42' } },
  });
});

it('has a fault while EVerest says an EVSE is inoperative', async () => {
  const made = await openStation();
  const topic = 'everest/modules/evse1/impl/evse/error/evse_manager/Inoperative';
  const error = { type: 'evse_manager/Inoperative', message: 'relay welded' };
  const raised = once(module.module.events, 'errorRaised');
  await everest.publish(topic, 'RaiseError', error);
  await raised;
  expect(made.statusOf(1)).toBe('Faulted');
  const cleared = once(module.module.events, 'errorCleared');
  await everest.publish(topic, 'ClearError', error);
  await cleared;
  expect(made.statusOf(1)).toBe('Available');
});

it('goes on with the same station when EVerest starts anew, and tells it again what holds', async () => {
  const made = await openStation();
  ocpp.events.emit('connection_status', variableSamples.connection_status);
  const host = await module.host();
  host.limit(1, { currentA: 8, phases: 1 });
  const lost = once(module.module.events, 'lost');
  await broker.down();
  await lost;
  await broker.up();
  const again = await openStandIn(broker.port);
  await again.next('everest/modules/sink1/impl/external_limits/cmd/set_external_limits');
  await again.next(`${own}/impl/ocpp_generic/var/connection_status`);
  expect(await module.host()).toBe(host);
  expect(made.isConnected).toBe(true);
  await again.close();
});

it.each([
  ['a gap', { evse1: 1, evse2: 3 }],
  ['the same id twice', { evse1: 1, evse2: 1 }],
])('is no host for EVSE ids with %s', async (_name, ids) => {
  evseIds = ids;
  connections = {
    ...everyNeighbour,
    evse_manager: ['evse1', 'evse2'].map((module_id) => ({ module_id, implementation_id: 'evse' })),
  };
  module.start();
  await expect(module.host()).rejects.toThrow(/EVSE ids must be 1, 2/);
});

it('goes on without boards that tell nothing', async () => {
  module = createModule(10);
  const problem = once(module.module.events, 'problem');
  module.start();
  expect(await module.host()).toHaveProperty('evses', [
    { id: 1, phases: 3, maxCurrentA: 32, voltageV: 230, connectorType: 'cType2' },
  ]);
  expect(String(await problem)).toMatch(/not every board has told/);
});
