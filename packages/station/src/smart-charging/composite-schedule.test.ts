import { describe, expect, it } from 'vitest';
import { at, defaults, profileOf, start, textOf, twoEvses, type Changes } from '../../test/profiles.ts';
import type { ChargingProfile } from './charging-profile.ts';
import { compositeSchedule, type CompositeQuery } from './composite-schedule.ts';

const max = (periods: string, changes?: Changes) => profileOf([0, 'ChargingStationMaxProfile', periods], changes);
const external = (periods: string, changes?: Changes) =>
  profileOf([0, 'ChargingStationExternalConstraints', periods], changes);
const forEvse = (evseId: number, periods: string, changes?: Changes) =>
  profileOf([evseId, 'TxDefaultProfile', periods], changes);
const forTx = (periods: string, changes?: Changes) => profileOf([1, 'TxProfile', periods], changes);

const relative = { kind: 'Relative' } as const;
const daily = { kind: 'Recurring', recurrency: 'Daily' } as const;
const weekly = { kind: 'Recurring', recurrency: 'Weekly' } as const;
const both = [
  max('18@0,24@50,14@100,24@200', { durationS: 800 }),
  forEvse(1, '16@0,20@100', { durationS: 400 }),
  forEvse(2, '10@0,16@100', { durationS: 500 }),
];

const composite = (query: Partial<CompositeQuery>) =>
  compositeSchedule({
    profiles: [],
    evseId: 1,
    from: start,
    durationS: 60,
    unit: 'A',
    evses: twoEvses,
    defaults,
    ...query,
  });

interface Vector {
  what: string;
  profiles: ChargingProfile[];
  evseId: number;
  durationS: number;
  result: string;
}

const vectors: readonly Vector[] = [
  {
    what: 'a transaction profile replaces the default, and the station caps both',
    profiles: [
      max('10@0', { durationS: 86_400 }),
      forEvse(1, '6@0,10@60,8@120,25@180,8@260', { durationS: 300 }),
      forTx('8@0,11@50,16@140,6@200,12@240', { durationS: 240 }),
    ],
    evseId: 1,
    durationS: 400,
    result: '8@0,10@50,6@200,10@240,8@260,10@300',
  },
  {
    what: 'nothing applies after the end',
    profiles: [forTx('6@0,10@60,8@120', { durationS: 260 })],
    evseId: 1,
    durationS: 300,
    result: '6@0,10@60,8@120,48@260',
  },
  {
    what: 'a default lasts as long as it says',
    profiles: [forEvse(1, '6@0,10@60,8@120', { durationS: 300 })],
    evseId: 1,
    durationS: 300,
    result: '6@0,10@60,8@120',
  },
  {
    what: 'a transaction profile may be relative',
    profiles: [forTx('16@0,20@50', relative)],
    evseId: 1,
    durationS: 400,
    result: '16@0,20@50',
  },
  {
    what: 'the higher level wins while it lasts',
    profiles: [
      forEvse(1, '6@0,5@50,8@100,10@200', { durationS: 400 }),
      forEvse(1, '7@0,9@100', { durationS: 150, stackLevel: 1 }),
    ],
    evseId: 1,
    durationS: 550,
    result: '7@0,9@100,8@150,10@200,48@400',
  },
  {
    what: 'the station is its EVSEs together, capped',
    profiles: both,
    evseId: 0,
    durationS: 700,
    result: '18@0,24@50,14@100,24@200',
  },
  {
    what: 'the first of two EVSEs',
    profiles: both,
    evseId: 1,
    durationS: 900,
    result: '16@0,14@100,20@200,24@400,48@800',
  },
  { what: 'the second of two EVSEs', profiles: both, evseId: 2, durationS: 400, result: '10@0,14@100,16@200' },
  {
    what: 'relative profiles begin with the window',
    profiles: [
      forEvse(1, '16@0,20@100', relative),
      forEvse(0, '10@0,6@50', { ...relative, stackLevel: 1, durationS: 200 }),
    ],
    evseId: 1,
    durationS: 300,
    result: '10@0,6@50,20@200',
  },
  {
    what: 'daily profiles come again',
    profiles: [
      forEvse(1, '14@0,16@5000,20@15000', daily),
      forEvse(1, '10@0,22@10000,6@20000', { ...daily, stackLevel: 1, durationS: 86_400 }),
    ],
    evseId: 1,
    durationS: 172_800,
    result: '10@0,22@10000,6@20000,10@86400,22@96400,6@106400',
  },
  {
    what: 'weekly profiles leave the other days to the lower level',
    profiles: [
      forEvse(1, '14@0,16@5000,20@15000', weekly),
      forEvse(1, '10@0,22@10000,6@20000', { ...weekly, stackLevel: 1, durationS: 86_400 }),
    ],
    evseId: 1,
    durationS: 172_800,
    result: '10@0,22@10000,6@20000,20@86400',
  },
  {
    what: 'a change of phases is a change',
    profiles: [max('10@0,20@80/2,20@160/3')],
    evseId: 0,
    durationS: 400,
    result: '10@0,20@80/2,20@160',
  },
  {
    what: 'a default of all connectors is given to each and summed',
    profiles: [forEvse(0, '32@0', { ...relative, stackLevel: 1 })],
    evseId: 0,
    durationS: 600,
    result: '64@0',
  },
];

