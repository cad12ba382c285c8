import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import { startApi } from '../../../test/support/api-server.ts';
import { temporaryFolder } from '../../../test/support/gateway.ts';
import { silentLog } from '../../lib/silent-log.ts';
import { PrometheusMetrics } from '../../lib/metrics.ts';
import { examine } from './examine.ts';
import { apiOptions } from './options.ts';
import { ApiServer } from './server.ts';

test('cursors and answers kept for repetition outlive a restart', async () => {
  const api = await startApi();
  for (const endpoint of ['A', 'B', 'C']) await api.core.gateway.registerStation(endpoint, { actor: 'test' });
  const headers = { 'idempotency-key': 'k', authorization: `Bearer ${api.key}`, 'content-type': 'application/json' };
  const create = (url: string) => fetch(`${url}/v1.1/tokens`, { method: 'POST', headers, body: '{"physicalId":"T"}' });
  const first = await create(api.url);
  const { next_cursor: cursor } = (await api.call('GET', '/v1.1/chargestations?limit=2')).body;
  await api.server.stop();
  const operations = { metricsText: async () => '', problems: () => [], addressOf: () => undefined, version: '0' };
  const context = { ...api.core, log: silentLog, metrics: new PrometheusMetrics(), operations };
  const again = new ApiServer({ ...Value.Create(apiOptions), host: '127.0.0.1', port: 0 }, context);
  await again.start();
  const url = again.address ?? '';
  const repeated = await create(url);
  expect(repeated.headers.get('idempotent-replayed')).toBe('true');
  expect(await repeated.text()).toBe(await first.text());
  const rest = await fetch(`${url}/v1.1/chargestations?limit=2&cursor=${cursor}`, { headers });
  expect(JSON.parse(await rest.text()).result).toHaveLength(1);
  await again.stop();
});

test('start fails when the port is taken, and stop is safe all the same', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(startApi({ set: { port } })).rejects.toThrow(/EADDRINUSE/);
  const [finding] = await examine({ ...Value.Create(apiOptions), host: '127.0.0.1', port });
  expect(finding).toMatchObject({
    level: 'problem',
    subject: `API port ${port}`,
    detail: expect.stringContaining('north.api.port'),
  });
  other.close();
});

test('doctor tells of keys that would go unencrypted, and of TLS files that are no use', async () => {
  const options = { ...Value.Create(apiOptions), port: 0 };
  expect((await examine(options)).map(({ level }) => level)).toEqual(['ok', 'warning']);
  expect((await examine({ ...options, publicUrl: 'https://x.example.com' })).map(({ level }) => level)).toEqual(['ok']);
  const folder = await temporaryFolder();
  const keyFile = join(folder, 'key.pem');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const findings = await examine({ ...options, tls: { certFile: keyFile, keyFile: join(folder, 'none.pem') } });
  expect(findings.slice(1).map(({ level, detail }) => `${level}: ${detail.slice(0, 19)}`)).toEqual([
    'problem: holds no PEM certif',
    'problem: cannot be read: ENO',
  ]);
});
