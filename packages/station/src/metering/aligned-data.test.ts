import { describe, expect, it } from 'vitest';
import { createModel } from '../../test/models.ts';
import { AlignedTimer } from './aligned-data.ts';
import { ManualClock, type Clock } from '../time/clock.ts';

/** A wall clock that may be set, while waits go on as before. */
function open(intervalS: string) {
  const manual = new ManualClock('2026-03-02T10:00:30Z');
  const shift = { ms: 0 };
  const clock: Clock = {
    now: () => new Date(manual.now().getTime() + shift.ms),
    monotonicMs: () => manual.now().getTime(),
    after: (ms, task) => manual.after(ms, task),
  };
  const slots: string[] = [];
  const variables = createModel({ settings: { 'AlignedDataCtrlr.Interval': intervalS } });
  const timer = new AlignedTimer({ clock, variables }, 'AlignedDataCtrlr.Interval', (at) =>
    slots.push(at.toISOString().slice(11, 19)),
  );
  timer.start();
  return { manual, shift, slots, timer };
}

describe('slots of the day', () => {
  it('come at full intervals from midnight, and a day begins with a new one', () => {
    const { manual, slots, timer } = open('36000');
    manual.advance(24 * 3_600_000);
    timer.stop();
    expect(slots).toEqual(['20:00:00', '00:00:00', '10:00:00']);
  });

  it('are one, not a burst, when the clock jumps forward (7.2 jump forward)', () => {
    const { manual, shift, slots } = open('60');
    manual.advance(30_000);
    shift.ms = 3_600_000;
    manual.advance(60_000);
    manual.advance(60_000);
    expect(slots).toEqual(['10:01:00', '11:02:00', '11:03:00']);
  });

  it('go on within a minute when the clock jumps back (7.2 jump back)', () => {
    const { manual, shift, slots } = open('60');
    manual.advance(30_000);
    shift.ms = -3_600_000;
    manual.advance(180_000);
    expect(slots).toEqual(['10:01:00', '09:03:00', '09:04:00']);
  });

  it('do not come at interval 0 (7.2 interval 0)', () => {
    const { manual, slots } = open('0');
    manual.advance(86_400_000);
    expect(slots).toEqual([]);
  });
});
