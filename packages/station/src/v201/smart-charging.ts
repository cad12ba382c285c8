import type { v201, v21 } from '@busbar/ocpp';
import { compositeOf } from '../composite-of.ts';
import type { PendingProfile } from '../protocol.ts';
import type { Handlers201, Station201 } from './station201.ts';

export const smartCharging = ({ core }: Station201): Handlers201 => ({
  SetChargingProfile({ evseId, chargingProfile: wide }) {
    const chargingProfile = narrow(wide);
    if (!chargingProfile) return { status: 'Rejected', statusInfo: { reasonCode: 'UnsupportedPurpose' } };
    const { transactionId } = chargingProfile;
    const profile = { ...toProfile(chargingProfile, core.clock.now()), evseId, transactionId };
    const isOff = !core.variables.isOn('SmartChargingCtrlr.Enabled');
    const reasonCode = isOff ? 'NotEnabled' : core.profiles.install(profile, core.profileRules);
    if (reasonCode) return { status: 'Rejected', statusInfo: { reasonCode } };
    core.later(() => core.profilesChanged());
    return { status: 'Accepted' };
  },

  ClearChargingProfile({ chargingProfileId, chargingProfileCriteria: criteria }) {
    const wasAny = core.profiles.clear({
      id: chargingProfileId,
      evseId: criteria?.evseId,
      purpose: purposes.find((purpose) => purpose === criteria?.chargingProfilePurpose),
      stackLevel: criteria?.stackLevel,
    });
    if (wasAny) core.later(() => core.profilesChanged());
    return { status: wasAny ? 'Accepted' : 'Unknown' };
  },

  GetCompositeSchedule({ evseId, duration, chargingRateUnit = 'A' }) {
    const composite = compositeOf(core, { evseId, durationS: duration, unit: chargingRateUnit });
    if (!composite) return { status: 'Rejected', statusInfo: { reasonCode: 'UnknownEvse' } };
    const schedule = {
      evseId,
      duration,
      chargingRateUnit,
      scheduleStart: composite.start.toISOString(),
      chargingSchedulePeriod: composite.periods,
    };
    return { status: 'Accepted', schedule };
  },
});

/** Its first schedule counts; an absolute one without a start begins `now`. */
export function toProfile(profile: v201.ChargingProfileType, now: Date): PendingProfile {
  const { validFrom, validTo } = profile;
  const schedule = profile.chargingSchedule[0];
  const start = schedule?.startSchedule === undefined ? undefined : new Date(schedule.startSchedule);
  return {
    id: profile.id,
    stackLevel: profile.stackLevel,
    purpose: profile.chargingProfilePurpose,
    kind: profile.chargingProfileKind,
    recurrency: profile.recurrencyKind,
    validFrom: validFrom === undefined ? undefined : new Date(validFrom),
    validTo: validTo === undefined ? undefined : new Date(validTo),
    start: start ?? (profile.chargingProfileKind === 'Absolute' ? now : undefined),
    durationS: schedule?.duration,
    unit: schedule?.chargingRateUnit ?? 'A',
    periods: schedule?.chargingSchedulePeriod ?? [],
  };
}

const purposes = [
  'ChargingStationMaxProfile',
  'ChargingStationExternalConstraints',
  'TxDefaultProfile',
  'TxProfile',
] as const;

/** A profile of 2.1 in the words of 2.0.1; undefined when these do not suffice. */
export function narrow(profile: v21.ChargingProfileType): v201.ChargingProfileType | undefined {
  const { chargingProfilePurpose, chargingProfileKind: kind, chargingSchedule, ...rest } = profile;
  const purpose = purposes.find((known) => known === chargingProfilePurpose);
  if (!purpose || kind === 'Dynamic') return undefined;
  const schedules = chargingSchedule.map(
    ({ id, chargingRateUnit, startSchedule, duration, chargingSchedulePeriod }) => ({
      id,
      chargingRateUnit,
      startSchedule,
      duration,
      chargingSchedulePeriod: chargingSchedulePeriod.map(({ startPeriod, limit = 0, numberPhases }) => ({
        startPeriod,
        limit,
        numberPhases,
      })),
    }),
  );
  const { id, stackLevel, recurrencyKind, validFrom, validTo, transactionId } = rest;
  return {
    id,
    stackLevel,
    recurrencyKind,
    validFrom,
    validTo,
    transactionId,
    chargingProfilePurpose: purpose,
    chargingProfileKind: kind,
    chargingSchedule: schedules,
  };
}
