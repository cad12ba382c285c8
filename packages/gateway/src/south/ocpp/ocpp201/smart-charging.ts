import type { v201 } from '@busbar/ocpp';
import { liveTransactionOf } from '../../../domain/transaction-identity.ts';
import type { CommandOf, CommandResult } from '../../../domain/commands.ts';
import type { SendOptions } from '../../../ports/south.ts';
import type { Caller } from '../caller.ts';
import type { Version2 } from './version.ts';
import { profileIdOf, scheduleStartOf, toLimit, toLimitResult, type RateUnit } from '../limits.ts';
import type { Session } from '../session.ts';
import { positiveInteger } from '../variables.ts';
import { variableOf } from './provisioning.ts';

/** What stations tell of limits, plans and needs; the message log has it. A charging plan of the vehicle is taken as it is. */
export const smartCharging = (session: Session) => ({
  ClearedChargingLimit(): v201.ClearedChargingLimitResponse {
    session.seen();
    return {};
  },
  NotifyChargingLimit(): v201.NotifyChargingLimitResponse {
    session.seen();
    return {};
  },
  NotifyEVChargingNeeds(): v201.NotifyEVChargingNeedsResponse {
    session.seen();
    return { status: 'Rejected', statusInfo: { reasonCode: 'NoPlanning' } };
  },
  NotifyEVChargingSchedule(): v201.NotifyEVChargingScheduleResponse {
    session.seen();
    return { status: 'Accepted' };
  },
  ReportChargingProfiles(): v201.ReportChargingProfilesResponse {
    session.seen();
    return {};
  },
});

/**
 * The limit of an EVSE is its TxDefaultProfile, which holds for this transaction and those to come; a running transaction
 * gets a TxProfile too, because one that it already has would win. The limit of the station is a ChargingStationMaxProfile.
 */
export async function setCurrentLimit(
  caller: Caller<Version2>,
  { evseId, currentLimit }: CommandOf<'setCurrentLimit'>,
  options: SendOptions,
): Promise<CommandResult> {
  if (currentLimit === undefined) return clearCurrentLimit(caller, evseId, options);
  const station = await caller.station();
  const transaction = station && evseId > 0 ? liveTransactionOf(station, evseId) : undefined;
  const profile = await profileOf(caller, { evseId, currentLimit }, options);
  const lasting = await caller.call(
    'SetChargingProfile',
    {
      evseId,
      chargingProfile: {
        ...profile,
        chargingProfilePurpose: evseId === 0 ? 'ChargingStationMaxProfile' : 'TxDefaultProfile',
      },
    },
    options,
  );
  if (transaction === undefined) return toLimitResult([lasting]);
  const running = await caller.call(
    'SetChargingProfile',
    {
      evseId,
      chargingProfile: {
        ...profile,
        id: profileIdOf(evseId, 'transaction'),
        chargingProfilePurpose: 'TxProfile',
        transactionId: transaction.transactionId,
      },
    },
    options,
  );
  return toLimitResult([lasting, running]);
}

/** The profile that goes with a remote start: it holds for that transaction only. */
export async function txProfileOf(
  caller: Caller<Version2>,
  limit: { evseId: number; currentLimit: number },
  options: SendOptions,
): Promise<v201.ChargingProfileType> {
  const profile = await profileOf(caller, limit, options);
  return {
    ...profile,
    id: profileIdOf(limit.evseId, 'transaction'),
    chargingProfilePurpose: 'TxProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: profile.chargingSchedule.map((schedule) => ({ ...schedule, startSchedule: undefined })),
  };
}

async function clearCurrentLimit(
  caller: Caller<Version2>,
  evseId: number,
  options: SendOptions,
): Promise<CommandResult> {
  const responses: v201.ClearChargingProfileResponse[] = [];
  for (const scope of evseId === 0 ? (['lasting'] as const) : (['lasting', 'transaction'] as const)) {
    const chargingProfileId = profileIdOf(evseId, scope);
    responses.push(await caller.call('ClearChargingProfile', { chargingProfileId }, options));
  }
  const status = responses.some((response) => response.status === 'Accepted') ? 'Accepted' : 'Unknown';
  return { accepted: true, status, response: responses };
}

async function profileOf(
  caller: Caller<Version2>,
  { evseId, currentLimit }: { evseId: number; currentLimit: number },
  options: SendOptions,
): Promise<v201.ChargingProfileType> {
  const chargingRateUnit = await rateUnitOf(caller, options);
  const level = await variableOf(caller, smartChargingVariable('ProfileStackLevel'), options);
  const limit = toLimit(currentLimit, chargingRateUnit, { station: await caller.station(), evseId });
  const id = profileIdOf(evseId, 'lasting');
  return {
    id,
    stackLevel: positiveInteger(level) ?? 0,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Absolute',
    chargingSchedule: [
      {
        id,
        startSchedule: scheduleStartOf(caller.now()),
        chargingRateUnit,
        chargingSchedulePeriod: [{ startPeriod: 0, limit }],
      },
    ],
  };
}

/** A unless the station takes power only. */
async function rateUnitOf(caller: Caller<Version2>, options: SendOptions): Promise<RateUnit> {
  const allowed = await variableOf(caller, smartChargingVariable('RateUnit'), options);
  const words = allowed.toUpperCase().split(/[\s,;]+/);
  return words.includes('W') && !words.includes('A') ? 'W' : 'A';
}

function smartChargingVariable(name: string) {
  return { component: { name: 'SmartChargingCtrlr' }, variable: { name } };
}
