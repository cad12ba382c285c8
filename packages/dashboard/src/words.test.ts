import { expect, test } from 'vitest';
import { numberOf, toAge, toCurrent, toDuration, toEnergy, toPower, toProtocol } from './words.ts';

test.each([
  [toPower(0), '0 W'],
  [toPower(999.6), '1000 W'],
  [toPower(7360), '7.36 kW'],
  [toPower(-4200), '-4.20 kW'],
  [toEnergy(31_250), '31.25 kWh'],
  [toCurrent(16), '16 A'],
  [toCurrent(6.55), '6.5 A'],
  [toProtocol('ocpp2.0.1'), 'OCPP 2.0.1'],
  [toProtocol('chargepoint'), 'chargepoint'],
])('a quantity is written %s', (written, expected) => {
  expect(written).toBe(expected);
});

test('what is not known is a dash and not a zero', () => {
  expect([toPower(undefined), toEnergy(undefined), toCurrent(undefined), toProtocol(undefined)]).toEqual([
    '–',
    '–',
    '–',
    '–',
  ]);
});

test.each([
  [40, '40 s'],
  [3599, '59 min'],
  [3900, '1 h 05 min'],
  [200_000, '2 d 7 h'],
  [-3, '0 s'],
])('%d seconds are %s', (seconds, expected) => {
  expect(toDuration(seconds)).toBe(expected);
});

test('an age counts from the time given; a time ahead of this clock is not called an age', () => {
  const nowMs = Date.parse('2026-05-04T08:15:00Z');
  expect(toAge('2026-05-04T08:14:58Z', nowMs)).toBe('just now');
  expect(toAge('2026-05-04T08:03:00Z', nowMs)).toBe('12 min ago');
  expect(toAge('2026-05-04T09:00:00Z', nowMs)).not.toMatch(/ago|now/);
  expect(toAge(undefined, nowMs)).toBe('never');
});

test('a metric is a number only if it is one', () => {
  const metrics = { power: { value: 7, unit: 'W' }, state: { value: 'Idle', unit: '' } };
  expect(numberOf(metrics, 'power')).toBe(7);
  expect(numberOf(metrics, 'state')).toBeUndefined();
  expect(numberOf(metrics, 'soc')).toBeUndefined();
});
