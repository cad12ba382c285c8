import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, defaults, profileOf, start, twoEvses } from '../../test/profiles.ts';
import type { ChargingProfile, ProfilePurpose, SchedulePeriod } from './charging-profile.ts';
import { compositeSchedule, limitNow } from './composite-schedule.ts';
import { toPowerLimit } from './power-limiter.ts';

const windowS = 200;
const purposes = [
  'ChargingStationMaxProfile',
  'ChargingStationExternalConstraints',
  'TxDefaultProfile',
  'TxProfile',
  'LocalGeneration',
] as const;

const periods = fc.uniqueArray(fc.integer({ min: 1, max: 150 }), { maxLength: 4 }).chain((starts) =>
  fc.tuple(
    ...[0, ...starts.toSorted((a, b) => a - b)].map((startPeriod) =>
      fc.record({
        startPeriod: fc.constant(startPeriod),
        limit: fc.integer({ min: 0, max: 60 }),
        numberPhases: fc.constantFrom(undefined, 1, 2, 3),
      }),
    ),
  ),
);

const offset = fc.integer({ min: -100_000, max: 250 });
const time = offset.map((seconds) => at(seconds));

const profile: fc.Arbitrary<ChargingProfile> = fc
  .record({
    evseId: fc.constantFrom(0, 1, 2),
    purpose: fc.constantFrom(...purposes),
    periods,
    stackLevel: fc.integer({ min: 0, max: 3 }),
    kind: fc.constantFrom('Absolute', 'Recurring', 'Relative'),
    recurrency: fc.constantFrom('Daily', 'Weekly'),
    start: time,
    validFrom: fc.option(time, { nil: undefined }),
    validTo: fc.option(time, { nil: undefined }),
    durationS: fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: undefined }),
    unit: fc.constantFrom('A', 'W'),
  })
  .map(({ evseId, purpose, ...changes }) => {
    const scale = changes.unit === 'W' ? 230 : 1;
    const scaled = changes.periods.map((period) => ({ ...period, limit: period.limit * scale }));
    const place = purpose === 'ChargingStationMaxProfile' ? 0 : purpose === 'TxProfile' ? Math.max(1, evseId) : evseId;
    return profileOf([place, purpose, ''], { ...changes, periods: scaled });
  });

/** The period of a profile that holds at a second, found by walking through all of them. */
function periodAt(
  { kind, recurrency, validFrom, validTo, schedules }: ChargingProfile,
  second: number,
): SchedulePeriod | undefined {
  const now = at(second);
  const [schedule] = schedules;
  if (!schedule || (validFrom && now < validFrom) || (validTo && now >= validTo)) return undefined;
  const begin = kind === 'Relative' ? start : (schedule.start ?? start);
  let elapsed = (now.getTime() - begin.getTime()) / 1000;
  if (elapsed < 0) return undefined;
  const cycle = recurrency === 'Daily' ? 86_400 : 604_800;
  if (kind === 'Recurring') while (elapsed >= cycle) elapsed -= cycle;
  if (elapsed >= (schedule.durationS ?? Infinity)) return undefined;
  let found: SchedulePeriod | undefined;
  for (const period of schedule.periods) if (period.startPeriod <= elapsed) found = period;
  return found;
}

interface Found {
  period: SchedulePeriod;
  unit: 'A' | 'W';
}

function highest(
  profiles: readonly ChargingProfile[],
  { purpose, evseIds, second }: { purpose: ProfilePurpose; evseIds: number[]; second: number },
): Found | undefined {
  const candidates = profiles.filter((each) => each.purpose === purpose && evseIds.includes(each.evseId));
  candidates.sort((a, b) => b.stackLevel - a.stackLevel || b.evseId - a.evseId || b.id - a.id);
  for (const each of candidates) {
    const period = periodAt(each, second);
    if (period) return { period, unit: each.schedules[0]?.unit ?? 'A' };
  }
  return undefined;
}

/** Amperes, watts and phases that a period allows, each by itself. */
function capOf({ period: { limit = 0, numberPhases = 3 }, unit }: Found, extraA = 0) {
  const extra = unit === 'A' ? extraA : extraA * 230 * numberPhases;
  return unit === 'A'
    ? { a: limit + extra, w: Infinity, phases: numberPhases }
    : { a: Infinity, w: limit + extra, phases: numberPhases };
}

function capsAt(profiles: readonly ChargingProfile[], evseId: number, second: number) {
  const caps: { a: number; w: number; phases: number }[] = [];
  for (const place of new Set([0, evseId])) {
    const at = { evseIds: [place], second };
    const maximum = highest(profiles, { purpose: 'ChargingStationMaxProfile', ...at });
    if (maximum) caps.push(capOf(maximum));
    const external = highest(profiles, { purpose: 'ChargingStationExternalConstraints', ...at });
    const local = highest(profiles, { purpose: 'LocalGeneration', ...at });
    if (external) caps.push(capOf(external, local && extraOf(local, external)));
  }
  return caps;
}

/** Local generation in A of the place it is added to. */
function extraOf(local: Found, external: Found): number {
  const { limit = 0, numberPhases = 3 } = local.period;
  if (local.unit === 'A') {
    return external.unit === 'A' ? limit : (limit * numberPhases) / (external.period.numberPhases ?? 3);
  }
  return external.unit === 'A' ? limit / (230 * numberPhases) : limit / (230 * (external.period.numberPhases ?? 3));
}

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

const running = ({ id }: { id: number }) => ({ id, transactionStart: at(-50) });

const inputs = [fc.array(profile, { maxLength: 7 }), fc.constantFrom(0, 1, 2)] as const;

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

  it('does not change before the instant that is told', () => {
    fc.assert(
      fc.property(...inputs, offset, (profiles, evseId, second) => {
        const query = { profiles, evseId, unit: 'A' as const, evses: twoEvses.map(running), defaults };
        const { applied, until } = limitNow({ ...query, from: at(second) });
        const lastMs = until ? until.getTime() - 1 : at(second + 1_000_000).getTime();
        const midMs = Math.floor((at(second).getTime() + lastMs) / 2);
        for (const ms of [midMs, lastMs]) {
          expect(limitNow({ ...query, from: new Date(ms) }).applied.limit).toEqual(applied.limit);
        }
      }),
      { seed: 5, numRuns: 300 },
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
