import type { Handlers, v16 } from '@busbar/ocpp';
import type { ProfilePurpose } from '../charging-profiles.ts';
import { compositeOf } from '../composite-of.ts';
import type { PendingProfile } from '../protocol.ts';
import type { Station16 } from './station16.ts';

const purposes: Record<v16.ChargingProfile['chargingProfilePurpose'], ProfilePurpose> = {
  ChargePointMaxProfile: 'ChargingStationMaxProfile',
  TxDefaultProfile: 'TxDefaultProfile',
  TxProfile: 'TxProfile',
};

export const smartCharging = ({ core }: Station16): Handlers<'1.6'> => ({
  SetChargingProfile({ connectorId, csChargingProfiles }) {
    if (!core.variables.isOn('SmartChargingCtrlr.Enabled')) return { status: 'NotSupported' };
    const { transactionId } = csChargingProfiles;
    const running = core.evses.find(({ transaction }) => transaction?.csmsId === transactionId)?.transaction;
    const profile = {
      ...toProfile(csChargingProfiles, core.clock.now()),
      evseId: connectorId,
      transactionId: transactionId === undefined ? undefined : (running?.id ?? String(transactionId)),
    };
    if (core.profiles.install(profile, core.profileRules)) return { status: 'Rejected' };
    core.later(() => core.profilesChanged());
    return { status: 'Accepted' };
  },

  ClearChargingProfile({ id, connectorId, chargingProfilePurpose, stackLevel }) {
    const purpose = chargingProfilePurpose && purposes[chargingProfilePurpose];
    const wasAny = core.profiles.clear({ id, evseId: connectorId, purpose, stackLevel });
    if (wasAny) core.later(() => core.profilesChanged());
    return { status: wasAny ? 'Accepted' : 'Unknown' };
  },

  GetCompositeSchedule({ connectorId, duration, chargingRateUnit = 'A' }) {
    const composite = compositeOf(core, { evseId: connectorId, durationS: duration, unit: chargingRateUnit });
    if (!composite) return { status: 'Rejected' };
    return {
      status: 'Accepted',
      connectorId,
      scheduleStart: composite.start.toISOString(),
      chargingSchedule: {
        duration: composite.durationS,
        startSchedule: composite.start.toISOString(),
        chargingRateUnit,
        chargingSchedulePeriod: composite.periods,
      },
    };
  },
});

/** In the words of 2.0.1. An absolute schedule without a start begins `now`. */
export function toProfile(profile: v16.ChargingProfile, now: Date): PendingProfile {
  const { chargingSchedule: schedule, validFrom, validTo } = profile;
  const start = schedule.startSchedule === undefined ? undefined : new Date(schedule.startSchedule);
  return {
    id: profile.chargingProfileId,
    stackLevel: profile.stackLevel,
    purpose: purposes[profile.chargingProfilePurpose],
    kind: profile.chargingProfileKind,
    recurrency: profile.recurrencyKind,
    validFrom: validFrom === undefined ? undefined : new Date(validFrom),
    validTo: validTo === undefined ? undefined : new Date(validTo),
    start: start ?? (profile.chargingProfileKind === 'Absolute' ? now : undefined),
    durationS: schedule.duration,
    unit: schedule.chargingRateUnit,
    periods: schedule.chargingSchedulePeriod,
  };
}
