import type { ChargingProfile, PendingProfile, ProfilePurpose, ScheduleUpdate } from './charging-profile.ts';
import { isOfOthers, isReplacedBy, matches, type ProfileFilter } from './profile-filter.ts';
import { profileError, type ProfileRules, type ReasonCode } from './profile-rules.ts';
import { readProfile, toStored } from './stored-profile.ts';
import type { StationStore } from '../store/store.ts';

export interface ProfileOptions {
  /** Where profiles survive a restart. Default: nowhere, they are lost with the process. */
  store?: StationStore | undefined;
  /** OCPP 2.1 ChargingProfilePersistence. Default: all. */
  isPersistent?: ((purpose: ProfilePurpose) => boolean) | undefined;
}

const collection = 'chargingProfiles';

/** The profiles of a station. */
export class ChargingProfiles {
  readonly #options: ProfileOptions;
  #profiles: ChargingProfile[] | undefined;
  #installedAt: Map<number, Date> | undefined;
  /** Transactions whose PriorityCharging profiles hold. */
  #priority: Set<string> | undefined;
  /** The schedule that the vehicle of a transaction has chosen. */
  #chosen: Map<string, number> | undefined;

  constructor(options: ProfileOptions = {}) {
    this.#options = options;
  }

  get all(): readonly ChargingProfile[] {
    return this.#profiles ?? [];
  }

  /** Takes what the store has, and deletes from it what is not valid any more. Call once, when transactions are known. */
  restore(rules: ProfileRules): void {
    const { store } = this.#options;
    for (const [key, value] of Array.from(store?.entries(collection) ?? [])) {
      const profile = readProfile(value);
      const isUsable = profile !== undefined && key === String(profile.id) && !this.#restoreError(profile, rules);
      if (isUsable) this.#profiles = [...this.all, profile];
      else store?.remove(collection, key);
    }
  }

  /** Installs, in place of what it replaces. Answers what is wrong, if anything; then nothing has changed. */
  install(given: ChargingProfile, rules: ProfileRules): ReasonCode | undefined {
    const others = this.all.filter((other) => !isReplacedBy(other, given, rules));
    const error = profileError(given, rules, {
      profiles: [...others, ...this.all.filter(({ id }) => id === given.id)],
      installedAt: (id) => this.#installedAt?.get(id),
    });
    if (error) return error;
    if (others.length >= rules.maxProfiles) return 'OutOfStorage';
    this.#replace(others, withTimes(given, rules.now));
    if (rules.updateRateLimitS > 0) (this.#installedAt ??= new Map()).set(given.id, rules.now);
    return undefined;
  }

  /** What is wrong with a profile that comes with a remote start on `evseId`; undefined when nothing is (F01, F02). */
  pendingError(profile: PendingProfile, evseId: number, rules: ProfileRules): ReasonCode | undefined {
    const transactionId = 'pending';
    if (profile.purpose !== 'TxProfile') return 'InvalidProfile';
    const evses = rules.evses.map((evse) => ({ ...evse, transactionId, isCharging: true }));
    return profileError(
      { ...profile, evseId, transactionId },
      { ...rules, evses },
      {
        profiles: this.all,
        installedAt: () => undefined,
      },
    );
  }

  /** A profile that came with a remote start, for the transaction that now runs on `evseId`. */
  installPending(profile: PendingProfile, evseId: number, rules: ProfileRules): ReasonCode | undefined {
    const transactionId = rules.evses.find(({ id }) => id === evseId)?.transactionId;
    return this.install({ ...profile, evseId, transactionId }, rules);
  }

  /** The station's own: external constraints and local generation. The caller vouches for it. */
  installOwn(profile: ChargingProfile): void {
    this.#replace(
      this.all.filter(({ id }) => id !== profile.id),
      profile,
    );
  }

  /** Removes what the filter matches, but nothing of others (K10.FR.06); answers whether there was anything. */
  clear(filter: ProfileFilter): boolean {
    return this.#removeWhere((profile) => !isOfOthers(profile) && matches(profile, filter));
  }

  /** Removes one of the station's own. */
  removeOwn(id: number): boolean {
    return this.#removeWhere((profile) => profile.id === id);
  }

  /** TxProfiles end with their transaction, and so does its priority. Answers whether the set changed. */
  endTransaction(evseId: number, transactionId?: string): boolean {
    if (transactionId !== undefined) {
      this.#priority?.delete(transactionId);
      this.#chosen?.delete(transactionId);
    }
    return this.clear({ evseId, purpose: 'TxProfile' });
  }

