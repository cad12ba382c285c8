import { expect, test } from 'vitest';
import { Conduct } from './conduct.ts';

const limits = { messagesPerSecond: 2, maxUnanswered: 3, maxSlowedS: 4 };
const times = <T>(count: number, act: () => T): T[] => Array.from({ length: count }, act);

test('ten seconds of the rate may come at once; beyond that it is too fast', () => {
  const conduct = new Conduct(limits);
  expect(times(21, () => conduct.spend(0)).indexOf(true)).toBe(20);
  expect(conduct.spend(1)).toBe(false);
  expect(conduct.spend(1)).toBe(true);
});

test('a slowed station recovers when a second of the rate is to spare', () => {
  const conduct = new Conduct(limits);
  times(21, () => conduct.spend(0));
  expect(conduct.recover(1)).toBe('slowed');
  expect(conduct.recover(2)).toBe('recovered');
});

test('it may be slowed for some seconds of a minute only', () => {
  const conduct = new Conduct(limits);
  times(100, () => conduct.spend(0));
  expect([1, 2, 3, 4, 5].map((second) => conduct.recover(second))).toEqual([
    'slowed',
    'slowed',
    'slowed',
    'slowed',
    'too long',
  ]);
  expect(conduct.recover(60)).toBe('slowed');
});

test('the twentieth invalid message of a minute is suspicious, once', () => {
  const conduct = new Conduct(limits);
  expect(times(40, () => conduct.invalid(59)).filter((isSuspicious) => isSuspicious)).toHaveLength(1);
  expect(times(20, () => conduct.invalid(60)).indexOf(true)).toBe(19);
});

test('requests that do not wait are counted by the minute', () => {
  const conduct = new Conduct(limits);
  expect([0, 1, 60, 61, 62].map((second) => conduct.refused(second))).toEqual([false, false, false, false, true]);
});
