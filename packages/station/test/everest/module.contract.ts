import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/index.ts';
import type { EverestModuleOptions } from '../../src/everest/index.ts';
import { CommandError, EverestModule, ocppManifest } from '../../src/everest/index.ts';
import { ocppHandlers, watchVariables } from '../../src/everest/ocpp-provider.ts';
import type { TestBroker } from './brokers.ts';
import { commandSamples, createFakeOcpp, variableNameOf, variableSamples, type FakeOcpp } from './fake-ocpp.ts';
import { configOf, moduleId, openStandIn, type StandIn, type StandInOptions } from './stand-in.ts';

const own = `everest/modules/${moduleId}`;
const evse1 = { moduleId: 'evse1', implementationId: 'evse' };

/** What a standalone module must do, whatever broker is between it and EVerest. */
export function moduleContract(open: () => Promise<TestBroker>): void {
  let broker: TestBroker;
  let ocpp: FakeOcpp;
  const ends: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    broker = await open();
    ocpp = createFakeOcpp();
  });

  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
    await broker.close();
  });

  async function openEverest(options: StandInOptions = {}): Promise<StandIn> {
    const everest = await openStandIn(broker.port, options);
    ends.push(() => everest.close());
    return everest;
  }

  function createModule(options: Partial<EverestModuleOptions> = {}): EverestModule {
    const module = new EverestModule({
      moduleId,
      moduleName: 'BusbarOcpp',
      manifest: ocppManifest,
      release: '2026.08',
      broker: { host: '127.0.0.1', port: broker.port },
      retryMs: 20,
      commands: { ocpp_generic: ocppHandlers(() => ocpp) },
      watch: { evse_manager: ['session_event', 'powermeter'] },
      ...options,
    });
    ends.push(() => module.stop());
    return module;
  }

  /** Started, and everything is ready. */
  async function openModule(options: Partial<EverestModuleOptions> = {}): Promise<EverestModule> {
    const module = createModule(options);
    const ready = once(module.events, 'ready');
    module.start();
    await ready;
    return module;
  }

  describe('the handshake', () => {
    it('asks for its configuration, tells what it is, and says that it is ready', async () => {
      const everest = await openEverest();
      const module = await openModule();
      expect(await everest.next('everest/config/request')).toMatchObject({
        type: 'ConfigurationRequest',
        data: { type: 'Get', origin: moduleId, request: { type: 'Module' } },
      });
      expect(await everest.next(`${own}/metadata`)).toMatchObject({
        type: 'ConfigurationResponse',
        data: { module: 'BusbarOcpp', provides: { ocpp_generic: { interface: 'ocpp' } } },
      });
      expect(await everest.next(`${own}/ready`)).toMatchObject({ type: 'ModuleReady', data: true });
      expect(module.config?.connections.get('evse_manager')).toEqual([evse1]);
      expect(module.config?.parameters.get('Identity')).toBe('CP1');
      expect(module.config?.evseOf(evse1)).toBe(1);
    });

    it('asks a second time when the manager does not answer the first', async () => {
      let asked = 0;
      const everest = await openEverest({ config: () => (++asked === 2 ? configOf() : undefined) });
      const clock = new ManualClock();
      const module = createModule({ clock });
      const ready = once(module.events, 'ready');
      module.start();
      await everest.next('everest/config/request');
      clock.advance(5000);
      await everest.next('everest/config/request');
      await ready;
      expect(asked).toBe(2);
    });

    it.each([
      ['an answer of another form', { status: 'Ok', response: {} }, /not the form of this release/],
      ['a refusal', { ...configOf(), status: 'AccessDenied' }, /answers AccessDenied/],
      [
        'an error, which has no response',
        { status: 'Error', status_info: 'unknown origin', response: null },
        /answers Error unknown origin/,
      ],
    ])('says loudly that it cannot go on after %s', async (_name, answer, message) => {
      const everest = await openEverest({ config: () => answer });
      const module = createModule();
      const problem = once(module.events, 'problem');
      module.start();
      expect(String(await problem)).toMatch(message);
      expect(everest.seen.some(({ topic }) => topic === `${own}/ready`)).toBe(false);
    });

    it('says what to look at when there is no manager', async () => {
      await openEverest({ config: () => undefined });
      const module = createModule({ configTimeoutMs: 10 });
      const problem = once(module.events, 'problem');
      module.start();
      expect(String(await problem)).toMatch(/gives module ocpp no configuration/);
    });

    it('refuses an EVerest whose wire it does not know, before it connects', () => {
      expect(() => createModule({ release: '2024.3' })).toThrow(/EVerest "2024.3" is not known here.*2026\.08/);
    });

    it('is ready once, however often that is said', async () => {
      const everest = await openEverest();
      const module = createModule();
      const times: unknown[] = [];
      module.events.on('ready', () => times.push(1));
      const ready = once(module.events, 'ready');
      module.start();
      await ready;
      await everest.ready();
      await everest.ready();
      await everest.call('ocpp_generic stop', {});
      expect(times).toHaveLength(1);
    });
  });

  describe('commands', () => {
    it.each(commandSamples)('answers $name', async ({ name, args, call, result }) => {
      const everest = await openEverest();
      await openModule();
      expect(await everest.call(`ocpp_generic ${name}`, args)).toHaveProperty('retval', result);
      expect(ocpp.calls).toEqual([call]);
    });

    it('answers NotReady until every module is ready', async () => {
      const everest = await openEverest({ isEager: false });
      const module = createModule();
      module.start();
      await everest.next(`${own}/ready`);
      expect(await everest.call('ocpp_generic stop', {})).toMatchObject({
        error: { __everest__error_type: 'NotReady' },
      });
      const ready = once(module.events, 'ready');
      await everest.ready();
      await ready;
      expect(await everest.call('ocpp_generic stop', {})).toHaveProperty('retval', true);
      expect(ocpp.calls).toEqual([['stop']]);
    });

    it.each([
      ['get_variables', {}, /requests is missing/],
      ['get_variables', { requests: {} }, /requests must be an array/],
      ['get_variables', { requests: [{ component_variable: { component: {} } }] }, /variable is missing/],
      ['set_variables', { requests: [], source: 3 }, /source must be a string/],
      ['security_event', { event: { type: 'X', critical: 'yes' } }, /event.critical must be a boolean/],
      ['change_availability', { request: { operational_status: 'Off' } }, /must be one of Inoperative, Operative/],
      ['change_availability', { request: { operational_status: 'Operative', evse: { id: 0 } } }, /at least 1/],
      ['monitor_variables', null, /must be an object/],
    ])('refuses wrong arguments of %s and calls nothing', async (name, args, message) => {
      const everest = await openEverest();
      await openModule();
      expect(await everest.call(`ocpp_generic ${name}`, args)).toMatchObject({
        error: { __everest__error_type: 'SchemaValidationError', __everest__error_msg: expect.stringMatching(message) },
      });
      expect(ocpp.calls).toEqual([]);
    });

    it('answers HandlerException with the reason when a command throws', async () => {
      const everest = await openEverest();
      await openModule();
      const answer = await everest.call('ocpp_generic security_event', { event: { type: 'Boom' } });
      expect(answer['error']).toEqual({
        __everest__error_type: 'HandlerException',
        __everest__error_msg: 'the log is full',
      });
    });

    it('runs a call that comes twice only once', async () => {
      const everest = await openEverest();
      const module = await openModule();
      const problem = once(module.events, 'problem');
      const call = { id: 'same', args: {}, origin: 'api1' };
      await everest.publish(`${own}/impl/ocpp_generic/cmd/stop`, 'Cmd', call);
      await everest.publish(`${own}/impl/ocpp_generic/cmd/stop`, 'Cmd', call);
      expect(String(await problem)).toMatch(/same came twice/);
      expect(ocpp.calls).toEqual([['stop']]);
    });

    it.each([
      ['what is not JSON', '{', /not JSON/],
      ['an unknown message type', '{"msg_type":"Poke","data":{}}', /type "Poke" is not known/],
      ['another message type', '{"msg_type":"Var","data":{}}', /a Var is no call/],
      ['no envelope', '{"id":"1","args":{},"origin":"x"}', /a ExternalMQTT is no call/],
      ['no origin', '{"msg_type":"Cmd","data":{"id":"1","args":{}}}', /no id or no origin/],
      ['no data', '{"msg_type":"Cmd"}', /no id or no origin/],
    ])('leaves %s out and goes on', async (_name, payload, message) => {
      const everest = await openEverest();
      const module = await openModule();
      const problem = once(module.events, 'problem');
      await everest.publishRaw(`${own}/impl/ocpp_generic/cmd/stop`, payload);
      expect(String(await problem)).toMatch(message);
      expect(await everest.call('ocpp_generic stop', {})).toHaveProperty('retval', true);
    });

    it('serves the calls of one topic one after the other, in their order', async () => {
      const everest = await openEverest();
      const gate = Promise.withResolvers<void>();
      const order: unknown[] = [];
      await openModule({
        commands: {
          ocpp_generic: {
            slow: async (args) => {
              order.push(['begins', args]);
              await gate.promise;
              order.push(['ends', args]);
            },
            other: async () => 'meanwhile',
          },
        },
      });
      const answers = [
        everest.call('ocpp_generic slow', { n: 1 }, 'a'),
        everest.call('ocpp_generic slow', { n: 2 }, 'b'),
      ];
      expect(await everest.call('ocpp_generic other', {})).toHaveProperty('retval', 'meanwhile');
      gate.resolve();
      await Promise.all(answers);
      expect(order).toEqual([
        ['begins', { n: 1 }],
        ['ends', { n: 1 }],
        ['begins', { n: 2 }],
        ['ends', { n: 2 }],
      ]);
    });
  });

  describe('variables', () => {
    it('publishes every one that EVerest’s interface has, and no other', async () => {
      const everest = await openEverest();
      const module = await openModule();
      watchVariables(ocpp, (name, value) => {
        if (name !== 'is_connected') module.publish('ocpp_generic', name, value);
      });
      for (const [name, value] of Object.entries(variableSamples)) {
        ocpp.events.emit(variableNameOf(name), value);
        if (name === 'is_connected') continue;
        const seen = await everest.next(`${own}/impl/ocpp_generic/var/${name}`);
        expect(seen).toMatchObject({ type: 'Var', data: { data: value } });
      }
    });

    it('gives the variables of neighbours, and leaves out what it cannot read', async () => {
      const everest = await openEverest();
      const module = await openModule();
      const problem = once(module.events, 'problem');
      await everest.publish('everest/modules/evse1/impl/evse/var/powermeter', 'Var', { value: 1 });
      expect(String(await problem)).toMatch(/evse1 powermeter: the variable has no data/);
      const variable = once(module.events, 'variable');
      await everest.vary('evse1/impl/evse', 'powermeter', { energy_Wh_import: { total: 7 } });
      expect(await variable).toEqual([
        { requirement: 'evse_manager', of: evse1, name: 'powermeter', value: { energy_Wh_import: { total: 7 } } },
      ]);
    });
  });

  describe('calls of neighbours', () => {
    it('matches answers by their ids, whatever order they come in', async () => {
      const everest = await openEverest({ neighbours: { 'evse1 pause_charging': () => undefined } });
      const module = await openModule();
      const answers = [1, 2].map((n) => module.call(evse1, 'pause_charging', { n }));
      const topic = 'everest/modules/evse1/impl/evse/cmd/pause_charging';
      const calls = [await everest.next(topic), await everest.next(topic)];
      for (const { data } of calls.toReversed()) {
        const answer = {
          type: 'result',
          data: { id: field(data, 'id'), retval: field(data, 'args'), origin: 'evse1' },
        };
        await everest.publish(`${topic}/response/${moduleId}`, 'CmdResult', answer);
      }
      expect(await Promise.all(answers)).toEqual([{ n: 1 }, { n: 2 }]);
    });

    it('rejects with what the neighbour says', async () => {
      const everest = await openEverest({ neighbours: { 'evse1 pause_charging': () => undefined } });
      const module = await openModule();
      const answer = module.call(evse1, 'pause_charging').catch((error: unknown) => error);
      const topic = 'everest/modules/evse1/impl/evse/cmd/pause_charging';
      const { data } = await everest.next(topic);
      const error = { __everest__error_type: 'SchemaValidationError', __everest__error_msg: 'no' };
      await everest.publish(`${topic}/response/${moduleId}`, 'CmdResult', {
        type: 'result',
        data: { id: field(data, 'id'), error },
      });
      expect(await answer).toMatchObject({ type: 'SchemaValidationError', message: 'no' });
    });

    it('gives up after its time', async () => {
      await openEverest({ neighbours: { 'evse1 pause_charging': () => undefined } });
      const module = await openModule({ callTimeoutMs: 20 });
      await expect(module.call(evse1, 'pause_charging')).rejects.toMatchObject({ type: 'CmdTimeout' });
    });

    it('gives up when EVerest shuts down, and is not ready any more', async () => {
      const everest = await openEverest({ neighbours: { 'evse1 pause_charging': () => undefined } });
      const module = await openModule();
      const answer = module.call(evse1, 'pause_charging').catch((error: unknown) => error);
      const shutdown = once(module.events, 'shutdown');
      await everest.publishRaw('everest/shutdown', 'true');
      await shutdown;
      expect(await answer).toBeInstanceOf(CommandError);
      await expect(module.call(evse1, 'pause_charging')).rejects.toMatchObject({ type: 'NotReady' });
    });
  });

  describe('errors and configuration', () => {
    const fault = {
      implementationId: 'auth_validator',
      type: 'generic/CommunicationFault',
      message: 'no CSMS',
      description: 'The CSMS cannot be reached',
    };

    it('raises an error once and clears it', async () => {
      const everest = await openEverest();
      const module = await openModule();
      module.raise(fault);
      module.raise(fault);
      const topic = `${own}/impl/auth_validator/error/generic/CommunicationFault`;
      const raised = await everest.next(topic);
      expect(raised).toMatchObject({ type: 'RaiseError', data: { state: 'Active', origin: { module_id: moduleId } } });
      module.clear(fault);
      const cleared = await everest.next(topic);
      expect(cleared).toMatchObject({ type: 'ClearError', data: { state: 'ClearedByModule' } });
      expect(field(cleared.data, 'uuid')).toBe(field(raised.data, 'uuid'));
    });

    it('hears the errors of neighbours', async () => {
      const everest = await openEverest();
      const module = await openModule();
      const raised = once(module.events, 'errorRaised');
      const error = { type: 'evse_manager/Inoperative', message: 'overheated', state: 'Active' };
      await everest.publish('everest/modules/evse1/impl/evse/error/evse_manager/Inoperative', 'RaiseError', error);
      expect(await raised).toMatchObject([{ of: evse1, error }]);
    });

    it('sets a parameter while it runs, where it can', async () => {
      const everest = await openEverest();
      const set: string[] = [];
      await openModule({
        onSetConfig: (name, value) => {
          set.push(`${name}=${value}`);
          return name === 'Known' ? 'Accepted' : 'Rejected';
        },
      });
      for (const [name, status] of [
        ['Known', 'Accepted'],
        ['Unknown', 'Rejected'],
      ]) {
        const identifier = { module_id: moduleId, configuration_parameter_name: name };
        await everest.publish(`${own}/config/set_request`, 'ConfigurationRequest', { identifier, value: '1' });
        expect(await everest.next(`${own}/config/set_response`)).toMatchObject({
          data: { status: 'Ok', type: 'Set', response: { status } },
        });
      }
      expect(set).toEqual(['Known=1', 'Unknown=1']);
    });
  });

  describe('when the broker is lost', () => {
    it('connects again and goes through the whole handshake', async () => {
      const before = await openEverest();
      const module = await openModule();
      module.raise({ implementationId: 'auth_validator', type: 'generic/X', message: 'mm', description: 'dd' });
      const lost = once(module.events, 'lost');
      const waiting = module
        .call({ moduleId: 'nobody', implementationId: 'x' }, 'never')
        .catch((error: unknown) => error);
      await broker.down();
      await lost;
      expect(module.isReady).toBe(false);
      expect(await waiting).toMatchObject({ type: 'Shutdown' });
      expect(before.seen.length).toBeGreaterThan(0);
      await broker.up();
      const ready = once(module.events, 'ready');
      const everest = await openEverest();
      await ready;
      expect(await everest.call('ocpp_generic stop', {})).toHaveProperty('retval', true);
      expect(await everest.next(`${own}/impl/auth_validator/error/generic/X`)).toMatchObject({ type: 'RaiseError' });
    });

    it('waits for a broker that is not there yet', async () => {
      await broker.down();
      const module = createModule();
      const problem = once(module.events, 'problem');
      module.start();
      expect(String(await problem)).toMatch(/no connection to the broker/);
      await broker.up();
      const ready = once(module.events, 'ready');
      await openEverest();
      await ready;
    });

    it('stops without one', async () => {
      await broker.down();
      const module = createModule();
      const problem = once(module.events, 'problem');
      module.start();
      await problem;
      await module.stop();
      await module.stop();
      await broker.up();
      expect(module.isReady).toBe(false);
    });
  });
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
