import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { OcppApi, ocppVariables, problemIn } from '../../src/everest/index.ts';
import { isRecord } from '../../src/everest/schema.ts';
import { hasMosquitto, openMosquitto, type TestBroker } from './brokers.ts';
import {
  apiPayloadOf,
  apiReplyOf,
  commandSamples,
  createFakeOcpp,
  variableNameOf,
  variableSamples,
  type FakeOcpp,
} from './fake-ocpp.ts';

const run = promisify(execFile);
const hasClients = hasMosquitto && spawnSync('mosquitto_pub', ['--help']).error === undefined;
if (!hasClients) console.log('shell.services.test.ts: mosquitto-clients is not installed, nothing is tested with it');

/** A checkout of EVerest/EVerest. */
const sources = process.env['EVEREST_SOURCES'];
const description = 'docs/source/reference/EVerest_API/ocpp_consumer_API.yaml';
const schemas = sources ? schemasOf(parse(readFileSync(join(sources, description), 'utf8'))) : undefined;
if (!schemas) console.log('shell.services.test.ts: no EVEREST_SOURCES, only our own tables are checked');

/** Plain shell commands, as a script at a site would use them. */
describe.skipIf(!hasClients)('interface ocpp with mosquitto_pub and mosquitto_sub', () => {
  let broker: TestBroker;
  let ocpp: FakeOcpp;
  let api: OcppApi;

  beforeEach(async () => {
    broker = await openMosquitto();
    ocpp = createFakeOcpp();
    api = new OcppApi({ broker: { host: '127.0.0.1', port: broker.port }, ocpp, identity: 'CP1', heartbeatMs: 20 });
    api.start();
    await (
      await subscribe('busbar/ocpp/CP1/e2m/heartbeat')
    ).message;
  });

  afterEach(async () => {
    await api.stop();
    await broker.close();
  });

  const options = (topic: string) => ['-h', '127.0.0.1', '-p', String(broker.port), '-q', '2', '-t', topic];

  const publish = (topic: string, message: string) => run('mosquitto_pub', [...options(topic), '-m', message]);

  /** Resolves when the subscription stands; `message` then is the first message. */
  async function subscribe(topic: string): Promise<{ message: Promise<string> }> {
    // By lines: what goes into a pipe is otherwise held back until the end.
    const command = ['-oL', 'mosquitto_sub', ...options(topic), '-C', '1', '-d', '-W', '60'];
    const child = spawn('stdbuf', command, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    const closed = once(child, 'close');
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (/received SUBACK/.test(output)) resolve();
      });
    });
    return { message: closed.then(() => payloadIn(output)) };
  }

  it.each(commandSamples)('runs $name and shows its answer', async ({ name, args, call, result }) => {
    const { message } = await subscribe('script/reply');
    const request = { headers: { replyTo: 'script/reply' }, payload: apiPayloadOf(name, args) };
    await publish(`busbar/ocpp/CP1/m2e/${name}`, JSON.stringify(request));
    const reply: unknown = JSON.parse(await message);
    expect(reply).toEqual(apiReplyOf(name, result));
    expect(ocpp.calls).toEqual([call]);
    const schema = replySchemas[name];
    if (schema) conforms(schema, reply);
  });

  it.each(Object.entries(variableSamples))('shows the variable %s', async (name, value) => {
    const { message } = await subscribe(`busbar/ocpp/CP1/e2m/${name}`);
    ocpp.events.emit(variableNameOf(name), value);
    const shown: unknown = JSON.parse(await message);
    expect(shown).toEqual(value);
    expect(problemIn(ocppVariables[variableNameOf(name)], shown)).toBeUndefined();
    const schema = variableSchemas[name];
    if (schema) conforms(schema, shown);
  });
});

/** Names in EVerest's AsyncAPI document; stop and restart are not in it. */
const replySchemas: Partial<Record<string, string>> = {
  get_variables: 'GetVariableResultList',
  set_variables: 'SetVariableResultList',
  change_availability: 'ChangeAvailabilityResponse',
};

const variableSchemas: Partial<Record<string, string>> = {
  ocpp_transaction_event: 'OcppTransactionEvent',
  charging_schedules: 'ChargingSchedules',
  connection_status: 'ConnectionStatus',
  is_connected: 'ConnectedStatus',
  security_event: 'SecurityEvent',
  event_data: 'EventData',
  boot_notification_response: 'BootNotificationResponse',
  ocpp_message: 'Message',
};

/** The message among the lines that `-d` writes. */
function payloadIn(output: string): string {
  const lines = output.split('\n');
  const line = lines.find((text) => text !== '' && !/^(Client |Subscribed )/.test(text));
  if (line === undefined) throw new Error(output);
  return line;
}

function schemasOf(document: unknown): Record<string, unknown> {
  const components = isRecord(document) ? document['components'] : undefined;
  const found = isRecord(components) ? components['schemas'] : undefined;
  return isRecord(found) ? found : {};
}

/** Throws where a value is not what EVerest's schema of that name asks for. */
function conforms(name: string, value: unknown): void {
  if (schemas) check(schemas[name], value, name);
}

function check(schema: unknown, value: unknown, path: string): void {
  if (!isRecord(schema)) throw new Error(`${path} is not in the document`);
  const { $ref, type, enum: values, items, required, properties } = schema;
  if (typeof $ref === 'string') return check(schemas?.[$ref.slice($ref.lastIndexOf('/') + 1)], value, path);
  const isOfType = {
    object: isRecord(value),
    array: Array.isArray(value),
    string: typeof value === 'string',
    boolean: typeof value === 'boolean',
    number: typeof value === 'number',
    integer: Number.isInteger(value),
  };
  const found = Object.entries(isOfType).find(([key]) => key === type)?.[1];
  if (found === false || (Array.isArray(values) && !values.includes(value))) throw new Error(`${path} is wrong`);
  if (Array.isArray(value)) for (const item of value) check(items, item, `${path}[]`);
  if (!isRecord(value)) return;
  for (const member of Array.isArray(required) ? required.map(String) : [])
    if (!(member in value)) throw new Error(`${path}.${member} is missing`);
  for (const [member, of] of Object.entries(value))
    if (isRecord(properties)) check(properties[member], of, `${path}.${member}`);
}
