import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, defaults, profileOf, start } from '../../test/profiles.ts';
import { anyProfile, capsAt } from '../../test/random-profiles.ts';
import type { ChargingProfile } from './charging-profile.ts';
import { toPowerLimit } from './power-limiter.ts';
import { sharedLimits, type Sharer } from './shared-limits.ts';

const charging = (id: number, changes: Partial<Sharer> = {}): Sharer => ({
  id,
  maxCurrentA: 32,
  isCutOff: false,
  isContent: false,
  transactionStart: at(id),
  ...changes,
});

const max = (periods: string, unit: 'A' | 'W' = 'A') => profileOf([0, 'ChargingStationMaxProfile', periods], { unit });
const own = (evseId: number, periods: string) => profileOf([evseId, 'TxDefaultProfile', periods]);

const limitsOf = (profiles: readonly ChargingProfile[], evses: readonly Sharer[], from = start) => {
  const { limits } = sharedLimits({ profiles, evses, from, defaults });
  return evses.map(({ id }) => {
    const applied = limits.get(id);
    if (!applied) throw new Error(`EVSE ${id} has no limit`);
    return toPowerLimit(applied);
  });
};

const ampere = (...given: Parameters<typeof limitsOf>) => limitsOf(...given).map(({ currentA }) => currentA);

