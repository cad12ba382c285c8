import { describe, expect, it } from 'vitest';
import { localTimeOf, wallTimeOf } from './local-time.ts';

const local = (values: Record<string, string>) => localTimeOf((name) => values[name]);
const hours = (values: Record<string, string>, time: string) => local(values).offsetMs(Date.parse(time)) / 3_600_000;
const until = (values: Record<string, string>, time: string) => local(values).untilMs(Date.parse(time));

const offsets = {
  'ClockCtrlr.TimeOffset': '+01:00',
  'ClockCtrlr.TimeOffset[NextTransition]': '+02:00',
  'ClockCtrlr.NextTimeOffsetTransitionDateTime': '2026-03-29T01:00:00Z',
};
const oslo = { 'ClockCtrlr.TimeZone': 'Europe/Oslo', 'ClockCtrlr.TimeOffset': '+09:00' };

describe('localTimeOf', () => {
  it('is UTC where nothing is set, or nonsense', () => {
    expect(hours({}, '2026-01-01T00:00:00Z')).toBe(0);
    expect(hours({ 'ClockCtrlr.TimeZone': 'Mars/Base', 'ClockCtrlr.TimeOffset': 'soon' }, '2026-01-01T00:00:00Z')).toBe(
      0,
    );
  });

  it('follows TimeOffset, and the next one from its transition on', () => {
    expect(hours({ 'ClockCtrlr.TimeOffset': '-05:30' }, '2026-01-01T00:00:00Z')).toBe(-5.5);
    expect(hours(offsets, '2026-03-29T00:59:59.999Z')).toBe(1);
    expect(hours(offsets, '2026-03-29T01:00:00Z')).toBe(2);
    expect(until(offsets, '2026-01-01T00:00:00Z')).toBe(Date.parse('2026-03-29T01:00:00Z'));
    expect(until(offsets, '2026-03-29T01:00:00Z')).toBe(Infinity);
  });

  it('follows the rules of a TimeZone before TimeOffset, summer and winter', () => {
    expect(hours(oslo, '2026-01-01T00:00:00Z')).toBe(1);
    expect(hours(oslo, '2026-07-01T00:00:00Z')).toBe(2);
    expect(until(oslo, '2026-03-28T23:00:00Z')).toBe(Date.parse('2026-03-29T01:00:00Z'));
    expect(until(oslo, '2026-10-25T00:59:59Z')).toBe(Date.parse('2026-10-25T01:00:00Z'));
    expect(until(oslo, '2026-07-01T00:00:00Z')).toBe(Date.parse('2026-07-02T00:00:00Z'));
    expect(hours({ 'ClockCtrlr.TimeZone': 'UTC' }, '2026-07-01T00:00:00Z')).toBe(0);
  });
});

describe('wallTimeOf', () => {
  it('takes the digits, whatever zone they name', () => {
    for (const zone of ['Z', '+02:00', ''])
      expect(wallTimeOf(`2026-01-01T08:00:00.5${zone}`)).toEqual(new Date('2026-01-01T08:00:00.500Z'));
    expect(wallTimeOf('soon')).toBeUndefined();
  });
});
