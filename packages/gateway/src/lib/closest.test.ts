import { expect, test } from 'vitest';
import { closestOf } from './closest.ts';

const names = ['port', 'host', 'path', 'heartbeatIntervalS', 'unknownStations'];

test.each([
  ['prot', 'port'],
  ['hosts', 'host'],
  ['PORT', 'port'],
  ['heartbeatInterval', 'heartbeatIntervalS'],
  ['unknown_stations', 'unknownStations'],
  ['zebra', undefined],
  ['', undefined],
])('takes %j for %j', (word, meant) => {
  expect(closestOf(word, names)).toBe(meant);
});
