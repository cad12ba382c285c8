import { validate, type v21 } from '@busbar/ocpp';

/** What a schedule says of prices, for the vehicle. It goes through unchanged: a signature may hold on it. */
export type SchedulePricing = Pick<v21.ChargingScheduleType, (typeof fields)[number]>;

const fields = [
  'salesTariff',
  'absolutePriceSchedule',
  'priceLevelSchedule',
  'powerTolerance',
  'signatureId',
  'digestValue',
] as const;

/** Undefined where it says nothing. */
export function pricingOf(schedule: SchedulePricing): SchedulePricing | undefined {
  const { salesTariff, absolutePriceSchedule, priceLevelSchedule, powerTolerance, signatureId, digestValue } = schedule;
  const pricing = { salesTariff, absolutePriceSchedule, priceLevelSchedule, powerTolerance, signatureId, digestValue };
  return fields.some((field) => pricing[field] !== undefined) ? pricing : undefined;
}

/** What was stored is held against the schema of OCPP as what is received. */
export function isPricing(value: unknown): value is SchedulePricing {
  if (typeof value !== 'object' || value === null) return false;
  const schedule = { ...value, id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0 }] };
  const profile = { id: 1, stackLevel: 0, chargingProfilePurpose: 'TxProfile', chargingProfileKind: 'Absolute' };
  const request = { evseId: 1, chargingProfile: { ...profile, chargingSchedule: [schedule] } };
  return validate('2.1', { action: 'SetChargingProfile', side: 'request' }, request) === undefined;
}
