import { describe, expect, it } from 'vitest';
import { ManualClock } from '../time/clock.ts';
import { SchedulePublisher } from './schedule-publisher.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

function open({ intervalS = 0, publish = (): void | Promise<void> => {} } = {}) {
  const clock = new ManualClock();
  const published: number[] = [];
  const errors: unknown[] = [];
  const state = { limit: 1, intervalS };
  const publisher = new SchedulePublisher({
    clock,
    intervalS: () => state.intervalS,
    compute: () => state.limit,
    publish(limit) {
      published.push(limit);
      return publish();
    },
    onError: (error) => errors.push(error),
  });
  return { clock, published, errors, state, publisher };
}

describe('SchedulePublisher', () => {
  it('publishes at the start, and never by itself when the interval is 0', async () => {
    const { publisher, published, clock } = open();
    publisher.request();
    publisher.start();
    publisher.start();
    await settled();
    expect(published).toEqual([1]);
    expect(clock.pending).toBe(0);
    await publisher.stop();
  });

  it('publishes again after the interval, which may change', async () => {
    const { publisher, published, clock, state } = open({ intervalS: 30 });
    publisher.start();
    await settled();
    clock.advance(30_000);
    await settled();
    expect(published.length).toBe(2);
    state.intervalS = 0;
    publisher.rearm();
    clock.advance(300_000);
    await settled();
    expect(published.length).toBe(2);
    await publisher.stop();
  });

  it('(case 70) ends a burst with the last', async () => {
    const { publisher, published, state } = open();
    publisher.start();
    for (let limit = 2; limit <= 50; limit++) {
      state.limit = limit;
      publisher.request();
    }
    await settled();
    expect(published).toEqual([50]);
  });

  it('publishes one at a time, and what came meanwhile once', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let next = 0;
    const { publisher, published, state } = open({ publish: () => gates[next++]?.promise });
    publisher.start();
    await settled();
    for (const limit of [2, 3, 4]) {
      state.limit = limit;
      publisher.request();
    }
    await settled();
    expect(published).toEqual([1]);
    gates[0]?.resolve();
    await settled();
    expect(published).toEqual([1, 4]);
    gates[1]?.resolve();
    await publisher.stop();
    publisher.request();
    await settled();
    expect(published).toEqual([1, 4]);
  });

  it('goes on after a failure', async () => {
    const { publisher, published, errors } = open({
      publish() {
        throw new Error('no bus');
      },
    });
    publisher.start();
    await settled();
    publisher.request();
    await settled();
    expect([published.length, errors.length]).toEqual([2, 2]);
  });

  it('stops before it has published', async () => {
    const { publisher, published, clock } = open({ intervalS: 1 });
    publisher.start();
    await publisher.stop();
    expect([published.length, clock.pending]).toEqual([0, 0]);
  });
});
