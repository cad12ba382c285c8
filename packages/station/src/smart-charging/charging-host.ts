import type { OperationMode } from './charging-profile.ts';
import type { CompositeSchedule } from './composite-schedule.ts';
import type { SchedulePricing } from './schedule-pricing.ts';

/** What passes between a charger and its vehicle. All of it is optional. */
export interface ChargingHost {
  /** OCPP 2.1: whether the vehicle's battery is being brought to temperature. */
  preconditioning?(evseId: number): Preconditioning | undefined;
  /** How the CSMS answered what the vehicle needs; when Rejected, the vehicle must not feed back. */
  chargingNeedsAnswered?(evseId: number, status: 'Accepted' | 'Rejected' | 'Processing' | 'NoChargingProfile'): void;
  /** The ways of charging that the CSMS allows the vehicle (OCPP 2.1 Q01); false when the vehicle cannot change now. */
  allowEnergyTransfer?(evseId: number, modes: readonly EnergyTransferMode[]): boolean;
  /**
   * What the vehicle may charge by, to be passed on to it by ISO 15118: when a transaction begins, and when the profiles
   * that concern it change. Its choice comes back with `chargingSchedule`. OCPP 2.x K15, K16, K18.
   */
  offerSchedules?(evseId: number, offer: ScheduleOffer): void;
}

/** Up to three schedules, of which the vehicle chooses one; the first holds until it has. */
export interface ScheduleOffer {
  schedules: readonly OfferedSchedule[];
  /** Of ISO 15118-20, on the prices of all of them. */
  priceScheduleSignature: string | undefined;
}

/** What holds when the vehicle chooses this one, with what the CSMS says of its prices. */
export interface OfferedSchedule extends CompositeSchedule {
  id: number;
  pricing: SchedulePricing | undefined;
}

export interface PowerLimit {
  /** Per phase; with `currentsA`, the lowest of them. */
  currentA: number;
  phases: number;
  /** L1, L2, L3, where they differ. */
  currentsA?: readonly number[] | undefined;
  /** 1 to 3: the phase to use of a single one. */
  phaseToUse?: number | undefined;
  /** The most that may flow back, per phase and not negative; L1, L2, L3 where they differ. Undefined: nothing may. */
  dischargeA?: number | undefined;
  dischargesA?: readonly number[] | undefined;
  /** What to charge with per phase, negative to discharge; never beyond the limits. */
  setpointA?: number | undefined;
  setpointsA?: readonly number[] | undefined;
  /** Reactive, per phase. */
  setpointReactiveA?: number | undefined;
  setpointsReactiveA?: readonly number[] | undefined;
  /** OCPP 2.1 OperationModeEnumType. Default ChargingOnly. */
  operationMode?: OperationMode | undefined;
  /** The electronics of the EVSE are to sleep: only asked of one that `canSleep`. */
  evseSleep?: boolean | undefined;
  /** The vehicle shall warm or cool its battery. */
  preconditioning?: boolean | undefined;
  /** W. */
  v2xBaselineW?: number | undefined;
  /** Hz and W. */
  v2xFreqWattCurve?: readonly { frequency: number; power: number }[] | undefined;
  v2xSignalWattCurve?: readonly { signal: number; power: number }[] | undefined;
}

/** OCPP 2.1 PreconditioningStatusEnumType. */
export type Preconditioning = 'Unknown' | 'Ready' | 'NotReady' | 'Preconditioning';

/** As in OCPP 2.1 EnergyTransferModeEnumType; 2.0.1 knows the first four. */
export type EnergyTransferMode =
  | 'AC_single_phase'
  | 'AC_two_phase'
  | 'AC_three_phase'
  | 'DC'
  | 'AC_BPT'
  | 'AC_BPT_DER'
  | 'AC_DER'
  | 'DC_BPT'
  | 'DC_ACDP'
  | 'DC_ACDP_BPT'
  | 'WPT';
