import { expect, it } from 'vitest';
import { nextWaitMs } from './back-off.ts';

it('waits the minimum and a random part, doubles so often as it may, and then stays', () => {
  const backOff = { minimumMs: 1000, rangeMs: 1000, doublings: 2, maximumMs: 60_000 };
  const waits: number[] = [];
  for (let failures = 1; failures <= 5; failures++) {
    waits.push(nextWaitMs(backOff, failures, { previousMs: waits.at(-1) ?? 0, random: 0.5 }));
  }
  expect(waits).toEqual([1500, 3500, 7500, 7500, 7500]);
});

it('never waits longer than the maximum', () => {
  const backOff = { minimumMs: 1000, rangeMs: 0, doublings: 16, maximumMs: 5000 };
  expect(nextWaitMs(backOff, 9, { previousMs: 4000, random: 0 })).toBe(5000);
});
