/** A charging profile in the words of OCPP 2.0.1, its one schedule unfolded. */
export interface ChargingProfile {
  id: number;
  /** 0 is the station as a whole. */
  evseId: number;
  stackLevel: number;
  purpose: ProfilePurpose;
  kind: 'Absolute' | 'Recurring' | 'Relative';
  recurrency?: 'Daily' | 'Weekly' | undefined;
  validFrom?: Date | undefined;
  validTo?: Date | undefined;
  transactionId?: string | undefined;
  start?: Date | undefined;
  durationS?: number | undefined;
  unit: 'A' | 'W';
  periods: readonly ProfilePeriod[];
}

export type ProfilePurpose =
  | 'ChargingStationMaxProfile'
  | 'ChargingStationExternalConstraints'
  | 'TxDefaultProfile'
  | 'TxProfile';

export interface ProfilePeriod {
  /** Seconds from the start of the schedule. */
  startPeriod: number;
  /** A per phase, or W in all. */
  limit: number;
  numberPhases?: number | undefined;
}

export interface ProfileFilter {
  id?: number | undefined;
  evseId?: number | undefined;
  purpose?: ProfilePurpose | undefined;
  stackLevel?: number | undefined;
}

/** What may be installed. */
export interface ProfileRules {
  maxStackLevel: number;
  maxPeriods: number;
  maxProfiles: number;
  /** The highest EVSE id. */
  evses: number;
  /** The transaction that runs on an EVSE. */
  transactionIdOf(evseId: number): string | undefined;
}

/** The profiles of a station. */
export class ChargingProfiles {
  #profiles: ChargingProfile[] | undefined;

  get all(): readonly ChargingProfile[] {
    return this.#profiles ?? [];
  }

  /** Installs, in place of one with the same id, or the same purpose, level and EVSE. Answers what is wrong, if anything. */
  install(profile: ChargingProfile, rules: ProfileRules): string | undefined {
    const error = profileError(profile, rules);
    if (error) return error;
    const others = this.all.filter((other) => !isReplacedBy(other, profile));
    if (others.length >= rules.maxProfiles) return 'TooManyProfiles';
    this.#profiles = [...others, profile];
    return undefined;
  }

  /** Removes what the filter matches; answers whether there was anything. */
  clear(filter: ProfileFilter): boolean {
    const kept = this.all.filter((profile) => !matches(profile, filter));
    const wasAny = kept.length < this.all.length;
    this.#profiles = kept.length > 0 ? kept : undefined;
    return wasAny;
  }

  /** TxProfiles end with their transaction. */
  endTransaction(evseId: number): void {
    this.clear({ evseId, purpose: 'TxProfile' });
  }
}

function matches(profile: ChargingProfile, { id, evseId, purpose, stackLevel }: ProfileFilter): boolean {
  if (id !== undefined) return profile.id === id;
  return (
    (evseId === undefined || profile.evseId === evseId) &&
    (purpose === undefined || profile.purpose === purpose) &&
    (stackLevel === undefined || profile.stackLevel === stackLevel)
  );
}

function isReplacedBy(old: ChargingProfile, profile: ChargingProfile): boolean {
  if (old.id === profile.id) return true;
  return old.evseId === profile.evseId && old.purpose === profile.purpose && old.stackLevel === profile.stackLevel;
}

/** Why a profile cannot be installed, as a reason code of OCPP 2.x; undefined when it can. */
export function profileError(profile: ChargingProfile, rules: ProfileRules): string | undefined {
  const { purpose, kind, evseId } = profile;
  if (evseId < 0 || evseId > rules.evses) return 'UnknownEvse';
  if (profile.stackLevel < 0 || profile.stackLevel > rules.maxStackLevel) return 'InvalidStackLevel';
  if (purpose === 'ChargingStationExternalConstraints') return 'UnsupportedPurpose';
  if (purpose === 'ChargingStationMaxProfile' && (evseId !== 0 || kind === 'Relative')) return 'InvalidProfile';
  if (kind === 'Recurring' && (!profile.recurrency || !profile.start)) return 'InvalidSchedule';
  if (purpose === 'TxProfile') {
    const running = rules.transactionIdOf(evseId);
    if (evseId === 0 || running === undefined) return 'TxNotFound';
    if (profile.transactionId !== undefined && profile.transactionId !== running) return 'TxNotFound';
  }
  return scheduleError(profile, rules.maxPeriods);
}

function scheduleError({ periods, durationS }: ChargingProfile, maxPeriods: number): string | undefined {
  if (periods.length === 0 || periods.length > maxPeriods || periods[0]?.startPeriod !== 0) return 'InvalidSchedule';
  if (durationS !== undefined && !(durationS >= 0)) return 'InvalidSchedule';
  let last = -1;
  for (const { startPeriod, limit, numberPhases = 3 } of periods) {
    if (!Number.isFinite(limit) || limit < 0 || startPeriod <= last || numberPhases < 1 || numberPhases > 3)
      return 'InvalidSchedule';
    last = startPeriod;
  }
  return undefined;
}
