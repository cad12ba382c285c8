import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../../test/support/folder.ts';
import { silentLog } from '../../lib/silent-log.ts';
import { openSqliteStore } from '../index.ts';
import { openSqlite } from '../sqlite.ts';
import { kyselyOn } from '../sqlite-kysely.ts';
import { up as initial } from './0001-initial.ts';
import { sqliteTypes } from './index.ts';

const at = (ms: number) => new Date(Date.UTC(2026, 4, 4) + ms);
const samples = [
  { measurand: 'Energy.Active.Import.Register', value: 1200, phase: 'L1', context: 'Sample.Periodic' },
  { measurand: 'SoC', value: 47, location: 'EV', signedData: 'c2lnbmVk' },
];
const measurements = (ms: number) => samples.map((sample) => ({ ...sample, evseId: 1, takenAt: at(ms) }));

/** A database of the first version: readings of two facts, the second without its row, as a crash leaves it. */
async function oldDatabase(path: string): Promise<void> {
  const connection = openSqlite(path);
  const db = kyselyOn(connection);
  await initial(db, sqliteTypes);
  connection.exec(`create table schema_migrations (name varchar(255) not null primary key, timestamp varchar(255) not null);
    insert into schema_migrations values ('0001-initial', '2026-05-04T00:00:00.000Z');
    insert into stations (station_id, object_id, admission, online, availability, last_transaction_number, created_at)
      values ('CP1', 'a', 'admitted', 0, 'Operative', 0, 0);
    insert into evses (station_id, evse_id, availability, latest) values ('CP1', 1, 'Operative', '[]');
    insert into transactions (station_id, transaction_id, object_id, evse_id, connector_id, state, started_at, energy,
      offline, anomalies, first_taken_at, last_taken_at, updated_at)
      values ('CP1', 'T1', 'b', 1, 1, 'active', 0, 1, 0, '[]', ${at(0).getTime()}, ${at(0).getTime()}, 0);
    insert into meta values ('rows written up to fact', '1');`);
  const insertFact = connection.prepare(`insert into facts values (?, 'measurements.taken', 'CP1', ?, ?)`);
  for (const [seq, ms] of [0, 1000].entries()) {
    const progress = { energy: 2, updatedAt: at(ms).getTime(), offline: false, anomalies: [] };
    const payload = { transactionId: 'T1', measurements: measurements(ms), progress };
    insertFact.run([seq + 1, at(ms).getTime(), JSON.stringify(payload)]);
  }
  connection
    .prepare(`insert into meter_values values (1, 0, 'CP1', 1, ?, 'T1', ?, ?)`)
    .run([at(0).getTime(), at(0).getTime(), JSON.stringify(samples)]);
  connection.close();
}

test('a database of the first version keeps its readings, and what a crash left unwritten', async () => {
  const path = join(await temporaryFolder(), 'busbar.db');
  await oldDatabase(path);
  const store = openSqliteStore({ path, log: silentLog, clock: { now: () => at(0) }, retention: {} });
  await store.start();
  onTestFinished(() => store.stop());
  const both = [...measurements(0), ...measurements(1000)];
  expect(await store.measurements({ stationId: 'CP1' })).toStrictEqual(both);
  expect(await store.measurements({ stationId: 'CP1', transactionId: 'T1' })).toStrictEqual(both);
  expect(await store.transaction('CP1', 'T1')).toMatchObject({ energy: 2 });
  expect((await store.station('CP1'))?.evses[0]?.latest['SoC||EV']).toMatchObject({ takenAt: at(1000) });
  const common = { type: 'measurements.taken', stationId: 'CP1', transactionId: 'T1' };
  expect(await store.facts({ afterSeq: 0, limit: 10 })).toStrictEqual([
    { ...common, at: at(0), measurements: measurements(0), seq: 1 },
    { ...common, at: at(1000), measurements: measurements(1000), seq: 2 },
  ]);
  const taken = { ...common, type: 'measurements.taken', at: at(5), measurements: [] } as const;
  expect(await store.commit({ facts: [taken] })).toMatchObject([{ seq: 3 }]);
});
