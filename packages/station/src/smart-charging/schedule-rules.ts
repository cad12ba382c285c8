import type { OcppVersion } from '@busbar/ocpp';
import {
  phasedQuantities,
  type ChargingProfile,
  type ChargingSchedule,
  type OperationMode,
  type ProfilePurpose,
  type SchedulePeriod,
} from './charging-profile.ts';
import type { ProfileFeature, ProfileRules, ReasonCode } from './profile-rules.ts';

interface Place {
  profile: ChargingProfile;
  rules: ProfileRules;
  schedule: ChargingSchedule;
}

interface ScheduleRule {
  name: string;
  reasonCode: ReasonCode;
  isBroken(place: Place): boolean;
}

interface PeriodRule {
  name: string;
  /** Default: all. */
  versions?: readonly OcppVersion[];
  reasonCode: ReasonCode;
  isBroken(period: SchedulePeriod, place: Place & { previous: SchedulePeriod | undefined }): boolean;
}

const ocpp2 = ['2.0.1', '2.1'] as const;

/** Seconds from the start of a schedule, and its length: integers of 32 bits. */
const maxSeconds = 2 ** 31 - 1;

/** No station delivers more, in A or W. */
const maxValue = 1e9;

const maxCurvePoints = 20;

const scheduleRules: readonly ScheduleRule[] = [
  {
    name: 'the unit is allowed',
    reasonCode: 'UnsupportedRateUnit',
    isBroken: ({ schedule, rules }) => !rules.units.includes(schedule.unit),
  },
  {
    name: 'what comes at a time says when it begins',
    reasonCode: 'InvalidSchedule',
    isBroken: ({ profile: { kind }, schedule: { start }, rules }) =>
      (kind === 'Absolute' || kind === 'Recurring') && start === undefined && !rules.isStartOptional,
  },
  {
    name: 'a start is a time',
    reasonCode: 'InvalidSchedule',
    isBroken: ({ schedule: { start } }) => start !== undefined && Number.isNaN(start.getTime()),
  },
  {
    name: 'what begins with the transaction says no other beginning',
    reasonCode: 'InvalidSchedule',
    isBroken: ({ profile: { kind }, schedule: { start }, rules }) =>
      kind === 'Relative' && start !== undefined && rules.version !== '1.6',
  },
  {
    name: 'the duration is a number of seconds',
    reasonCode: 'InvalidSchedule',
    isBroken: ({ schedule: { durationS = 0 } }) => !isInteger(durationS, 0, maxSeconds),
  },
  {
    name: 'there are periods, and not too many',
    reasonCode: 'InvalidSchedule',
    isBroken: ({ schedule: { periods }, rules }) => periods.length === 0 || periods.length > rules.maxPeriods,
  },
  {
    name: 'a dynamic schedule has one period (K28)',
    reasonCode: 'InvalidSchedule',
    isBroken: ({ profile: { kind }, schedule: { periods } }) => kind === 'Dynamic' && periods.length !== 1,
  },
  {
    name: 'the least rate is a number',
    reasonCode: 'InvalidValue',
    isBroken: ({ schedule: { minChargingRate = 0 } }) => !isWithin(minChargingRate, 0, maxValue),
  },
  {
    name: 'a delay is a number of seconds, and for transactions (2.1 K01.FR.95)',
    reasonCode: 'InvalidSchedule',
    isBroken: ({ profile: { purpose }, schedule: { randomizedDelay = 0 } }) =>
      !isInteger(randomizedDelay, 0, ofTransactions.includes(purpose) ? maxSeconds : 0),
  },
  {
    name: 'a limit at a state of charge is of numbers',
    reasonCode: 'InvalidValue',
    isBroken: ({ schedule: { limitAtSoC } }) =>
      limitAtSoC !== undefined && !(isWithin(limitAtSoC.soc, 0, 100) && isWithin(limitAtSoC.limit, 0, maxValue)),
  },
  {
    name: 'priority has no end but that of the transaction (2.1 K01.FR.73)',
    reasonCode: 'InvalidSchedule',
    isBroken: ({ profile: { purpose }, schedule: { durationS } }) =>
      purpose === 'PriorityCharging' && durationS !== undefined,
  },
  needs('UseLocalTime', ({ schedule }) => schedule.useLocalTime === true),
  needs('RandomizedDelay', ({ schedule }) => (schedule.randomizedDelay ?? 0) > 0),
  needs('LimitAtSoC', ({ schedule }) => schedule.limitAtSoC !== undefined),
  needs('EvseSleep', ({ schedule }) => schedule.periods.some(({ evseSleep }) => evseSleep === true)),
];

