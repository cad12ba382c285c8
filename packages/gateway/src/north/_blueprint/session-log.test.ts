import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectStation, startTransaction } from '../../../test/support/api-server.ts';
import { startCore, type TestCore } from '../../../test/support/core.ts';
import { temporaryFolder } from '../../../test/support/gateway.ts';
import { PrometheusMetrics } from '../../lib/metrics.ts';
import { silentLog } from '../../lib/silent-log.ts';
import { SessionLog } from './session-log.ts';

function follow({ gateway, clock }: TestCore, path: string): SessionLog {
  const operations = { metricsText: async () => '', problems: () => [], addressOf: () => undefined, version: '0' };
  return new SessionLog({ path }, { gateway, clock, log: silentLog, metrics: new PrometheusMetrics(), operations });
}

async function endOne(core: TestCore): Promise<string> {
  core.clock.advance(60);
  const { transactionId } = await startTransaction(core);
  await core.gateway.closeTransaction({ stationId: 'CP1', transactionId }, 'test', 'test');
  return transactionId;
}

test('writes each session that ended once, also those that ended while it was away', async () => {
  const core = await startCore();
  const path = join(await temporaryFolder(), 'sessions.csv');
  await connectStation(core, 'CP1', 1);
  const ended = [await endOne(core)];
  const first = follow(core, path);
  await first.start();
  ended.push(await endOne(core));
  await first.stop();
  ended.push(await endOne(core));
  const second = follow(core, path);
  await second.start();
  await second.stop();
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  expect(lines.map((line) => line.split(',')[1])).toEqual(ended);
});
