import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { environmentOf, manifestText, matches, ocppTypes, problemIn } from '../../src/everest/index.ts';
import { toRequest } from '../../src/everest/api-wire.ts';
import { listOf } from '../../src/everest/schema.ts';
import { decode, encode, toAnswer } from '../../src/everest/wire.ts';

describe('envelopes', () => {
  it('has exactly two members, whatever is in it', () => {
    expect(JSON.parse(encode('Var', { data: null }))).toEqual({ msg_type: 'Var', data: { data: null } });
    expect(decode(encode('GlobalReady', true))).toEqual({ type: 'GlobalReady', data: true });
  });

  it.each([
    ['{"data":1}', { type: 'ExternalMQTT', data: { data: 1 } }],
    ['true', { type: 'ExternalMQTT', data: true }],
    ['{"msg_type":"Var","data":1,"more":2}', { type: 'Var', data: 1 }],
    ['{"msg_type":7}', { problem: 'the message type 7 is not known' }],
    ['', { problem: 'the message is not JSON' }],
  ])('reads %s', (payload, envelope) => {
    expect(decode(payload)).toEqual(envelope);
  });

  it('reads an error beside or instead of a result, of a kind it knows or not', () => {
    const error = { __everest__error_type: 'Surprise', __everest__error_msg: 'oh' };
    expect(toAnswer({ data: { id: '1', retval: 5, error } })).toMatchObject({
      id: '1',
      error: { type: 'HandlerException', message: 'Surprise oh' },
    });
    expect(toAnswer({ data: { id: '1' } })).toEqual({ id: '1', value: null });
    expect(toAnswer({ id: '1' })).toEqual({ problem: 'the answer has no id' });
  });
});

describe('requests of the API', () => {
  it.each([
    ['{"headers":{"replyTo":"a/b"},"payload":1}', { replyTo: 'a/b', payload: 1 }],
    ['{"headers":{"replyTo":"a/+"},"payload":1}', { replyTo: undefined, payload: 1 }],
    ['{"headers":{"replyTo":7}}', { replyTo: undefined, payload: undefined }],
    ['{"type":"X"}', { replyTo: undefined, payload: { type: 'X' } }],
    ['', { replyTo: undefined, payload: null }],
    ['[', { problem: 'the request is not JSON' }],
  ])('reads %s', (message, request) => {
    expect(toRequest(message)).toEqual(request);
  });
});

describe('checks', () => {
  it.each([
    [{ name: 'x'.repeat(51) }, 'name must have 0 to 50 characters'],
    [{ name: 'x', instance: null }, 'instance must be a string'],
    [[], 'the value must be an object'],
    [JSON.parse('{"name":"x","__proto__":1}'), undefined],
  ])('finds what is wrong in %j', (value, problem) => {
    expect(problemIn(ocppTypes.Variable, value)).toBe(problem);
  });

  it('finds the place in lists, and members that may not be there', () => {
    expect(problemIn(listOf(ocppTypes.EVSE), [{ id: 1 }, { id: 1.5 }])).toBe('[1].id must be an integer');
    expect(problemIn(ocppTypes.ConnectionStatus, { connected: true, more: 1 })).toBe('more is not known');
    expect(matches(ocppTypes.EVSE, { id: 1, connector_id: Number.NaN })).toBe(false);
  });
});

describe('the environment of a module', () => {
  it('is read as EVerest sets it', () => {
    expect(
      environmentOf({
        EV_MODULE: 'ocpp',
        EV_PREFIX: '/opt/everest',
        EV_MQTT_EVEREST_PREFIX: 'ev',
        EV_MQTT_EXTERNAL_PREFIX: 'ext/',
        EV_MQTT_BROKER_HOST: 'broker',
        EV_MQTT_BROKER_PORT: '1884',
      }),
    ).toEqual({
      moduleId: 'ocpp',
      installPrefix: '/opt/everest',
      everestPrefix: 'ev/',
      externalPrefix: 'ext/',
      broker: { host: 'broker', port: 1884 },
    });
  });

  it('has defaults, a socket, and the names of older releases', () => {
    expect(environmentOf({ EV_MODULE: 'ocpp' })).toMatchObject({
      everestPrefix: 'everest/',
      broker: { host: 'localhost', port: 1883 },
    });
    expect(environmentOf({ EV_MODULE: 'ocpp', EV_MQTT_BROKER_SOCKET_PATH: '/run/mqtt' }).broker).toEqual({
      socketPath: '/run/mqtt',
    });
    expect(environmentOf({ EV_MODULE: 'ocpp', MQTT_SERVER_ADDRESS: 'old', MQTT_SERVER_PORT: '1885' }).broker).toEqual({
      host: 'old',
      port: 1885,
    });
  });

  it.each([
    [{}, /EV_MODULE is not set/],
    [{ EV_MODULE: 'ocpp', EV_MQTT_BROKER_PORT: 'x' }, /the port of the broker is "x"/],
  ])('says what is wrong in %j', (variables, message) => {
    expect(() => environmentOf(variables)).toThrow(message);
  });
});

it('writes a manifest that EVerest’s manager reads', () => {
  expect(parse(manifestText())).toMatchObject({
    enable_global_errors: true,
    config: { OcppVersions: { type: 'string', default: '2.1,2.0.1,1.6' }, Identity: { type: 'string' } },
    provides: {
      ocpp_generic: { interface: 'ocpp' },
      auth_validator: { interface: 'auth_token_validator' },
      auth_provider: { interface: 'auth_token_provider' },
      data_transfer: { interface: 'ocpp_data_transfer' },
      session_cost: { interface: 'session_cost' },
    },
    requires: {
      evse_manager: { interface: 'evse_manager', min_connections: 1, max_connections: 128 },
      evse_energy_sink: { interface: 'external_energy_limits', min_connections: 0, max_connections: 129 },
      security: { interface: 'evse_security', min_connections: 1, max_connections: 1 },
    },
    metadata: { license: 'https://opensource.org/licenses/Apache-2.0' },
  });
});
