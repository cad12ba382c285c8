import type { ChildProcess } from 'node:child_process';
import type { Bench, Suite } from './bench.ts';
import { delay } from './loops.ts';
import { cpuSecondsOf, residentKiBOf } from './process-table.ts';
import { fixed, whole } from './report.ts';
import type { Demand } from './report.ts';
import { pidOf, spawnPeer, stop } from './servers.ts';

const limitKiB = 50;
const stationsOfDemand = 10_000;
const timeoutMs = 120_000;

/** What simulated stations cost, in one state. */
interface State {
  state: string;
  residentMiB: number;
  kiBEach: number;
  /** Of one core, for 1,000 stations. */
  coresPerThousand: number;
  /** Until all were in this state. */
  seconds: number;
}

/** `busbar simulate` and the demo are made of these stations. */
export const simulatorSuite: Suite = {
  name: 'simulator',
  summary: '10,000 simulated stations in one process: memory, CPU, reconnect storm',
  run: async (bench) => {
    const { states, stormSeconds } = await measure(bench, bench.plan.idleConnections);
    const count = bench.plan.idleConnections;
    return {
      name: 'simulator',
      title: `${whole(count)} simulated stations in one process, against a bare CSMS`,
      columns: ['Stations', 'seconds', 'MiB', 'KiB per station', 'cores per 1,000'],
      rows: states.map(({ state, seconds, residentMiB, kiBEach, coresPerThousand }) => [
        state,
        fixed(seconds),
        fixed(residentMiB, 1),
        fixed(kiBEach, 1),
        fixed(coresPerThousand, 4),
      ]),
      notes: [
        'OCPP 1.6, 2.0.1 and 2.1 in equal parts. Resident memory of the process, sockets included, less that of a process ' +
          'whose first twenty stations have come and gone. Charging: a vehicle at each, meter values every 60 s, heartbeat 300 s.',
        `The CSMS died with all connections and was back at once: all stations had theirs again ${fixed(stormSeconds)} s later, ` +
          'with a back-off of 1 s and a random part of 5 s.',
      ],
      demands: states.flatMap(({ state, kiBEach }): Demand[] => {
        const demand = {
          what: `Resident memory per simulated station, ${state}, ${whole(count)} stations`,
          wanted: `≤ ${limitKiB} KiB`,
          measured: `${fixed(kiBEach, 1)} KiB`,
        };
        return [count < stationsOfDemand ? demand : { ...demand, reached: kiBEach <= limitKiB }];
      }),
      data: { states, stormSeconds },
    };
  },
};

async function measure(bench: Bench, count: number): Promise<{ states: State[]; stormSeconds: number }> {
  let csms = spawnPeer('peer-csms.ts');
  const port = portIn(await messageOf(csms));
  const simulator = spawnPeer('peer-simulator.ts', [`ws://127.0.0.1:${port}/ocpp`, String(count)]);
  try {
    await messageOf(simulator);
    await delay(bench.plan.settleMs);
    const before = residentKiBOf(pidOf(simulator));
    const states = [
      await stateOf(bench, { simulator, order: 'boot', state: 'idle', count, before }),
      await stateOf(bench, { simulator, order: 'charge', state: 'charging', count, before }),
    ];
    bench.progress('the CSMS dies');
    const lost = obey(simulator, 'lose');
    csms.kill('SIGKILL');
    await lost;
    csms = spawnPeer('peer-csms.ts', [String(port)]);
    await messageOf(csms);
    const stormSeconds = await obey(simulator, 'comeBack');
    return { states, stormSeconds };
  } finally {
    await Promise.all([stop(simulator), stop(csms)]);
  }
}

async function stateOf(
  { plan, progress }: Bench,
  {
    simulator,
    order,
    state,
    count,
    before,
  }: {
    simulator: ChildProcess;
    order: string;
    state: string;
    count: number;
    before: number;
  },
): Promise<State> {
  progress(`${count} simulated stations, ${state}`);
  const pid = pidOf(simulator);
  const seconds = await obey(simulator, order);
  await delay(plan.settleMs);
  const cpuBefore = cpuSecondsOf(pid);
  await delay(plan.steady.windowMs);
  const cores = (cpuSecondsOf(pid) - cpuBefore) / (plan.steady.windowMs / 1000);
  const resident = residentKiBOf(pid);
  return {
    state,
    seconds,
    residentMiB: resident / 1024,
    kiBEach: (resident - before) / count,
    coresPerThousand: (cores / count) * 1000,
  };
}

/** Tells it to do something; resolves with the seconds that took. */
async function obey(simulator: ChildProcess, order: string): Promise<number> {
  const startedAt = performance.now();
  const answer = messageOf(simulator);
  simulator.send(order);
  await answer;
  return (performance.now() - startedAt) / 1000;
}

function messageOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`nothing was heard for ${timeoutMs / 1000} s`)), timeoutMs);
    const ended = (code: number | null) => reject(new Error(`a process of the bench ended (${code})`));
    child.once('exit', ended);
    child.once('message', (message) => {
      clearTimeout(timer);
      child.off('exit', ended);
      resolve(message);
    });
  });
}

function portIn(message: unknown): number {
  return typeof message === 'object' && message !== null && 'port' in message ? Number(message.port) : 0;
}
