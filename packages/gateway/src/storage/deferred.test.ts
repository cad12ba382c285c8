import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../test/support/folder.ts';
import { type ChargingStation, newStation } from '../domain/charging-station.ts';
import { evolve } from '../domain/evolve.ts';
import type { Report } from '../domain/reports.ts';
import { silentLog } from '../lib/silent-log.ts';
import { openSqliteStore, type SqliteStore } from './index.ts';

const start = Date.parse('2026-05-04T08:00:00Z');
const minute = (n: number) => new Date(start + n * 60_000);

async function open(folder: string): Promise<SqliteStore> {
  const store = openSqliteStore({
    path: join(folder, 'busbar.db'),
    log: silentLog,
    clock: { now: () => minute(0) },
    retention: {},
  });
  await store.start();
  onTestFinished(() => store.stop());
  return store;
}

/** Does to the store what the core does with a report. */
async function report(store: SqliteStore, before: ChargingStation, what: Report, now: Date): Promise<ChargingStation> {
  const { station: after, facts } = evolve(before, what, { now, heartbeatInterval: 300 });
  await store.commit({ station: { before, after }, facts });
  return after;
}

const reading = (n: number): Report => ({
  type: 'MeterValues',
  evseId: 1,
  transactionId: 'T1',
  measurements: [
    { evseId: 1, measurand: 'Energy.Active.Import.Register', value: 1000 + n * 100, takenAt: minute(n) },
    { evseId: 1, measurand: 'Power.Active.Import', value: n, takenAt: minute(n) },
  ],
});

/** A station in the midst of a transaction, with two readings. */
async function charging(store: SqliteStore): Promise<ChargingStation> {
  const station = newStation('CP1', 'admitted', minute(0));
  await store.commit({ station: { before: undefined, after: station }, facts: [] });
  const started: Report = {
    type: 'TransactionEvent',
    eventType: 'Started',
    triggerReason: 'Authorized',
    transactionId: 'T1',
    seqNo: 0,
    evseId: 1,
    connectorId: 1,
    offline: false,
    occurredAt: minute(0),
    measurements: [{ evseId: 1, measurand: 'Energy.Active.Import.Register', value: 1000, takenAt: minute(0) }],
  };
  let now = await report(store, station, started, minute(0));
  for (const n of [1, 2]) now = await report(store, now, reading(n), minute(n));
  return now;
}

const rowsIn = (folder: string) => {
  const db = new DatabaseSync(join(folder, 'busbar.db'), { readOnly: true });
  const row = { rows: 0, ...db.prepare('select sum(json_array_length(readings) - 1) as rows from meter_values').get() };
  db.close();
  return row.rows;
};

/** What the disk holds at this moment, as after a power cut. */
function imageOf(folder: string): string {
  const image = join(folder, 'image');
  mkdirSync(image);
  for (const name of ['busbar.db', 'busbar.db-wal']) {
    if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(image, name));
  }
  return image;
}

test('readings are acknowledged before their rows are written, and a read sees them all the same', async () => {
  const folder = await temporaryFolder();
  const store = await open(folder);
  const station = await charging(store);
  expect(rowsIn(folder)).toBeNull();
  expect(await store.station('CP1')).toStrictEqual(station);
  expect(rowsIn(folder)).toBe(3);
  expect(await store.measurements({ stationId: 'CP1', transactionId: 'T1' })).toHaveLength(5);
  expect(await store.transaction('CP1', 'T1')).toMatchObject({ energy: 200, meterLast: 1200 });
});

test('what a power cut leaves unwritten is made up for at the next start, once', async () => {
  const folder = await temporaryFolder();
  const store = await open(folder);
  const station = await charging(store);
  const image = imageOf(folder);
  expect(rowsIn(image)).toBeNull();
  const again = await open(image);
  expect(await again.station('CP1')).toStrictEqual(station);
  expect(await again.measurements({ stationId: 'CP1', transactionId: 'T1' })).toHaveLength(5);
  const facts = await again.facts({ afterSeq: 0, limit: 10, types: ['measurements.taken'] });
  expect(facts.map((fact) => Object.keys(fact))).not.toContainEqual(expect.arrayContaining(['progress']));
  await again.stop();
  const third = await open(image);
  expect(await third.measurements({ stationId: 'CP1', transactionId: 'T1' })).toHaveLength(5);
});

