import { describe, expect, it } from 'vitest';
import { at, defaults, profileOf, start } from '../../test/profiles.ts';
import type { ChargingProfile } from './charging-profile.ts';
import type { Clock, Timer } from '../time/clock.ts';
import { ManualClock } from '../time/clock.ts';
import { PowerLimiter } from './power-limiter.ts';
import type { Sharer } from './shared-limits.ts';
import type { PowerLimit } from '../station-host.ts';

/** A clock whose time of day can be set while its timers go on. */
class JumpingClock implements Clock {
  readonly timers = new ManualClock(start);
  #jumpMs = 0;

  now(): Date {
    return new Date(this.timers.now().getTime() + this.#jumpMs);
  }

  monotonicMs(): number {
    return this.timers.monotonicMs();
  }

  after(ms: number, task: () => void): Timer {
    return this.timers.after(ms, task);
  }

  jump(ms: number): void {
    this.#jumpMs += ms;
  }
}

const charging = (id: number) => ({ id, maxCurrentA: 32, isCutOff: false, isContent: false });

/** EVSEs that charge; the first alone, unless more are given. */
function open(profiles: ChargingProfile[], evses: Sharer[] = [charging(1)]) {
  const clock = new JumpingClock();
  const told: (PowerLimit | undefined)[] = [];
  const limiter = new PowerLimiter({
    clock,
    query: () => (profiles.length > 0 ? { profiles, from: clock.now(), evses, defaults } : undefined),
    within: (_evseId, limit) => limit,
    tell: (_evseId, limit) => told.push(limit),
  });
  return { clock, told, limiter, evses, currents: () => told.map((limit) => limit?.currentA) };
}

const onOne = (periods: string) => profileOf([1, 'TxDefaultProfile', periods]);

describe('PowerLimiter', () => {
  it('leaves what it has told when it is halted', () => {
    const { clock, limiter, currents } = open([onOne('6@0,7@90')]);
    limiter.start();
    limiter.halt();
    clock.timers.advance(400_000);
    expect([currents(), clock.timers.pending]).toEqual([[6], 0]);
    limiter.start();
    expect(currents()).toEqual([6, 7]);
  });

  it('tells a limit when it changes, at the instant', () => {
    const { clock, limiter, currents, evses } = open([onOne('6@0,7@90,7@300,8@400')]);
    limiter.start();
    clock.timers.advance(89_999);
    expect(currents()).toEqual([6]);
    clock.timers.advance(1);
    expect(currents()).toEqual([6, 7]);
    clock.timers.advance(400_000);
    expect(currents()).toEqual([6, 7, 8]);
    evses.length = 0;
    limiter.again();
    expect(currents()).toEqual([6, 7, 8, undefined]);
    expect(clock.timers.pending).toBe(0);
  });

  it('tells nothing without profiles, and lifts when they are gone', () => {
    const profiles = [onOne('6@0')];
    const { limiter, currents, clock } = open(profiles);
    limiter.start();
    profiles.length = 0;
    limiter.start();
    limiter.start();
    expect(currents()).toEqual([6, undefined]);
    expect(clock.timers.pending).toBe(0);
  });

  it('notices within a minute that the clock was set', () => {
    const { clock, limiter, currents } = open([onOne('6@0,7@7200')]);
    limiter.start();
    clock.jump(7_200_000);
    clock.timers.advance(60_000);
    expect(currents()).toEqual([6, 7]);
    clock.jump(-7_200_000);
    clock.timers.advance(60_000);
    expect(currents()).toEqual([6, 7, 6]);
    limiter.halt();
  });

  it('lowers one before it raises another', () => {
    const { limiter, told, evses } = open([profileOf([0, 'ChargingStationMaxProfile', '20@0'])], [charging(1)]);
    limiter.start();
    evses.push(charging(2));
    limiter.again();
    evses.shift();
    limiter.again();
    expect(told.map((limit) => limit?.currentA)).toEqual([20, 10, 10, 20, undefined]);
  });

  it('goes on with what a limit has brought about, and leaves a host that never comes to rest', () => {
    const calls: string[] = [];
    let limitA = 10;
    const clock = new ManualClock(start);
    const limiter: PowerLimiter = new PowerLimiter({
      clock,
      query: () => ({
        profiles: [onOne(`${limitA++}@0`)],
        from: clock.now(),
        evses: [charging(1)],
        defaults,
      }),
      within: (_evseId, limit) => limit,
      tell(evseId, limit) {
        calls.push(`${evseId}:${limit?.currentA}`);
        limiter.again();
      },
    });
    limiter.start();
    expect(calls).toEqual(Array.from({ length: 10 }, (_, i) => `1:${10 + i}`));
    limiter.halt();
  });

  it('goes on with its limits when the host could not take one', () => {
    const profiles = [onOne('6@0,7@90')];
    const clock = new ManualClock(start);
    const taken: (number | undefined)[] = [];
    let isBroken = true;
    const limiter = new PowerLimiter({
      clock,
      query: () => ({ profiles, from: clock.now(), evses: [charging(1)], defaults }),
      within: (_evseId, limit) => limit,
      tell(_evseId, limit) {
        if (isBroken) throw new Error('the bus is away');
        taken.push(limit?.currentA);
      },
    });
    expect(() => limiter.start()).toThrow('the bus is away');
    isBroken = false;
    limiter.again();
    clock.advance(90_000);
    expect(taken).toEqual([6, 7]);
    limiter.halt();
  });

  it('tells each phase, what may flow back, and the mode', () => {
    const periods = [
      {
        startPeriod: 0,
        limit: 16,
        limit_L2: 10,
        limit_L3: 12,
        dischargeLimit: -8,
        setpoint: -9,
        operationMode: 'CentralSetpoint',
        v2xBaseline: 50,
      } as const,
    ];
    const { limiter, told } = open([profileOf([1, 'TxDefaultProfile', ''], { periods, validTo: at(60) })]);
    limiter.start();
    expect(told[0]).toMatchObject({
      currentA: 10,
      currentsA: [16, 10, 12],
      dischargeA: 8,
      setpointA: -8,
      operationMode: 'CentralSetpoint',
      v2xBaselineW: 50,
    });
    limiter.halt();
  });
});
