import { describe, expect, it } from 'vitest';
import type { ChargingProfile } from './charging-profiles.ts';
import { compositeSchedule } from './composite-schedule.ts';

const from = new Date('2026-01-01T00:00:00Z');
let nextId = 1;

/** `16@0,20@100` as periods. */
const periodsOf = (text: string) =>
  text.split(',').map((part) => {
    const [limit = '', startPeriod = '', numberPhases] = part.split(/[@/]/);
    return {
      limit: Number(limit),
      startPeriod: Number(startPeriod),
      ...(numberPhases && { numberPhases: Number(numberPhases) }),
    };
  });

function profile(
  evseId: number,
  purpose: ChargingProfile['purpose'],
  periods: string,
  more: Partial<ChargingProfile> = {},
): ChargingProfile {
  const id = nextId++;
  return {
    id,
    evseId,
    purpose,
    stackLevel: 0,
    kind: 'Absolute',
    start: from,
    unit: 'A',
    periods: periodsOf(periods),
    ...more,
  };
}

const max = (periods: string, more?: Partial<ChargingProfile>) =>
  profile(0, 'ChargingStationMaxProfile', periods, more);
const forEvse = (evseId: number, periods: string, more?: Partial<ChargingProfile>) =>
  profile(evseId, 'TxDefaultProfile', periods, more);
const forTx = (periods: string, more?: Partial<ChargingProfile>) => profile(1, 'TxProfile', periods, more);

const relative = { kind: 'Relative', start: undefined } as const;
const daily = { kind: 'Recurring', recurrency: 'Daily' } as const;
const weekly = { kind: 'Recurring', recurrency: 'Weekly' } as const;
const twoEvses = [
  max('18@0,24@50,14@100,24@200', { durationS: 800 }),
  forEvse(1, '16@0,20@100', { durationS: 400 }),
  forEvse(2, '10@0,16@100', { durationS: 500 }),
];

const table: readonly {
  what: string;
  profiles: ChargingProfile[];
  evseId: number;
  durationS: number;
  result: string;
}[] = [
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
    profiles: twoEvses,
    evseId: 0,
    durationS: 700,
    result: '18@0,24@50,14@100,24@200',
  },
  {
    what: 'the first of two EVSEs',
    profiles: twoEvses,
    evseId: 1,
    durationS: 900,
    result: '16@0,14@100,20@200,24@400,48@800',
  },
  { what: 'the second of two EVSEs', profiles: twoEvses, evseId: 2, durationS: 400, result: '10@0,14@100,16@200' },
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
    evseId: 1,
    durationS: 400,
    result: '10@0,20@80/2,20@160',
  },
  {
    what: 'watts become amperes at 230 V',
    profiles: [forEvse(1, '6900@0', { unit: 'W' })],
    evseId: 1,
    durationS: 60,
    result: '10@0',
  },
  {
    what: 'validity ends a profile',
    profiles: [forEvse(1, '8@0', { validTo: new Date(from.getTime() + 30_000) })],
    evseId: 1,
    durationS: 60,
    result: '8@0,48@30',
  },
];

describe('compositeSchedule', () => {
  it.each(table)('$what', ({ profiles, evseId, durationS, result }) => {
    const periods = compositeSchedule({
      profiles,
      evseId,
      from,
      durationS,
      evses: [{ id: 1 }, { id: 2 }],
      unlimited: { currentA: 48, phases: 3 },
      voltageV: 230,
    });
    const text = periods.map(
      ({ startS, currentA, phases }) => `${currentA}@${startS}${phases === 3 ? '' : `/${phases}`}`,
    );
    expect(text.join(',')).toBe(result);
  });

  it('stays bounded when a hostile profile repeats for a year', () => {
    const periods = Array.from({ length: 1440 }, (_, i) => ({ startPeriod: i * 60, limit: 6 + (i % 2) }));
    const hostile = { ...forEvse(1, '6@0', daily), periods };
    const query = {
      evseId: 1,
      from,
      durationS: 2 ** 31,
      evses: [{ id: 1 }],
      unlimited: { currentA: 48, phases: 3 },
      voltageV: 230,
    };
    expect(compositeSchedule({ ...query, profiles: [hostile] }).length).toBeLessThanOrEqual(20_000);
  });
});
