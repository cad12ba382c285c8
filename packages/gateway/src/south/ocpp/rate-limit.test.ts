import { expect, test } from 'vitest';
import { RateLimit } from './rate-limit.ts';

test('allows the burst at once, and then the rate', () => {
  const limit = new RateLimit(2, 3);
  expect([0, 0, 0, 0, 499, 500].map((now) => limit.take('A', now))).toEqual([true, true, true, false, false, true]);
  expect(limit.take('B', 0)).toBe(true);
});

test('refuses nobody for long because the clock was set back', () => {
  const limit = new RateLimit(1, 2);
  const hour = 3_600_000;
  expect([limit.take('A', hour), limit.take('A', hour), limit.take('A', hour)]).toEqual([true, true, false]);
  expect(limit.take('A', 0)).toBe(false);
  expect(limit.take('A', 1000)).toBe(true);
});

test('forgets keys that have rested, and the oldest of too many', () => {
  const limit = new RateLimit(1, 1);
  for (const [at, key] of ['A', 'B', 'C'].entries()) limit.take(key, at * 1000);
  limit.sweep(2500);
  expect(limit.size).toBe(1);
  for (const key of ['D', 'E', 'F']) limit.take(key, 2500);
  limit.sweep(2500, 2);
  expect(limit.size).toBe(2);
});