describe('compositeSchedule', () => {
  it.each(vectors)('(case 45) $what', ({ profiles, evseId, durationS, result }) => {
    const schedule = composite({ profiles, evseId, durationS });
    expect(textOf(schedule)).toBe(result);
    expect(schedule.durationS).toBe(durationS);
  });

  it.each(vectors)('(case 45) moves with the window: $what', ({ profiles, evseId, durationS, result }) => {
    const evses = twoEvses.map((evse) => ({ ...evse, transactionStart: start }));
    const later = composite({ profiles, evseId, evses, from: at(30), durationS: durationS - 30 });
    const moved = result.replaceAll(/@(\d+)/g, (_, second: string) => `@${Math.max(0, Number(second) - 30)}`);
    expect(textOf(later)).toBe(moved);
  });
});

const table: readonly (Partial<CompositeQuery> & { what: string; result: string })[] = [
  { what: 'gives the default where nothing applies', result: '48@0' },
  { what: 'gives the default in W', unit: 'W', result: '33120@0' },
  { what: 'sums the defaults of the EVSEs', evseId: 0, result: '96@0' },
  { what: 'gives the default of a station without EVSEs', evseId: 0, evses: [], result: '48@0' },
  {
    what: 'does not tell a zero limit from none',
    profiles: [forEvse(1, '0@0')],
    result: '0@0',
  },
  { what: 'turns W into A at 230 V', profiles: [forEvse(1, '6900@0', { unit: 'W' })], result: '10@0' },
  { what: 'turns A into W', unit: 'W', profiles: [forEvse(1, '10@0/2')], result: '4600@0/2' },
  {
    what: 'uses the phases of the EVSE for what W are in A',
    profiles: [forEvse(1, '3680@0', { unit: 'W' })],
    evses: [{ id: 1, phases: 1 }],
    result: '16@0/1',
  },
  {
    what: 'takes the higher level, whatever the units',
    profiles: [
      forEvse(0, '11000@0,22000@90', { ...relative, unit: 'W', stackLevel: 1 }),
      forEvse(0, '32@0,20@6,8@12', { ...relative, stackLevel: 2 }),
    ],
    durationS: 90,
    result: '32@0,20@6,8@12',
  },
  {
    what: 'keeps both a limit in A and one in W',
    profiles: [max('11040@0,6900@20', { unit: 'W' }), forEvse(1, '20@0,12@10,32@30/1')],
    result: '16@0,12@10,10@20,30@30/1',
  },
  {
    what: 'keeps the fewer phases and the lower current, whoever says so',
    profiles: [max('20@0/2'), forEvse(1, '16@0')],
    result: '16@0/2',
  },
  {
    what: 'ends with the validity',
    profiles: [forEvse(1, '8@0', { validFrom: at(10), validTo: at(30) })],
    result: '48@0,8@10,48@30',
  },
  {
    what: 'rounds what changes within a second to the next one',
    profiles: [forEvse(1, '8@0', { validTo: at(29.4) })],
    result: '8@0,48@30',
  },
  {
    what: 'is silent before the first beginning of a recurring profile',
    profiles: [forEvse(1, '8@0,9@20', { ...daily, start: at(15), durationS: 30 })],
    result: '48@0,8@15,9@35,48@45',
  },
  {
    what: 'cuts a recurring schedule at the end of its cycle',
    profiles: [forEvse(1, '8@0,9@86300,10@90000', { ...daily, durationS: 200_000 })],
    from: at(86_290),
    durationS: 200,
    result: '8@0,9@10,8@110',
  },
  {
    what: 'recurs in UTC seconds, whatever clocks on walls do',
    profiles: [forEvse(1, '8@0,9@3600', { ...daily, start: new Date('2026-03-28T01:00:00Z') })],
    from: new Date('2026-03-29T00:59:30Z'),
    durationS: 3700,
    result: '9@0,8@30,9@3630',
  },
  {
    what: 'lets external constraints and maxima cap each other',
    profiles: [max('20@0,10@30'), external('16@0')],
    result: '16@0,10@30',
  },
  {
    what: 'lets the constraints of an EVSE and of the station hold together',
    profiles: [external('16@0'), profileOf([1, 'ChargingStationExternalConstraints', '20@0,10@30'])],
    result: '16@0,10@30',
  },
  {
    what: 'adds local generation to external constraints, not to a maximum',
    profiles: [max('20@0'), external('10@0'), profileOf([0, 'LocalGeneration', '5@10'])],
    result: '10@0,15@10',
  },
  {
    what: 'adds local generation in W',
    profiles: [external('10@0'), profileOf([0, 'LocalGeneration', '6900@0'], { unit: 'W' })],
    result: '20@0',
  },
  {
    what: 'lets priority override transaction and default, under the ceiling',
    profiles: [forTx('6@0'), profileOf([1, 'PriorityCharging', '32@0'], { durationS: 40 }), max('25@0')],
    evses: [{ id: 1, isPriority: true }],
    result: '25@0,6@40',
  },
  {
    what: 'passes over priority that nobody asked for',
    profiles: [forTx('6@0'), profileOf([1, 'PriorityCharging', '32@0'])],
    result: '6@0',
  },
  {
    what: 'passes over the profile of another transaction',
    profiles: [forTx('6@0', { transactionId: 'OLD' }), forEvse(0, '7@0')],
    evses: [{ id: 1, transactionId: 'TX' }],
    result: '7@0',
  },
  {
    what: 'begins a dynamic profile when it was updated',
    profiles: [forEvse(1, '6@0', { kind: 'Dynamic', dynUpdateTime: at(-20), durationS: 50 })],
    result: '6@0,48@30',
  },
  {
    what: 'drops ignored purposes without a connection',
    profiles: [forTx('6@0'), forEvse(1, '7@0')],
    offline: { since: at(-1), ignoredPurposes: ['TxProfile'] },
    result: '7@0',
  },
  {
    what: 'ends a profile that was offline too long',
    profiles: [forTx('6@0', { maxOfflineDurationS: 30 }), forEvse(1, '7@0')],
    offline: { since: at(-10), ignoredPurposes: [] },
    result: '6@0,7@20',
  },
  { what: 'keeps it while connected', profiles: [forTx('6@0', { maxOfflineDurationS: 30 })], result: '6@0' },
  {
    what: 'uses the schedule that the vehicle chose',
    profiles: [
      {
        ...forTx('6@0'),
        schedules: [...forTx('6@0').schedules, ...forTx('9@0').schedules.map((each) => ({ ...each, id: 2 }))],
      },
    ],
    evses: [{ id: 1, selectedScheduleId: 2 }],
    result: '9@0',
  },
];

