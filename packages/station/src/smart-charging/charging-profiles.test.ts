import { describe, expect, it } from 'vitest';
import { at, profileOf, rulesOf, type Changes } from '../../test/profiles.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { StoreError, type StationStore } from '../store/store.ts';
import { ChargingProfiles } from './charging-profiles.ts';

const onOne = (changes?: Changes) => profileOf([1, 'TxDefaultProfile', '16@0'], changes);
const rules16 = rulesOf({ version: '1.6' });
const idsOf = ({ all }: ChargingProfiles) => all.map(({ id }) => id);

const keysIn = (store: StationStore) => Array.from(store.entries('chargingProfiles'), ([key]) => key);

describe('ChargingProfiles', () => {
  it('replaces by id, in 1.6 also by purpose, level and EVSE; refuses one too many', () => {
    const profiles = new ChargingProfiles();
    profiles.install(onOne({ id: 1 }), rules16);
    profiles.install(onOne({ id: 2 }), rules16);
    expect(idsOf(profiles)).toEqual([2]);
    profiles.install(onOne({ id: 3, stackLevel: 1 }), rules16);
    profiles.install(onOne({ id: 4, stackLevel: 2 }), rules16);
    expect(profiles.install(onOne({ id: 5, stackLevel: 3 }), rules16)).toBe('OutOfStorage');
    expect(profiles.install(onOne({ id: 3, stackLevel: 4 }), rules16)).toBeUndefined();
    expect(idsOf(profiles)).toEqual([2, 4, 3]);
  });

  it('refuses in 2.x what 1.6 replaces', () => {
    const profiles = new ChargingProfiles();
    profiles.install(onOne({ id: 1 }), rulesOf());
    expect(profiles.install(onOne({ id: 2 }), rulesOf())).toBe('DuplicateProfile');
    expect(profiles.install(onOne({ id: 1 }), rulesOf())).toBeUndefined();
    expect(idsOf(profiles)).toEqual([1]);
  });

  it('(case 45) spreads a default of connector 0 over all, and clears it everywhere', () => {
    const profiles = new ChargingProfiles();
    profiles.install(onOne({ id: 1 }), rules16);
    profiles.install(profileOf([0, 'TxDefaultProfile', '32@0'], { id: 2 }), rules16);
    expect(idsOf(profiles)).toEqual([2]);
    expect(profiles.clear({ evseId: 0 })).toBe(true);
    expect(profiles.all).toEqual([]);
  });

  it('clears by id alone, else by all criteria together', () => {
    const profiles = new ChargingProfiles();
    profiles.install(onOne({ id: 1 }), rules16);
    profiles.install(profileOf([2, 'TxDefaultProfile', '6@0'], { id: 2 }), rules16);
    expect(profiles.clear({ evseId: 2, purpose: 'TxProfile' })).toBe(false);
    expect(profiles.clear({ evseId: 2, purpose: 'TxDefaultProfile' })).toBe(true);
    expect(profiles.clear({ id: 1, evseId: 9 })).toBe(true);
    expect(profiles.all).toEqual([]);
  });

  it.each(['ChargingStationExternalConstraints', 'LocalGeneration'] as const)(
    'keeps %s of others from the CSMS',
    (purpose) => {
      const profiles = new ChargingProfiles();
      profiles.installOwn(profileOf([0, purpose, '6@0'], { id: 9, source: 'EMS' }));
      expect(profiles.clear({})).toBe(false);
      expect(profiles.clear({ id: 9 })).toBe(false);
      expect(profiles.install(onOne({ id: 9 }), rulesOf())).toBe('InvalidProfileId');
      expect(profiles.removeOwn(9)).toBe(true);
    },
  );

  it('begins a schedule without a start when it is received', () => {
    const profiles = new ChargingProfiles();
    const [schedule] = onOne().schedules;
    const given = onOne({ schedules: schedule ? [{ ...schedule, start: undefined }] : [] });
    expect(profiles.install(given, rulesOf({ isStartOptional: true, now: at(7) }))).toBeUndefined();
    expect(profiles.all[0]?.schedules[0]?.start).toEqual(at(7));
  });

  it('installs what came with a remote start for the transaction, and ends it with that', () => {
    const profiles = new ChargingProfiles();
    const pending = profileOf([1, 'TxProfile', '8@0'], { kind: 'Relative' });
    expect(profiles.installPending(pending, 1, rulesOf())).toBeUndefined();
    expect(profiles.all[0]).toMatchObject({ evseId: 1, transactionId: 'TX' });
    profiles.setPriority('TX', 'on');
    expect(profiles.hasPriority('TX')).toBe(true);
    expect(profiles.endTransaction(1, 'TX')).toBe(true);
    expect(profiles.endTransaction(1, 'TX')).toBe(false);
    expect(profiles.hasPriority('TX')).toBe(false);
  });

  it('judges what comes with a remote start before there is a transaction', () => {
    const profiles = new ChargingProfiles();
    const errorOf = (purpose: 'TxProfile' | 'TxDefaultProfile', periods: string) =>
      profiles.pendingError(profileOf([1, purpose, periods], { kind: 'Relative' }), 2, rulesOf());
    expect(errorOf('TxProfile', '8@0')).toBeUndefined();
    expect(errorOf('TxDefaultProfile', '8@0')).toBe('InvalidProfile');
    expect(errorOf('TxProfile', '8@0,9@0')).toBe('InvalidSchedule');
  });

  it('(case 70) takes new values for dynamic profiles only', () => {
    const profiles = new ChargingProfiles();
    profiles.install(onOne({ id: 1, kind: 'Dynamic' }), rulesOf());
    profiles.install(onOne({ id: 2, stackLevel: 1 }), rulesOf());
    expect(profiles.all[0]?.dynUpdateTime).toEqual(at(0));
    for (const limit of [6, 7, 8])
      expect(profiles.updateDynamic(1, { limit }, rulesOf({ now: at(9) }))).toBeUndefined();
    const updated = profiles.all.find(({ id }) => id === 1);
    expect(updated).toMatchObject({ dynUpdateTime: at(9), schedules: [{ periods: [{ startPeriod: 0, limit: 8 }] }] });
    expect(profiles.updateDynamic(1, { limit: -1 }, rulesOf())).toBe('InvalidValue');
    expect(profiles.updateDynamic(2, { limit: 6 }, rulesOf())).toBe('UnsupportedKind');
    expect(profiles.updateDynamic(3, { limit: 6 }, rulesOf())).toBe('InvalidProfileId');
  });

  it('removes what was offline too long, where the profile says so', () => {
    const profiles = new ChargingProfiles();
    profiles.install(onOne({ id: 1, maxOfflineDurationS: 60, isInvalidAfterOffline: true }), rulesOf());
    profiles.install(onOne({ id: 2, maxOfflineDurationS: 60, stackLevel: 1 }), rulesOf());
    expect(profiles.expireOffline(at(0), at(59))).toBe(false);
    expect(profiles.expireOffline(at(0), at(60))).toBe(true);
    expect(idsOf(profiles)).toEqual([2]);
  });
});

