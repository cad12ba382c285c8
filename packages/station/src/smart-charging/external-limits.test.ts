import { describe, expect, it } from 'vitest';
import { periodsOf, start } from '../../test/profiles.ts';
import { ChargingProfiles } from './charging-profiles.ts';
import { ExternalLimits, type ClearedLimit, type LimitNotice } from './external-limits.ts';

function open({ reserved = 0, significance = 10, isWithSchedules = false } = {}) {
  const profiles = new ChargingProfiles();
  const notices: LimitNotice[] = [];
  const cleared: ClearedLimit[] = [];
  const changes: string[] = [];
  const limits = new ExternalLimits({
    profiles,
    now: () => start,
    settings: () => ({ significance, isWithSchedules }),
    maxExternalConstraintsId: () => reserved,
    changed: () => changes.push('limits'),
    notifyLimit: (notice) => notices.push(notice),
    notifyCleared: (limit) => cleared.push(limit),
    rateChanged: (evseId) => changes.push(`rate of ${evseId}`),
  });
  const set = (periods: string, more = {}) =>
    limits.set({ source: 'EMS', evseId: 0, unit: 'A', periods: periodsOf(periods), ...more });
  return { profiles, notices, cleared, changes, limits, set };
}

describe('ExternalLimits', () => {
  it('makes a profile of a limit and tells the CSMS (K12)', () => {
    const { set, profiles, notices, changes } = open();
    set('16@0', { isGridCritical: true });
    expect(profiles.all).toMatchObject([
      { id: -1, purpose: 'ChargingStationExternalConstraints', source: 'EMS', schedules: [{ start, unit: 'A' }] },
    ]);
    expect(notices).toMatchObject([{ source: 'EMS', evseId: 0, isGridCritical: true, schedules: undefined }]);
    expect(changes).toEqual(['limits', 'rate of 0']);
  });

  it('tells only what changes by more than LimitChangeSignificance, but applies all', () => {
    const { set, profiles, notices } = open();
    for (const limit of ['20@0', '21@0', '22@0', '22.1@0', '0@0', '0@0', '1@0']) set(limit);
    expect(profiles.all).toMatchObject([{ schedules: [{ periods: [{ limit: 1 }] }] }]);
    expect(notices.length).toBe(4);
  });

  it('tells the schedules when NotifyChargingLimitWithSchedules is on', () => {
    const { set, notices } = open({ isWithSchedules: true });
    set('16@0,10@60');
    expect(notices[0]?.schedules).toMatchObject([{ periods: [{ limit: 16 }, { limit: 10 }] }]);
  });

  it('uses the ids reserved for it', () => {
    const { set, profiles } = open({ reserved: 2 });
    set('16@0');
    set('16@0', { source: 'SO' });
    set('16@0', { source: 'Other' });
    set('3@0', { isLocalGeneration: true });
    expect(profiles.all.map(({ id, purpose }) => `${id} ${purpose}`)).toEqual([
      '1 ChargingStationExternalConstraints',
      '2 ChargingStationExternalConstraints',
      '-1 ChargingStationExternalConstraints',
      '-2 LocalGeneration',
    ]);
  });

  it('clears and says so (K13)', () => {
    const { set, limits, profiles, cleared } = open();
    set('16@0', { evseId: 1 });
    expect(limits.clear({ source: 'SO', evseId: 1 })).toBe(false);
    expect(limits.clear({ source: 'EMS', evseId: 1 })).toBe(true);
    expect([profiles.all, cleared]).toEqual([[], [{ source: 'EMS', evseId: 1 }]]);
  });

  it.each(['6@1', '6@0,7@0', '-1@0', 'x@0'])('refuses periods like %s', (periods) => {
    expect(() => open().set(periods)).toThrow(RangeError);
  });

  it('refuses no periods, and a source that is none', () => {
    expect(() => open().set('', { periods: [] })).toThrow(RangeError);
    expect(() => open().set('6@0', { source: '' })).toThrow(RangeError);
  });
});
