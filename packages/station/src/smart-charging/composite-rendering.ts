import type { v16, v201, v21 } from '@busbar/ocpp';
import type { CompositePeriod, CompositeSchedule } from './composite-schedule.ts';
import type { ChargingSchedule, ChargingSchedulePeriod } from '../interface/ocpp-interface.ts';

/** As the `ocpp` interface of EVerest publishes it. */
export function toPublishedSchedule({ evseId, unit, from, durationS, periods }: CompositeSchedule): ChargingSchedule {
  return {
    evse: evseId,
    charging_rate_unit: unit,
    charging_schedule_period: periods.map(toPublishedPeriod),
    duration: durationS,
    start_schedule: from.toISOString(),
  };
}

function toPublishedPeriod(period: CompositePeriod): ChargingSchedulePeriod {
  const { period: own, dischargeLimit, setpoint, setpointReactive } = period;
  return defined({
    start_period: period.startS,
    limit: truncated(period.limit.value),
    limit_L2: truncated(period.limit.l2),
    limit_L3: truncated(period.limit.l3),
    number_phases: period.phases,
    stack_level: period.stackLevel,
    phase_to_use: period.phases === 1 ? own?.phaseToUse : undefined,
    discharge_limit: truncated(dischargeLimit?.value),
    discharge_limit_L2: truncated(dischargeLimit?.l2),
    discharge_limit_L3: truncated(dischargeLimit?.l3),
    setpoint: truncated(setpoint?.value),
    setpoint_L2: truncated(setpoint?.l2),
    setpoint_L3: truncated(setpoint?.l3),
    setpoint_reactive: truncated(setpointReactive?.value),
    setpoint_reactive_L2: truncated(setpointReactive?.l2),
    setpoint_reactive_L3: truncated(setpointReactive?.l3),
    preconditioning_request: own?.preconditioningRequest === undefined ? undefined : Number(own.preconditioningRequest),
    evse_sleep: own?.evseSleep,
    v2x_baseline: own?.v2xBaseline,
    operation_mode: own?.operationMode,
    v2x_freq_watt_curve: own?.v2xFreqWattCurve && [...own.v2xFreqWattCurve],
    v2x_signal_watt_curve: own?.v2xSignalWattCurve && [...own.v2xSignalWattCurve],
  });
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

function defined<T extends object>(object: T): Defined<T>;
/** Without what is undefined. */
function defined(object: object): object {
  for (const [key, value] of Object.entries(object)) if (value === undefined) Reflect.deleteProperty(object, key);
  return object;
}

export function toSchedule16({ unit, from, durationS, periods }: CompositeSchedule): v16.ChargingSchedule {
  return {
    duration: durationS,
    startSchedule: from.toISOString(),
    chargingRateUnit: unit,
    chargingSchedulePeriod: periods.map(toPeriod201),
  };
}

export function toComposite201(composite: CompositeSchedule): v201.CompositeScheduleType {
  return { ...headOf(composite), chargingSchedulePeriod: composite.periods.map(toPeriod201) };
}

export function toComposite21(composite: CompositeSchedule): v21.CompositeScheduleType {
  return { ...headOf(composite), chargingSchedulePeriod: composite.periods.map(toPeriod21) };
}

function headOf({ evseId, durationS, from, unit }: CompositeSchedule) {
  return { evseId, duration: durationS, scheduleStart: from.toISOString(), chargingRateUnit: unit };
}

/** One number for all phases: the lowest of them. */
function toPeriod201({ startS, limit, phases }: CompositePeriod) {
  const { value, l2 = value, l3 = value } = limit;
  return { startPeriod: startS, limit: truncated(Math.min(value, l2, l3)), numberPhases: phases };
}

function toPeriod21(period: CompositePeriod): v21.ChargingSchedulePeriodType {
  const { startS, limit, dischargeLimit, setpoint, setpointReactive, phases, period: own } = period;
  return defined({
    startPeriod: startS,
    limit: truncated(limit.value),
    limit_L2: truncated(limit.l2),
    limit_L3: truncated(limit.l3),
    numberPhases: phases,
    phaseToUse: phases === 1 ? own?.phaseToUse : undefined,
    dischargeLimit: truncated(dischargeLimit?.value),
    dischargeLimit_L2: truncated(dischargeLimit?.l2),
    dischargeLimit_L3: truncated(dischargeLimit?.l3),
    setpoint: truncated(setpoint?.value),
    setpoint_L2: truncated(setpoint?.l2),
    setpoint_L3: truncated(setpoint?.l3),
    setpointReactive: truncated(setpointReactive?.value),
    setpointReactive_L2: truncated(setpointReactive?.l2),
    setpointReactive_L3: truncated(setpointReactive?.l3),
    preconditioningRequest: own?.preconditioningRequest,
    evseSleep: own?.evseSleep,
    v2xBaseline: own?.v2xBaseline,
    operationMode: own?.operationMode,
    v2xFreqWattCurve: own?.v2xFreqWattCurve && [...own.v2xFreqWattCurve],
    v2xSignalWattCurve: own?.v2xSignalWattCurve && [...own.v2xSignalWattCurve],
  });
}

function truncated(value: number): number;
function truncated(value: number | undefined): number | undefined;
/** One decimal, towards zero: what is told never exceeds what holds. */
function truncated(value: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  return Math.trunc(value * 10 + Math.sign(value) * 1e-6) / 10;
}
