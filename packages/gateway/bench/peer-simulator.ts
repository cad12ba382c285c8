import { setFlagsFromString } from 'node:v8';
import { createFleet } from '@busbar/station';
import type { Fleet, Station } from '@busbar/station';

/** A process of simulated stations. Arguments: URL of the CSMS, number of stations. It does what it is told over IPC. */

// As the launcher of `busbar simulate` does.
setFlagsFromString('--semi-space-growth-factor=1');

const [url = '', countText = '1000'] = process.argv.slice(2);
const count = Number(countText);
const pollMs = 20;
const warmUpStations = 20;
const backOff = { minimumMs: 1000, rangeMs: 5000, doublings: 3 };
const settings = { 'SampledDataCtrlr.TxUpdatedInterval': '60' };
let accepted = 0;
let fleet: Fleet | undefined;

const orders: Record<string, () => Promise<void>> = {
  /** All connect and boot. */
  async boot() {
    fleet = createFleet({
      count,
      url,
      versions: ['1.6', '2.0.1', '2.1'],
      rampMs: count / 2,
      backOff,
      settings,
      onStation: (station) => station.events.on('accepted', () => (accepted += 1)),
    });
    fleet.start();
    await until(() => accepted >= count);
  },
  /** A vehicle at every station. */
  async charge() {
    const members = fleet?.members ?? [];
    for (const [index, { host }] of members.entries()) {
      host.plug(1, { soc: 20 });
      host.presentToken(1, 'BENCH');
      if (index % 100 === 99) await delay(2);
    }
    await until(() => members.every(({ station }) => isCharging(station)));
  },
  /** The CSMS has died: all lose their connection, and come back when it does. */
  async lose() {
    await until(() => (fleet?.members ?? []).every(({ station }) => !station.isConnected));
    accepted = 0;
  },
  async comeBack() {
    await until(() => accepted >= count);
  },
};

/** What is compiled and loaded once for all is not part of what a station costs. */
async function warmUp(): Promise<void> {
  let ready = 0;
  const first = createFleet({
    count: warmUpStations,
    url,
    identityPrefix: 'WARM',
    versions: ['1.6', '2.0.1', '2.1'],
    rampMs: 100,
    settings,
    onStation: (station) => station.events.once('accepted', () => (ready += 1)),
  });
  first.start();
  await until(() => ready === warmUpStations);
  for (const { host } of first.members) {
    host.plug(1);
    host.presentToken(1, 'BENCH');
  }
  await until(() => first.members.every(({ station }) => isCharging(station)));
  await first.stop();
}

function isCharging(station: Station): boolean {
  return station.transactionOn(1)?.chargingState === 'Charging';
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(pollMs);
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

process.on('message', (order: string) => {
  void orders[order]?.().then(() => process.send?.(order));
});
await warmUp();
process.send?.('ready');
