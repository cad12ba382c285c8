import type { SchedulePricing } from './schedule-pricing.ts';

/** A charging profile in the words of OCPP 2.1, which contain those of 2.0.1 and 1.6. */
export interface ChargingProfile {
  id: number;
  /** 0 is the station as a whole; a TxDefaultProfile there holds on every EVSE. */
  evseId: number;
  /** The highest that says something wins. */
  stackLevel: number;
  purpose: ProfilePurpose;
  kind: ProfileKind;
  recurrency?: 'Daily' | 'Weekly' | undefined;
  validFrom?: Date | undefined;
  validTo?: Date | undefined;
  transactionId?: string | undefined;
  /** Seconds without a connection after which it no longer holds. Default: for ever. */
  maxOfflineDurationS?: number | undefined;
  /** What was offline too long is removed instead of rested. */
  isInvalidAfterOffline?: boolean | undefined;
  /** Seconds between two PullDynamicScheduleUpdate; 0 and undefined pull nothing. */
  dynUpdateIntervalS?: number | undefined;
  /** When the values of a dynamic profile were given last. */
  dynUpdateTime?: Date | undefined;
  /** Who set it: CSO (default), EMS, SO, Other or a word of one's own in OCPP 2.1. */
  source?: string | undefined;
  /** Of ISO 15118-20, on the prices of all schedules. */
  priceScheduleSignature?: string | undefined;
  /** 1 to 3. The first counts, unless the vehicle has chosen another. */
  schedules: readonly ChargingSchedule[];
}

/** A profile that comes with a remote start and is installed once the transaction runs. */
export type PendingProfile = Omit<ChargingProfile, 'evseId' | 'transactionId'>;

export const profilePurposes = [
  'ChargingStationExternalConstraints',
  'ChargingStationMaxProfile',
  'TxDefaultProfile',
  'TxProfile',
  'PriorityCharging',
  'LocalGeneration',
] as const;
export type ProfilePurpose = (typeof profilePurposes)[number];

export const profileKinds = ['Absolute', 'Recurring', 'Relative', 'Dynamic'] as const;
export type ProfileKind = (typeof profileKinds)[number];

/** A per phase, or W in all. */
export type RateUnit = 'A' | 'W';

export interface ChargingSchedule {
  id: number;
  start?: Date | undefined;
  durationS?: number | undefined;
  unit: RateUnit;
  minChargingRate?: number | undefined;
  /** `start` is what the clocks on the wall show then, as if they showed UTC. */
  useLocalTime?: boolean | undefined;
  /** Each period but the first begins up to so many seconds later. */
  randomizedDelay?: number | undefined;
  /** From this state of charge on, %, at most so much. */
  limitAtSoC?: { soc: number; limit: number } | undefined;
  periods: readonly SchedulePeriod[];
  pricing?: SchedulePricing | undefined;
}

/** A period as OCPP 2.1 spells it; it goes through unchanged. Numbers are in the unit of the schedule. */
export interface SchedulePeriod {
  /** Seconds from the start of the schedule. */
  startPeriod: number;
  /** With limit_L2 or limit_L3: of L1. */
  limit?: number | undefined;
  limit_L2?: number | undefined;
  limit_L3?: number | undefined;
  numberPhases?: number | undefined;
  /** 1 to 3, for a single phase. */
  phaseToUse?: number | undefined;
  /** Not positive. */
  dischargeLimit?: number | undefined;
  dischargeLimit_L2?: number | undefined;
  dischargeLimit_L3?: number | undefined;
  /** Negative discharges. */
  setpoint?: number | undefined;
  setpoint_L2?: number | undefined;
  setpoint_L3?: number | undefined;
  setpointReactive?: number | undefined;
  setpointReactive_L2?: number | undefined;
  setpointReactive_L3?: number | undefined;
  preconditioningRequest?: boolean | undefined;
  evseSleep?: boolean | undefined;
  /** W. */
  v2xBaseline?: number | undefined;
  /** Default ChargingOnly. */
  operationMode?: OperationMode | undefined;
  /** Hz and W. */
  v2xFreqWattCurve?: readonly { frequency: number; power: number }[] | undefined;
  v2xSignalWattCurve?: readonly { signal: number; power: number }[] | undefined;
}

export const operationModes = [
  'Idle',
  'ChargingOnly',
  'CentralSetpoint',
  'ExternalSetpoint',
  'ExternalLimits',
  'CentralFrequency',
  'LocalFrequency',
  'LocalLoadBalancing',
] as const;
export type OperationMode = (typeof operationModes)[number];

/** The quantities of a period that are given in all, or one by one for each phase. */
export const phasedQuantities = ['limit', 'dischargeLimit', 'setpoint', 'setpointReactive'] as const;
export type PhasedQuantity = (typeof phasedQuantities)[number];

/** New values for a dynamic profile. */
export type ScheduleUpdate = Pick<SchedulePeriod, PhasedQuantity | `${PhasedQuantity}_L2` | `${PhasedQuantity}_L3`>;
