import type { v21 } from '@busbar/ocpp';
import type { OperationMode } from '../smart-charging/charging-profile.ts';
import type { EnergyTransferMode, IdToken } from '../station-host.ts';

/** What an EVSE can do for the grid. OCPP 2.1 only. */
export interface GridDescription {
  /** Whose inverter takes DER controls: the vehicle's (AC) or the EVSE's own (DC). Default: nobody's. */
  derInverter?: 'AC' | 'DC';
  /** What a vehicle may do here beside charging. Default: nothing that is known. */
  v2x?: V2xDescription;
  /** It holds a battery to be swapped, and no vehicle. Default false. */
  isBatterySlot?: boolean;
}

export interface V2xDescription {
  transferModes: readonly EnergyTransferMode[];
  operationModes: readonly OperationMode[];
}

/** What a charger's firmware does for the grid and with batteries, as OCPP 2.1 orders it. */
export interface GridHost {
  /**
   * The DER controls that are in force at an EVSE, all of them each time: when they change, and every
   * `InternalCtrlr.GridSupportHeartbeatS`. What is not among them any more is to be forgotten. OCPP 2.1 R04.
   */
  setDerDirectives?(evseId: number, directives: readonly DerDirective[]): void;
  /** A signal of the grid operator (-1 to 1 by custom), for those that follow a v2xSignalWattCurve; false when none does. */
  afrrSignal?(signal: number, at: Date): boolean;
  /** Opens a slot for somebody who brings a battery; false when that cannot be now. OCPP 2.1 S01, S02. */
  startBatterySwap?(order: BatterySwapOrder): boolean;
}

/** What the host tells of the grid and of batteries; in other versions than OCPP 2.1 nobody hears it. */
export interface GridEvents {
  /** What the inverter of an EVSE can do now; undefined when it can do nothing. OCPP 2.1 R01 to R03. */
  derCapable(evseId: number, capability: DerCapability | undefined): void;
  /** The grid is not as it should be, or is so again. OCPP 2.1 R05. */
  derAlarm(alarm: DerAlarm): void;
  /** Somebody wants to swap a battery. OCPP 2.1 S01. */
  swapTokenPresented(idToken: IdToken): void;
  /** Batteries came, went, or were not taken in time. OCPP 2.1 S01 to S03. */
  batterySwap(event: BatterySwapEvent): void;
}

export type DerControlType = v21.DERControlEnumType;

/** A DER control as the CSMS has set it: its type says which of the settings it has. */
export type DerDirective = Omit<v21.SetDERControlRequest, 'customData'>;

export interface DerCapability {
  modes: readonly DerControlType[];
  /** Of the EVSE's own inverter. */
  ratings?: DerRatings;
}

/** The name plate of an inverter, by the variables of DCDERCtrlr. */
export type DerRatings = Partial<Record<DerRating, number>>;

/** W, VA, var, V, s; a power factor has no unit. */
export type DerRating =
  | 'MaxW'
  | 'OverExcitedW'
  | 'OverExcitedPF'
  | 'UnderExcitedW'
  | 'UnderExcitedPF'
  | 'MaxVA'
  | 'MaxVar'
  | 'MaxVarNeg'
  | 'MaxChargeRateW'
  | 'MaxChargeRateVA'
  | 'VNom'
  | 'MaxV'
  | 'MinV'
  | 'IslandingDetectionTripTime'
  | 'ReactiveSusceptance';

export interface DerAlarm {
  /** The control that has seen it. */
  controlType: DerControlType;
  fault?: v21.GridEventFaultEnumType;
  /** It is over. Default false. */
  isEnded?: boolean;
  /** Default: now. */
  at?: Date;
  /** At most 200 characters. */
  info?: string;
}

/** A swap that may begin. */
export interface BatterySwapOrder {
  /** Goes with everything that is told of this swap. */
  requestId: number;
  idToken: IdToken;
  /** How long the host waits for a battery to be put in, s; undefined as long as it likes. */
  inTimeoutS: number | undefined;
  /** How long for one to be taken out, s. */
  outTimeoutS: number | undefined;
}

export interface BatterySwapEvent {
  /** BatteryOutTimeout: they were offered and not taken. */
  type: 'BatteryIn' | 'BatteryOut' | 'BatteryOutTimeout';
  /** At least one. */
  batteries: readonly SwappedBattery[];
  /** Default: of the swap that was ordered last. */
  requestId?: number;
  /** Default: who ordered that swap. */
  idToken?: IdToken;
}

export interface SwappedBattery {
  /** Of its slot. */
  evseId: number;
  /** At most 50 characters. */
  serialNumber: string;
  /** State of charge, %. */
  soc: number;
  /** State of health, %. */
  soh: number;
  producedAt?: Date;
  /** At most 500 characters. */
  vendorInfo?: string;
}
