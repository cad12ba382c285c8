import type { Handlers, v201 } from '@busbar/ocpp';
import { toComposite201 } from '../smart-charging/composite-rendering.ts';
import {
  toEvSchedule201,
  toNeeds201,
  type EvChargingNeeds,
  type EvChargingSchedule,
} from '../smart-charging/ev-charging.ts';
import type { ClearedLimit, LimitNotice } from '../smart-charging/external-limits.ts';
import { reportPages, selectProfiles } from '../smart-charging/profile-report.ts';
import { toProfile, toProfileType201, toScheduleType201 } from '../smart-charging/profile-type.ts';
import { askedComposite, clearProfiles, setProfile } from '../smart-charging/smart-charging.ts';
import type { SmartChargingCore } from '../smart-charging/smart-charging-core.ts';
import type { SmartChargingNotices } from '../smart-charging/smart-charging-notices.ts';
import type { Wire } from '../wire.ts';

/** What smart charging needs of a station that speaks OCPP 2.0.1. */
export interface SmartChargingStation {
  readonly core: SmartChargingCore;
  readonly wire: Pick<Wire<'2.0.1' | '2.1'>, 'ask' | 'tell'>;
}

export const notices = (station: SmartChargingStation): SmartChargingNotices => ({
  limitChanged: (notice) => chargingLimitChanged(station, notice),
  limitCleared: (cleared) => chargingLimitCleared(station, cleared),
  chargingNeeds: (needs) => chargingNeeds(station, needs),
  chargingSchedule: (schedule) => chargingSchedule(station, schedule),
});

export const smartCharging = (station: SmartChargingStation): Handlers<'2.0.1'> => ({
  SetChargingProfile({ evseId, chargingProfile }) {
    const reasonCode = setProfile(station.core, { ...toProfile(chargingProfile), evseId });
    return reasonCode ? { status: 'Rejected', statusInfo: { reasonCode } } : { status: 'Accepted' };
  },

  ClearChargingProfile({ chargingProfileId, chargingProfileCriteria: criteria }) {
    const status = clearProfiles(station.core, {
      id: chargingProfileId,
      evseId: criteria?.evseId,
      purpose: criteria?.chargingProfilePurpose,
      stackLevel: criteria?.stackLevel,
    });
    return { status };
  },

  GetChargingProfiles(request) {
    const pages = pagesOf(station, request);
    if (pages.length === 0) return { status: 'NoProfiles' };
    station.core.later(() => {
      for (const page of pages) station.wire.tell('ReportChargingProfiles', page);
    });
    return { status: 'Accepted' };
  },

  GetCompositeSchedule({ evseId, duration, chargingRateUnit }) {
    const composite = askedComposite(station.core, { evseId, durationS: duration, unit: chargingRateUnit });
    if (typeof composite === 'string') return { status: 'Rejected', statusInfo: { reasonCode: composite } };
    return { status: 'Accepted', schedule: toComposite201(composite) };
  },
});

function pagesOf(
  { core }: SmartChargingStation,
  { requestId, evseId, chargingProfile: criteria }: v201.GetChargingProfilesRequest,
): v201.ReportChargingProfilesRequest[] {
  const selected = selectProfiles(core.profiles.all, {
    evseId,
    ids: criteria.chargingProfileId,
    purpose: criteria.chargingProfilePurpose,
    stackLevel: criteria.stackLevel,
    sources: criteria.chargingLimitSource,
  });
  return reportPages(selected, toProfileType201).map(({ profiles, source, ...page }) => ({
    requestId,
    chargingLimitSource: toSource(source),
    chargingProfile: profiles,
    ...page,
  }));
}

const sources = ['EMS', 'Other', 'SO', 'CSO'] as const;
const toSource = (source: string): v201.ChargingLimitSourceEnumType =>
  sources.find((each) => each === source) ?? 'Other';

/** An external limit has changed (K12); a station that is offline does not tell it later. */
export function chargingLimitChanged({ wire }: SmartChargingStation, notice: LimitNotice): void {
  wire.tell('NotifyChargingLimit', {
    evseId: notice.evseId,
    chargingLimit: { chargingLimitSource: toSource(notice.source), isGridCritical: notice.isGridCritical },
    ...(notice.schedules && { chargingSchedule: notice.schedules.map(toScheduleType201) }),
  });
}

/** An external limit is gone (K13). */
export function chargingLimitCleared({ wire }: SmartChargingStation, { source, evseId }: ClearedLimit): void {
  wire.tell('ClearedChargingLimit', { chargingLimitSource: toSource(source), evseId });
}

/** What the vehicle needs (K15); the host hears the answer. Rejects as `Peer.call`. */
export async function chargingNeeds({ core, wire }: SmartChargingStation, needs: EvChargingNeeds): Promise<void> {
  const { status } = await wire.ask('NotifyEVChargingNeeds', toNeeds201(needs));
  core.host.chargingNeedsAnswered?.(needs.evseId, status);
}

/** What the vehicle plans (K15, K17). Rejects as `Peer.call`. */
export async function chargingSchedule({ wire }: SmartChargingStation, schedule: EvChargingSchedule): Promise<void> {
  await wire.ask('NotifyEVChargingSchedule', toEvSchedule201(schedule));
}