  /** New values for a dynamic profile (K28). Answers what is wrong, if anything; then nothing has changed. */
  updateDynamic(id: number, update: ScheduleUpdate, rules: ProfileRules): ReasonCode | undefined {
    const old = this.all.find((profile) => profile.id === id);
    if (!old) return 'InvalidProfileId';
    if (old.kind !== 'Dynamic') return 'UnsupportedKind';
    const profile = {
      ...old,
      dynUpdateTime: rules.now,
      schedules: old.schedules.map((schedule) => ({
        ...schedule,
        periods: schedule.periods.map((period) => ({ ...period, ...definedOf(update) })),
      })),
    };
    const error = profileError(profile, rules);
    if (error) return error;
    this.#replace(
      this.all.filter((other) => other !== old),
      profile,
    );
    return undefined;
  }

  /** Removes what the loss of the connection has made invalid for good; answers whether there was anything. */
  expireOffline(offlineSince: Date, now: Date): boolean {
    const offlineS = (now.getTime() - offlineSince.getTime()) / 1000;
    return this.#removeWhere(
      ({ isInvalidAfterOffline, maxOfflineDurationS = Infinity }) =>
        isInvalidAfterOffline === true && offlineS >= maxOfflineDurationS,
    );
  }

  hasPriority(transactionId: string | undefined): boolean {
    return transactionId !== undefined && this.#priority?.has(transactionId) === true;
  }

  setPriority(transactionId: string, state: 'on' | 'off'): void {
    this.#priority ??= new Set();
    if (state === 'on') this.#priority.add(transactionId);
    else this.#priority.delete(transactionId);
  }

  /** The schedule that the vehicle has chosen; undefined while it has not. */
  chosenBy(transactionId: string | undefined): number | undefined {
    return transactionId === undefined ? undefined : this.#chosen?.get(transactionId);
  }

  choose(transactionId: string, scheduleId: number): void {
    (this.#chosen ??= new Map()).set(transactionId, scheduleId);
  }

  /** What is stored was accepted once: only what has become impossible is refused. */
  #restoreError(profile: ChargingProfile, rules: ProfileRules): ReasonCode | undefined {
    const { store, isPersistent = () => true } = this.#options;
    if (!store || !isPersistent(profile.purpose)) return 'InvalidProfile';
    const lenient: ProfileRules = { ...rules, isStartOptional: true, maxExternalConstraintsId: 0 };
    if (profile.purpose !== 'ChargingStationExternalConstraints') return profileError(profile, lenient);
    return profileError({ ...profile, purpose: 'LocalGeneration' }, { ...lenient, purposes: ['LocalGeneration'] });
  }

  #replace(others: readonly ChargingProfile[], profile: ChargingProfile): void {
    this.#keep([...others, profile], profile);
  }

  #removeWhere(isRemoved: (profile: ChargingProfile) => boolean): boolean {
    const kept = this.all.filter((profile) => !isRemoved(profile));
    if (kept.length === this.all.length) return false;
    this.#keep(kept);
    return true;
  }

  /** From now on there are these: those that are gone, and what is new, change in the store together. */
  #keep(profiles: ChargingProfile[], added?: ChargingProfile): void {
    const { store, isPersistent = () => true } = this.#options;
    const written = added && isPersistent(added.purpose) ? added : undefined;
    const ids = new Set(profiles.filter((profile) => profile !== added).map(({ id }) => id));
    store?.atomically(() => {
      for (const { id } of this.all) if (!ids.has(id) && id !== written?.id) store.remove(collection, String(id));
      if (written) store.put(collection, String(written.id), toStored(written));
    });
    this.#profiles = profiles.length > 0 ? profiles : undefined;
  }
}

/** A schedule that may come without a start begins now; the values of a dynamic one are of now. */
function withTimes(profile: ChargingProfile, now: Date): ChargingProfile {
  if (profile.kind === 'Dynamic') return { ...profile, dynUpdateTime: profile.dynUpdateTime ?? now };
  if (profile.kind === 'Relative') return profile;
  return {
    ...profile,
    schedules: profile.schedules.map((schedule) =>
      schedule.start ? schedule : { ...schedule, start: now, useLocalTime: undefined },
    ),
  };
}

function definedOf(update: ScheduleUpdate): ScheduleUpdate {
  return Object.fromEntries(Object.entries(update).filter(([, value]) => value !== undefined));
}
