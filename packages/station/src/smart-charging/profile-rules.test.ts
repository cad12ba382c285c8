import { describe, expect, it } from 'vitest';
import { at, periodsOf, profileOf, rulesOf, start, type Changes } from '../../test/profiles.ts';
import type { ChargingProfile } from './charging-profile.ts';
import {
  profileError,
  type Installed,
  type ProfileFeature,
  type ProfileRules,
  type ReasonCode,
} from './profile-rules.ts';

type Place = readonly [number, ChargingProfile['purpose'], string];
type Row = readonly [string, Place, Changes, ReasonCode | undefined, Partial<ProfileRules>?];

const onOne: Place = [1, 'TxDefaultProfile', '16@0'];
const forTx: Place = [1, 'TxProfile', '16@0'];
const maximum: Place = [0, 'ChargingStationMaxProfile', '16@0'];
const [period = { startPeriod: 0 }] = periodsOf('16@0');
const withPeriod = (changes: object): Changes => ({ periods: [{ ...period, ...changes }] });
const dynamic: Changes = { kind: 'Dynamic' };

const schedule = { id: 1, unit: 'A', start, periods: [period] } as const;
const withoutStart = { schedules: [{ ...schedule, start: undefined }] };

const idle = { operationMode: 'Idle' } as const;
const priority = [1, 'PriorityCharging', '6@0'] as const;
const supporting = (feature: ProfileFeature): Partial<ProfileRules> => ({ features: new Set([feature]) });

const always: readonly Row[] = [
  ['a good one', onOne, {}, undefined],
  ['a relative one', onOne, { kind: 'Relative' }, undefined],
  ['an EVSE that does not exist', [3, 'TxDefaultProfile', '16@0'], {}, 'UnknownEvse'],
  ['a negative EVSE', [-1, 'TxDefaultProfile', '16@0'], {}, 'UnknownEvse'],
  ['an id that is no integer', onOne, { id: 1.5 }, 'InvalidProfileId'],
  ['an id beyond 32 bits', onOne, { id: 2 ** 31 }, 'InvalidProfileId'],
  ['a purpose that is the station’s own', [0, 'ChargingStationExternalConstraints', '16@0'], {}, 'UnsupportedPurpose'],
  ['a purpose that is not supported', onOne, {}, 'UnsupportedPurpose', { purposes: ['TxProfile'] }],
  ['a level above the highest', onOne, { stackLevel: 6 }, 'InvalidStackLevel'],
  ['a level that is no integer', onOne, { stackLevel: 0.5 }, 'InvalidStackLevel'],
  ['a station maximum on one EVSE', [1, 'ChargingStationMaxProfile', '16@0'], {}, 'InvalidProfile'],
  ['a relative station maximum', maximum, { kind: 'Relative' }, 'InvalidProfile'],
  ['a station maximum', maximum, {}, undefined],
  ['a transaction profile of the station', [0, 'TxProfile', '16@0'], { transactionId: 'TX' }, 'InvalidProfile'],
  ['a transaction profile for what runs', forTx, { transactionId: 'TX' }, undefined],
  ['a transaction profile for another', forTx, { transactionId: 'OTHER' }, 'TxNotFound'],
  ['a transaction profile where none runs', [2, 'TxProfile', '16@0'], { transactionId: 'TX' }, 'TxNotFound'],
  ['a recurring one without recurrency', onOne, { kind: 'Recurring' }, 'MissingParam'],
  ['a validity that ends before it begins', onOne, { validFrom: at(2), validTo: at(1) }, 'InvalidProfile'],
  ['a validity that is no time', onOne, { validTo: new Date(Number.NaN) }, 'InvalidProfile'],
  ['a start that is no time', onOne, { start: new Date(Number.NaN) }, 'InvalidSchedule'],
  ['a negative offline duration', onOne, { maxOfflineDurationS: -1 }, 'InvalidValue'],
  ['no schedule', onOne, { schedules: [] }, 'InvalidSchedule'],
  ['four schedules', onOne, { schedules: Array.from({ length: 4 }, () => schedule) }, 'InvalidSchedule'],
  ['three schedules', onOne, { schedules: Array.from({ length: 3 }, () => schedule) }, undefined],
  ['a unit that is not allowed', onOne, { unit: 'W' }, 'UnsupportedRateUnit', { units: ['A'] }],
  ['a negative duration', onOne, { durationS: -1 }, 'InvalidSchedule'],
  ['a huge duration', onOne, { durationS: 2 ** 31 }, 'InvalidSchedule'],
  ['no period', onOne, { periods: [] }, 'InvalidSchedule'],
  ['too many periods', [1, 'TxDefaultProfile', '1@0,2@1,3@2,4@3'], {}, 'InvalidSchedule'],
  ['a late first period', [1, 'TxDefaultProfile', '6@1'], {}, 'InvalidSchedule'],
  ['two periods at once', [1, 'TxDefaultProfile', '6@0,7@0'], {}, 'InvalidSchedule'],
  ['periods that go back', [1, 'TxDefaultProfile', '6@0,7@9,8@5'], {}, 'InvalidSchedule'],
  ['a period that begins in a fraction', [1, 'TxDefaultProfile', '6@0,7@0.5'], {}, 'InvalidSchedule'],
  ['a period that never begins', [1, 'TxDefaultProfile', '6@0,7@1e308'], {}, 'InvalidSchedule'],
  ['a negative limit', [1, 'TxDefaultProfile', '-1@0'], {}, 'InvalidValue'],
  ['a limit that is no number', [1, 'TxDefaultProfile', 'x@0'], {}, 'InvalidValue'],
  ['a limit without end', [1, 'TxDefaultProfile', '1e308@0'], {}, 'InvalidValue'],
  ['a least rate that is none', onOne, { schedules: [{ ...schedule, minChargingRate: -1 }] }, 'InvalidValue'],
  ['four phases', [1, 'TxDefaultProfile', '6@0/4'], {}, 'InvalidSchedule'],
  ['half a phase', [1, 'TxDefaultProfile', '6@0/1.5'], {}, 'InvalidSchedule'],
  ['an absolute one without a start', onOne, withoutStart, 'InvalidSchedule'],
];

