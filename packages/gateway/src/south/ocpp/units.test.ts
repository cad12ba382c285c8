import { expect, test } from 'vitest';
import { toMeasurement, type Sample } from './units.ts';

const taken = { evseId: 1, takenAt: new Date(0) };
const valueOf = (sample: Sample, value: number) => {
  const measurement = toMeasurement(sample, value, taken);
  return typeof measurement === 'string' ? measurement : measurement.value;
};

test.each<[Sample, number, number]>([
  [{}, 1500, 1500],
  [{ unit: 'kWh' }, 1.005, 1005],
  [{ measurand: 'Power.Active.Import', unit: 'kW' }, 7.2, 7200],
  [{ measurand: 'Power.Active.Import' }, 7200, 7200],
  [{ measurand: 'Power.Active.Import', unit: 'W', multiplier: 3 }, 7.2, 7200],
  [{ measurand: 'Current.Import', unit: 'A', multiplier: -1 }, 160, 16],
  [{ measurand: 'Temperature', unit: 'K' }, 298.15, 25],
  [{ measurand: 'Temperature', unit: 'Fahrenheit' }, 212, 100],
  [{ measurand: 'Temperature', unit: 'Celcius' }, 25, 25],
  [{ measurand: 'SoC', unit: 'Percent' }, 55, 55],
  [{ measurand: 'Power.Reactive.Import', unit: 'kvar' }, 1, 1000],
  // The schema's default, written for a quantity it does not fit.
  [{ measurand: 'Voltage', unit: 'Wh' }, 230, 230],
  [{ measurand: 'Vendor.Quantity', unit: 'furlong' }, 3, 3],
])('%j of %d is %d in the base unit', (sample, value, base) => {
  expect(valueOf(sample, value)).toBe(base);
});

test.each<[Sample, number]>([
  [{ measurand: 'Current.Import', unit: 'W' }, 1],
  [{ measurand: 'Voltage', unit: 'furlong' }, 1],
  [{ measurand: 'Power.Active.Import', unit: 'W', multiplier: 400 }, 1],
])('%j is dropped with a sentence, not guessed', (sample, value) => {
  expect(valueOf(sample, value)).toMatch(/dropped/);
});
