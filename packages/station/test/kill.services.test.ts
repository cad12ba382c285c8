import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { createSimulatedHost, createStation, openStationFile, type StationVersion } from '../src/index.ts';
import { openCsms, type Csms } from './csms.ts';

const childPath = fileURLToPath(new URL('kill.child.ts', import.meta.url));
const kills = 10;

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'station-'));
  closing.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Runs until it has written down some steps, then dies without a word. */
async function runAndKill(args: readonly string[], steps: number): Promise<void> {
  const child: ChildProcess = spawn(process.execPath, [childPath, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let seen = 0;
  await new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      seen += chunk.length;
      if (seen >= steps) resolve();
    });
  });
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Delivers what the last run has left, without doing anything new. */
async function deliverTheRest(csms: Csms, path: string, version: StationVersion): Promise<void> {
  const file = openStationFile(path);
  const host = createSimulatedHost({ evses: 2 });
  const station = createStation({
    identity: 'CP1',
    url: csms.url,
    versions: [version],
    host,
    store: file.storeOf('CP1'),
  });
  station.start();
  await expect.poll(() => station.isConnected && station.queuedMessages, { timeout: 20_000 }).toBe(0);
  await station.stop();
  host.shutDown();
  file.close();
}

/** A message that was sent, but whose answer was lost, comes again as it was. */
function withoutRepeats<T extends object>(messages: readonly T[]): T[] {
  return [...new Map(messages.map((message) => [JSON.stringify(message), message])).values()];
}

const received = (csms: Csms, action: string) =>
  csms.received.filter((each) => each.action === action).map(({ payload }) => payload);

describe('a station that is killed in the middle of transactions, again and again', () => {
  it.each<StationVersion>(['2.0.1', '2.1'])(
    'tells an OCPP %s CSMS every transaction whole, its steps once and in order',
    async (version) => {
      const csms = await openCsms();
      closing.push(() => csms.close());
      const path = join(folder(), 'station.db');
      for (let run = 0; run < kills; run++) await runAndKill([csms.url, path, version], 5 + 3 * run);
      await deliverTheRest(csms, path, version);
      const events = withoutRepeats(received(csms, 'TransactionEvent'));
      const byId = Map.groupBy(
        events,
        (event) => /"transactionId":"(?<id>[^"]+)"/.exec(JSON.stringify(event))?.groups?.id,
      );
      expect(byId.size).toBeGreaterThanOrEqual(kills);
      const lost: object[] = [];
      for (const steps of byId.values()) {
        expect(steps.map((step) => 'seqNo' in step && step.seqNo)).toEqual(steps.map((_, index) => index));
        expect(steps[0]).toMatchObject({ eventType: 'Started' });
        expect(steps.at(-1)).toMatchObject({ eventType: 'Ended' });
        const times = steps.map((step) => ('timestamp' in step ? String(step.timestamp) : ''));
        expect(times).toEqual(times.toSorted());
        lost.push(...steps.filter((step) => JSON.stringify(step).includes('PowerLoss')));
      }
      expect(lost.length).toBeGreaterThanOrEqual(kills);
      for (const end of lost) expect(end).toMatchObject({ eventType: 'Ended', offline: true });
      expect(csms.violations).toEqual([]);
    },
    120_000,
  );

  it('tells an OCPP 1.6 CSMS every transaction whole, each with one id (case 8) [stop_pending_transactions 1.6]', async () => {
    const csms = await openCsms();
    closing.push(() => csms.close());
    const ids = new Map<string, number>();
    csms.answer('StartTransaction', (start) => {
      const key = JSON.stringify(start);
      const transactionId = ids.get(key) ?? ids.size + 1;
      ids.set(key, transactionId);
      return { transactionId, idTagInfo: { status: 'Accepted' } };
    });
    const path = join(folder(), 'station.db');
    for (let run = 0; run < kills; run++) await runAndKill([csms.url, path, '1.6'], 5 + 3 * run);
    await deliverTheRest(csms, path, '1.6');
    const starts = withoutRepeats(received(csms, 'StartTransaction'));
    const stops = withoutRepeats(received(csms, 'StopTransaction'));
    expect(starts).toHaveLength(ids.size);
    const stopped = stops.map((stop) => 'transactionId' in stop && Number(stop.transactionId));
    expect(stopped.toSorted((a, b) => Number(a) - Number(b))).toEqual([...ids.values()]);
    const values = received(csms, 'MeterValues').filter((value) => 'transactionId' in value);
    expect(values.every((value) => 'transactionId' in value && Number(value.transactionId) > 0)).toBe(true);
    expect(JSON.stringify(stops)).toContain('PowerLoss');
    expect(csms.violations).toEqual([]);
  }, 120_000);
});
