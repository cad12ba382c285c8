import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statusOf, transitions, wayTo, type EvseStatus, type StatusFacts } from './connector-status.ts';

const idle: StatusFacts = {
  isFaulted: false,
  isOperative: true,
  isReserved: false,
  isPlugged: false,
  isAuthorized: false,
  isFinishing: false,
  chargingState: undefined,
  hasOffered: false,
};
const charging = { isPlugged: true, isAuthorized: true } as const;

describe('the status of an EVSE', () => {
  it.each<[EvseStatus, Partial<StatusFacts>]>([
    ['Available', {}],
    ['Reserved', { isReserved: true }],
    ['Unavailable', { isOperative: false }],
    ['Unavailable', { isOperative: false, isPlugged: true, isFinishing: true }],
    ['Reserved', { isReserved: true, isPlugged: true }],
    ['Preparing', { isPlugged: true }],
    ['Preparing', { isAuthorized: true, isReserved: true }],
    ['Preparing', { ...charging, chargingState: 'EVConnected' }],
    ['Charging', { ...charging, chargingState: 'Charging', isOperative: false }],
    ['SuspendedEV', { ...charging, chargingState: 'SuspendedEV' }],
    ['SuspendedEV', { ...charging, chargingState: 'EVConnected', hasOffered: true }],
    ['SuspendedEVSE', { ...charging, chargingState: 'SuspendedEVSE' }],
    ['Finishing', { isPlugged: true, isFinishing: true }],
    ['Faulted', { ...charging, chargingState: 'Charging', isFaulted: true }],
  ])('is %s with %o', (status, facts) => expect(statusOf({ ...idle, ...facts })).toBe(status));
});

describe('the way from one status to another', () => {
  const statuses = fc.constantFrom<EvseStatus>('Available', ...Object.values(transitions).flat());

  it('leads there over transitions of OCPP 1.6 only, and is as short as it can be', () => {
    fc.assert(
      fc.property(statuses, statuses, (from, to) => {
        const way = [from, ...wayTo(from, to)];
        expect(way.at(-1)).toBe(to);
        for (const [index, status] of way.slice(1).entries()) {
          expect(transitions[way[index] ?? from]).toContain(status);
        }
        expect(way.length).toBeLessThanOrEqual(4);
      }),
    );
  });

  it.each<[EvseStatus, EvseStatus, EvseStatus[]]>([
    ['Charging', 'Unavailable', ['Unavailable']],
    ['Preparing', 'Unavailable', ['Available', 'Unavailable']],
    ['Preparing', 'Reserved', ['Available', 'Reserved']],
    ['Available', 'Available', []],
  ])('from %s to %s is %s', (from, to, way) => expect(wayTo(from, to)).toEqual(way));
});
