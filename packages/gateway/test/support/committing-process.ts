import { newStation } from '../../src/domain/charging-station.ts';
import { silentLog } from '../contract/silent-log.ts';
import { openSqliteStore } from '../../src/storage/index.ts';

/**
 * Commits until it is killed, and says on its output which commits were acknowledged: `<lane> <number> <seq>`. Each change
 * has a station, a fact and an entry of the state of a service, all with the same number.
 */
const [path = '', lanes = '20'] = process.argv.slice(2);
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
    process.stdout.write(`${lane} ${number} ${fact?.seq}\n`);
    before = after;
  }
}

await Promise.all(Array.from({ length: Number(lanes) }, (_, lane) => run(lane)));
