import { readFileSync, readdirSync } from 'node:fs';

/** Ticks per second of the times in /proc; the same on every Linux that Node runs on. */
const ticksPerSecond = 100;
const utimeField = 11;
const stimeField = 12;

/** CPU seconds that all threads of a process have used so far. Linux only. */
export function cpuSecondsOf(pid: number): number {
  return secondsIn(`/proc/${pid}/stat`);
}

/** CPU seconds so far of the thread that runs the program, and of the workers it has started. The rest is V8's own. */
export function threadSecondsOf(pid: number): { main: number; workers: number } {
  const folder = `/proc/${pid}/task`;
  const workers = readdirSync(folder).filter((id) =>
    readFileSync(`${folder}/${id}/comm`, 'utf8').startsWith('WorkerThread'),
  );
  return {
    main: secondsIn(`${folder}/${pid}/stat`),
    workers: workers.reduce((sum, id) => sum + secondsIn(`${folder}/${id}/stat`), 0),
  };
}

function secondsIn(file: string): number {
  const stat = readFileSync(file, 'utf8');
  // The name stands in brackets and may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[utimeField]) + Number(fields[stimeField])) / ticksPerSecond;
}

/** Resident memory of a process in KiB. Linux only. */
export function residentKiBOf(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (match === null) throw new Error(`/proc/${pid}/status tells no resident memory: the process has ended.`);
  return Number(match[1]);
}
