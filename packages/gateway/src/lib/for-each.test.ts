import { expect, test } from 'vitest';
import { forEach } from './for-each.ts';

test('runs as many at the same time as it may, and every one', async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  await forEach([1, 2, 3, 4, 5], 2, async (item) => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running -= 1;
    done.push(item);
  });
  expect(most).toBe(2);
  expect(new Set(done)).toEqual(new Set([1, 2, 3, 4, 5]));
});

test('a task that fails stops no other, and is told in the end', async () => {
  const done: number[] = [];
  const all = forEach([1, 2, 3], 1, async (item) => {
    if (item < 3) throw new Error(`failed ${item}`);
    done.push(item);
  });
  await expect(all).rejects.toThrow('failed 1');
  expect(done).toEqual([3]);
});
