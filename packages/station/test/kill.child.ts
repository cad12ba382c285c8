import { createSimulatedHost, createStation, openStationFile, type StationVersion } from '../src/index.ts';

/** A charger in a process of its own, which is killed in the middle of what it does: transactions without end on two EVSEs. */
const [, , url = '', path = '', name = '2.0.1'] = process.argv;
const versions: readonly StationVersion[] = ['1.6', '2.0.1', '2.1'];
const version = versions.find((each) => each === name) ?? '2.0.1';

const file = openStationFile(path);
const host = createSimulatedHost({ evses: 2, speed: 100 });
const station = createStation({
  identity: 'CP1',
  url,
  versions: [version],
  host,
  store: file.storeOf('CP1'),
  settings: { 'SampledDataCtrlr.TxUpdatedInterval': '1' },
  backOff: { minimumMs: 20, rangeMs: 10, doublings: 0, maximumMs: 50 },
});

const [minimumMs, moreMs] = [150, 250];

/** Each vehicle comes, charges a while, and goes. */
function charge(evseId: number): void {
  host.plug(evseId, { soc: 20 });
  host.presentToken(evseId, `CARD${evseId}`);
  setTimeout(
    () => {
      host.unplug(evseId);
      setTimeout(() => charge(evseId), 20);
    },
    minimumMs + moreMs * Math.random(),
  );
}

station.events.on('transactionRecorded', () => process.stdout.write('.'));
station.start();
for (const evseId of [1, 2]) charge(evseId);
