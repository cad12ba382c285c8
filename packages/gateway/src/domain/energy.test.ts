import { describe, expect, it } from 'vitest';
import { countEnergy, countLateStart, energyReadingsOf } from './energy.ts';
import type { Measurement } from './measurement.ts';
import { at, noon, register } from './simulation.test-support.ts';
import type { Transaction } from './transaction.ts';

const blank: Transaction = {
  stationId: 'CP1',
  transactionId: 'T1',
  evseId: 1,
  connectorId: 1,
  state: 'active',
  startedAt: noon,
  energy: 0,
  offline: false,
  anomalies: [],
  updatedAt: noon,
};

function count(measurements: readonly Measurement[], transaction: Partial<Transaction> = {}): Transaction {
  return countEnergy({ ...blank, ...transaction }, energyReadingsOf(measurements, {}));
}

function interval(value: number, minutes: number): Measurement {
  return register(value, minutes, { measurand: 'Energy.Active.Import.Interval' });
}

/** Registers by minute, and what is counted of them. */
const table: [string, [minute: number, value: number][], Partial<Transaction>][] = [
  ['one reading is the start', [[0, 500]], { energy: 0, meterStart: 500, meterLast: 500, anomalies: [] }],
  [
    'rises are summed',
    [
      [0, 500],
      [1, 700],
      [9, 2000],
    ],
    { energy: 1500, meterStart: 500, meterLast: 2000 },
  ],
  [
    'readings out of order are put in order',
    [
      [9, 2000],
      [0, 500],
      [1, 700],
    ],
    { energy: 1500, meterStart: 500 },
  ],
  [
    'a fall is a new base',
    [
      [0, 500],
      [1, 700],
      [2, 100],
      [3, 150],
    ],
    { energy: 250, meterLast: 150, anomalies: ['meter-fell'] },
  ],
  [
    'a wrap is a fall',
    [
      [0, 999_990],
      [1, 999_999],
      [2, 5],
      [3, 25],
    ],
    { energy: 29, anomalies: ['meter-fell'] },
  ],
  [
    'a fall by rounding is none',
    [
      [0, 500],
      [1, 700.9],
      [2, 700],
      [3, 701],
    ],
    { energy: 201, meterLastAt: at(3), anomalies: [] },
  ],
  [
    'as much as a megawatt is believed',
    [
      [0, 0],
      [60, 1_001_000],
    ],
    { energy: 1_001_000, anomalies: [] },
  ],
  [
    'more is a jump, and a new base',
    [
      [0, 0],
      [60, 1_001_001],
      [61, 1_001_101],
    ],
    { energy: 100, anomalies: ['meter-jumped'] },
  ],
  [
    'a kilowatt-hour at once is believed',
    [
      [0, 0],
      [0, 1000],
    ],
    { energy: 1000, anomalies: [] },
  ],
  [
    'a lower value of the same instant is ignored',
    [
      [0, 500],
      [1, 700],
      [1, 600],
    ],
    { energy: 200, anomalies: [] },
  ],
];

