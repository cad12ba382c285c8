import { withFleet, withServers } from './bench.ts';
import type { Bench, Suite } from './bench.ts';
import { openLoop } from './loops.ts';
import type { Sample } from './loops.ts';
import { residentKiBOf } from './process-table.ts';
import { fixed, whole } from './report.ts';
import type { Demand } from './report.ts';
import { boot, mixes } from './scenarios.ts';
import type { Server } from './servers.ts';

const heartbeatEveryS = 60;
const meterEveryS = 30;
const meteringShare = 0.1;
const stationsOfDemand = 10_000;
const windowOfDemandMs = 600_000;
const memoryEveryMs = 1000;
/** Memory may be that much higher at the end than it was after the first fifth; garbage is never quite even. */
const growthLimit = 0.03;
const coresLimit = 2;

interface Steady {
  sample: Sample;
  /** MiB, once a second. */
  resident: number[];
}

/** A fleet as it is in the field, for as long as the plan says. */
export const steadySuite: Suite = {
  name: 'steady',
  summary: '10,000 stations with a 60 s heartbeat, a tenth of them metering every 30 s; ten minutes with --long',
  run: async (bench) => {
    const { stations, windowMs } = bench.plan.steady;
    const { sample, resident } = await withServers(bench, ['busbar'], async ([server]) => {
      if (server === undefined) throw new Error('No server was started.');
      return run(bench, server);
    });
    const cores = sample.cpuSeconds / sample.seconds;
    const { early, late } = growthOf(resident);
    const growth = late / early - 1;
    const what = `${whole(stations)} stations, heartbeat ${heartbeatEveryS} s, ${meteringShare * 100} % metering every ${meterEveryS} s`;
    const demand: Demand = {
      what: `${what}: steady, no growth of memory over 10 minutes`,
      wanted: `≤ ${coresLimit} cores, ≤ ${growthLimit * 100} %`,
      measured: `${fixed(cores)} cores, ${fixed(growth * 100, 1)} % in ${whole(sample.seconds)} s`,
    };
    const isJudged = stations >= stationsOfDemand && windowMs >= windowOfDemandMs;
    return {
      name: 'steady',
      title: `${what}. Open loop, OCPP 1.6, ${whole(sample.seconds)} s`,
      columns: [
        'messages/s',
        'cores',
        'p50 ms',
        'p99 ms',
        'longest ms',
        'stations late ms',
        'MiB early',
        'MiB late',
        'MiB highest',
      ],
      rows: [
        [
          fixed(sample.perSecond, 1),
          fixed(cores, 3),
          fixed(sample.p50Ms),
          fixed(sample.p99Ms),
          fixed(sample.maxMs, 1),
          fixed(sample.stationsLateMs, 1),
          fixed(early, 1),
          fixed(late, 1),
          fixed(Math.max(...resident), 1),
        ],
      ],
      notes: [
        'Early and late are the lowest values of the second and of the last fifth of the time.',
        'Stations late: the longest delay of the stations themselves, which is in the latencies too.',
      ],
      demands: [isJudged ? { ...demand, reached: cores <= coresLimit && growth <= growthLimit } : demand],
      data: { sample, resident },
    };
  },
};

async function run(bench: Bench, server: Server): Promise<Steady> {
  const { stations, windowMs } = bench.plan.steady;
  bench.progress(`${stations} stations connect`);
  return withFleet(server, { version: '1.6', count: stations }, async (fleet) => {
    await fleet.connect(boot);
    const metering = fleet.connections.slice(0, Math.round(stations * meteringShare));
    await fleet.walk(metering, mixes.metervalues.before);
    const resident: number[] = [];
    const startedAt = performance.now();
    const timer = setInterval(() => {
      resident.push(residentKiBOf(server.pid) / 1024);
      bench.progress(
        `${stations} stations, ${whole((performance.now() - startedAt) / 1000)} of ${whole(windowMs / 1000)} s`,
      );
    }, memoryEveryMs);
    const streams = [
      { connections: fleet.connections, step: 'heartbeat', perSecond: stations / heartbeatEveryS },
      { connections: metering, step: 'meter', perSecond: metering.length / meterEveryS },
    ] as const;
    try {
      const sample = await openLoop(fleet, streams, {
        pid: server.pid,
        warmUpMs: bench.plan.warmUpMs,
        durationMs: windowMs,
      });
      return { sample, resident };
    } finally {
      clearInterval(timer);
    }
  });
}

function growthOf(resident: readonly number[]): { early: number; late: number } {
  const fifth = Math.max(1, Math.floor(resident.length / 5));
  return { early: Math.min(...resident.slice(fifth, 2 * fifth)), late: Math.min(...resident.slice(-fifth)) };
}