const byVersion: readonly Row[] = [
  [
    '(case 45) a recurring one without a start',
    onOne,
    { kind: 'Recurring', recurrency: 'Daily', ...withoutStart },
    'InvalidSchedule',
    { version: '1.6' },
  ],
  ['(case 45) a recurring one without recurrency', onOne, { kind: 'Recurring' }, 'MissingParam', { version: '1.6' }],
  ['one without a start where that is allowed', onOne, withoutStart, undefined, { isStartOptional: true }],
  ['1.6: a relative one with a start', onOne, { kind: 'Relative', start }, undefined, { version: '1.6' }],
  ['2.x: a relative one with a start', onOne, { kind: 'Relative', start }, 'InvalidSchedule', { version: '2.0.1' }],
  ['1.6: a transaction profile without transaction', forTx, {}, undefined, { version: '1.6' }],
  ['2.x: a transaction profile without transaction', forTx, {}, 'MissingParam', { version: '2.0.1' }],
  ['2.0.1: a dynamic one', onOne, dynamic, 'UnsupportedKind', { version: '2.0.1' }],
  ['2.1: a dynamic one', onOne, dynamic, undefined],
  ['2.1: a dynamic one, not supported', onOne, dynamic, 'UnsupportedKind', { features: new Set() }],
  ['2.1: a dynamic one with two periods', [1, 'TxDefaultProfile', '1@0,2@1'], dynamic, 'InvalidSchedule'],
  ['2.1: an id that is reserved', onOne, { id: 10 }, 'InvalidProfileId', { maxExternalConstraintsId: 10 }],
  ['2.1: phases of direct current', [2, 'TxDefaultProfile', '6@0/1'], {}, 'NoPhaseForDC'],
  ['1.6: phases of direct current', [2, 'TxDefaultProfile', '6@0/1'], {}, undefined, { version: '1.6' }],
  ['2.1: a phase of three', onOne, withPeriod({ numberPhases: 3, phaseToUse: 1 }), 'PhaseConflict'],
  ['2.1: a phase that cannot be chosen', onOne, withPeriod({ numberPhases: 1, phaseToUse: 1 }), 'UnsupportedParam'],
  [
    '2.1: a phase that can',
    onOne,
    withPeriod({ numberPhases: 1, phaseToUse: 2 }),
    undefined,
    { features: new Set(['ACPhaseSwitching']) },
  ],
  ['2.1: local time, not supported', onOne, { useLocalTime: true }, 'InvalidSchedule'],
  ['2.1: local time', onOne, { useLocalTime: true }, undefined, supporting('UseLocalTime')],
  ['2.1: a randomized delay, not supported', onOne, { randomizedDelay: 5 }, 'InvalidSchedule'],
  ['2.1: a randomized delay', onOne, { randomizedDelay: 5 }, undefined, supporting('RandomizedDelay')],
  [
    '2.1: a randomized delay of a maximum (K01.FR.95)',
    maximum,
    { randomizedDelay: 5 },
    'InvalidSchedule',
    supporting('RandomizedDelay'),
  ],
  ['2.1: a limit at a state of charge, not supported', onOne, { limitAtSoC: { soc: 80, limit: 6 } }, 'InvalidSchedule'],
  [
    '2.1: a limit at a state of charge',
    onOne,
    { limitAtSoC: { soc: 80, limit: 6 } },
    undefined,
    supporting('LimitAtSoC'),
  ],
  [
    '2.1: a limit at a state of charge that none has',
    onOne,
    { limitAtSoC: { soc: 101, limit: 6 } },
    'InvalidValue',
    supporting('LimitAtSoC'),
  ],
  ['2.1: a sleeping EVSE, not supported', onOne, withPeriod({ evseSleep: true, ...idle }), 'InvalidSchedule'],
  ['2.1: a sleeping EVSE', onOne, withPeriod({ evseSleep: true, ...idle }), undefined, supporting('EvseSleep')],
  [
    '2.1: an EVSE that sleeps while it charges (K01.FR.126)',
    onOne,
    withPeriod({ evseSleep: true }),
    'InvalidSchedule',
    supporting('EvseSleep'),
  ],
  ['2.1: priority that ends (K01.FR.73)', priority, { durationS: 60 }, 'InvalidSchedule'],
  ['2.1: a mode with priority (K01.FR.111)', priority, withPeriod(idle), 'InvalidOperationMode'],
  [
    '2.1: external limits of local generation (K01.FR.113)',
    [0, 'LocalGeneration', '6@0'],
    withPeriod({ operationMode: 'ExternalLimits' }),
    undefined,
  ],
  ['2.1: a limit of L2 in a default (K01.FR.144)', onOne, withPeriod({ limit_L2: 6 }), 'PhaseConflict'],
  ['2.1: a limit of L2 for a transaction', forTx, { transactionId: 'TX', ...withPeriod({ limit_L2: 6 }) }, undefined],
  [
    '2.1: a limit of L2 without one of L1 (K01.FR.146)',
    forTx,
    { transactionId: 'TX', periods: [{ startPeriod: 0, limit_L2: 6 }] },
    'PhaseConflict',
  ],
  ['2.1: a mode of a maximum', maximum, withPeriod({ operationMode: 'ExternalLimits' }), 'InvalidOperationMode'],
  ['2.1: a setpoint without one', onOne, withPeriod({ operationMode: 'CentralSetpoint' }), 'MissingParam'],
  ['2.1: a setpoint', onOne, withPeriod({ operationMode: 'CentralSetpoint', setpoint: -6 }), undefined],
  [
    '2.1: a setpoint in a mode that has none',
    onOne,
    withPeriod({ operationMode: 'Idle', setpoint: 1 }),
    'InvalidOperationMode',
  ],
  ['2.1: a setpoint without end', onOne, withPeriod({ setpoint: Infinity }), 'InvalidValue'],
  ['2.1: a positive limit of what flows back', onOne, withPeriod({ dischargeLimit: 1 }), 'InvalidValue'],
  ['2.1: no limit', onOne, { periods: [{ startPeriod: 0 }] }, 'MissingParam'],
  ['2.1: a frequency mode without a curve', onOne, withPeriod({ operationMode: 'LocalFrequency' }), 'NoFreqWattCurve'],
  [
    '2.1: a curve',
    onOne,
    withPeriod({ operationMode: 'LocalFrequency', v2xFreqWattCurve: [{ frequency: 50, power: 1 }] }),
    undefined,
  ],
  [
    '2.1: a curve of nonsense',
    onOne,
    withPeriod({ v2xSignalWattCurve: [{ signal: Number.NaN, power: 1 }] }),
    'InvalidValue',
  ],
];

