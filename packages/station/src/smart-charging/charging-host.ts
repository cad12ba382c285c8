import type { OperationMode } from './charging-profile.ts';

/** What passes between a charger and its vehicle. All of it is optional. */
export interface ChargingHost {
  /** OCPP 2.1: whether the vehicle's battery is being brought to temperature. */
  preconditioning?(evseId: number): Preconditioning | undefined;
  /** How the CSMS answered what the vehicle needs; when Rejected, the vehicle must not feed back. */
  chargingNeedsAnswered?(evseId: number, status: 'Accepted' | 'Rejected' | 'Processing' | 'NoChargingProfile'): void;
  /** The ways of charging that the CSMS allows the vehicle (OCPP 2.1 Q01); false when the vehicle cannot change now. */
  allowEnergyTransfer?(evseId: number, modes: readonly EnergyTransferMode[]): boolean;
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
  /** The electronics of the EVSE may sleep. */
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