test('an end that comes while rows wait is not undone by them, before or after a power cut', async () => {
  const folder = await temporaryFolder();
  const store = await open(folder);
  const before = await charging(store);
  const ended: Report = {
    type: 'TransactionEvent',
    eventType: 'Ended',
    triggerReason: 'EVDeparted',
    transactionId: 'T1',
    seqNo: 1,
    offline: false,
    occurredAt: minute(3),
    measurements: [{ evseId: 1, measurand: 'Energy.Active.Import.Register', value: 1500, takenAt: minute(3) }],
  };
  const after = await report(store, before, ended, minute(3));
  const again = await open(imageOf(folder));
  for (const one of [store, again]) {
    expect(await one.station('CP1')).toStrictEqual(after);
    expect(await one.transaction('CP1', 'T1')).toMatchObject({ state: 'ended', energy: 500 });
  }
});

const markIn = (folder: string) => {
  const db = new DatabaseSync(join(folder, 'busbar.db'), { readOnly: true });
  const row = db.prepare("select value from meta where name = 'rows written up to fact'").get();
  db.close();
  return Number(row?.['value'] ?? 0);
};

test('a start has few facts to go through, whatever they were about', async () => {
  const folder = await temporaryFolder();
  const store = await open(folder);
  const facts = Array.from({ length: 1500 }, (_, n) => ({
    type: 'station.disconnected' as const,
    stationId: 'CP1',
    at: minute(n),
    reason: 'closed',
  }));
  for (let time = 0; time < 3; time++) await store.commit({ facts });
  expect(markIn(folder)).toBe(3000);
  await store.stop();
  expect(markIn(folder)).toBe(4500);
});

test('facts of readings that share a row are read one by one, from any number, of any station', async () => {
  const folder = await temporaryFolder();
  const store = await open(folder);
  const stations = ['CP1', 'CP2', 'CP3'].map((id) => newStation(id, 'admitted', minute(0)));
  for (const station of stations) await store.commit({ station: { before: undefined, after: station }, facts: [] });
  const known = new Map(stations.map((station) => [station.stationId, station]));
  for (const n of [1, 2, 3]) {
    const reports = Array.from(known.values(), (station) => report(store, station, reading(n), minute(n)));
    for (const station of await Promise.all(reports)) known.set(station.stationId, station);
  }
  const all = await store.facts({ afterSeq: 0, limit: 100 });
  expect(all.map(({ seq }) => seq)).toStrictEqual(all.map((_, index) => index + 1));
  const taken = all.filter(({ type }) => type === 'measurements.taken');
  expect(taken).toHaveLength(9);
  for (const { seq: afterSeq } of all) {
    const later = all.filter(({ seq }) => seq > afterSeq);
    expect(await store.facts({ afterSeq, limit: 4 })).toStrictEqual(later.slice(0, 4));
    const types = ['measurements.taken'] as const;
    const ofType = later.filter(({ type }) => type === 'measurements.taken');
    expect(await store.facts({ afterSeq, limit: 2, types })).toStrictEqual(ofType.slice(0, 2));
    const ofStation = ofType.filter(({ stationId }) => stationId === 'CP2');
    expect(await store.facts({ afterSeq, limit: 2, types, stationIds: ['CP2'] })).toStrictEqual(ofStation.slice(0, 2));
  }
  expect(await store.factRange()).toStrictEqual({ first: 1, last: all.length });
  await store.stop();
  const again = await open(folder);
  expect(await again.facts({ afterSeq: 0, limit: 100 })).toStrictEqual(all);
});

const event = (seqNo: number): Report => ({
  type: 'TransactionEvent',
  eventType: 'Updated',
  triggerReason: 'MeterValuePeriodic',
  transactionId: 'T1',
  seqNo,
  evseId: 1,
  offline: false,
  occurredAt: minute(seqNo),
  measurements: [{ evseId: 1, measurand: 'Power.Active.Import', value: seqNo, takenAt: minute(seqNo) }],
});

test('the numbers of events are known again after a power cut, so that a repeat changes nothing', async () => {
  const folder = await temporaryFolder();
  const store = await open(folder);
  let station = await charging(store);
  for (const seqNo of [3, 4, 6]) station = await report(store, station, event(seqNo), minute(seqNo));
  const again = await open(imageOf(folder));
  expect(await again.station('CP1')).toStrictEqual(station);
});
