import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, defaults, profileOf, rulesOf, start, twoEvses } from '../../test/profiles.ts';
import { compositeSchedule } from './composite-schedule.ts';
import { profileError } from './profile-rules.ts';
import { readProfile, toStored } from './stored-profile.ts';

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Numbers that arithmetic breaks on. */
const hostile = fc.constantFrom(-1, 0.5, 1e308, -1e308, 2 ** 31, 2 ** 53, Number.NaN, Infinity);
/** Mostly good ones. */
const often = (...good: readonly number[]) => fc.oneof({ weight: 15, arbitrary: fc.constantFrom(...good) }, hostile);
const text = fc.oneof(
  { weight: 15, arbitrary: fc.constantFrom('2026-01-01T00:00:10.000Z', '2025-12-01T00:00:00.000Z') },
  fc.constantFrom('soon', '+275760-09-13T00:00:00.000Z', '0000-01-01T00:00:00.000Z'),
);
const anything = fc.oneof(hostile, text, fc.boolean(), fc.constant(null), fc.array(hostile, { maxLength: 2 }));

const period = fc.record(
  {
    startPeriod: often(0),
    limit: often(0, 6, 16, 32.5),
    dischargeLimit_L2: often(-6),
    dischargeLimit: often(-6),
    setpoint: often(-3, 0, 40),
    numberPhases: often(1, 2, 3),
    operationMode: fc.constantFrom('Idle', 'CentralSetpoint', 'Magic'),
    v2xFreqWattCurve: anything,
  },
  { requiredKeys: ['startPeriod', 'limit'] },
);
/** Ascending starts, where they were good. */
const inOrder = <T extends { startPeriod: number }>(periods: readonly T[]) =>
  periods.map((each, i) => ({ ...each, startPeriod: each.startPeriod + i * 30 }));

const stored = fc.record(
  {
    id: often(1, 2),
    evseId: fc.constantFrom(0, 1, 2),
    stackLevel: often(0, 1),
    purpose: fc.constantFrom('TxDefaultProfile', 'ChargingStationMaxProfile', 'Magic'),
    kind: fc.constantFrom('Absolute', 'Recurring', 'Relative', 'Dynamic'),
    recurrency: fc.constantFrom('Daily', 'Weekly', 7),
    validFrom: anything,
    validTo: text,
    maxOfflineDurationS: often(0, 60),
    schedules: fc.array(
      fc.record(
        {
          id: fc.constant(1),
          unit: fc.constantFrom('A', 'W'),
          start: text,
          durationS: often(0, 60, 3600, 2 ** 31 - 1),
          periods: fc.array(period, { minLength: 1, maxLength: 3 }).map(inOrder),
        },
        { requiredKeys: ['id', 'unit', 'periods'] },
      ),
      { minLength: 1, maxLength: 2 },
    ),
  },
  { requiredKeys: ['id', 'evseId', 'stackLevel', 'purpose', 'kind', 'schedules'] },
);

describe('readProfile', () => {
  it('reads what was stored', () => {
    const profile = profileOf([1, 'TxProfile', '16@0,8@60/1'], {
      validFrom: at(5),
      durationS: 100,
      transactionId: 'TX',
    });
    expect(throughJson(toStored(readProfile(throughJson(toStored(profile))) ?? profile))).toEqual(
      throughJson(toStored(profile)),
    );
  });

  it('refuses anything else without a fuss', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(readProfile(value)).toBeUndefined();
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('lets through only what rules can judge, and rules only what can be computed', () => {
    let accepted = 0;
    const judge = (value: unknown) => {
      const profile = readProfile(value);
      if (!profile || profileError(profile, rulesOf())) return;
      accepted++;
      const { periods, durationS } = compositeSchedule({
        profiles: [profile],
        evseId: 0,
        from: start,
        durationS: 86_400 * 40,
        unit: 'W',
        evses: twoEvses,
        defaults,
        maxPeriods: 50,
        offline: { since: start, ignoredPurposes: [] },
      });
      expect(durationS).toBeGreaterThan(0);
      expect(periods.length).toBeLessThanOrEqual(50);
      for (const { limit, startS } of periods)
        expect(Number.isFinite(limit.value) && Number.isInteger(startS)).toBe(true);
    };
    fc.assert(fc.property(stored, judge), { seed: 2, numRuns: 3000 });
    expect(accepted).toBeGreaterThan(20);
  });
});
