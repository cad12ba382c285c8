import type { ChargingProfile, ProfilePurpose } from './charging-profile.ts';
import type { ProfileRules } from './profile-rules.ts';

/** Which profiles are meant; what is not given means any. */
export interface ProfileFilter {
  /** Alone it is enough: the other criteria do not count then. */
  id?: number | undefined;
  evseId?: number | undefined;
  purpose?: ProfilePurpose | undefined;
  stackLevel?: number | undefined;
}

export function matches(profile: ChargingProfile, { id, evseId, purpose, stackLevel }: ProfileFilter): boolean {
  if (id !== undefined) return profile.id === id;
  return (
    (evseId === undefined || profile.evseId === evseId) &&
    (purpose === undefined || profile.purpose === purpose) &&
    (stackLevel === undefined || profile.stackLevel === stackLevel)
  );
}

/** Others than the CSMS have set it, and only they may change it or take it away. */
export function isOfOthers({ purpose, source = 'CSO' }: ChargingProfile): boolean {
  return purpose === 'ChargingStationExternalConstraints' || source !== 'CSO';
}

/** By id; in 1.6 also by purpose, level and place, where a default for all connectors is in the place of each. */
export function isReplacedBy(old: ChargingProfile, profile: ChargingProfile, { version }: ProfileRules): boolean {
  if (old.id === profile.id) return true;
  if (version !== '1.6' || old.purpose !== profile.purpose || old.stackLevel !== profile.stackLevel) return false;
  return old.evseId === profile.evseId || (profile.evseId === 0 && profile.purpose === 'TxDefaultProfile');
}
