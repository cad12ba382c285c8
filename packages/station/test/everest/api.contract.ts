import { once } from 'node:events';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStation, ManualClock, type Station } from '../../src/index.ts';
import { ApiClient, ApiHost, OcppApi, type ApiClientOptions } from '../../src/everest/index.ts';
import { openCsms, type Csms } from '../csms.ts';
import { openApi, type ApiStandIn } from './api-stand-in.ts';
import type { TestBroker } from './brokers.ts';
import {
  apiPayloadOf,
  apiReplyOf,
  commandSamples,
  createFakeOcpp,
  variableNameOf,
  variableSamples,
  type FakeOcpp,
} from './fake-ocpp.ts';

const manager = { type: 'evse_manager_consumer', moduleId: 'evse_api' } as const;
const sink = { type: 'external_energy_limits_consumer', moduleId: 'limits_api' } as const;

const modules = {
  evse_manager_consumer: ['evse_api'],
  external_energy_limits_consumer: ['limits_api'],
  auth_token_validator: ['validator_api'],
  auth_token_provider: ['provider_api'],
  error_history_consumer: ['errors_api'],
  session_cost: ['cost_api'],
};

/** What the attachment through the EVerest API must do, whatever broker is between. */
export function apiContract(open: () => Promise<TestBroker>): void {
  let broker: TestBroker;
  let everest: ApiStandIn;
  const ends: (() => Promise<void> | void)[] = [];

  beforeEach(async () => {
    broker = await open();
    ends.push(() => broker.close());
    everest = await openApi(broker.port);
    ends.push(() => everest.close());
  });

  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });

  const address = () => ({ broker: { host: '127.0.0.1', port: broker.port }, retryMs: 20 });

  function createClient(options: Partial<ApiClientOptions> = {}): ApiClient {
    const client = new ApiClient({ ...address(), modules, checkIntervalMs: 20, silenceMs: 0, ...options });
    ends.push(() => client.stop());
    return client;
  }

  async function openClient(options: Partial<ApiClientOptions> = {}): Promise<ApiClient> {
    const client = createClient(options);
    const connected = once(client.events, 'connected');
    client.start();
    await connected;
    return client;
  }

  describe('the client', () => {
    it('tells again and again that it lives, and in the end that it goes', async () => {
      const client = await openClient();
      for (let times = 0; times < 3; times++)
        expect(await everest.next('evse_manager_consumer/evse_api/m2e/communication_check')).toBe(true);
      await client.stop();
      for (;;) if ((await everest.next('evse_manager_consumer/evse_api/m2e/communication_check')) === false) break;
    });

    it('finds API modules by itself, of the kinds and the version that it knows', async () => {
      const clock = new ManualClock();
      const client = new ApiClient({ ...address(), clock });
      ends.push(() => client.stop());
      const found = once(client.events, 'found').then(() => once(client.events, 'found'));
      const connected = once(client.events, 'connected');
      client.start();
      await found;
      clock.advance(1000);
      await connected;
      expect(client.modulesOf('evse_manager_consumer')).toEqual([manager]);
      expect(client.modulesOf('external_energy_limits_consumer')).toEqual([sink]);
      expect(client.modulesOf('auth_token_provider')).toEqual([]);
    });

    it('asks for the last value, and gives up when nobody replies', async () => {
      const clock = new ManualClock();
      const client = await openClient({ clock, checkIntervalMs: 0 });
      expect(await client.latest(sink, 'capabilities')).toMatchObject({ max_current_A: 20 });
      const reply = client.request(manager, 'unheard').catch((error: unknown) => error);
      clock.advance(10_000);
      expect(await reply).toMatchObject({ type: 'CmdTimeout' });
    });

    it('hears a heart that beats again', async () => {
      const client = await openClient({ silenceMs: 30, modules: { evse_manager_consumer: ['evse_api'] } });
      expect(await once(client.events, 'silent')).toEqual([manager]);
      const heard = once(client.events, 'heard');
      await everest.publish('evse_manager_consumer/evse_api/e2m/heartbeat', 7);
      expect(await heard).toEqual([manager]);
    });

    it('leaves out what is not JSON', async () => {
      const client = createClient();
      const values: unknown[] = [];
      client.watch('evse_manager_consumer', 'ev_info', (_, value) => values.push(value));
      const connected = once(client.events, 'connected');
      client.start();
      await connected;
      const problem = once(client.events, 'problem');
      await everest.publishRaw('evse_manager_consumer/evse_api/e2m/ev_info', '{');
      expect(String(await problem)).toMatch(/ev_info is not JSON/);
      expect(values).toEqual([]);
    });
  });

  describe('the host', () => {
    let csms: Csms;
    let station: Station;
    let apiHost: ApiHost;
    let ocpp: FakeOcpp;

    async function openStation(): Promise<Station> {
      csms = await openCsms();
      ends.push(() => csms.close());
      ocpp = createFakeOcpp();
      const client = createClient();
      apiHost = new ApiHost(client);
      ends.push(() => apiHost.stop());
      client.start();
      const host = await apiHost.host();
      station = createStation({ identity: 'CP1', url: csms.url, versions: ['1.6'], host });
      ends.push(() => station.stop());
      apiHost.serve(station, ocpp);
      const accepted = once(station.events, 'accepted');
      station.start();
      await accepted;
      return station;
    }

    const meter = (total: number) => ({ timestamp: '2026-11-01T08:00:00Z', energy_Wh_import: { total } });
    const idTag = { id_token: { value: 'CARD1', type: 'ISO14443' }, authorization_type: 'RFID' };

    const session = (event: string, more: object = {}) =>
      everest.publish('evse_manager_consumer/evse_api/e2m/session_event', {
        uuid: 'S1',
        timestamp: '2026-11-01T08:00:00Z',
        event,
        ...more,
      });

    it('describes the EVSE by what the place for limits can do, where the board has told nothing', async () => {
      await openStation();
      expect((await apiHost.host()).evses).toEqual([
        { id: 1, phases: 1, maxCurrentA: 20, voltageV: 240, connectorType: 'cCCS2' },
      ]);
    });

    it('charges with a card and tells EVerest the cost', async () => {
      await openStation();
      await session('SessionStarted', { session_started: { reason: 'EVConnected', meter_value: meter(100) } });
      expect(await everest.ask('auth_token_validator/validator_api', 'validate_token', idTag)).toEqual({
        authorization_status: 'Accepted',
        tariff_messages: [],
      });
      await session('TransactionStarted', { transaction_started: { id_tag: idTag, meter_value: meter(100) } });
      expect(await csms.next('StartTransaction')).toMatchObject({ idTag: 'CARD1', meterStart: 100 });
      ocpp.events.emit('ocpp_transaction_event_response', variableSamples.ocpp_transaction_event_response);
      expect(await everest.next('session_cost/cost_api/m2e/session_cost')).toMatchObject({ status: 'Running' });
      await session('TransactionFinished', {
        transaction_finished: { meter_value: meter(900), reason: 'EVDisconnected' },
      });
      await session('SessionFinished', { session_finished: { meter_value: meter(900) } });
      expect(await csms.next('StopTransaction')).toMatchObject({ meterStop: 900, reason: 'EVDisconnected' });
    });

    it('passes on what the station wants, in the API’s words', async () => {
      await openStation();
      const host = await apiHost.host();
      host.limit(1, { currentA: 8, phases: 1 });
      expect(await everest.next('external_energy_limits_consumer/limits_api/m2e/set_external_limits')).toMatchObject({
        schedule_import: [{ limits_to_root: { ac_max_current_A: { value: 8 } } }],
      });
      host.setAvailable(false, { evseId: 1 });
      expect(await everest.next('evse_manager_consumer/evse_api/m2e/enable_disable')).toMatchObject({
        payload: { connector_id: 0, source: { enable_source: 'CSMS', enable_state: 'Disable', enable_priority: 5000 } },
      });
      expect(await host.unlock(1)).toBe(true);
      expect(await everest.next('evse_manager_consumer/evse_api/m2e/force_unlock')).toMatchObject({ payload: 1 });
    });

    it('keeps an EVSE for whom has reserved, though EVerest’s API knows no reservations', async () => {
      const made = await openStation();
      const expiryDate = new Date(Date.now() + 3_600_000).toISOString();
      const reservation = { connectorId: 1, expiryDate, idTag: 'CARD2', reservationId: 7 };
      expect(await csms.call('CP1', 'ReserveNow', reservation)).toEqual({ status: 'Accepted' });
      const own = { ...idTag, id_token: { value: 'CARD2', type: 'ISO14443' } };
      const validate = (token: unknown) => everest.ask('auth_token_validator/validator_api', 'validate_token', token);
      expect(await validate(idTag)).toEqual({ authorization_status: 'Accepted', tariff_messages: [], evse_ids: [] });
      expect(await validate(own)).toEqual({ authorization_status: 'Accepted', tariff_messages: [] });
      await session('TransactionStarted', { transaction_started: { id_tag: idTag, meter_value: meter(100) } });
      expect(await everest.next('evse_manager_consumer/evse_api/m2e/stop_transaction')).toMatchObject({
        payload: { reason: 'DeAuthorized' },
      });
      await session('TransactionFinished', { transaction_finished: { meter_value: meter(100) } });
      await session('SessionFinished', { session_finished: { meter_value: meter(100) } });
      const started = once(made.events, 'transactionStarted');
      await session('TransactionStarted', { transaction_started: { id_tag: own, meter_value: meter(100) } });
      await started;
      expect(await csms.next('StartTransaction')).toMatchObject({ idTag: 'CARD2', reservationId: 7 });
    });

    it('tells EVerest what the CSMS thinks of a token that charges', async () => {
      await openStation();
      csms.answer('StartTransaction', () => ({
        transactionId: 5,
        idTagInfo: { status: 'Accepted', parentIdTag: 'P' },
      }));
      await session('TransactionStarted', { transaction_started: { id_tag: idTag, meter_value: meter(100) } });
      expect(await everest.next('auth_token_validator/validator_api/m2e/validate_result_update')).toEqual({
        validation_result: {
          authorization_status: 'Accepted',
          tariff_messages: [],
          parent_id_token: { value: 'P', type: 'Central' },
        },
        connector_id: 1,
      });
    });

    it('has the fault of the only EVSE', async () => {
      const made = await openStation();
      const error = { type: 'evse_manager/Inoperative', message: 'broken', origin: { module_id: 'evse_manager' } };
      await everest.publish('error_history_consumer/errors_api/e2m/error_raised', error);
      for (;;) if (String(field(await csms.next('StatusNotification'), 'status')) === 'Faulted') break;
      expect(made.statusOf(1)).toBe('Faulted');
    });
  });

  describe('interface ocpp in a topic tree of its own', () => {
    let ocpp: FakeOcpp;
    let client: MqttClient;
    const problems: string[] = [];

    async function openOcppApi(): Promise<OcppApi> {
      ocpp = createFakeOcpp();
      problems.length = 0;
      const api = new OcppApi({
        ...address(),
        ocpp,
        identity: 'CP1',
        heartbeatMs: 10,
        onProblem: (p) => problems.push(p),
      });
      ends.push(() => api.stop());
      client = await connectAsync({ protocol: 'mqtt', protocolVersion: 4, host: '127.0.0.1', port: broker.port });
      ends.push(() => client.endAsync(true));
      await client.subscribeAsync(['busbar/ocpp/CP1/e2m/#', 'reply/#'], { qos: 2 });
      api.start();
      await message('busbar/ocpp/CP1/e2m/heartbeat');
      return api;
    }

    /** The next message there. */
    function message(topic: string): Promise<unknown> {
      return new Promise((resolve) => {
        const listener = (seen: string, payload: Buffer) => {
          if (seen !== topic) return;
          client.off('message', listener);
          resolve(JSON.parse(payload.toString()));
        };
        client.on('message', listener);
      });
    }

    async function ask(name: string, payload?: unknown): Promise<unknown> {
      const reply = message('reply/1');
      await client.publishAsync(
        `busbar/ocpp/CP1/m2e/${name}`,
        JSON.stringify({ headers: { replyTo: 'reply/1' }, payload }),
      );
      return reply;
    }

    it.each(commandSamples)('answers $name', async ({ name, args, call, result }) => {
      await openOcppApi();
      expect(await ask(name, apiPayloadOf(name, args))).toEqual(apiReplyOf(name, result));
      expect(ocpp.calls).toEqual([call]);
    });

    it('publishes every variable, and has the last of each', async () => {
      await openOcppApi();
      expect(await ask('connection_status/get')).toBeNull();
      for (const [name, value] of Object.entries(variableSamples)) {
        const published = message(`busbar/ocpp/CP1/e2m/${name}`);
        ocpp.events.emit(variableNameOf(name), value);
        expect(await published).toEqual(value);
        expect(await ask(`${name}/get`)).toEqual(value);
      }
    });

    it('says what is wrong with a request, and calls nothing', async () => {
      await openOcppApi();
      expect(await ask('get_variables', { items: [{}] })).toEqual({
        error: { type: 'SchemaValidationError', message: 'requests[0].component_variable is missing' },
      });
      expect(await ask('get_variables')).toMatchObject({ error: { type: 'SchemaValidationError' } });
      expect(ocpp.calls).toEqual([]);
    });

    it('does what comes without a wish for a reply, and goes on after what it cannot read', async () => {
      await openOcppApi();
      await client.publishAsync('busbar/ocpp/CP1/m2e/security_event', '{');
      await client.publishAsync('busbar/ocpp/CP1/m2e/security_event', '{"type":"A"}');
      await client.publishAsync(
        'busbar/ocpp/CP1/m2e/security_event',
        '{"headers":{"replyTo":"a/#"},"payload":{"type":"B"}}',
      );
      expect(await ask('stop')).toBe(true);
      expect(await ask('security_event', { type: 'C' })).toBeNull();
      expect(ocpp.calls).toEqual(
        expect.arrayContaining([['stop'], ...['A', 'B', 'C'].map((type) => ['security_event', { type }])]),
      );
      expect(problems).toEqual(['the request is not JSON']);
    });

    it('comes back with the broker', async () => {
      await openOcppApi();
      await broker.down();
      await broker.up();
      await client.endAsync(true);
      client = await connectAsync({ protocol: 'mqtt', protocolVersion: 4, host: '127.0.0.1', port: broker.port });
      await client.subscribeAsync(['busbar/ocpp/CP1/e2m/#', 'reply/#'], { qos: 2 });
      await message('busbar/ocpp/CP1/e2m/heartbeat');
      expect(await ask('stop')).toBe(true);
    });
  });

  it('refuses an identity that is no level of a topic', () => {
    for (const identity of ['', 'a/b', '#'])
      expect(() => new OcppApi({ ocpp: createFakeOcpp(), identity })).toThrow(RangeError);
  });
}

function field(value: object, name: string): unknown {
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
