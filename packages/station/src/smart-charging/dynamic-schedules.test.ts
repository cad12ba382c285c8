import { describe, expect, it } from 'vitest';
import { profileOf, rulesOf } from '../../test/profiles.ts';
import type { ScheduleUpdate } from './charging-profile.ts';
import { ChargingProfiles } from './charging-profiles.ts';
import { ManualClock } from '../time/clock.ts';
import { DynamicSchedules } from './dynamic-schedules.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

function open(pull: (id: number) => Promise<ScheduleUpdate | undefined>) {
  const clock = new ManualClock();
  const profiles = new ChargingProfiles();
  const install = (dynUpdateIntervalS: number) =>
    profiles.install(
      profileOf([1, 'TxDefaultProfile', '6@0'], { id: 1, kind: 'Dynamic', dynUpdateIntervalS }),
      rulesOf(),
    );
  const log = { changes: 0, errors: 0, pulls: 0 };
  const schedules = new DynamicSchedules({
    clock,
    profiles,
    rules: () => rulesOf({ now: clock.now() }),
    pull(id) {
      log.pulls++;
      return pull(id);
    },
    changed: () => void log.changes++,
    onError: () => void log.errors++,
  });
  return { clock, profiles, install, schedules, log };
}

describe('DynamicSchedules', () => {
  it('pulls new values as often as the profile says (K28)', async () => {
    const { clock, profiles, install, schedules, log } = open(() => Promise.resolve({ limit: 9 }));
    install(30);
    schedules.rearm();
    schedules.rearm();
    clock.advance(30_000);
    await settled();
    expect(profiles.all).toMatchObject([{ schedules: [{ periods: [{ limit: 9 }] }] }]);
    clock.advance(30_000);
    await settled();
    expect(log).toEqual({ changes: 2, errors: 0, pulls: 2 });
    schedules.stop();
    expect(clock.pending).toBe(0);
  });

  it('asks again after a failure, and changes nothing when there is nothing new', async () => {
    const answers = [Promise.reject(new Error('offline')), Promise.resolve(undefined), Promise.resolve({ limit: -5 })];
    answers[0]?.catch(() => {});
    const { clock, install, schedules, log } = open(() => answers.shift() ?? Promise.resolve(undefined));
    install(10);
    schedules.rearm();
    for (let i = 0; i < 3; i++) {
      clock.advance(10_000);
      await settled();
    }
    expect(log).toEqual({ changes: 0, errors: 1, pulls: 3 });
    schedules.stop();
  });

  it('waits for the answer before it asks again, and forgets it when the profile is gone', async () => {
    const answer = Promise.withResolvers<ScheduleUpdate | undefined>();
    const { clock, profiles, install, schedules, log } = open(() => answer.promise);
    install(10);
    schedules.rearm();
    clock.advance(60_000);
    expect(log.pulls).toBe(1);
    profiles.clear({});
    schedules.rearm();
    answer.resolve({ limit: 9 });
    await settled();
    expect([log.changes, clock.pending]).toEqual([0, 0]);
  });

  it('takes a new rhythm', () => {
    const { clock, install, schedules } = open(() => Promise.resolve(undefined));
    install(10);
    schedules.rearm();
    install(0);
    schedules.rearm();
    expect(clock.pending).toBe(0);
  });
});
