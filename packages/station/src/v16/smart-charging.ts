import type { Handlers, v16 } from '@busbar/ocpp';
import type { ProfilePurpose } from '../smart-charging/charging-profile.ts';
import { toSchedule16 } from '../smart-charging/composite-rendering.ts';
import type { PendingProfile } from '../protocol.ts';
import { askedComposite, clearProfiles, setProfile } from '../smart-charging/smart-charging.ts';
import type { SmartChargingCore } from '../smart-charging/smart-charging-core.ts';

const purposes: Record<v16.ChargingProfile['chargingProfilePurpose'], ProfilePurpose> = {
  ChargePointMaxProfile: 'ChargingStationMaxProfile',
  TxDefaultProfile: 'TxDefaultProfile',
  TxProfile: 'TxProfile',
};

export const smartCharging = ({ core }: { core: SmartChargingCore }): Handlers<'1.6'> => ({
  SetChargingProfile({ connectorId, csChargingProfiles }) {
    const { transactionId } = csChargingProfiles;
    const reasonCode = setProfile(core, {
      ...toProfile(csChargingProfiles),
      evseId: connectorId,
      transactionId: transactionId === undefined ? undefined : ownIdOf(core, transactionId),
    });
    if (reasonCode === 'NotEnabled') return { status: 'NotSupported' };
    return { status: reasonCode ? 'Rejected' : 'Accepted' };
  },

  ClearChargingProfile({ id, connectorId, chargingProfilePurpose, stackLevel }) {
    const purpose = chargingProfilePurpose && purposes[chargingProfilePurpose];
    return { status: clearProfiles(core, { id, evseId: connectorId, purpose, stackLevel }) };
  },

  GetCompositeSchedule({ connectorId, duration, chargingRateUnit }) {
    const composite = askedComposite(core, { evseId: connectorId, durationS: duration, unit: chargingRateUnit });
    if (typeof composite === 'string') return { status: 'Rejected' };
    return {
      status: 'Accepted',
      connectorId,
      scheduleStart: composite.from.toISOString(),
      chargingSchedule: toSchedule16(composite),
    };
  },
});

/** In the words of 2.1. */
export function toProfile(profile: v16.ChargingProfile): PendingProfile {
  const { chargingSchedule: schedule, validFrom, validTo } = profile;
  const toDate = (time: string | undefined) => (time === undefined ? undefined : new Date(time));
  return {
    id: profile.chargingProfileId,
    stackLevel: profile.stackLevel,
    purpose: purposes[profile.chargingProfilePurpose],
    kind: profile.chargingProfileKind,
    recurrency: profile.recurrencyKind,
    validFrom: toDate(validFrom),
    validTo: toDate(validTo),
    schedules: [
      {
        id: profile.chargingProfileId,
        start: toDate(schedule.startSchedule),
        durationS: schedule.duration,
        unit: schedule.chargingRateUnit,
        minChargingRate: schedule.minChargingRate,
        periods: schedule.chargingSchedulePeriod.map(({ startPeriod, limit, numberPhases }) => ({
          startPeriod,
          limit,
          numberPhases,
        })),
      },
    ],
  };
}

/** The station's own id of a transaction; of one that does not run, one that no transaction has. */
function ownIdOf({ evses }: SmartChargingCore, csmsId: number): string {
  return evses.find(({ transaction }) => transaction?.csmsId === csmsId)?.transaction?.id ?? String(csmsId);
}
