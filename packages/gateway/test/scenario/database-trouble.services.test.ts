import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ChildGateway } from '../support/child-gateway.ts';
import { temporaryFolder } from '../support/gateway.ts';
import { bootedStation16, type RawStation } from '../support/raw-station.ts';

const run = promisify(execFile);

let meter = 0;
/** A start that differs from every other, so that it must be stored. */
const start = (station: RawStation) =>
  station.call<{ transactionId: number }>('StartTransaction', {
    connectorId: 1,
    idTag: 'TAG',
    meterStart: (meter += 100),
    timestamp: new Date().toISOString(),
  });

/** Calls until the outcome is as wished; the gateway notices trouble, and its end, by itself. */
async function until<T>(
  attempt: () => Promise<T>,
  isWished: (outcome: PromiseSettledResult<T>) => boolean,
): Promise<void> {
  for (let count = 0; count < 200; count += 1) {
    const [outcome] = await Promise.allSettled([attempt()]);
    if (outcome !== undefined && isWished(outcome)) return;
  }
  throw new Error('the wished outcome never came');
}

const refused = (outcome: PromiseSettledResult<unknown>) =>
  outcome.status === 'rejected' && String(outcome.reason).includes('InternalError');
const stored = (outcome: PromiseSettledResult<unknown>) => outcome.status === 'fulfilled';

interface Session {
  metrics: { meterStart: number };
}

async function storedStarts(gateway: ChildGateway): Promise<number[]> {
  const sessions = await gateway.api<Session[]>('/sessions?chargestation=CP1&limit=1000');
  return sessions.map(({ metrics }) => metrics.meterStart);
}

test('while the disk is full stations are told to try again, and all is well once there is space', async () => {
  const folder = await temporaryFolder();
  const gateway = await ChildGateway.start(folder);
  const station = await bootedStation16(gateway.ocppUrl, 'CP1');
  const limitFileSize = (bytes: number | 'unlimited') =>
    run('prlimit', ['--pid', `${gateway.pid}`, `--fsize=${bytes}:unlimited`]);
  await limitFileSize(statSync(join(folder, 'busbar.db-wal')).size + 20_000);
  await until(() => start(station), refused);
  expect(await gateway.ready()).toBe(false);
  const firstRefused = meter;

  await limitFileSize('unlimited');
  await until(() => start(station), stored);
  await until(async () => expect(await gateway.ready()).toBe(true), stored);
  const starts = await storedStarts(gateway);
  expect(starts).not.toContain(firstRefused);
  expect(starts).toContain(meter);
  await station.close();
});

test('while another program holds the database stations are told to try again, and all is well afterwards', async () => {
  const folder = await temporaryFolder();
  const gateway = await ChildGateway.start(folder);
  const station = await bootedStation16(gateway.ocppUrl, 'CP1');
  const other = new DatabaseSync(join(folder, 'busbar.db'));
  other.exec('BEGIN IMMEDIATE');
  const refusal = start(station);
  await expect(refusal).rejects.toThrow('InternalError');
  const firstRefused = meter;
  await expect(station.call('Heartbeat', {})).resolves.toHaveProperty('currentTime');
  other.exec('ROLLBACK');
  other.close();
  await until(() => start(station), stored);
  expect(await storedStarts(gateway)).not.toContain(firstRefused);
  await station.close();
});
