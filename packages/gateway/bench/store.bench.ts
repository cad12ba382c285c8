import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type ChargingStation, newStation } from '../src/domain/charging-station.ts';
import { keyOf, type Measurement } from '../src/domain/measurement.ts';
import type { Transaction } from '../src/domain/transaction.ts';
import type { Log } from '../src/ports/adapter.ts';
import type { Change } from '../src/ports/store.ts';
import { openSqliteStore, type SqliteStore } from '../src/storage/index.ts';

/**
 * CPU time of one durable meter reading, on the main thread and on the writing thread. A reading is one fact with six
 * measurements, its EVSE, its transaction, a row of meter values, and the two frames it came in.
 */
const { values } = parseArgs({
  options: {
    stations: { type: 'string', default: '1000' },
    together: { type: 'string', default: '100' },
    changes: { type: 'string', default: '50000' },
    folder: { type: 'string', default: tmpdir() },
    json: { type: 'boolean', default: false },
  },
});

const frameText = JSON.stringify([2, '17', 'MeterValues', { connectorId: 1, meterValue: 'x'.repeat(500) }]);

const quiet: Log = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };

const folder = mkdtempSync(join(values.folder, 'busbar-bench-'));
const clock = { now: () => new Date() };
const store = openSqliteStore({ path: join(folder, 'bench.db'), log: quiet, clock, retention: {} });
try {
  await store.start();
  const result = await measure(store, {
    stations: Number(values.stations),
    together: Number(values.together),
    changes: Number(values.changes),
  });
  if (values.json) console.log(JSON.stringify(result));
  else console.table(result);
} finally {
  await store.stop();
  rmSync(folder, { recursive: true, force: true });
}

interface Load {
  stations: number;
  /** Commits that wait at the same time. */
  together: number;
  changes: number;
}

async function measure(on: SqliteStore, { stations: count, together, changes }: Load) {
  const stations = await register(on, count);
  let made = 0;
  const wave = async (): Promise<number> => {
    const prepared = Array.from({ length: together }, () => nextReading(stations, made++));
    const before = mainMs();
    await Promise.all(
      prepared.map(({ stationId, change }) => {
        on.logMessages([frame(stationId, 'in'), frame(stationId, 'out')]);
        return on.commit(change);
      }),
    );
    return mainMs() - before;
  };
  for (let warm = 0; warm < 5000; warm += together) await wave();
  const worker = on.workerCpuMs();
  const started = performance.now();
  let main = 0;
  const latencies: number[] = [];
  let done = 0;
  for (; done < changes; done += together) {
    const from = performance.now();
    main += await wave();
    latencies.push(performance.now() - from);
  }
  const elapsedMs = performance.now() - started;
  latencies.sort((one, other) => one - other);
  return {
    mainMicroseconds: round((main * 1000) / done),
    workerMicroseconds: round(((on.workerCpuMs() - worker) * 1000) / done),
    changesPerSecond: Math.round((done * 1000) / elapsedMs),
    waveP50Ms: round(latencies[Math.floor(latencies.length * 0.5)] ?? 0),
    waveP99Ms: round(latencies[Math.floor(latencies.length * 0.99)] ?? 0),
    droppedFrames: on.droppedMessages(),
  };
}

async function register(on: SqliteStore, count: number): Promise<ChargingStation[]> {
  const stations: ChargingStation[] = [];
  for (let start = 0; start < count; start += 100) {
    const some = Array.from({ length: Math.min(100, count - start) }, (_, index) => charging(`CP${start + index}`));
    await Promise.all(some.map((after) => on.commit({ station: { before: undefined, after }, facts: [] })));
    stations.push(...some);
  }
  return stations;
}

function charging(stationId: string): ChargingStation {
  const now = new Date();
  const transaction: Transaction = {
    stationId,
    transactionId: '17',
    evseId: 1,
    connectorId: 1,
    state: 'active',
    chargingState: 'Charging',
    idToken: { idToken: 'DEADBEEF', type: 'ISO14443' },
    startedAt: now,
    meterStart: 0,
    energy: 0,
    offline: false,
    anomalies: [],
    startKey: `1|DEADBEEF|0|${now.toISOString()}`,
    updatedAt: now,
  };
  return {
    ...newStation(stationId, 'admitted', now),
    evses: [{ evseId: 1, connectors: [], availability: 'Operative', latest: {} }],
    transactions: [transaction],
  };
}

function nextReading(stations: ChargingStation[], number: number): { stationId: string; change: Change } {
  const place = number % stations.length;
  const before = stations[place];
  const evse = before?.evses[0];
  const transaction = before?.transactions[0];
  if (before === undefined || evse === undefined || transaction === undefined) throw new Error('No station charges.');
  const takenAt = new Date(Date.now() + number);
  const measurements = reading(takenAt, number);
  const after: ChargingStation = {
    ...before,
    evses: [{ ...evse, latest: Object.fromEntries(measurements.map((one) => [keyOf(one), one])) }],
    transactions: [{ ...transaction, energy: number, meterLast: number, meterLastAt: takenAt, updatedAt: takenAt }],
  };
  stations[place] = after;
  const { stationId } = before;
  const fact = {
    type: 'measurements.taken',
    stationId,
    at: takenAt,
    transactionId: transaction.transactionId,
    measurements,
  } as const;
  return { stationId, change: { station: { before, after }, facts: [fact] } };
}

function reading(takenAt: Date, number: number): Measurement[] {
  const common = { evseId: 1, takenAt };
  return [
    { ...common, measurand: 'Energy.Active.Import.Register', value: number },
    { ...common, measurand: 'Power.Active.Import', value: 7200.5 },
    { ...common, measurand: 'Current.Import', value: 10.4, phase: 'L1' },
    { ...common, measurand: 'Current.Import', value: 10.5, phase: 'L2' },
    { ...common, measurand: 'Current.Import', value: 10.3, phase: 'L3' },
    { ...common, measurand: 'Voltage', value: 231.2, phase: 'L1-N' },
  ];
}

function frame(stationId: string, direction: 'in' | 'out') {
  return {
    stationId,
    at: new Date(),
    direction,
    kind: direction === 'in' ? 'CALL' : 'CALLRESULT',
    messageId: '17',
    action: 'MeterValues',
    text: direction === 'in' ? frameText : '[3,"17",{}]',
    verdict: 'valid',
  };
}

/** CPU time of this thread, ms. */
function mainMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