const installedOf = (profiles: readonly ChargingProfile[], installedAt?: Date): Installed => ({
  profiles,
  installedAt: () => installedAt,
});

describe('profileError', () => {
  const rows = [...always, ...byVersion].map(([what, place, changes, reasonCode, rules]) => ({
    what,
    profile: profileOf(place, changes),
    reasonCode,
    rules: rulesOf(rules),
  }));

  it.each(rows)('judges $what', ({ profile, reasonCode, rules }) => {
    expect(profileError(profile, rules)).toBe(reasonCode);
  });

  it('leaves external constraints alone', () => {
    const external = profileOf([0, 'ChargingStationExternalConstraints', '6@0']);
    expect(profileError(profileOf(onOne, { id: external.id }), rulesOf(), installedOf([external]))).toBe(
      'InvalidProfileId',
    );
  });

  it('refuses in 2.x a second one of a level while the first is valid', () => {
    const installed = installedOf([profileOf(onOne, { validTo: at(100) })]);
    expect(profileError(profileOf(onOne), rulesOf(), installed)).toBe('DuplicateProfile');
    expect(profileError(profileOf(onOne, { validFrom: at(100) }), rulesOf(), installed)).toBeUndefined();
    expect(profileError(profileOf(onOne), rulesOf({ version: '1.6' }), installed)).toBeUndefined();
    expect(profileError(profileOf([0, 'TxDefaultProfile', '6@0']), rulesOf(), installed)).toBe('DuplicateProfile');
    expect(profileError(profileOf(onOne, { stackLevel: 1 }), rulesOf(), installed)).toBeUndefined();
  });

  it('refuses updates that come too fast, unless the clock went back', () => {
    const rules = rulesOf({ updateRateLimitS: 10, now: at(5) });
    expect(profileError(profileOf(onOne), rules, installedOf([], at(0)))).toBe('RateLimitExceeded');
    expect(profileError(profileOf(onOne), rules, installedOf([], at(-5)))).toBeUndefined();
    expect(profileError(profileOf(onOne), rules, installedOf([], at(50)))).toBeUndefined();
  });
});
