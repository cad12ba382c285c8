import { array, assert, boolean, constantFrom, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beats, inForce, keptDerOf, supersedes, toDerControl, toKeptDer, type DerControl } from './der-control.ts';

const begin = Date.parse('2026-01-01T00:00:00Z');

const droop = { overFreq: 50.2, underFreq: 49.8, overDroop: 5, underDroop: 5, responseTime: 2 };

/** Controls of two types, with few priorities and times, so that they meet. */
const controls = array(
  record({
    controlType: constantFrom('FreqDroop', 'FixedVar'),
    isDefault: boolean(),
    priority: integer({ min: 0, max: 3 }),
    start: integer({ min: 0, max: 9 }),
    duration: integer({ min: 1, max: 9 }),
  }),
  { maxLength: 12 },
).map((all) => all.flatMap((one, order) => controlOf(one, order) ?? []));

interface Drawn {
  controlType: 'FreqDroop' | 'FixedVar';
  isDefault: boolean;
  priority: number;
  start: number;
  duration: number;
}

function controlOf({ controlType, isDefault, priority, start, duration }: Drawn, order: number) {
  const startTime = new Date(begin + start * 1000).toISOString();
  const common = isDefault ? { priority } : { priority, startTime, duration };
  const setting =
    controlType === 'FreqDroop'
      ? { freqDroop: { ...droop, ...common } }
      : { fixedVar: { setpoint: 1, unit: 'PctMaxVar' as const, ...common } };
  return toDerControl({ controlId: `c${order}`, controlType, isDefault, ...setting }, order);
}

const holdsAt = ({ startMs, endMs }: DerControl, nowMs: number) => startMs <= nowMs && nowMs < endMs;

describe('the DER controls in force', () => {
  it('are one for each type: the best scheduled one, else the best default', () => {
    assert(
      property(controls, integer({ min: 0, max: 20 }), (all, second) => {
        const nowMs = begin + second * 1000;
        const possible = all.filter((control) => holdsAt(control, nowMs));
        const types = new Set(possible.map(({ directive }) => directive.controlType));
        const winners = inForce(all, nowMs);
        expect(new Set(winners.map(({ directive }) => directive.controlType))).toEqual(types);
        expect(winners).toHaveLength(types.size);
        for (const winner of winners) {
          const rivals = possible.filter(({ directive }) => directive.controlType === winner.directive.controlType);
          const isScheduled = rivals.some(({ directive }) => !directive.isDefault);
          expect(winner.directive.isDefault).toBe(!isScheduled);
          const equals = rivals.filter(({ directive }) => directive.isDefault === winner.directive.isDefault);
          expect(equals.every((rival) => rival === winner || beats(winner, rival))).toBe(true);
        }
      }),
    );
  });

  it('are superseded one way only, and by none of another kind', () => {
    assert(
      property(controls, (all) => {
        for (const a of all) {
          for (const b of all) {
            if (!supersedes(a, b)) continue;
            expect(supersedes(b, a)).toBe(false);
            expect(a.directive.isDefault).toBe(b.directive.isDefault);
          }
        }
      }),
    );
  });

  it('come back from the store as they were', () => {
    assert(
      property(controls, (all) => {
        for (const control of all) {
          const kept: unknown = JSON.parse(JSON.stringify(toKeptDer({ ...control, isStarted: true })));
          expect(keptDerOf(kept)).toEqual({ ...control, isStarted: true });
        }
      }),
    );
    expect([null, 1, {}, { directive: { controlId: 'x' }, order: 1 }].map(keptDerOf)).toEqual(
      Array.from({ length: 4 }, () => undefined),
    );
  });
});
