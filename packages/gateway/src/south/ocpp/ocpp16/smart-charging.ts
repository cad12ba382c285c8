import type { v16 } from '@busbar/ocpp';
import { liveTransactionOf } from '../../../domain/transaction-identity.ts';
import type { CommandOf, CommandResult } from '../../../domain/commands.ts';
import type { SendOptions } from '../../../ports/south.ts';
import type { Caller } from '../caller.ts';
import { profileIdOf, scheduleStartOf, toLimit, toLimitResult, type RateUnit } from '../limits.ts';
import { positiveInteger } from '../variables.ts';
import { configurationOf } from './provisioning.ts';

/**
 * The limit of an EVSE is its TxDefaultProfile, which holds for this transaction and those to come; a running transaction
 * gets a TxProfile too, because one that it already has would win. The limit of the station is its ChargePointMaxProfile.
 */
export async function setCurrentLimit(
  caller: Caller<'1.6'>,
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
      connectorId: evseId,
      csChargingProfiles: {
        ...profile,
        chargingProfilePurpose: evseId === 0 ? 'ChargePointMaxProfile' : 'TxDefaultProfile',
      },
    },
    options,
  );
  if (transaction === undefined) return toLimitResult([lasting]);
  const running = await caller.call(
    'SetChargingProfile',
    {
      connectorId: evseId,
      csChargingProfiles: {
        ...profile,
        chargingProfileId: profileIdOf(evseId, 'transaction'),
        chargingProfilePurpose: 'TxProfile',
        transactionId: Number(transaction.transactionId),
      },
    },
    options,
  );
  return toLimitResult([lasting, running]);
}

/** The profile that goes with a remote start: it holds for that transaction only. */
export async function txProfileOf(
  caller: Caller<'1.6'>,
  limit: { evseId: number; currentLimit: number },
  options: SendOptions,
): Promise<v16.ChargingProfile> {
  const profile = await profileOf(caller, limit, options);
  return {
    ...profile,
    chargingProfileId: profileIdOf(limit.evseId, 'transaction'),
    chargingProfilePurpose: 'TxProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: { ...profile.chargingSchedule, startSchedule: undefined },
  };
}

async function clearCurrentLimit(caller: Caller<'1.6'>, evseId: number, options: SendOptions): Promise<CommandResult> {
  const responses: v16.ClearChargingProfileResponse[] = [];
  for (const scope of evseId === 0 ? (['lasting'] as const) : (['lasting', 'transaction'] as const)) {
    responses.push(await caller.call('ClearChargingProfile', { id: profileIdOf(evseId, scope) }, options));
  }
  return {
    accepted: true,
    status: responses.some(({ status }) => status === 'Accepted') ? 'Accepted' : 'Unknown',
    response: responses,
  };
}

async function profileOf(
  caller: Caller<'1.6'>,
  { evseId, currentLimit }: { evseId: number; currentLimit: number },
  options: SendOptions,
): Promise<v16.ChargingProfile> {
  const unit = await rateUnitOf(caller, options);
  const stackLevel = positiveInteger(await configurationOf(caller, 'ChargeProfileMaxStackLevel', options)) ?? 0;
  return {
    chargingProfileId: profileIdOf(evseId, 'lasting'),
    stackLevel,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Absolute',
    chargingSchedule: {
      startSchedule: scheduleStartOf(caller.now()),
      chargingRateUnit: unit,
      chargingSchedulePeriod: [
        { startPeriod: 0, limit: toLimit(currentLimit, unit, { station: await caller.station(), evseId }) },
      ],
    },
  };
}

/** A unless the station takes power only. */
async function rateUnitOf(caller: Caller<'1.6'>, options: SendOptions): Promise<RateUnit> {
  const allowed = await configurationOf(caller, 'ChargingScheduleAllowedChargingRateUnit', options);
  const words = (allowed ?? '').toLowerCase().split(/[\s,;]+/);
  return (words.includes('power') || words.includes('w')) && !words.includes('current') && !words.includes('a')
    ? 'W'
    : 'A';
}
