import { withFleet, withServers } from './bench.ts';
import type { Suite } from './bench.ts';
import { openLoop } from './loops.ts';
import type { Sample } from './loops.ts';
import { fixed, whole } from './report.ts';
import { boot, mixes, versions } from './scenarios.ts';

const p99LimitMs = 20;

/** Meter values at a fixed rate; latency counts from the time a message was due. */
export const openSuite: Suite = {
  name: 'open',
  summary: 'Meter values of 1,000 stations at 2,000 a second, open loop: latency',
  run: async (bench) => {
    const { open, warmUpMs } = bench.plan;
    const lines: { version: string; server: string; sample: Sample }[] = [];
    await withServers(bench, bench.serverNames, async (servers) => {
      for (const version of versions) {
        for (const server of servers) {
          bench.progress(`open loop ${version}, ${server.name}`);
          const sample = await withFleet(server, { version, count: open.stations }, async (fleet) => {
            await fleet.connect([...boot, ...mixes.metervalues.before]);
            const stream = { connections: fleet.connections, step: 'meter', perSecond: open.perSecond } as const;
            return openLoop(fleet, [stream], { pid: server.pid, warmUpMs: 2 * warmUpMs, durationMs: open.windowMs });
          });
          lines.push({ version, server: server.name, sample });
        }
      }
    });
    const ours = lines.filter(({ server }) => server === 'busbar');
    return {
      name: 'open',
      title: `Meter values at a fixed rate. Open loop, ${whole(open.stations)} stations, ${whole(open.perSecond)} messages/s`,
      columns: ['OCPP', 'Server', 'messages/s', 'CPU %', 'p50 ms', 'p99 ms', 'longest ms', 'stations late ms'],
      rows: lines.map(({ version, server, sample }) => [
        version,
        server,
        whole(sample.perSecond),
        whole((100 * sample.cpuSeconds) / sample.seconds),
        fixed(sample.p50Ms),
        fixed(sample.p99Ms),
        fixed(sample.maxMs, 1),
        fixed(sample.stationsLateMs, 1),
      ]),
      notes: ['Stations late: the longest delay of the stations themselves, which is in the latencies too.'],
      demands: ours.map(({ version, sample }) => ({
        what: `p99 of a durable message, ${version}, ${whole(open.stations)} stations, ${whole(open.perSecond)} messages/s`,
        wanted: `< ${p99LimitMs} ms`,
        measured: `${fixed(sample.p99Ms)} ms at ${whole(sample.perSecond)}/s`,
        reached: sample.p99Ms < p99LimitMs && sample.perSecond > 0.97 * open.perSecond,
      })),
      data: lines,
    };
  },
};