function needs(feature: ProfileFeature, isUsed: (place: Place) => boolean): ScheduleRule {
  return {
    name: `${feature} is supported`,
    reasonCode: 'InvalidSchedule',
    isBroken: (place) => isUsed(place) && !place.rules.features.has(feature),
  };
}

const periodRules: readonly PeriodRule[] = [
  {
    name: 'the first begins at once, each later one later',
    reasonCode: 'InvalidSchedule',
    isBroken: ({ startPeriod }, { previous }) =>
      previous ? !isInteger(startPeriod, previous.startPeriod + 1, maxSeconds) : startPeriod !== 0,
  },
  {
    name: 'limits are not negative',
    reasonCode: 'InvalidValue',
    isBroken: ({ limit, limit_L2, limit_L3 }) =>
      ![limit, limit_L2, limit_L3].every((value = 0) => isWithin(value, 0, maxValue)),
  },
  {
    name: 'limits of what flows back are not positive',
    reasonCode: 'InvalidValue',
    isBroken: ({ dischargeLimit, dischargeLimit_L2, dischargeLimit_L3 }) =>
      ![dischargeLimit, dischargeLimit_L2, dischargeLimit_L3].every((value = 0) => isWithin(value, -maxValue, 0)),
  },
  {
    name: 'values are numbers',
    reasonCode: 'InvalidValue',
    isBroken: (period) =>
      !phasedQuantities
        .flatMap((name) => [period[name], period[`${name}_L2`], period[`${name}_L3`]])
        .concat(period.v2xBaseline)
        .every((value = 0) => isWithin(value, -maxValue, maxValue)),
  },
  {
    name: 'curves are short and of numbers',
    reasonCode: 'InvalidValue',
    isBroken: ({ v2xFreqWattCurve = [], v2xSignalWattCurve = [] }) =>
      v2xFreqWattCurve.length > maxCurvePoints ||
      v2xSignalWattCurve.length > maxCurvePoints ||
      ![
        ...v2xFreqWattCurve.flatMap(({ frequency, power }) => [frequency, power]),
        ...v2xSignalWattCurve.flatMap(({ signal, power }) => [signal, power]),
      ].every((value) => isWithin(value, -maxValue, maxValue)),
  },
  {
    name: 'direct current has no phases',
    versions: ocpp2,
    reasonCode: 'NoPhaseForDC',
    isBroken: ({ numberPhases, phaseToUse }, { profile, rules }) =>
      (numberPhases !== undefined || phaseToUse !== undefined) &&
      rules.evses.find(({ id }) => id === profile.evseId)?.current === 'DC',
  },
  {
    name: 'there are one to three phases',
    reasonCode: 'InvalidSchedule',
    isBroken: ({ numberPhases = 1, phaseToUse = 1 }) => !isInteger(numberPhases, 1, 3) || !isInteger(phaseToUse, 1, 3),
  },
  {
    name: 'one phase is chosen only where one is used',
    versions: ocpp2,
    reasonCode: 'PhaseConflict',
    isBroken: ({ numberPhases, phaseToUse }) => phaseToUse !== undefined && numberPhases !== 1,
  },
  {
    name: 'the phase can be chosen',
    versions: ocpp2,
    reasonCode: 'UnsupportedParam',
    isBroken: ({ phaseToUse }, { rules }) => phaseToUse !== undefined && !rules.features.has('ACPhaseSwitching'),
  },
  {
    name: 'a single phase has its own limit in a transaction profile only, beside that of L1 (K01.FR.144, K01.FR.146)',
    versions: ['2.1'],
    reasonCode: 'PhaseConflict',
    isBroken: ({ limit, limit_L2, limit_L3 }, { profile: { purpose } }) =>
      (limit_L2 !== undefined || limit_L3 !== undefined) &&
      (purpose === 'TxProfile' ? limit === undefined : purpose !== 'LocalGeneration'),
  },
  {
    name: 'a mode is one that the EVSE knows',
    versions: ['2.1'],
    reasonCode: 'InvalidOperationMode',
    isBroken: ({ operationMode }, { profile, rules }) =>
      operationMode !== undefined &&
      rules.evses.some(
        ({ id, operationModes }) =>
          (profile.evseId === 0 || profile.evseId === id) && operationModes?.includes(operationMode) === false,
      ),
  },
  {
    name: 'an operation mode is for transactions (K01.FR.111 to K01.FR.114)',
    reasonCode: 'InvalidOperationMode',
    isBroken: ({ operationMode = 'ChargingOnly' }, { profile: { purpose } }) =>
      operationMode !== 'ChargingOnly' &&
      !ofTransactions.includes(purpose) &&
      !(purpose === 'LocalGeneration' && operationMode === 'ExternalLimits'),
  },
  {
    name: 'an EVSE sleeps while it is idle (K01.FR.126)',
    reasonCode: 'InvalidSchedule',
    isBroken: ({ evseSleep, operationMode }) => evseSleep === true && operationMode !== 'Idle',
  },
  {
    name: 'a frequency mode has its curve',
    reasonCode: 'NoFreqWattCurve',
    isBroken: ({ operationMode, v2xFreqWattCurve }) => operationMode === 'LocalFrequency' && !v2xFreqWattCurve?.length,
  },
  {
    name: 'an operation mode has what it needs',
    reasonCode: 'MissingParam',
    isBroken: (period, { profile }) =>
      profile.kind !== 'Dynamic' && modes[modeOf(period)].needs.some((name) => period[name] === undefined),
  },
  {
    name: 'an operation mode has nothing that it cannot use',
    reasonCode: 'InvalidOperationMode',
    isBroken: (period) => modes[modeOf(period)].excludes.some((name) => period[name] !== undefined),
  },
];

