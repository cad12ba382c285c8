import { array, assert as assertProperty, constantFrom, integer, option, property, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NetworkOrder } from './network-order.ts';

function open(slots: number[], rules: { attempts?: number; lastGood?: number } = {}) {
  const order = new NetworkOrder({
    slots: () => slots,
    attempts: () => rules.attempts ?? 2,
    lastGood: () => rules.lastGood,
  });
  const failing = (times: number) => {
    const tried: (number | undefined)[] = [];
    for (let n = 0; n < times; n++) {
      tried.push(order.next());
      order.failed();
    }
    return tried;
  };
  return { order, failing };
}

describe('NetworkOrder', () => {
  it('gives each slot exactly its attempts, in the order of priority, and then begins anew', () => {
    expect(open([2, 1, 3]).failing(8)).toEqual([2, 2, 1, 1, 3, 3, 2, 2]);
  });

  it('falls back to the slot that worked last when all have failed, and stays there', () => {
    expect(open([2, 1, 3], { lastGood: 1 }).failing(10)).toEqual([2, 2, 1, 1, 3, 3, 1, 1, 1, 1]);
  });

  it('never gives a slot up where the attempts are without end', () => {
    expect(open([1, 2], { attempts: -1 }).failing(50)).toEqual(Array.from({ length: 50 }, () => 1));
  });

  it('begins with the slot that worked after its connection is lost, and counts anew', () => {
    const { order, failing } = open([1, 2, 3]);
    failing(3);
    expect(order.next()).toBe(2);
    order.succeeded();
    expect(failing(5)).toEqual([2, 2, 3, 3, 1]);
  });

  it('skips at once a slot whose network is not ready', () => {
    const { order } = open([1, 2]);
    order.next();
    order.refused();
    expect(order.next()).toBe(2);
  });

  it('leaves a slot that is no longer in the list', () => {
    const slots = [1, 2];
    const { order } = open(slots);
    expect(order.next()).toBe(1);
    slots.splice(0, 1);
    expect(order.next()).toBe(2);
    slots.splice(0, 1);
    expect(order.next()).toBeUndefined();
  });

  it('always names a slot of the list, whatever happens', () => {
    const slots = uniqueArray(integer({ min: 1, max: 5 }), { minLength: 1 });
    const steps = array(constantFrom('failed' as const, 'refused' as const, 'succeeded' as const, 'restart' as const), {
      maxLength: 50,
    });
    assertProperty(
      property(slots, steps, option(integer({ min: 1, max: 5 }), { nil: undefined }), (list, what, lastGood) => {
        const { order } = open(list, lastGood === undefined ? {} : { lastGood });
        for (const step of what) {
          expect(list).toContain(order.next());
          order[step]();
        }
      }),
    );
  });
});
