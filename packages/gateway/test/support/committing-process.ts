import { openSync, writeSync } from 'node:fs';
import { newStation } from '../../src/domain/charging-station.ts';
import { silentLog } from '../contract/silent-log.ts';
import { openSqliteStore } from '../../src/storage/index.ts';

/**
 * Commits until it is killed, and says in a file which commits were acknowledged: `<lane> <number> <seq>`, and on its output
 * that one more was. What is written to a file outlives the process at once; a pipe that is full would keep it waiting. Each
 * change has a station, a fact and an entry of the state of a service, all with the same number.
 */
const [path = '', lanes = '20', acknowledged = ''] = process.argv.slice(2);
const file = openSync(acknowledged, 'w');
const store = openSqliteStore({ path, log: silentLog, clock: { now: () => new Date() }, retention: {} });
await store.start();

async function run(lane: number): Promise<void> {
  const stationId = `CP${lane}`;
  let before = await store.station(stationId);
  for (;;) {
    const number = (before?.lastTransactionNumber ?? 0) + 1;
    const after = { ...(before ?? newStation(stationId, 'admitted', new Date(0))), lastTransactionNumber: number };
    const [fact] = await store.commit({
      station: { before, after },
      facts: [{ type: 'station.disconnected', stationId, at: new Date(), reason: `${number}` }],
      state: [{ service: 'test', key: stationId, value: number }],
    });
    writeSync(file, `${lane} ${number} ${fact?.seq}\n`);
    process.stdout.write('.\n');
    before = after;
  }
}

await Promise.all(Array.from({ length: Number(lanes) }, (_, lane) => run(lane)));
