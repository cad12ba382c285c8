import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fixed } from './report.ts';

interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  /** µs since the sample before. */
  timeDeltas: number[];
}

const shown = 30;
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** For each CPU profile of a folder (one per thread), the functions that took the most time themselves. */
export async function profileText(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile'));
  const texts = await Promise.all(
    names.map(async (name) => topOf(name, JSON.parse(await readFile(join(folder, name), 'utf8')))),
  );
  return texts.join('\n');
}

function topOf(name: string, profile: CpuProfile): string {
  const selfMs = new Map<number, number>();
  for (const [index, id] of profile.samples.entries()) {
    selfMs.set(id, (selfMs.get(id) ?? 0) + (profile.timeDeltas[index] ?? 0) / 1000);
  }
  const byPlace = new Map<string, number>();
  for (const { id, callFrame } of profile.nodes) {
    const place = placeOf(callFrame);
    byPlace.set(place, (byPlace.get(place) ?? 0) + (selfMs.get(id) ?? 0));
  }
  const idle = byPlace.get('(idle)') ?? 0;
  byPlace.delete('(idle)');
  const busy = [...byPlace.values()].reduce((sum, ms) => sum + ms, 0);
  const lines = [...byPlace]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, shown)
    .map(([place, ms]) => `  ${fixed((100 * ms) / busy, 1).padStart(5)} %  ${place}`);
  return [`\n${name}: busy ${fixed(busy / 1000)} s, idle ${fixed(idle / 1000)} s`, ...lines].join('\n');
}

function placeOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  if (url === '') return functionName;
  const file = url.startsWith('file:') ? relative(root, fileURLToPath(url)) : url;
  return `${functionName || '(anonymous)'}  ${file}:${lineNumber + 1}`;
}
