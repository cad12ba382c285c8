import type { Handlers, v21 } from '@busbar/ocpp';
import { toComposite21 } from '../smart-charging/composite-rendering.ts';
import { DynamicSchedules } from '../smart-charging/dynamic-schedules.ts';
import {
  toEvSchedule21,
  toNeeds21,
  type EvChargingNeeds,
  type EvChargingSchedule,
} from '../smart-charging/ev-charging.ts';
import type { ClearedLimit, LimitNotice } from '../smart-charging/external-limits.ts';
import type { ScheduleUpdate } from '../smart-charging/charging-profile.ts';
import { reportPages, selectProfiles } from '../smart-charging/profile-report.ts';
import { toProfile, toProfileType21, toScheduleType21, toScheduleUpdate } from '../smart-charging/profile-type.ts';
import type { SmartChargingCore } from '../smart-charging/smart-charging-core.ts';
import type { SmartChargingNotices } from '../smart-charging/smart-charging-notices.ts';
import {
  askedComposite,
  clearProfiles,
  setPriority,
  setProfile,
  updateSchedule,
} from '../smart-charging/smart-charging.ts';
import type { Wire } from '../wire.ts';

/** What smart charging needs of a station that speaks OCPP 2.1. */
export interface SmartChargingStation {
  readonly core: SmartChargingCore;
  readonly wire: Pick<Wire<'2.0.1' | '2.1'>, 'ask21' | 'call21' | 'tell21'>;
}

/** Dynamic schedules are pulled while the CSMS listens. */
export function notices(station: SmartChargingStation, dynamic: DynamicSchedules): SmartChargingNotices {
  return {
    limitChanged: (notice) => chargingLimitChanged(station, notice),
    limitCleared: (cleared) => chargingLimitCleared(station, cleared),
    chargingNeeds: (needs) => chargingNeeds(station, needs),
    chargingSchedule: (schedule) => chargingSchedule(station, schedule),
    requestPriority: (transactionId, state) => requestPriority(station, transactionId, state),
    profilesChanged() {
      if (station.core.isOnline) dynamic.rearm();
    },
  };
}

export const smartCharging = (station: SmartChargingStation): Handlers<'2.1'> => ({
  SetChargingProfile({ evseId, chargingProfile }) {
    return answer(setProfile(station.core, { ...toProfile(chargingProfile), evseId }));
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
      for (const page of pages) station.wire.tell21('ReportChargingProfiles', page);
    });
    return { status: 'Accepted' };
  },

  GetCompositeSchedule({ evseId, duration, chargingRateUnit }) {
    const composite = askedComposite(station.core, { evseId, durationS: duration, unit: chargingRateUnit });
    if (typeof composite === 'string') return { status: 'Rejected', statusInfo: { reasonCode: composite } };
    return { status: 'Accepted', schedule: toComposite21(composite) };
  },

  UpdateDynamicSchedule({ chargingProfileId, scheduleUpdate }) {
    return answer(updateSchedule(station.core, chargingProfileId, toScheduleUpdate(scheduleUpdate)));
  },

  UsePriorityCharging({ transactionId, activate }) {
    return { status: setPriority(station.core, transactionId, activate ? 'on' : 'off') };
  },

  NotifyAllowedEnergyTransfer({ transactionId, allowedEnergyTransfer }) {
    const { core } = station;
    const evse = core.evses.find(({ transaction }) => transaction?.id === transactionId);
    if (!evse) return { status: 'Rejected', statusInfo: { reasonCode: 'TxNotFound' } };
    const isTaken = core.host.allowEnergyTransfer?.(evse.id, allowedEnergyTransfer) === true;
    if (isTaken) core.later(() => core.grid?.v2x.allowed(evse.id, allowedEnergyTransfer));
    return { status: isTaken ? 'Accepted' : 'Rejected' };
  },
});

function answer(reasonCode: string | undefined): v21.SetChargingProfileResponse {
  return reasonCode === undefined ? { status: 'Accepted' } : { status: 'Rejected', statusInfo: { reasonCode } };
}

function pagesOf(
  { core }: SmartChargingStation,
  { requestId, evseId, chargingProfile: criteria }: v21.GetChargingProfilesRequest,
): v21.ReportChargingProfilesRequest[] {
  const selected = selectProfiles(core.profiles.all, {
    evseId,
    ids: criteria.chargingProfileId,
    purpose: criteria.chargingProfilePurpose,
    stackLevel: criteria.stackLevel,
    sources: criteria.chargingLimitSource,
  });
  return reportPages(selected, toProfileType21).map(({ profiles, source, ...page }) => ({
    requestId,
    chargingLimitSource: source,
    chargingProfile: profiles,
    ...page,
  }));
}

/** An external limit has changed (K12); a station that is offline does not tell it later. */
export function chargingLimitChanged({ wire }: SmartChargingStation, notice: LimitNotice): void {
  const { source, evseId, isGridCritical, isLocalGeneration, schedules } = notice;
  wire.tell21('NotifyChargingLimit', {
    evseId,
    chargingLimit: { chargingLimitSource: source, isGridCritical, isLocalGeneration },
    ...(schedules && { chargingSchedule: schedules.map(toScheduleType21) }),
  });
}

/** An external limit is gone (K13). */
export function chargingLimitCleared({ wire }: SmartChargingStation, cleared: ClearedLimit): void {
  wire.tell21('ClearedChargingLimit', { chargingLimitSource: cleared.source, evseId: cleared.evseId });
}

/** Somebody at the station has asked for priority, or given it up (K22). False when there is no profile for it. */
export function requestPriority(station: SmartChargingStation, transactionId: string, state: 'on' | 'off'): boolean {
  const isDone = setPriority(station.core, transactionId, state) === 'Accepted';
  if (isDone) station.wire.tell21('NotifyPriorityCharging', { transactionId, activated: state === 'on' });
  return isDone;
}

/** What the vehicle needs (K15, Q01); the host hears the answer. Rejects as `Peer.call`. */
export async function chargingNeeds({ core, wire }: SmartChargingStation, needs: EvChargingNeeds): Promise<void> {
  const { status } = await wire.ask21('NotifyEVChargingNeeds', toNeeds21(needs));
  if (status === 'Rejected') core.grid?.v2x.refused(needs.evseId);
  core.host.chargingNeedsAnswered?.(needs.evseId, status);
}

/** What the vehicle plans (K15, K17). Rejects as `Peer.call`. */
export async function chargingSchedule({ wire }: SmartChargingStation, schedule: EvChargingSchedule): Promise<void> {
  await wire.ask21('NotifyEVChargingSchedule', toEvSchedule21(schedule));
}

/** Fetches the values of dynamic profiles; `rearm` it when profiles change (K28, K29). */
export function createDynamicSchedules(
  station: SmartChargingStation,
  onError: (error: unknown) => void,
): DynamicSchedules {
  const { core } = station;
  return new DynamicSchedules({
    clock: core.clock,
    profiles: core.profiles,
    rules: () => core.profileRules,
    pull: (profileId) => pullSchedule(station, profileId),
    changed: () => core.profilesChanged(),
    onError,
  });
}

/** New values for a dynamic profile (K29); undefined when the CSMS has none. Rejects as `Peer.call`. */
export async function pullSchedule(
  { wire }: SmartChargingStation,
  profileId: number,
): Promise<ScheduleUpdate | undefined> {
  const { status, scheduleUpdate } = await wire.call21('PullDynamicScheduleUpdate', { chargingProfileId: profileId });
  return status === 'Accepted' && scheduleUpdate ? toScheduleUpdate(scheduleUpdate) : undefined;
}
