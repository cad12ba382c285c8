import { setTimeout as after } from 'node:timers/promises';
import { expect } from 'vitest';
import { ChildGateway } from '../support/child-gateway.ts';
import { temporaryFolder } from '../support/gateway.ts';
import { PersistentStation } from '../support/persistent-station.ts';

interface Session {
  transaction_id: string;
  status: string;
  metrics: { energyConsumed: number };
}

/**
 * Stations charge while the gateway is killed again and again. In the end the gateway knows each transaction once, with
 * the energy the station has counted.
 */
export async function survivesPowerCuts({ stations: count, cuts }: { stations: number; cuts: number }): Promise<void> {
  const gateway = await ChildGateway.start(await temporaryFolder());
  const stations = Array.from({ length: count }, (_, n) => new PersistentStation(gateway.ocppUrl, `CP${n}`));
  let isOver = false;
  const charging = stations.map(async (station) => {
    do await station.charge();
    while (!isOver);
  });
  for (let cut = 0; cut < cuts; cut += 1) {
    // When the cut comes is a matter of chance; what must hold, holds whenever it comes.
    await after(100 + Math.random() * 400);
    await gateway.kill();
    await gateway.restart();
  }
  isOver = true;
  await Promise.all(charging);
  for (const station of stations) {
    const sessions = await gateway.api<Session[]>(`/sessions?chargestation=${station.identity}&limit=1000`);
    const known = sessions.map(({ transaction_id: id, status, metrics }) => [id, status, metrics.energyConsumed]);
    const done = station.charges.map(({ transactionId, energy }) => [`${transactionId}`, 'Ended', energy]);
    expect(known.toSorted(byFirst), station.identity).toEqual(done.toSorted(byFirst));
  }
  await Promise.all(stations.map((station) => station.close()));
}

function byFirst([one]: unknown[], [other]: unknown[]): number {
  return String(one).localeCompare(String(other));
}
