import type { ChargingProfile, RateUnit, ScheduleUpdate } from './charging-profile.ts';
import { compositeOf, readerOf } from './composite-of.ts';
import type { CompositeSchedule } from './composite-schedule.ts';
import { ExternalLimits, type ExternalLimitHooks } from './external-limits.ts';
import type { ProfileFilter } from './profile-filter.ts';
import type { ReasonCode } from './profile-rules.ts';
import type { SmartChargingCore } from './smart-charging-core.ts';
import { externalLimitSettingsOf } from './smart-charging-settings.ts';

/** Installs a profile of the CSMS; answers why not, if not. Limits follow once the answer is out. */
export function setProfile(core: SmartChargingCore, profile: ChargingProfile): ReasonCode | undefined {
  if (readerOf(core)('SmartChargingCtrlr.Enabled')?.toLowerCase() === 'false') return 'NotEnabled';
  const reasonCode = core.profiles.install(profile, core.profileRules);
  if (!reasonCode) core.later(() => core.profilesChanged());
  return reasonCode;
}

/** Removes what the CSMS names. */
export function clearProfiles(core: SmartChargingCore, filter: ProfileFilter): 'Accepted' | 'Unknown' {
  if (!core.profiles.clear(filter)) return 'Unknown';
  core.later(() => core.profilesChanged());
  return 'Accepted';
}

/** The composite schedule that the CSMS asks for (K08); why not, if not. Without a unit in A, where the station has it. */
export function askedComposite(
  core: SmartChargingCore,
  { evseId, durationS, unit }: { evseId: number; durationS: number; unit: RateUnit | undefined },
): CompositeSchedule | ReasonCode {
  const { units } = core.profileRules;
  const wanted = unit ?? (units.includes('A') ? 'A' : 'W');
  if (!units.includes(wanted)) return 'UnsupportedRateUnit';
  return compositeOf(core, { evseId, durationS, unit: wanted }) ?? 'UnknownEvse';
}

/** New values for a dynamic profile (K28); answers why not, if not. */
export function updateSchedule(
  core: SmartChargingCore,
  profileId: number,
  update: ScheduleUpdate,
): ReasonCode | undefined {
  const reasonCode = core.profiles.updateDynamic(profileId, update, core.profileRules);
  if (!reasonCode) core.later(() => core.profilesChanged());
  return reasonCode;
}

/** The limits of energy managers and the grid; `tell` is how the version says them to the CSMS. */
export function createExternalLimits(
  core: SmartChargingCore,
  tell: Pick<ExternalLimitHooks, 'notifyLimit' | 'notifyCleared' | 'rateChanged'>,
): ExternalLimits {
  return new ExternalLimits({
    profiles: core.profiles,
    now: () => core.clock.now(),
    settings: () => externalLimitSettingsOf(readerOf(core)),
    maxExternalConstraintsId: () => core.profileRules.maxExternalConstraintsId,
    changed: () => core.profilesChanged(),
    ...tell,
  });
}

/** Lets the PriorityCharging profiles of a transaction hold, or no longer (K21, K22). */
export function setPriority(
  core: SmartChargingCore,
  transactionId: string,
  state: 'on' | 'off',
): 'Accepted' | 'Rejected' | 'NoProfile' {
  const evse = core.evses.find(({ transaction }) => transaction?.id === transactionId);
  if (!evse) return 'Rejected';
  const hasProfile = core.profiles.all.some(
    ({ purpose, evseId }) => purpose === 'PriorityCharging' && (evseId === 0 || evseId === evse.id),
  );
  if (!hasProfile) return 'NoProfile';
  core.profiles.setPriority(transactionId, state);
  core.later(() => core.profilesChanged());
  return 'Accepted';
}
