import { rm } from 'node:fs/promises';
import type { Suite } from './bench.ts';
import { median } from './latencies.ts';
import { delay } from './loops.ts';
import { residentKiBOf } from './process-table.ts';
import { fixed, whole } from './report.ts';
import { startBusbar, stop } from './servers.ts';

const startLimitMs = 1000;
const residentLimitMiB = 120;
/** How long after its start the memory of an idle gateway is looked at. */
const restMs = 2000;

/** From `busbar serve` on an empty folder to the first 200 of /readyz, and what it takes when nothing happens. */
export const startSuite: Suite = {
  name: 'start',
  summary: 'Start-up time and resident memory of an idle gateway',
  run: async (bench) => {
    const { workFolder } = bench.launchOptions;
    const starts: number[] = [];
    let residentMiB = 0;
    for (let n = 0; n <= bench.plan.starts; n += 1) {
      bench.progress(`start ${n + 1} of ${bench.plan.starts + 1}`);
      const { child, pid, data, startMs } = await startBusbar({ workFolder });
      starts.push(startMs);
      if (n === bench.plan.starts) {
        await delay(restMs);
        residentMiB = residentKiBOf(pid) / 1024;
      }
      await stop(child);
      await rm(data, { recursive: true, force: true });
    }
    const [coldMs = Number.NaN, ...warm] = starts;
    const [bestMs, medianMs] = [Math.min(...warm), median(warm)];
    return {
      name: 'start',
      title: 'Start of the gateway on an empty folder, until /readyz answers 200',
      columns: ['', 'Measured'],
      rows: [
        ['Very first start', `${whole(coldMs)} ms`],
        [`Best of ${warm.length} further starts`, `${whole(bestMs)} ms`],
        [`Median of ${warm.length} further starts`, `${whole(medianMs)} ms`],
        [`Resident memory ${restMs / 1000} s later`, `${fixed(residentMiB, 1)} MiB`],
      ],
      notes: [],
      demands: [
        {
          what: 'Start to listening, median (very first)',
          wanted: `< ${startLimitMs} ms`,
          measured: `${whole(medianMs)} ms (${whole(coldMs)} ms)`,
          reached: medianMs < startLimitMs && coldMs < startLimitMs,
        },
        {
          what: 'Resident memory of an idle gateway',
          wanted: `< ${residentLimitMiB} MiB`,
          measured: `${fixed(residentMiB, 1)} MiB`,
          reached: residentMiB < residentLimitMiB,
        },
      ],
      data: { coldMs, warm, residentMiB },
    };
  },
};
