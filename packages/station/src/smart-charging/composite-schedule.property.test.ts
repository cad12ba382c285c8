import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, defaults, profileOf, start, twoEvses } from '../../test/profiles.ts';
import type { ChargingProfile } from './charging-profile.ts';
import { anyProfile, capOf, capsAt, highest } from '../../test/random-profiles.ts';
import { compositeSchedule } from './composite-schedule.ts';
import { toPowerLimit } from './power-limiter.ts';

const windowS = 200;
function naive(profiles: readonly ChargingProfile[], evseId: number, second: number): number {
  const ceilings = capsAt(profiles, evseId, second);
  const meet = (caps: { a: number; w: number; phases: number }[]) => {
    const phases = Math.min(...caps.map((cap) => cap.phases));
    return Math.min(...caps.map(({ a }) => a), Math.min(...caps.map(({ w }) => w)) / (230 * phases));
  };
  if (evseId === 0) {
    const sum = naive(profiles, 1, second) + naive(profiles, 2, second);
    const phases = Math.max(phasesAt(profiles, 1, second), phasesAt(profiles, 2, second));
    return meet([{ a: sum, w: Infinity, phases }, ...ceilings]);
  }
  return meet([ownCap(profiles, evseId, second), ...ceilings]);
}

function ownCap(profiles: readonly ChargingProfile[], evseId: number, second: number) {
  const evseIds = [0, evseId];
  const own =
    highest(profiles, { purpose: 'TxProfile', evseIds, second }) ??
    highest(profiles, { purpose: 'TxDefaultProfile', evseIds, second });
  return own ? capOf(own) : { a: 48, w: Infinity, phases: 3 };
}

function phasesAt(profiles: readonly ChargingProfile[], evseId: number, second: number): number {
  return Math.min(
    ...[ownCap(profiles, evseId, second), ...capsAt(profiles, evseId, second)].map(({ phases }) => phases),
  );
}

const compositeOf = (profiles: readonly ChargingProfile[], evseId: number, unit: 'A' | 'W' = 'A') =>
  compositeSchedule({ profiles, evseId, from: start, durationS: windowS, unit, evses: twoEvses, defaults });

const inputs = [fc.array(anyProfile, { maxLength: 7 }), fc.constantFrom(0, 1, 2)] as const;

describe('compositeSchedule', () => {
  it('is what evaluating every second gives', () => {
    fc.assert(
      fc.property(...inputs, (profiles, evseId) => {
        const { periods, durationS } = compositeOf(profiles, evseId);
        expect(durationS).toBe(windowS);
        for (let second = 0; second < windowS; second++) {
          const period = periods.findLast(({ startS }) => startS <= second);
          expect(period?.limit.value).toBeCloseTo(naive(profiles, evseId, second), 6);
        }
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it('is never above a maximum that holds', () => {
    fc.assert(
      fc.property(...inputs, (profiles, evseId) => {
        for (const { startS, ...applied } of compositeOf(profiles, evseId).periods) {
          const { currentA, phases } = toPowerLimit(applied);
          for (const cap of capsAt(profiles, evseId, startS)) {
            expect(currentA).toBeLessThanOrEqual(cap.a + 1e-9);
            expect(currentA * phases * 230).toBeLessThanOrEqual(cap.w + 1e-6);
            expect(phases).toBeLessThanOrEqual(cap.phases);
          }
        }
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  it('is never above a maximum in W either', () => {
    fc.assert(
      fc.property(...inputs, (profiles, evseId) => {
        for (const { startS, limit, phases } of compositeOf(profiles, evseId, 'W').periods) {
          for (const cap of capsAt(profiles, evseId, startS)) {
            expect(limit.value).toBeLessThanOrEqual(Math.min(cap.w, cap.a * 230 * phases) + 1e-6);
          }
        }
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  it('begins at 0, ascends in whole seconds, and changes with every period', () => {
    fc.assert(
      fc.property(...inputs, (profiles, evseId) => {
        const { periods } = compositeOf(profiles, evseId);
        expect(periods[0]?.startS).toBe(0);
        for (const [i, { startS, limit, phases }] of periods.slice(1).entries()) {
          const before = periods[i];
          expect(Number.isInteger(startS) && startS > (before?.startS ?? Infinity)).toBe(true);
          expect(limit.value !== before?.limit.value || phases !== before.phases).toBe(true);
        }
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it('stays bounded whatever is installed', () => {
    const many = Array.from({ length: 500 }, (_, i) =>
      profileOf([i % 2, 'TxDefaultProfile', ''], {
        kind: 'Recurring',
        recurrency: 'Daily',
        stackLevel: i,
        start: at(-86_400 * 30 + i),
        durationS: 86_400 - i,
        periods: Array.from({ length: 1440 }, (_, k) => ({ startPeriod: k * 60, limit: 10 + (k % 2) })),
      }),
    );
    // A maximum below all of them hides their changes, so nothing ends the search before the bound does.
    const profiles = [...many, profileOf([0, 'ChargingStationMaxProfile', '5@0'])];
    const begin = performance.now();
    const schedule = compositeSchedule({
      profiles,
      evseId: 1,
      from: start,
      durationS: 2 ** 31,
      unit: 'A',
      evses: twoEvses,
      defaults,
    });
    expect(schedule.periods.length).toBe(1);
    expect(schedule.durationS).toBeGreaterThan(86_400);
    expect(performance.now() - begin).toBeLessThan(10_000);
  });
});
