import type { v201, v21 } from '@busbar/ocpp';
import { wallTimeOf } from './local-time.ts';
import type { ChargingProfile, ChargingSchedule, SchedulePeriod, ScheduleUpdate } from './charging-profile.ts';
import { pricingOf } from './schedule-pricing.ts';

/** A profile of OCPP 2.0.1 or 2.1. */
export function toProfile(profile: v21.ChargingProfileType): Omit<ChargingProfile, 'evseId'> {
  return {
    id: profile.id,
    stackLevel: profile.stackLevel,
    purpose: profile.chargingProfilePurpose,
    kind: profile.chargingProfileKind,
    recurrency: profile.recurrencyKind,
    validFrom: toDate(profile.validFrom),
    validTo: toDate(profile.validTo),
    transactionId: profile.transactionId,
    maxOfflineDurationS: profile.maxOfflineDuration,
    isInvalidAfterOffline: profile.invalidAfterOfflineDuration,
    dynUpdateIntervalS: profile.dynUpdateInterval,
    dynUpdateTime: toDate(profile.dynUpdateTime),
    priceScheduleSignature: profile.priceScheduleSignature,
    schedules: profile.chargingSchedule.map(toSchedule),
  };
}

const toDate = (time: string | undefined) => (time === undefined ? undefined : new Date(time));

function toSchedule(schedule: v21.ChargingScheduleType): ChargingSchedule {
  const { limitAtSoC } = schedule;
  return {
    id: schedule.id,
    start: toStart(schedule),
    durationS: schedule.duration,
    unit: schedule.chargingRateUnit,
    minChargingRate: schedule.minChargingRate,
    useLocalTime: schedule.useLocalTime,
    randomizedDelay: schedule.randomizedDelay,
    limitAtSoC: limitAtSoC && { soc: limitAtSoC.soc, limit: limitAtSoC.limit },
    periods: schedule.chargingSchedulePeriod.map(withoutCustomData),
    pricing: pricingOf(schedule),
  };
}

/** Local time is what the digits say, whatever offset stands after them. */
function toStart({ startSchedule, useLocalTime }: v21.ChargingScheduleType): Date | undefined {
  if (startSchedule === undefined || !useLocalTime) return toDate(startSchedule);
  return wallTimeOf(startSchedule) ?? toDate(startSchedule);
}

function withoutCustomData(period: v21.ChargingSchedulePeriodType): SchedulePeriod {
  return { ...period, ...nothingOfVendors };
}

/** What vendors add is not kept. */
const nothingOfVendors: { customData?: undefined } = { customData: undefined };

export function toScheduleUpdate(update: v21.ChargingScheduleUpdateType): ScheduleUpdate {
  return { ...update, ...nothingOfVendors };
}

export function toProfileType21(profile: ChargingProfile): v21.ChargingProfileType {
  return {
    ...headOf(profile),
    chargingProfilePurpose: profile.purpose,
    chargingProfileKind: profile.kind,
    maxOfflineDuration: profile.maxOfflineDurationS,
    invalidAfterOfflineDuration: profile.isInvalidAfterOffline,
    dynUpdateInterval: profile.dynUpdateIntervalS,
    dynUpdateTime: profile.dynUpdateTime?.toISOString(),
    priceScheduleSignature: profile.priceScheduleSignature,
    chargingSchedule: profile.schedules.map(toScheduleType21),
  };
}

export function toScheduleType21(schedule: ChargingSchedule): v21.ChargingScheduleType {
  return {
    ...scheduleHeadOf(schedule),
    ...schedule.pricing,
    limitAtSoC: schedule.limitAtSoC,
    useLocalTime: schedule.useLocalTime,
    randomizedDelay: schedule.randomizedDelay,
    chargingSchedulePeriod: schedule.periods.map(({ v2xFreqWattCurve, v2xSignalWattCurve, ...period }) => ({
      ...period,
      ...(v2xFreqWattCurve && { v2xFreqWattCurve: [...v2xFreqWattCurve] }),
      ...(v2xSignalWattCurve && { v2xSignalWattCurve: [...v2xSignalWattCurve] }),
    })),
  };
}

/** Undefined for what only OCPP 2.1 has. */
export function toProfileType201(profile: ChargingProfile): v201.ChargingProfileType | undefined {
  const { purpose, kind, schedules } = profile;
  if (purpose === 'PriorityCharging' || purpose === 'LocalGeneration' || kind === 'Dynamic') return undefined;
  return {
    ...headOf(profile),
    chargingProfilePurpose: purpose,
    chargingProfileKind: kind,
    chargingSchedule: schedules.map(toScheduleType201),
  };
}

export function toScheduleType201(schedule: ChargingSchedule): v201.ChargingScheduleType {
  return {
    ...scheduleHeadOf(schedule),
    salesTariff: schedule.pricing?.salesTariff,
    chargingSchedulePeriod: schedule.periods.map(({ startPeriod, limit = 0, numberPhases, phaseToUse }) => ({
      startPeriod,
      limit,
      numberPhases,
      phaseToUse,
    })),
  };
}

function headOf({ id, stackLevel, recurrency, validFrom, validTo, transactionId }: ChargingProfile) {
  return {
    id,
    stackLevel,
    recurrencyKind: recurrency,
    validFrom: validFrom?.toISOString(),
    validTo: validTo?.toISOString(),
    transactionId,
  };
}

function scheduleHeadOf({ id, start, durationS, unit, minChargingRate }: ChargingSchedule) {
  return {
    id,
    startSchedule: start?.toISOString(),
    duration: durationS,
    chargingRateUnit: unit,
    minChargingRate,
  };
}
