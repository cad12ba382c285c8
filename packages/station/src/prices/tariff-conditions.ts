import type { v21 } from '@busbar/ocpp';

/** What prices may depend on, at one moment of a transaction. */
export interface Moment {
  at: Date;
  /** Of local time, east of UTC. */
  offsetMinutes: number;
  evseKind: 'AC' | 'DC';
  /** Since the begin. */
  energyWh: number;
  totalS: number;
  chargingS: number;
  /** Without energy, up to now in one piece. */
  idleS: number;
  /** Now, over all phases. */
  currentA: number;
  powerW: number;
}

/** Rounding must not keep a price from beginning at its threshold. */
const epsilon = 1e-6;

type Conditions = v21.TariffConditionsType & v21.TariffConditionsFixedType;

const thresholds = [
  { min: 'minEnergy', max: 'maxEnergy', of: ({ energyWh }: Moment) => energyWh },
  { min: 'minTime', max: 'maxTime', of: ({ totalS }: Moment) => totalS },
  { min: 'minChargingTime', max: 'maxChargingTime', of: ({ chargingS }: Moment) => chargingS },
  { min: 'minIdleTime', max: 'maxIdleTime', of: ({ idleS }: Moment) => idleS },
  { min: 'minCurrent', max: 'maxCurrent', of: ({ currentA }: Moment) => currentA },
  { min: 'minPower', max: 'maxPower', of: ({ powerW }: Moment) => powerW },
] as const;

/** All that is set must hold: minimum inclusive, maximum exclusive. */
export function isMet(conditions: Conditions | undefined, moment: Moment): boolean {
  if (!conditions) return true;
  return isTimeMet(conditions, moment) && isKindMet(conditions, moment) && areThresholdsMet(conditions, moment);
}

function areThresholdsMet(conditions: Conditions, moment: Moment): boolean {
  return thresholds.every(({ min, max, of }) => {
    const value = of(moment);
    const [from, to] = [conditions[min], conditions[max]];
    return (from === undefined || value >= from - epsilon) && (to === undefined || value < to - epsilon);
  });
}

/** Who pays how is not known here. */
function isKindMet({ evseKind, paymentBrand, paymentRecognition }: Conditions, moment: Moment): boolean {
  return (
    paymentBrand === undefined && paymentRecognition === undefined && (evseKind ?? moment.evseKind) === moment.evseKind
  );
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

function isTimeMet(conditions: Conditions, { at, offsetMinutes }: Moment): boolean {
  const local = new Date(at.getTime() + offsetMinutes * 60_000);
  const date = local.toISOString().slice(0, 10);
  const { dayOfWeek, validFromDate = date, validToDate } = conditions;
  const day = days[local.getUTCDay()];
  if (dayOfWeek && (!day || !dayOfWeek.includes(day))) return false;
  if (date < validFromDate || (validToDate !== undefined && date >= validToDate)) return false;
  return isTimeOfDay(conditions, local.toISOString().slice(11, 16));
}

/** An end before the start is on the next day; an end at 00:00 is that of the day. */
function isTimeOfDay({ startTimeOfDay: start = '00:00', endTimeOfDay = '00:00' }: Conditions, time: string): boolean {
  const end = endTimeOfDay === '00:00' ? '24:00' : endTimeOfDay;
  return end > start ? time >= start && time < end : time >= start || time < end;
}

/** Values of a condition at which another price may begin. */
export function edgesOf(
  conditions: Conditions | undefined,
): { name: 'energyWh' | 'totalS' | 'chargingS' | 'idleS'; at: number }[] {
  if (!conditions) return [];
  const { minEnergy, maxEnergy, minTime, maxTime, minChargingTime, maxChargingTime, minIdleTime, maxIdleTime } =
    conditions;
  const edges = (name: 'energyWh' | 'totalS' | 'chargingS' | 'idleS', values: (number | undefined)[]) =>
    values.flatMap((at) => (at === undefined ? [] : [{ name, at }]));
  return [
    ...edges('energyWh', [minEnergy, maxEnergy]),
    ...edges('totalS', [minTime, maxTime]),
    ...edges('chargingS', [minChargingTime, maxChargingTime]),
    ...edges('idleS', [minIdleTime, maxIdleTime]),
  ];
}