describe('energy by register', () => {
  it.each(table)('%s', (_, readings, expected) => {
    const all = readings.map(([minute, value]) => energyReadingsOf([register(value, minute)], {}));
    const isOrdered = readings.every(([minute], index) => index === 0 || minute >= (readings[index - 1]?.[0] ?? 0));
    const transaction = isOrdered
      ? all.reduce(countEnergy, blank)
      : count(readings.map(([minute, value]) => register(value, minute)));
    expect(transaction).toMatchObject(expected);
  });

  it('is not changed by readings older than the newest counted', () => {
    const counted = count([register(0, 0), register(500, 10)]);
    expect(countEnergy(counted, energyReadingsOf([register(100, 5), register(9000, 9)], {}))).toBe(counted);
  });

  it('ignores exports and other measurands', () => {
    const exported = register(5, 0, { measurand: 'Energy.Active.Export.Register' });
    expect(count([exported, register(9, 1, { measurand: 'Energy.Reactive.Import.Register' })])).toMatchObject(blank);
  });

  it('counts until the end, once the end is told', () => {
    const end = { state: 'ended', endKey: 'x', endedAt: at(10) } as const;
    expect(count([register(0, 0), register(5, 10), register(9, 11)], end).energy).toBe(5);
    expect(count([register(0, 0), register(9, 11)], { ...end, endedAt: at(11) }).energy).toBe(9);
  });

  it('prefers the total over the phases, and sums them without one', () => {
    const phases = (minutes: number, ...all: number[]) =>
      all.map((value, index) => register(value, minutes, { phase: (['L1', 'L2', 'L3', 'N'] as const)[index] ?? 'L1' }));
    expect(energyReadingsOf([...phases(0, 1, 2, 3, 50)], {})).toEqual([{ at: at(0), register: 6 }]);
    expect(energyReadingsOf([...phases(0, 1, 2, 3), register(7, 0)], {})).toEqual([{ at: at(0), register: 7 }]);
    expect(energyReadingsOf([register(4, 0, { phase: 'L1-N' })], {})).toEqual([{ at: at(0), register: 4 }]);
    expect(energyReadingsOf([register(4, 0, { phase: 'L1-L2' })], {})).toEqual([]);
  });

  it('keeps phases that are not in the message at their newest value', () => {
    const latest = {
      'Energy.Active.Import.Register|L2|': register(20, -5, { phase: 'L2' }),
      'Energy.Active.Import.Register|L3-N|': register(30, -5, { phase: 'L3-N' }),
    };
    expect(energyReadingsOf([register(1, 0, { phase: 'L1' })], latest)).toEqual([{ at: at(0), register: 51 }]);
  });

  it('takes the register at the outlet, or else that of another place', () => {
    const [outlet, bare] = [register(5, 0, { location: 'Outlet' }), register(6, 0)];
    const [inlet, body] = [register(9, 0, { location: 'Inlet' }), register(8, 0, { location: 'Body' })];
    expect(energyReadingsOf([inlet, outlet, body], {})).toEqual([{ at: at(0), register: 5 }]);
    expect(energyReadingsOf([outlet, inlet], {})).toEqual([{ at: at(0), register: 5 }]);
    expect(energyReadingsOf([outlet, bare], {})).toEqual([{ at: at(0), register: 6 }]);
    expect(energyReadingsOf([inlet, body], {})).toEqual([{ at: at(0), register: 9 }]);
  });
});

describe('energy by interval', () => {
  it('is the sum of the intervals as long as no register was seen', () => {
    const counted = count([interval(100, 0), interval(200, 15)]);
    expect(counted).toMatchObject({ energy: 300, meterLastAt: at(15) });
    expect(countEnergy(counted, energyReadingsOf([interval(200, 15), interval(5, 3), interval(0, 20)], {}))).toBe(
      counted,
    );
    const both = countEnergy(counted, energyReadingsOf([interval(50, 30), register(4000, 30)], {}));
    expect(both).toMatchObject({ energy: 300, meterStart: 4000 });
    const later = countEnergy(both, energyReadingsOf([interval(50, 40), register(4060, 45)], {}));
    expect(later.energy).toBe(360);
  });

  it('is not counted beyond a megawatt', () => {
    const counted = count([interval(100, 0), interval(2_000_000, 60)]);
    expect(counted).toMatchObject({ energy: 100, anomalies: ['meter-jumped'] });
    expect(count([interval(30_000_000, 0)])).toMatchObject({ energy: 0, anomalies: ['meter-jumped'] });
  });
});

describe('a late start', () => {
  const counted = count([register(500, 10), register(700, 20)]);
  const late = (...readings: Measurement[]) => countLateStart(counted, energyReadingsOf(readings, {}));

  it('adds what was delivered before the first reading', () => {
    expect(late(register(100, 0))).toMatchObject({ meterStart: 100, energy: 600 });
  });

  it.each([
    ['higher than the first reading', register(600, 0)],
    ['newer than the newest', register(100, 30)],
    ['lower than can be', register(-900_000, 0)],
    ['no register', interval(5, 0)],
  ])('adds nothing when it is %s', (_, reading) => {
    expect(late(reading)).toBe(counted);
  });

  it('adds nothing to a transaction without readings', () => {
    expect(countLateStart(blank, energyReadingsOf([register(100, 0)], {}))).toBe(blank);
  });
});
