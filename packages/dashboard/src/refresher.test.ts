import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRefresher } from './refresher.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what is wanted many times at once is read once', async () => {
  let reads = 0;
  const refresher = createRefresher(async () => void (reads += 1));
  for (let n = 0; n < 100; n += 1) refresher.want();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reads).toBe(1);
});

test('what is wanted during a reading is read after it, and a slow gateway is left alone for longer', async () => {
  const starts: number[] = [];
  const startMs = Date.now();
  const refresher = createRefresher(async () => {
    starts.push(Date.now() - startMs);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  });
  refresher.want();
  await vi.advanceTimersByTimeAsync(500);
  refresher.want();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(starts).toEqual([150, 4150]);
});

test('a stopped one reads no more', async () => {
  let reads = 0;
  const refresher = createRefresher(async () => void (reads += 1));
  refresher.want();
  refresher.stop();
  refresher.want();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reads).toBe(0);
});