describe('ChargingProfiles with a store', () => {
  it('has them again after a restart (7.1 everything else)', () => {
    const store = createMemoryStore();
    const before = new ChargingProfiles({ store });
    const periods = [
      {
        startPeriod: 0,
        limit: 16,
        limit_L2: 12,
        operationMode: 'LocalFrequency',
        v2xFreqWattCurve: [{ frequency: 50, power: 1000 }],
        v2xSignalWattCurve: [{ signal: 1, power: 5 }],
        preconditioningRequest: true,
      } as const,
    ];
    const changes: Changes = { kind: 'Recurring', recurrency: 'Daily', validTo: at(1e6), durationS: 60, source: 'EMS' };
    before.install(profileOf([1, 'TxProfile', ''], { ...changes, transactionId: 'TX', periods }), rulesOf());
    before.install(onOne({ stackLevel: 1, kind: 'Dynamic', dynUpdateIntervalS: 5 }), rulesOf());
    before.installOwn(profileOf([0, 'ChargingStationExternalConstraints', '6@0'], { id: -1 }));
    const after = new ChargingProfiles({ store });
    after.restore(rulesOf());
    const byId = ({ all }: ChargingProfiles) => all.toSorted((a, b) => a.id - b.id);
    expect(JSON.parse(JSON.stringify(byId(after)))).toEqual(JSON.parse(JSON.stringify(byId(before))));
    expect(keysIn(store)).toHaveLength(3);
  });

  it('follows replacement and removal', () => {
    const store = createMemoryStore();
    const profiles = new ChargingProfiles({ store });
    profiles.install(onOne({ id: 1 }), rules16);
    profiles.install(onOne({ id: 2 }), rules16);
    expect(keysIn(store)).toEqual(['2']);
    profiles.clear({});
    expect(keysIn(store)).toEqual([]);
  });

  it('has the old one still when the write of what replaces it fails', () => {
    const store = createMemoryStore();
    const before = new ChargingProfiles({ store });
    before.install(onOne({ id: 1 }), rules16);
    before.install(onOne({ id: 2, stackLevel: 1 }), rules16);
    const profiles = new ChargingProfiles({ store });
    profiles.restore(rules16);
    store.put = () => {
      throw new StoreError('full', 'no room');
    };
    const all = idsOf(profiles);
    expect(() => profiles.install(onOne({ id: 3 }), rules16)).toThrow('no room');
    expect([keysIn(store), idsOf(profiles)]).toEqual([['1', '2'], all]);
  });

  it('deletes what is not valid any more', () => {
    const store = createMemoryStore();
    const profiles = new ChargingProfiles({ store });
    profiles.install(profileOf([1, 'TxProfile', '8@0'], { id: 1, transactionId: 'TX' }), rulesOf());
    profiles.install(onOne({ id: 2, stackLevel: 5 }), rulesOf());
    profiles.install(onOne({ id: 3 }), rulesOf());
    store.put('chargingProfiles', '4', { id: 4, evseId: 1, schedules: 'none' });
    store.put('chargingProfiles', '5', 'nonsense');
    store.put('chargingProfiles', '6', { ...onOne({ id: 7 }) });
    const after = new ChargingProfiles({ store });
    after.restore(rulesOf({ maxStackLevel: 4, evses: [{ id: 1, current: 'AC', isCharging: false }] }));
    expect(idsOf(after)).toEqual([3]);
    expect(keysIn(store)).toEqual(['3']);
  });

  it('keeps in memory what need not persist', () => {
    const store = createMemoryStore();
    const profiles = new ChargingProfiles({ store, isPersistent: (purpose) => purpose !== 'TxProfile' });
    profiles.install(profileOf([1, 'TxProfile', '8@0'], { transactionId: 'TX' }), rulesOf());
    expect([profiles.all.length, keysIn(store)]).toEqual([1, []]);
  });
});
