import { onTestFinished } from 'vitest';
import { App } from '../../src/app.ts';
import { loadConfig } from '../../src/config/load.ts';
import { silentLog } from '../../src/lib/silent-log.ts';
import { services } from '../../src/north/index.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { drivers } from '../../src/south/index.ts';
import { temporaryFolder } from './folder.ts';

export { temporaryFolder } from './folder.ts';

export interface TestGateway {
  app: App;
  /** `http://127.0.0.1:12345` */
  httpUrl: string;
  /** `ws://127.0.0.1:12345/ocpp` */
  ocppUrl: string;
  /** An admin key. */
  key: string;
  /** GET, or POST when there is a body; the `result` of the answer. Throws with the text of anything but 2xx. */
  api<T = unknown>(
    path: string,
    request?: { method?: string; body?: unknown; headers?: Record<string, string> },
  ): Promise<T>;
  stop(): Promise<void>;
}

/** The whole gateway in this process, on ports of its own, with a folder of its own that goes with the test. */
export async function startGateway(
  options: { set?: readonly string[]; data?: string; key?: string; clock?: Clock } = {},
): Promise<TestGateway> {
  const data = options.data ?? (await temporaryFolder());
  const set = ['south.ocpp.port=0', 'south.ocpp.host=127.0.0.1', 'north.api.port=0', 'north.api.host=127.0.0.1'];
  const flags = { set: [`data=${data}`, 'unknownStations=accept', ...set, ...(options.set ?? [])] };
  const config = loadConfig({ cwd: data, env: {}, flags, drivers, services });
  const app = new App({ config, log: silentLog, ...(options.clock && { clock: options.clock }) });
  await app.start();
  onTestFinished(() => app.stop());
  const httpUrl = app.addressOf('api') ?? '';
  const key = app.firstAdminKey ?? options.key ?? '';
  return {
    app,
    httpUrl,
    ocppUrl: app.addressOf('ocpp') ?? '',
    key,
    api: (path, request = {}) => call({ httpUrl, key }, path, request),
    stop: () => app.stop(),
  };
}

async function call<T>(
  { httpUrl, key }: { httpUrl: string; key: string },
  path: string,
  { method, body, headers }: { method?: string; body?: unknown; headers?: Record<string, string> },
): Promise<T> {
  const response = await fetch(`${httpUrl}/v1.1${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${path}: ${text}`);
  return JSON.parse(text).result;
}
