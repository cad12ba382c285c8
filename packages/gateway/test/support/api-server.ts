import { onTestFinished } from 'vitest';
import { Errors } from 'typebox/schema';
import { Value } from 'typebox/value';
import type { Command, CommandResult } from '../../src/domain/commands.ts';
import { silentLog } from '../../src/lib/silent-log.ts';
import { PrometheusMetrics } from '../../src/lib/metrics.ts';
import { type Client, createClient } from '../../src/north/api/client.ts';
import { type ApiOptions, apiOptions } from '../../src/north/api/options.ts';
import { ApiServer } from '../../src/north/api/server.ts';
import type { StreamLimits } from '../../src/north/api/stream.ts';
import type { SendOptions, StationLink } from '../../src/ports/south.ts';
import { startCore, type TestCore } from './core.ts';

export interface TestApi {
  core: TestCore;
  server: ApiServer;
  /** `http://127.0.0.1:12345` */
  url: string;
  /** Secret of a key that may do everything. */
  key: string;
  client: Client;
  /** What keeps the gateway from working, as `/readyz` tells; to be changed by the test. */
  problems: string[];
  /** One request with the key, its body as JSON unless it is text. */
  call(method: string, path: string, request?: { body?: unknown; headers?: Record<string, string> }): Promise<Answer>;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- what came over the wire; tests look at any part of it
  body: any;
}

/** The public API on a port of its own, over the real core and a real database. */
export async function startApi(
  options: { set?: Partial<ApiOptions>; limits?: StreamLimits; folder?: string } = {},
): Promise<TestApi> {
  const core = await startCore(options.folder === undefined ? {} : { folder: options.folder });
  const problems: string[] = [];
  const metrics = new PrometheusMetrics();
  const operations = {
    metricsText: () => metrics.text(),
    problems: () => problems,
    addressOf: () => undefined,
    version: '0.0.0-test',
  };
  const settings = { ...Value.Create(apiOptions), host: '127.0.0.1', port: 0, ...options.set };
  const context = { gateway: core.gateway, log: silentLog, metrics, clock: core.clock, operations };
  const server = new ApiServer(settings, context, options.limits);
  await server.start();
  onTestFinished(() => server.stop());
  const url = server.address ?? '';
  const { secret: key } = await core.gateway.createApiKey({ name: 'test', scopes: ['*'] }, 'test');
  const client = createClient({ url, apiKey: key });
  return { core, server, url, key, client, problems, call: (...request) => call({ url, key }, ...request) };
}

async function call(
  { url, key }: { url: string; key: string },
  method: string,
  path: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') === true && text !== '';
  const answer = {
    status: response.status,
    headers: response.headers,
    text,
    body: json ? JSON.parse(text) : undefined,
  };
  if (response.ok && json && path !== '/openapi.json') await checkPromised(url, { method, path, answer });
  return answer;
}

/** Every answer a test gets is held against what `/openapi.json` promises of it. */
async function checkPromised(url: string, { method, path, answer }: { method: string; path: string; answer: Answer }) {
  const paths = await (descriptions.get(url) ?? describe(url));
  const at = path.split('?', 1)[0] ?? '';
  const route = Object.keys(paths).find((template) =>
    new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(at),
  );
  const schema =
    paths[route ?? '']?.[method.toLowerCase()]?.responses[String(answer.status)]?.content?.['application/json']?.schema;
  if (schema === undefined) return;
  const [, mistakes] = Errors(schema, answer.body);
  if (mistakes.length > 0)
    throw new Error(
      `${method} ${path} answers other than it promises: ${JSON.stringify(mistakes.slice(0, 3))} in ${answer.text}`,
    );
}

type Paths = Record<
  string,
  Record<string, { responses: Record<string, { content?: Record<string, { schema: object }> }> }>
>;
const descriptions = new Map<string, Promise<Paths>>();

function describe(url: string): Promise<Paths> {
  const paths = fetch(`${url}/openapi.json`).then(
    async (response): Promise<Paths> => JSON.parse(await response.text()).paths,
  );
  descriptions.set(url, paths);
  return paths;
}

export interface TestStation extends StationLink {
  /** Every command it was given, in order. */
  commands: Command[];
  /** What it answers to the next ones; `Accepted` unless it is changed. */
  reply: (command: Command) => CommandResult | Promise<CommandResult>;
}

/** A station that is admitted, connected and booted, with one connector per EVSE, and does what `reply` says. */
export async function connectStation(core: TestCore, stationId = 'CP1', evses = 2): Promise<TestStation> {
  const commands: Command[] = [];
  const run = async (command: Command, { onSent }: SendOptions) => {
    commands.push(command);
    onSent?.();
    return station.reply(command);
  };
  const station: TestStation = {
    stationId,
    commands,
    reply: () => ({ accepted: true, status: 'Accepted' }),
    close: () => {},
    requestStartTransaction: run,
    requestStopTransaction: run,
    reset: run,
    changeAvailability: run,
    unlockConnector: run,
    triggerMessage: run,
    clearCache: run,
    getVariables: run,
    setVariables: run,
    getBaseReport: run,
    setCurrentLimit: run,
    call: run,
  };
  await core.intake.admit({ stationId });
  await core.gateway.changeAdmission(stationId, 'admitted', 'test');
  core.intake.attach(station);
  await core.intake.report(stationId, { type: 'Connected', protocol: 'ocpp1.6' });
  const info = { vendor: 'Acme', model: 'AC-22', serialNumber: 'S-1', firmwareVersion: '1.2' };
  await core.intake.report(stationId, { type: 'BootNotification', info });
  for (let evseId = 1; evseId <= evses; evseId += 1) {
    await core.intake.report(stationId, { type: 'StatusNotification', evseId, connectorId: 1, status: 'Available' });
  }
  return station;
}

/** A transaction at EVSE 1 of a station, begun with 1,000 Wh on the meter. */
export async function startTransaction(
  core: TestCore,
  stationId = 'CP1',
  idToken = 'TAG-1',
): Promise<{ transactionId: string }> {
  return core.intake.report(stationId, {
    type: 'TransactionEvent',
    eventType: 'Started',
    triggerReason: 'Authorized',
    evseId: 1,
    connectorId: 1,
    idToken: { idToken, type: 'ISO14443' },
    offline: false,
    occurredAt: core.clock.now(),
    measurements: [{ evseId: 1, measurand: 'Energy.Active.Import.Register', value: 1000, takenAt: core.clock.now() }],
  });
}

/** A sample at EVSE 1: register in Wh, power in W, current in A. */
export async function meter(
  core: TestCore,
  { energy, power, current }: { energy: number; power: number; current: number },
  transactionId?: string,
) {
  const takenAt = core.clock.now();
  await core.intake.report('CP1', {
    type: 'MeterValues',
    evseId: 1,
    ...(transactionId !== undefined && { transactionId }),
    measurements: [
      { evseId: 1, measurand: 'Energy.Active.Import.Register', value: energy, takenAt },
      { evseId: 1, measurand: 'Power.Active.Import', value: power, takenAt },
      { evseId: 1, measurand: 'Current.Import', value: current, phase: 'L1', takenAt },
    ],
  });
}