describe('compositeSchedule', () => {
  it.each(table)('$what', ({ what, result, ...query }) => {
    expect(textOf(composite(query)), what).toBe(result);
  });

  it('takes the level of what limits', () => {
    const profiles = [max('20@0,10@30', { stackLevel: 3 }), forEvse(1, '16@0', { stackLevel: 2 })];
    const levels = (query: Partial<CompositeQuery>) =>
      composite({ profiles, ...query }).periods.map(({ stackLevel }) => stackLevel);
    expect(levels({ evseId: 1 })).toEqual([2, 3]);
    expect(levels({ evseId: 0 })).toEqual([3, 3]);
    expect(levels({ evseId: 0, evses: [{ id: 1 }] })).toEqual([0, 0]);
  });

  it('has at most so many periods, and covers what it says', () => {
    const schedule = composite({ profiles: [forEvse(1, '6@0,7@10,8@20,9@30')], maxPeriods: 2 });
    expect(textOf(schedule)).toBe('6@0,7@10');
    expect(schedule.durationS).toBe(20);
  });

  it('is cut at the longest duration', () => {
    expect(composite({ durationS: 2 ** 31 }).durationS).toBe(31_536_000);
    expect(composite({ durationS: 2 ** 31, maxDurationS: 100 }).durationS).toBe(100);
    expect(composite({ durationS: -5 })).toMatchObject({ durationS: 0, periods: [{ startS: 0 }] });
  });

  it('limits each phase', () => {
    const periods = [{ startPeriod: 0, limit: 10, limit_L2: 20, limit_L3: 30 }];
    const profiles = [forEvse(1, '', { periods }), max('10350@0,24@30', { durationS: 30, unit: 'W' })];
    expect(composite({ profiles }).periods.map(({ limit }) => limit)).toEqual([
      { value: 10, l2: 15, l3: 15 },
      { value: 10, l2: 20, l3: 30 },
    ]);
    expect(composite({ profiles, unit: 'W' }).periods[0]?.limit).toEqual({ value: 2300, l2: 3450, l3: 3450 });
  });
});

