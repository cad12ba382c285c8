import { withFleet, withServers } from './bench.ts';
import type { Bench, Suite } from './bench.ts';
import { delay } from './loops.ts';
import { cpuSecondsOf, residentKiBOf } from './process-table.ts';
import { fixed, whole } from './report.ts';
import type { Demand } from './report.ts';
import { boot, versions } from './scenarios.ts';
import type { Server } from './servers.ts';

const bootLimitS = 2;
const idleLimitKiB = 25;
const newStationsOfDemand = 1000;
const connectionsOfDemand = 10_000;

/** Stations that a server has never seen connect all at once and boot. */
export const bootSuite: Suite = {
  name: 'boot',
  summary: '1,000 new stations connect and boot at once',
  run: async (bench) => {
    const { newStations: count } = bench.plan;
    const lines: { version: string; server: string; seconds: number; cpuSeconds: number }[] = [];
    await withServers(bench, bench.serverNames, async (servers) => {
      for (const version of versions) {
        for (const server of servers) {
          bench.progress(`${count} new stations ${version}, ${server.name}`);
          const cpuBefore = cpuSecondsOf(server.pid);
          const seconds = await withFleet(server, { version, count }, async (fleet) => {
            const startedAt = performance.now();
            await fleet.connect(['boot']);
            return (performance.now() - startedAt) / 1000;
          });
          lines.push({ version, server: server.name, seconds, cpuSeconds: cpuSecondsOf(server.pid) - cpuBefore });
        }
      }
    });
    return {
      name: 'boot',
      title: `${whole(count)} new stations connect and boot at once`,
      columns: ['OCPP', 'Server', 'seconds', 'CPU seconds', 'stations/s'],
      rows: lines.map(({ version, server, seconds, cpuSeconds }) => [
        version,
        server,
        fixed(seconds),
        fixed(cpuSeconds),
        whole(count / seconds),
      ]),
      notes: ['From the first connection to the last BootNotification answered Accepted.'],
      demands: lines.flatMap(({ version, server, seconds }): Demand[] => {
        if (server !== 'busbar') return [];
        const demand = {
          what: `${whole(count)} new stations connect and are booted, ${version}`,
          wanted: `< ${bootLimitS} s`,
          measured: `${fixed(seconds)} s`,
        };
        return [count < newStationsOfDemand ? demand : { ...demand, reached: seconds < bootLimitS }];
      }),
      data: lines,
    };
  },
};

/** Memory of connections that do nothing. */
export const idleSuite: Suite = {
  name: 'idle',
  summary: 'Resident memory of 10,000 idle connections',
  run: async (bench) => {
    const { idleConnections: count } = bench.plan;
    const lines: Idle[] = [];
    for (const name of bench.serverNames) {
      await withServers(bench, [name], async (servers) => {
        for (const server of servers) lines.push(await idleOf(bench, server, count));
      });
    }
    return {
      name: 'idle',
      title: `${whole(count)} idle connections`,
      columns: ['Server', 'MiB without', 'MiB with', 'KiB per connection', 'connect s'],
      rows: lines.map(({ server, before, after, connectSeconds }) => [
        server,
        fixed(before / 1024, 1),
        fixed(after / 1024, 1),
        fixed((after - before) / count, 1),
        fixed(connectSeconds),
      ]),
      notes: ['OCPP 1.6 stations after BootNotification and StatusNotification. Resident memory of the process.'],
      demands: lines.flatMap(({ server, before, after }): Demand[] => {
        if (server !== 'busbar') return [];
        const each = (after - before) / count;
        const demand = {
          what: `Resident memory per idle connection, ${whole(count)} connections`,
          wanted: `≤ ${idleLimitKiB} KiB`,
          measured: `${fixed(each, 1)} KiB`,
        };
        return [count < connectionsOfDemand ? demand : { ...demand, reached: each <= idleLimitKiB }];
      }),
      data: lines,
    };
  },
};

interface Idle {
  server: string;
  /** KiB */
  before: number;
  /** KiB */
  after: number;
  connectSeconds: number;
}

async function idleOf(bench: Bench, server: Server, count: number): Promise<Idle> {
  bench.progress(`${count} idle connections, ${server.name}`);
  await delay(bench.plan.settleMs);
  const before = residentKiBOf(server.pid);
  return withFleet(server, { version: '1.6', count }, async (fleet) => {
    const startedAt = performance.now();
    await fleet.connect(boot);
    const connectSeconds = (performance.now() - startedAt) / 1000;
    await delay(bench.plan.settleMs);
    return { server: server.name, before, after: residentKiBOf(server.pid), connectSeconds };
  });
}
