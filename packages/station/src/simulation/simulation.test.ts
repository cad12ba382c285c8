import { describe, expect, it } from 'vitest';
import { ManualClock } from '../time/clock.ts';
import { homeHours, nextArrivalMs } from './arrivals.ts';
import { LatencyCounts } from './latency-counts.ts';
import { identityOf, Mix } from './mix.ts';
import { SimulatedNetwork } from './network.ts';
import { seeded } from './seeded.ts';
import { createSharedClock } from './shared-clock.ts';
import { spoiled, wrongAnswers } from './wrong-answers.ts';

describe('a shared clock', () => {
  it('runs every task once, late by at most 1/64 of its wait or 8 ms, with one timer', () => {
    const base = new ManualClock();
    const clock = createSharedClock(base);
    const random = seeded(1);
    const start = base.now().getTime();
    const late: number[] = [];
    for (let n = 0; n < 2000; n++) {
      const ms = random() ** 3 * 600_000;
      clock.after(ms, () => late.push((base.now().getTime() - start - ms) / Math.max(8, ms / 64)));
    }
    expect(base.pending).toBe(1);
    base.advance(700_000);
    expect(late).toHaveLength(2000);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...late)).toBeLessThanOrEqual(1);
    expect(base.pending).toBe(0);
  });

  it('runs tasks that tasks ask for, forgets what is cancelled, and leaves no timer when nobody waits', () => {
    const base = new ManualClock();
    const clock = createSharedClock(base);
    const ran: string[] = [];
    const gone = clock.after(100, () => ran.push('gone'));
    clock.after(50, () => {
      ran.push('first');
      gone.cancel();
      clock.after(0, () => ran.push('second'));
    });
    base.advance(1000);
    expect(ran).toEqual(['first', 'second']);
    const last = clock.after(300_000, () => {});
    last.cancel();
    last.cancel();
    expect(base.pending).toBe(0);
  });
});

describe('arrivals', () => {
  it('come at the mean interval, by the hour where hours are given', () => {
    const random = seeded(2);
    const arrivals = { idTokens: [], idleMs: 600_000, pattern: 'poisson', hours: homeHours } as const;
    const perHour = Array.from({ length: 24 }, () => 0);
    const days = 60;
    const start = Date.UTC(2026, 0, 1);
    for (let at = start; at < start + days * 86_400_000;) {
      at += nextArrivalMs(arrivals, new Date(at), random);
      const hour = new Date(at).getUTCHours();
      perHour[hour] = (perHour[hour] ?? 0) + 1;
    }
    for (const [hour, seen] of perHour.entries()) {
      const wanted = days * 6 * (homeHours[hour] ?? 0);
      expect(Math.abs(seen - wanted)).toBeLessThan(5 * Math.sqrt(wanted));
    }
    expect(homeHours.reduce((sum, pace) => sum + pace, 0)).toBeCloseTo(24, 1);
  });
});

describe('a mix', () => {
  it('keeps its shares at any count', () => {
    const mix = new Mix([
      ['1.6', 6],
      ['2.0.1', 3],
      ['2.1', 1],
    ]);
    const dealt = Array.from({ length: 100 }, () => mix.next());
    expect(dealt.slice(0, 10).toSorted()).toEqual([...Array(6).fill('1.6'), ...Array(3).fill('2.0.1'), '2.1']);
    expect(dealt.filter((kind) => kind === '1.6')).toHaveLength(60);
    expect(() => new Mix([['1.6', 0]])).toThrow(RangeError);
  });

  it('deals evenly in turn when nothing is weighed', () => {
    const mix = new Mix([
      ['a', 1],
      ['b', 1],
    ]);
    expect([mix.next(), mix.next(), mix.next(), mix.next()]).toEqual(['a', 'b', 'a', 'b']);
  });

  it('names stations by a pattern', () => {
    expect(identityOf('D-{version}-{n:4}', { n: 7, version: '1.6' })).toBe('D-1.6-0007');
  });
});

describe('latencies', () => {
  it('are known to 2 %', () => {
    const counts = new LatencyCounts();
    for (let ms = 1; ms <= 1000; ms++) counts.add(ms);
    expect(counts.at(0.5)).toBeGreaterThan(490);
    expect(counts.at(0.5)).toBeLessThan(510);
    expect(counts.at(1)).toBe(1000);
    expect(new LatencyCounts().at(0.5)).toBeUndefined();
  });
});

describe('a network', () => {
  it('delays frames in their order, and loses those that are on their way when it closes', () => {
    const clock = new ManualClock();
    const network = new SimulatedNetwork(clock, seeded(3));
    const sent: string[] = [];
    const path = network.opened((text) => sent.push(text));
    network.quality = { latencyMs: 100, jitterMs: 400 };
    for (let n = 0; n < 20; n++) path.transmit(`[2,"${n}"]`);
    expect(sent).toEqual([]);
    clock.advance(500);
    expect(sent).toEqual(Array.from({ length: 20 }, (_, n) => `[2,"${n}"]`));
    const receiver = path.before({ receiveBytes: () => {}, receiveBinary: () => {}, close: () => {} });
    path.transmit('[2,"late"]');
    receiver.close('gone');
    clock.advance(1000);
    expect(sent).toHaveLength(20);
    expect(clock.pending).toBe(0);
  });

  it('spoils answers, and nothing else', async () => {
    const network = new SimulatedNetwork(new ManualClock(), () => 0.5);
    const sent: string[] = [];
    const path = network.opened((text) => sent.push(text));
    network.quality = { wrongAnswers: { share: 1, kind: 'error' } };
    path.transmit('[2,"1","Heartbeat",{}]');
    path.transmit('[3,"2",{"status":"Accepted"}]');
    expect(sent).toEqual(['[2,"1","Heartbeat",{}]', '[4,"2","InternalError","simulated",{}]']);
    expect(wrongAnswers.map((kind) => spoiled('[3,"2",{}]', kind))).toEqual([
      '[4,"2","InternalError","simulated",{}]',
      '[3,"2",{}]',
      '[3,"2',
      '[3,"nobody-asked",{}]',
      undefined,
    ]);
    await expect(network.call('Heartbeat', {})).rejects.toThrow('there is no connection');
  });
});
