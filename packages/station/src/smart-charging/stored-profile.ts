import {
  operationModes,
  phasedQuantities,
  profileKinds,
  profilePurposes,
  type ChargingProfile,
  type ChargingSchedule,
  type SchedulePeriod,
} from './charging-profile.ts';
import { isPricing } from './schedule-pricing.ts';
import { fieldsOf } from '../store/json-fields.ts';

/** As plain JSON: times as text. */
export function toStored(profile: ChargingProfile): unknown {
  return {
    ...profile,
    validFrom: profile.validFrom?.toISOString(),
    validTo: profile.validTo?.toISOString(),
    dynUpdateTime: profile.dynUpdateTime?.toISOString(),
    schedules: profile.schedules.map((schedule) => ({ ...schedule, start: schedule.start?.toISOString() })),
  };
}

/** A stored profile; undefined when it is none. Whether it may be used is for the rules to say. */
export function readProfile(value: unknown): ChargingProfile | undefined {
  const fields = fieldsOf(value);
  if (!fields) return undefined;
  const { number, text, flag, date, oneOf, list } = fields;
  const [id, evseId, stackLevel] = [number('id'), number('evseId'), number('stackLevel')];
  const [purpose, kind] = [oneOf('purpose', profilePurposes), oneOf('kind', profileKinds)];
  const schedules = list('schedules', readSchedule);
  if (id === undefined || evseId === undefined || stackLevel === undefined) return undefined;
  if (!purpose || !kind || !schedules) return undefined;
  return {
    id,
    evseId,
    stackLevel,
    purpose,
    kind,
    recurrency: oneOf('recurrency', ['Daily', 'Weekly'] as const),
    validFrom: date('validFrom'),
    validTo: date('validTo'),
    transactionId: text('transactionId'),
    maxOfflineDurationS: number('maxOfflineDurationS'),
    isInvalidAfterOffline: flag('isInvalidAfterOffline'),
    dynUpdateIntervalS: number('dynUpdateIntervalS'),
    dynUpdateTime: date('dynUpdateTime'),
    source: text('source'),
    priceScheduleSignature: text('priceScheduleSignature'),
    schedules,
  };
}

function readSchedule(value: unknown): ChargingSchedule | undefined {
  const fields = fieldsOf(value);
  if (!fields) return undefined;
  const { number, flag, date, oneOf, list } = fields;
  const [id, unit, periods] = [number('id'), oneOf('unit', ['A', 'W'] as const), list('periods', readPeriod)];
  if (id === undefined || !unit || !periods) return undefined;
  const pricing = fields.value('pricing');
  return {
    id,
    unit,
    start: date('start'),
    durationS: number('durationS'),
    minChargingRate: number('minChargingRate'),
    useLocalTime: flag('useLocalTime'),
    randomizedDelay: number('randomizedDelay'),
    limitAtSoC: readLimitAtSoC(fields.value('limitAtSoC')),
    periods,
    pricing: isPricing(pricing) ? pricing : undefined,
  };
}

function readPeriod(value: unknown): SchedulePeriod | undefined {
  const fields = fieldsOf(value);
  if (!fields) return undefined;
  const { number, flag, oneOf, list } = fields;
  const startPeriod = number('startPeriod');
  if (startPeriod === undefined) return undefined;
  const period: SchedulePeriod = {
    startPeriod,
    numberPhases: number('numberPhases'),
    phaseToUse: number('phaseToUse'),
    preconditioningRequest: flag('preconditioningRequest'),
    evseSleep: flag('evseSleep'),
    v2xBaseline: number('v2xBaseline'),
    operationMode: oneOf('operationMode', operationModes),
    v2xFreqWattCurve: list('v2xFreqWattCurve', readFrequencyPoint),
    v2xSignalWattCurve: list('v2xSignalWattCurve', readSignalPoint),
  };
  for (const quantity of phasedQuantities) {
    for (const name of [quantity, `${quantity}_L2`, `${quantity}_L3`] as const) {
      const given = number(name);
      if (given !== undefined) period[name] = given;
    }
  }
  return period;
}

function readLimitAtSoC(value: unknown): ChargingSchedule['limitAtSoC'] {
  const [soc, limit] = readNumbers(value, ['soc', 'limit']);
  return soc === undefined || limit === undefined ? undefined : { soc, limit };
}

function readFrequencyPoint(value: unknown): { frequency: number; power: number } | undefined {
  const [frequency, power] = readNumbers(value, ['frequency', 'power']);
  return frequency === undefined || power === undefined ? undefined : { frequency, power };
}

function readSignalPoint(value: unknown): { signal: number; power: number } | undefined {
  const [signal, power] = readNumbers(value, ['signal', 'power']);
  return signal === undefined || power === undefined ? undefined : { signal, power };
}

function readNumbers(value: unknown, names: readonly string[]): (number | undefined)[] {
  return names.map((name) => fieldsOf(value)?.number(name));
}
