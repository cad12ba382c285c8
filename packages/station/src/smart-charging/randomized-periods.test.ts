import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { periodsOf } from '../../test/profiles.ts';
import { randomizedPeriods } from './randomized-periods.ts';

const schedule = (periods: string, randomizedDelay: number, durationS?: number) =>
  ({ id: 1, unit: 'A', periods: periodsOf(periods), randomizedDelay, durationS }) as const;
const startsOf = (...given: Parameters<typeof randomizedPeriods>) =>
  randomizedPeriods(...given).map(({ startPeriod }) => startPeriod);

describe('randomizedPeriods', () => {
  it('delays each period but the first, and the same way for the same seed (K01.FR.93)', () => {
    const given = schedule('0@0,1@1000,2@2000,3@3000', 600);
    const starts = startsOf(given, 'A');
    expect(startsOf(given, 'A')).toEqual(starts);
    expect(startsOf(given, 'B')).not.toEqual(starts);
    expect(starts[0]).toBe(0);
    for (const [i, start] of starts.entries()) {
      expect(start).toBeGreaterThanOrEqual(i * 1000);
      expect(start).toBeLessThanOrEqual(i * 1000 + (i > 0 ? 600 : 0));
    }
  });

  it('draws every delay from 0 to the longest', () => {
    const drawn = new Set(Array.from({ length: 200 }, (_, i) => startsOf(schedule('0@0,1@10', 3), String(i))[1]));
    expect([...drawn].toSorted((a = 0, b = 0) => a - b)).toEqual([10, 11, 12, 13]);
  });

  it('leaves out what would begin after the next, or after the end (K01.FR.97)', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 3600 }), (seed, delay) => {
        const kept = startsOf(schedule('0@0,1@300,2@600,3@900', delay, 1000), seed);
        expect(kept[0]).toBe(0);
        for (const [i, start] of kept.slice(1).entries()) expect(start).toBeGreaterThan(kept[i] ?? Infinity);
        expect(kept.at(-1)).toBeLessThan(1000);
      }),
      { seed: 1 },
    );
    expect(
      new Set(Array.from({ length: 50 }, (_, i) => startsOf(schedule('0@0,1@300,2@301', 3600), String(i)).length)),
    ).toEqual(new Set([2, 3]));
  });
});