const ofTransactions: readonly ProfilePurpose[] = ['TxProfile', 'TxDefaultProfile'];

type ModeField = 'limit' | 'dischargeLimit' | 'setpoint' | 'setpointReactive';

/** Which quantities a period of an operation mode must and must not have. */
const modes: Record<OperationMode, { needs: readonly ModeField[]; excludes: readonly ModeField[] }> = {
  Idle: { needs: [], excludes: ['setpoint', 'setpointReactive'] },
  ChargingOnly: { needs: ['limit'], excludes: ['setpointReactive'] },
  CentralSetpoint: { needs: ['setpoint'], excludes: [] },
  ExternalSetpoint: { needs: [], excludes: ['setpoint', 'setpointReactive'] },
  ExternalLimits: { needs: [], excludes: ['setpoint', 'setpointReactive'] },
  CentralFrequency: { needs: ['setpoint'], excludes: [] },
  LocalFrequency: { needs: [], excludes: ['setpoint'] },
  LocalLoadBalancing: { needs: [], excludes: ['setpoint', 'setpointReactive'] },
};

/** A maximum may limit what flows back alone; anything else only charges unless it says more. */
function modeOf({ operationMode, dischargeLimit, setpoint }: SchedulePeriod): OperationMode {
  if (operationMode !== undefined) return operationMode;
  if (setpoint !== undefined) return 'CentralSetpoint';
  return dischargeLimit === undefined ? 'ChargingOnly' : 'ExternalLimits';
}

function isInteger(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function isWithin(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

/** What is wrong with the schedules of a profile; undefined when nothing is. Work is bounded by the allowed periods. */
export function scheduleError(profile: ChargingProfile, rules: ProfileRules): ReasonCode | undefined {
  const { schedules, kind } = profile;
  if (schedules.length === 0 || schedules.length > (kind === 'Dynamic' ? 1 : 3)) return 'InvalidSchedule';
  for (const schedule of schedules) {
    const place = { profile, rules, schedule };
    const broken = scheduleRules.find(({ isBroken }) => isBroken(place));
    const reasonCode = broken?.reasonCode ?? periodError(place);
    if (reasonCode) return reasonCode;
  }
  return undefined;
}

function periodError(place: Place): ReasonCode | undefined {
  let previous: SchedulePeriod | undefined;
  for (const period of place.schedule.periods) {
    const at = { ...place, previous };
    const broken = periodRules.find(
      ({ versions, isBroken }) => versions?.includes(place.rules.version) !== false && isBroken(period, at),
    );
    if (broken) return broken.reasonCode;
    previous = period;
  }
  return undefined;
}