describe('compositeSchedule with power that flows back', () => {
  const setpoint = {
    startPeriod: 0,
    operationMode: 'CentralSetpoint',
    limit: 16,
    dischargeLimit: -10,
    setpoint: -20,
  } as const;

  it('keeps a setpoint within the limits', () => {
    const [period] = composite({ profiles: [forEvse(1, '', { periods: [setpoint] })] }).periods;
    expect(period).toMatchObject({ limit: { value: 16 }, dischargeLimit: { value: -10 }, setpoint: { value: -10 } });
    expect(period?.period?.operationMode).toBe('CentralSetpoint');
  });

  it('lets the station limit what flows back', () => {
    const profiles = [
      forEvse(1, '', { periods: [setpoint] }),
      max('', { periods: [{ startPeriod: 0, limit: 32, dischargeLimit: -4140 }], unit: 'W' }),
    ];
    const [period] = composite({ profiles: profiles.slice(0, 2) }).periods;
    expect(period?.dischargeLimit?.value).toBeCloseTo(-6);
    expect(period?.setpoint?.value).toBeCloseTo(-6);
  });

  it('converts setpoints, and sums them for the station', () => {
    const profiles = [forEvse(0, '', { periods: [{ ...setpoint, setpoint: 8 }] })];
    const [period] = composite({ profiles, evseId: 0, unit: 'W' }).periods;
    expect(period).toMatchObject({ setpoint: { value: 11_040 }, dischargeLimit: { value: -13_800 } });
    expect(period?.period).toBeUndefined();
  });

  it('gives nothing in idle mode', () => {
    const profiles = [forEvse(1, '', { periods: [{ startPeriod: 0, operationMode: 'Idle' }] })];
    expect(composite({ profiles }).periods).toMatchObject([{ limit: { value: 0 }, period: { operationMode: 'Idle' } }]);
  });

  it('gives the default to a mode without a limit', () => {
    const profiles = [forEvse(1, '', { periods: [{ startPeriod: 0, operationMode: 'ExternalLimits' }] })];
    expect(textOf(composite({ profiles }))).toBe('48@0');
  });

  it('tells modes that follow each other apart', () => {
    const periods = [
      { startPeriod: 0, limit: 16 },
      { startPeriod: 10, limit: 16, operationMode: 'ExternalLimits' },
      { startPeriod: 20, limit: 16, operationMode: 'ExternalLimits' },
    ] as const;
    expect(textOf(composite({ profiles: [forEvse(1, '', { periods })] }))).toBe('16@0,16@10');
  });
});
