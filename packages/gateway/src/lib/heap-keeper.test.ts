import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { HeapKeeper } from './heap-keeper.ts';

/** What a heap is told whose owner is busy (b) or not (-) from look to look. */
function toldAfter(looks: string): string[] {
  const told: string[] = [];
  let workedMs = 0;
  const keeper = new HeapKeeper({
    workMs: () => workedMs,
    letGrow: (isAllowed) => told.push(isAllowed ? 'grow' : 'save'),
    collect: () => told.push('collect'),
  });
  keeper.start();
  keeper.stop();
  for (const look of looks) {
    workedMs += look === 'b' ? 900 : 50;
    keeper.look();
  }
  return told;
}

describe('HeapKeeper', () => {
  test('gives back what the start has used, and lets the heap grow at first', () => {
    expect(toldAfter('')).toEqual(['collect', 'grow']);
  });

  test('saves memory once there has been little to do for ten looks', () => {
    expect(toldAfter('-'.repeat(9))).toEqual(['collect', 'grow']);
    expect(toldAfter('-'.repeat(10))).toEqual(['collect', 'grow', 'save']);
  });

  test('a moment between two waves is not quiet', () => {
    expect(toldAfter('b---------b---------')).toEqual(['collect', 'grow']);
  });

  test('lets the heap grow again with the first look that finds work', () => {
    expect(toldAfter('-----------bb')).toEqual(['collect', 'grow', 'save', 'grow']);
  });
});

/** A hundred thousand objects at any time, each of which outlives some collections. Prints MiB. */
const load = `
  import { getHeapSpaceStatistics } from 'node:v8';
  import { processHeap } from '${new URL('heap-keeper.ts', import.meta.url).href}';
  processHeap().letGrow(process.argv[1] === 'grow');
  const alive = Array.from({ length: 100_000 });
  for (let n = 0; n < 2_000_000; n += 1) alive[n % alive.length] = { n };
  console.log(getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space').space_size / 1024 ** 2);
`;

describe("the process's heap", () => {
  function youngMiB(mode: string): number {
    const args = ['--input-type=module', '--eval', load, mode];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    // Where Node would say that it does not know a flag.
    expect(stderr).toBe('');
    return Number(stdout);
  }

  test('doubles its youngest part under load, and only when it may', () => {
    expect(youngMiB('grow')).toBeGreaterThanOrEqual(16);
    expect(youngMiB('save')).toBeLessThanOrEqual(4);
  });
});
