import { describe, expect, it } from 'vitest';
import { ChargingProfiles, profileError, type ChargingProfile, type ProfileRules } from './charging-profiles.ts';

const rules: ProfileRules = {
  maxStackLevel: 5,
  maxPeriods: 3,
  maxProfiles: 2,
  evses: 2,
  transactionIdOf: (evseId) => (evseId === 1 ? 'TX' : undefined),
};

const good: ChargingProfile = {
  id: 1,
  evseId: 1,
  stackLevel: 0,
  purpose: 'TxDefaultProfile',
  kind: 'Relative',
  unit: 'A',
  periods: [{ startPeriod: 0, limit: 16 }],
};

const table: readonly [string, Partial<ChargingProfile>, string | undefined][] = [
  ['a good one', {}, undefined],
  ['an EVSE that does not exist', { evseId: 3 }, 'UnknownEvse'],
  ['a level above the highest', { stackLevel: 6 }, 'InvalidStackLevel'],
  ['a purpose that is the station’s own', { purpose: 'ChargingStationExternalConstraints' }, 'UnsupportedPurpose'],
  ['a station maximum on one EVSE', { purpose: 'ChargingStationMaxProfile' }, 'InvalidProfile'],
  ['a relative station maximum', { purpose: 'ChargingStationMaxProfile', evseId: 0 }, 'InvalidProfile'],
  ['a recurring one without a start', { kind: 'Recurring', recurrency: 'Daily' }, 'InvalidSchedule'],
  ['a recurring one without a recurrency', { kind: 'Recurring', start: new Date() }, 'InvalidSchedule'],
  ['a transaction profile for the running transaction', { purpose: 'TxProfile', transactionId: 'TX' }, undefined],
  ['a transaction profile for another', { purpose: 'TxProfile', transactionId: 'OTHER' }, 'TxNotFound'],
  ['a transaction profile without a transaction', { purpose: 'TxProfile', evseId: 2 }, 'TxNotFound'],
  ['no period', { periods: [] }, 'InvalidSchedule'],
  ['too many periods', { periods: [0, 1, 2, 3].map((startPeriod) => ({ startPeriod, limit: 6 })) }, 'InvalidSchedule'],
  ['a late first period', { periods: [{ startPeriod: 1, limit: 6 }] }, 'InvalidSchedule'],
  [
    'two periods at once',
    {
      periods: [
        { startPeriod: 0, limit: 6 },
        { startPeriod: 0, limit: 7 },
      ],
    },
    'InvalidSchedule',
  ],
  ['a negative limit', { periods: [{ startPeriod: 0, limit: -1 }] }, 'InvalidSchedule'],
  ['a limit that is no number', { periods: [{ startPeriod: 0, limit: Number.NaN }] }, 'InvalidSchedule'],
  ['four phases', { periods: [{ startPeriod: 0, limit: 6, numberPhases: 4 }] }, 'InvalidSchedule'],
];

describe('profileError', () => {
  it.each(table)('judges %s', (_what, change, error) => {
    expect(profileError({ ...good, ...change }, rules)).toBe(error);
  });
});

describe('ChargingProfiles', () => {
  it('replaces by id, and by purpose, level and EVSE; refuses one too many', () => {
    const profiles = new ChargingProfiles();
    profiles.install(good, rules);
    profiles.install({ ...good, id: 2 }, rules);
    expect(profiles.all.map(({ id }) => id)).toEqual([2]);
    profiles.install({ ...good, id: 3, stackLevel: 1 }, rules);
    expect(profiles.install({ ...good, id: 4, stackLevel: 2 }, rules)).toBe('TooManyProfiles');
    expect(profiles.install({ ...good, id: 3, stackLevel: 4 }, rules)).toBeUndefined();
  });

  it('clears by id alone, else by all criteria together', () => {
    const profiles = new ChargingProfiles();
    profiles.install(good, rules);
    profiles.install({ ...good, id: 2, evseId: 2 }, rules);
    expect(profiles.clear({ evseId: 2, purpose: 'TxProfile' })).toBe(false);
    expect(profiles.clear({ evseId: 2, purpose: 'TxDefaultProfile' })).toBe(true);
    expect(profiles.clear({ id: 1, evseId: 9 })).toBe(true);
    expect(profiles.all).toEqual([]);
  });
});
