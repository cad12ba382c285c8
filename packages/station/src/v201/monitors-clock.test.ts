import { describe, expect, it } from 'vitest';
import { addressOf, createModel } from '../../test/models.ts';
import { ManualClock } from '../time/clock.ts';
import { Monitors } from './monitors.ts';
import { setMonitoring } from './variable-monitoring.ts';

/** A station that watches its heartbeat interval; `told` are the times of the events since the last look. */
function open(type: 'Periodic' | 'PeriodicClockAligned', value: number) {
  const clock = new ManualClock('2026-05-04T08:15:00Z');
  const model = createModel();
  const times: string[] = [];
  const monitors = new Monitors({
    model,
    clock,
    nextEventId: () => times.length + 1,
    transactionIdOf: () => undefined,
    tell: (events) => times.push(...events.map(({ data }) => data.timestamp.slice(11, 19))),
  });
  monitors.start();
  const address = addressOf('OCPPCommCtrlr.HeartbeatInterval');
  if (address) setMonitoring({ model, monitors }, { setMonitoringData: [{ ...address, type, value, severity: 5 }] });
  return { clock, model, told: () => times.splice(0) };
}

describe('a periodic monitor', () => {
  it('keeps its interval when the clock is set forward (7.2 monotonic clock)', () => {
    const { clock, told } = open('Periodic', 60);
    clock.advance(60_000);
    clock.setTime('2027-01-01T00:00:00Z');
    clock.advance(59_999);
    expect(told()).toEqual(['08:16:00']);
    clock.advance(60_001);
    expect(told()).toEqual(['00:01:00', '00:02:00']);
  });

  it('keeps its interval when the clock is set back (7.2 monotonic clock)', () => {
    const { clock, told } = open('Periodic', 60);
    clock.setTime('2020-01-01T00:00:00Z');
    clock.advance(120_000);
    expect(told()).toEqual(['00:01:00', '00:02:00']);
  });

  it('is silent while monitoring is off, and goes on in step', () => {
    const { clock, model, told } = open('Periodic', 60);
    model.assign('MonitoringCtrlr.Enabled', 'false');
    clock.advance(90_000);
    model.assign('MonitoringCtrlr.Enabled', 'true');
    clock.advance(30_000);
    expect(told()).toEqual(['08:17:00']);
    expect(clock.pending).toBe(1);
  });
});

describe('a monitor at full intervals of the day', () => {
  it('tells once, not for every slot, when the clock is set forward (7.2 jump forward)', () => {
    const { clock, told } = open('PeriodicClockAligned', 900);
    clock.setTime('2026-05-04T20:07:00Z');
    clock.advance(60_000);
    expect(told()).toEqual(['20:08:00']);
    clock.advance(420_000);
    expect(told()).toEqual(['20:15:00']);
  });

  it('goes on at the next slot when the clock is set back (7.2 jump back)', () => {
    const { clock, told } = open('PeriodicClockAligned', 900);
    clock.setTime('2026-05-03T01:10:00Z');
    clock.advance(300_000);
    expect(told()).toEqual(['01:15:00']);
  });

  it('is silent while monitoring is off', () => {
    const { clock, model, told } = open('PeriodicClockAligned', 900);
    model.assign('MonitoringCtrlr.Enabled', 'false');
    clock.advance(900_000);
    expect(told()).toEqual([]);
    expect(clock.pending).toBe(1);
  });
});
