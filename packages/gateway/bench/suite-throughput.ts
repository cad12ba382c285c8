import { withFleet, withServers } from './bench.ts';
import type { Bench, Suite } from './bench.ts';
import type { Version } from './frames.ts';
import { median } from './latencies.ts';
import { closedLoop } from './loops.ts';
import type { Sample } from './loops.ts';
import { fixed, whole } from './report.ts';
import type { Demand, Section } from './report.ts';
import { boot, mixes, versions } from './scenarios.ts';
import type { MixName } from './scenarios.ts';
import type { Server, ServerName } from './servers.ts';

/** One line of a comparison: one server in one case, all rounds. */
interface Line {
  group: string;
  server: ServerName;
  samples: Sample[];
}

/** The least share of an in-memory server's messages per CPU second. */
const leastShare = 0.5;

/** Closed loop with some stations, version by version. */
export function throughputSuite(mix: MixName): Suite {
  const run = async (bench: Bench): Promise<Section> => {
    const { rounds, stations } = bench.plan;
    const lines: Line[] = [];
    await withServers(bench, bench.serverNames, async (servers) => {
      for (const version of versions) lines.push(...(await compare(bench, servers, { mix, version, count: stations })));
    });
    return {
      name: mix,
      title: `${mixes[mix].label}. Closed loop, ${stations} stations`,
      columns: columnsFor('OCPP'),
      rows: rowsOf(lines),
      notes: rounds > 1 ? [`Medians of ${rounds} rounds, the servers in turn.`] : [],
      demands: mix === 'metervalues' ? lines.flatMap((line) => shareDemand(line, lines)) : [],
      data: lines,
    };
  };
  return { name: mix, summary: `${mixes[mix].label}; closed loop, both versions`, run };
}

/** The same with one and with many connections. */
export const connectionsSuite: Suite = {
  name: 'connections',
  summary: 'Meter values over 1, 1,000 and 10,000 connections, closed loop',
  run: async (bench) => {
    const lines: Line[] = [];
    for (const count of bench.plan.connections) {
      await withServers(bench, bench.serverNames, async (servers) => {
        const found = await compare({ ...bench, plan: { ...bench.plan, rounds: 1 } }, servers, {
          mix: 'metervalues',
          version: '1.6',
          count,
        });
        lines.push(...found.map((line) => ({ ...line, group: whole(count) })));
      });
    }
    return {
      name: 'connections',
      title: 'Meter values by number of connections. Closed loop, OCPP 1.6',
      columns: columnsFor('Connections'),
      rows: rowsOf(lines),
      notes: [],
      demands: [],
      data: lines,
    };
  },
};

interface Case {
  mix: MixName;
  version: Version;
  count: number;
}

async function compare(bench: Bench, servers: readonly Server[], { mix, version, count }: Case): Promise<Line[]> {
  const { rounds, windowMs: durationMs } = bench.plan;
  const lines = servers.map(({ name }): Line => ({ group: version, server: name, samples: [] }));
  for (let round = 0; round < rounds; round += 1) {
    const warmUpMs = round === 0 ? bench.plan.firstWarmUpMs : bench.plan.warmUpMs;
    for (const [index, server] of servers.entries()) {
      bench.progress(`${mix} ${version}, ${count} stations, ${server.name}, round ${round + 1} of ${rounds}`);
      const sample = await withFleet(server, { version, count }, async (fleet) => {
        await fleet.connect([...boot, ...mixes[mix].before]);
        return closedLoop(fleet, mixes[mix].cycle, { pid: server.pid, warmUpMs, durationMs });
      });
      lines[index]?.samples.push(sample);
    }
  }
  return lines;
}

function columnsFor(group: string): string[] {
  return [group, 'Server', 'messages/s', 'per CPU-s', '÷ ws', '÷ ocpp-rpc', 'p50 ms', 'p99 ms'];
}

function rowsOf(lines: readonly Line[]): string[][] {
  return lines.map((line) => [
    line.group,
    line.server,
    whole(middle(line, 'perSecond')),
    whole(middle(line, 'perCpuSecond')),
    fixed(shareOf(line, lines, 'ws')),
    fixed(shareOf(line, lines, 'ocpp-rpc')),
    fixed(middle(line, 'p50Ms')),
    fixed(middle(line, 'p99Ms')),
  ]);
}

function middle(line: Line, key: keyof Sample): number {
  return median(line.samples.map((sample) => sample[key]));
}

/** Messages per CPU second in proportion to another server's in the same round; NaN when that did not run. */
function shareOf({ group, samples }: Line, lines: readonly Line[], other: ServerName): number {
  const others = lines.find((line) => line.group === group && line.server === other)?.samples ?? [];
  return median(samples.map(({ perCpuSecond }, round) => perCpuSecond / (others[round]?.perCpuSecond ?? Number.NaN)));
}

function shareDemand(line: Line, lines: readonly Line[]): Demand[] {
  if (line.server !== 'busbar') return [];
  const share = shareOf(line, lines, 'ocpp-rpc');
  const demand = {
    what: `Durable meter values per CPU second, ${line.group}, in proportion to ocpp-rpc (strict, in memory)`,
    wanted: `≥ ${fixed(leastShare)}`,
    measured: fixed(share),
  };
  return [Number.isNaN(share) ? demand : { ...demand, reached: share >= leastShare }];
}
