import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FactOf } from '../domain/facts.ts';
import type { Measurement } from '../domain/measurement.ts';
import type { Transaction } from '../domain/transaction.ts';
import { factLine, progressText, readFacts, readRow, rowLine, toGroups, toText } from './readings-text.ts';

const time = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });

const measurement: fc.Arbitrary<Measurement> = fc
  .record(
    {
      evseId: fc.nat(3),
      measurand: fc.oneof(fc.constantFrom('Voltage', 'SoC', '__proto__'), fc.string()),
      value: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
      takenAt: fc.oneof(fc.constantFrom(new Date(0), new Date(1)), time),
      phase: fc.constantFrom('L1', 'L1-N'),
      location: fc.constantFrom('Outlet', 'EV'),
      context: fc.constantFrom('Trigger', 'Sample.Periodic'),
      signedData: fc.string(),
    },
    { requiredKeys: ['evseId', 'measurand', 'value', 'takenAt'], noNullPrototype: true },
  )
  // The text of -0 is 0.
  .map((one) => ({ ...one, value: one.value + 0 }));

const fact: fc.Arbitrary<FactOf<'measurements.taken'>> = fc.record(
  {
    type: fc.constant('measurements.taken' as const),
    stationId: fc.oneof(fc.string(), fc.constantFrom('CP1', 'a"b\\', '0')),
    at: time,
    transactionId: fc.oneof(fc.string(), fc.constantFrom('0', '17')),
    measurements: fc.array(measurement, { minLength: 1, maxLength: 12 }),
  },
  { requiredKeys: ['type', 'stationId', 'at', 'measurements'], noNullPrototype: true },
);

const transaction: Transaction = {
  stationId: 'CP1',
  transactionId: 'T1',
  evseId: 1,
  connectorId: 1,
  state: 'active',
  startedAt: new Date(0),
  energy: 12.5,
  offline: false,
  anomalies: [],
  updatedAt: new Date(7),
};

/** A round trip as the log makes it. */
function stored(facts: readonly FactOf<'measurements.taken'>[], progress?: string) {
  const groups = facts.map(({ measurements }) => toGroups(measurements));
  const lines = facts.map((one, index) => factLine(one, groups[index] ?? [], progress));
  const shapes = new Set(groups.flat().map(({ shape }) => shape));
  return readFacts(toText(shapes, lines.join(',')));
}

test('facts of readings come back as they were, several in one text', () => {
  fc.assert(
    fc.property(fc.array(fact, { minLength: 1, maxLength: 5 }), (facts) => {
      expect(stored(facts).map((read) => read.fact)).toStrictEqual(facts);
    }),
  );
});

test('rows of readings come back as they were, with the numbers of their facts', () => {
  fc.assert(
    fc.property(fact, ({ at, transactionId, measurements }) => {
      const groups = toGroups(measurements);
      const line = { seq: 7, at: at.getTime(), transactionId, groups };
      const text = toText(
        groups.map(({ shape }) => shape),
        groups.map((group) => rowLine(line, group)).join(','),
      );
      const read = readRow(text);
      expect(read.flatMap((one) => one.measurements)).toStrictEqual(measurements);
      expect(read.every((one) => one.seq === 7 && one.transactionId === transactionId)).toBe(true);
    }),
  );
});

test.each<[name: string, Partial<Transaction>]>([
  ['that has just begun', {}],
  ['of 1.6', { meterLast: 1000, meterLastAt: new Date(5), soc: 47 }],
  ['with all there is', { chargingState: 'Charging', offline: true, anomalies: ['meter-fell', 'clock-wrong'], soc: 0 }],
  ['whose events were told before', { events: { highest: 4, missing: [2], recent: [] } }],
  ['whose events are not remembered', { events: { highest: 4, missing: [] } }],
])('the progress of a transaction %s comes back as it was', (_name, changed) => {
  const { energy, offline, anomalies, ...rest } = { ...transaction, ...changed };
  const { meterLast, meterLastAt, soc, chargingState, events } = rest;
  const reading = { type: 'measurements.taken', stationId: 'CP1', at: new Date(9), measurements: [] } as const;
  expect(stored([reading], progressText({ ...transaction, ...changed }))[0]?.progress).toStrictEqual({
    energy,
    offline,
    anomalies,
    updatedAt: 7,
    ...(meterLast !== undefined && { meterLast }),
    ...(meterLastAt !== undefined && { meterLastAt: meterLastAt.getTime() }),
    ...(soc !== undefined && { soc }),
    ...(chargingState !== undefined && { chargingState }),
    ...(events !== undefined && { events: { ...events, recent: [] } }),
  });
});

test('a time that is none cannot be written down', () => {
  expect(() => toGroups([{ evseId: 1, measurand: 'SoC', value: 1, takenAt: new Date(Number.NaN) }])).toThrow(/time/);
});
