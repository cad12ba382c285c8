import { expect, test } from 'vitest';
import type { StoredFact } from '../domain/facts.ts';
import { silentLog } from '../lib/silent-log.ts';
import { InProcessBus } from './in-process.ts';

const fact = (seq: number): StoredFact => ({ seq, type: 'station.deleted', stationId: 'CP1', at: new Date(0) });

function follow(bus: InProcessBus): number[] {
  const seen: number[] = [];
  bus.subscribe(({ seq }) => seen.push(seq));
  return seen;
}

test('delivers facts in the order of their numbers whatever order they are published in', () => {
  const bus = new InProcessBus(silentLog, 4);
  const seen = follow(bus);
  bus.publish([fact(7)]);
  bus.publish([fact(6)]);
  expect(seen).toEqual([]);
  bus.publish([fact(5)]);
  bus.publish([fact(8), fact(9)]);
  expect(seen).toEqual([5, 6, 7, 8, 9]);
});

test('delivers a fact once', () => {
  const bus = new InProcessBus(silentLog, 0);
  const seen = follow(bus);
  bus.publish([fact(1)]);
  bus.publish([fact(1)]);
  expect(seen).toEqual([1]);
});

test('a listener that throws keeps nothing from the others', () => {
  const bus = new InProcessBus(silentLog, 0);
  bus.subscribe(() => {
    throw new Error('broken listener');
  });
  const seen = follow(bus);
  bus.publish([fact(1), fact(2)]);
  expect(seen).toEqual([1, 2]);
});

test('delivers nothing to who has unsubscribed', () => {
  const bus = new InProcessBus(silentLog, 0);
  const seen: number[] = [];
  const unsubscribe = bus.subscribe(({ seq }) => seen.push(seq));
  bus.publish([fact(1)]);
  unsubscribe();
  bus.publish([fact(2)]);
  expect(seen).toEqual([1]);
});