describe('sharedLimits', () => {
  it('gives one that charges alone all of it', () => {
    expect(ampere([max('40@0')], [charging(1)])).toEqual([40]);
  });

  it('gives everybody an equal part', () => {
    expect(
      ampere(
        [max('40@0')],
        [1, 2].map((id) => charging(id)),
      ),
    ).toEqual([20, 20]);
    expect(
      ampere(
        [max('25@0')],
        [1, 2, 3].map((id) => charging(id)),
      ),
    ).toEqual([8.3, 8.3, 8.3]);
  });

  it('leaves to the others what one may not use by its own profile, hardware or EVSE limit', () => {
    const external = profileOf([3, 'ChargingStationExternalConstraints', '7@0']);
    const evses = [charging(1), charging(2, { maxCurrentA: 10 }), charging(3), charging(4)];
    expect(ampere([max('63@0'), own(1, '8@0'), external], evses)).toEqual([8, 10, 7, 32]);
  });

  it('shares an external limit of the station like a maximum', () => {
    const external = profileOf([0, 'ChargingStationExternalConstraints', '20@0']);
    expect(ampere([external], [charging(1), charging(2)])).toEqual([10, 10]);
  });

  it('does not share a default of the station: it holds for each EVSE', () => {
    expect(ampere([own(0, '20@0')], [charging(1), charging(2)])).toEqual([20, 20]);
  });

  it('lets those wait that came last, where a part would be too little for any vehicle', () => {
    const evses = [charging(1, { transactionStart: at(9) }), charging(2), charging(3)];
    expect(ampere([max('13@0')], evses)).toEqual([0, 6.5, 6.5]);
    expect(ampere([max('5@0')], evses)).toEqual([0, 5, 0]);
  });

  it('leaves a vehicle that has paused what it needs to go on, after what the others need', () => {
    const evses = [charging(1, { isContent: true }), charging(2), charging(3)];
    expect(ampere([max('32@0')], evses)).toEqual([6, 13, 13]);
    expect(ampere([max('13@0')], evses)).toEqual([0, 6.5, 6.5]);
  });

  it('gives nothing where no energy can flow', () => {
    expect(ampere([max('32@0')], [charging(1, { isCutOff: true }), charging(2)])).toEqual([0, 32]);
  });

  it('shares watts as it shares amperes, beyond what each vehicle needs', () => {
    const evses = [charging(1), charging(2, { phases: 1 })];
    expect(limitsOf([max('11040@0', 'W')], evses)).toMatchObject([
      { currentA: 10, phases: 3 },
      { currentA: 18, phases: 1 },
    ]);
  });

  it('shares each phase, where they differ', () => {
    const periods = [{ startPeriod: 0, limit: 40, limit_L2: 20, limit_L3: 30 }];
    const uneven = profileOf([0, 'ChargingStationMaxProfile', ''], { periods });
    expect(limitsOf([uneven], [charging(1), charging(2)])).toMatchObject([
      { currentsA: [20, 10, 15] },
      { currentsA: [20, 10, 15] },
    ]);
  });

  it('shares what may flow back', () => {
    const back = (evseId: number, dischargeLimit: number) =>
      profileOf([evseId, 'TxDefaultProfile', ''], {
        periods: [{ startPeriod: 0, limit: 10, dischargeLimit, setpoint: -30, operationMode: 'CentralSetpoint' }],
      });
    const periods = [{ startPeriod: 0, limit: 63, dischargeLimit: -20 }];
    const station = profileOf([0, 'ChargingStationMaxProfile', ''], { periods });
    expect(limitsOf([station, back(1, -8), back(2, -30)], [charging(1), charging(2)])).toMatchObject([
      { dischargeA: 8, setpointA: -8 },
      { dischargeA: 12, setpointA: -12 },
    ]);
  });

  it('shares what may flow back by the setpoint, where nothing else limits it', () => {
    const back = (evseId: number, setpoint: number) =>
      profileOf([evseId, 'TxDefaultProfile', ''], {
        periods: [{ startPeriod: 0, limit: 10, setpoint, operationMode: 'CentralSetpoint' }],
      });
    const periods = [{ startPeriod: 0, limit: 63, dischargeLimit: -20 }];
    const station = profileOf([0, 'ChargingStationMaxProfile', ''], { periods });
    const evses = [charging(1), charging(2), charging(3)];
    expect(limitsOf([station, back(1, -8), back(2, -30), back(3, 5)], evses)).toMatchObject([
      { setpointA: -8 },
      { setpointA: -12 },
      { setpointA: 5 },
    ]);
  });

  it('never gives more in all than the station may take, whatever is installed and whoever charges', () => {
    const evse = fc.record({
      maxCurrentA: fc.integer({ min: 6, max: 80 }),
      phases: fc.constantFrom(1, 3, undefined),
      isCutOff: fc.boolean(),
      isContent: fc.boolean(),
      transactionStart: fc.integer({ min: -500, max: 0 }).map(at),
    });
    const evses = fc.array(evse, { maxLength: 5 }).map((all) => all.map((each, i): Sharer => ({ id: i + 1, ...each })));
    const second = fc.integer({ min: 0, max: 250 });
    fc.assert(
      fc.property(fc.array(anyProfile, { maxLength: 7 }), evses, second, (given, sharers, now) => {
        const profiles = given.filter(({ kind, purpose }) => kind !== 'Relative' || purpose.startsWith('Tx'));
        const told = limitsOf(profiles, sharers, at(now));
        const allA = told.reduce((total, { currentA }) => total + currentA, 0);
        const allW = told.reduce((total, { currentA, phases }) => total + currentA * phases * 230, 0);
        for (const { a, w, phases } of capsAt(profiles, 0, now)) {
          expect(allA).toBeLessThanOrEqual(a + 1e-9);
          expect(allW).toBeLessThanOrEqual(w + 1e-6);
          for (const limit of told) expect(limit.phases).toBeLessThanOrEqual(phases);
        }
      }),
      { seed: 6, numRuns: 1000 },
    );
  });

  it('does not change before the instant that is told', () => {
    const second = fc.integer({ min: -100_000, max: 250 });
    const evses = [charging(1, { transactionStart: at(-50) }), charging(2, { transactionStart: at(-50) })];
    fc.assert(
      fc.property(fc.array(anyProfile, { maxLength: 7 }), second, (profiles, now) => {
        const { until, limits } = sharedLimits({ profiles, evses, defaults, from: at(now) });
        const lastMs = until ? until.getTime() - 1 : at(now + 1_000_000).getTime();
        const midMs = Math.floor((at(now).getTime() + lastMs) / 2);
        for (const ms of [midMs, lastMs])
          expect(sharedLimits({ profiles, evses, defaults, from: new Date(ms) }).limits).toEqual(limits);
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});
