import type { ContractProof } from './authorization/contract.ts';
import type { GridDescription, GridEvents, GridHost } from './grid/grid-host.ts';
import type { EvChargingNeeds, EvChargingSchedule } from './smart-charging/ev-charging.ts';
import type { ClearedLimit, ExternalLimit } from './smart-charging/external-limits.ts';
import type { MeteringHost, MeterReading } from './metering/metering-host.ts';
import type { AvailabilityHost, ResetKind } from './availability/availability-host.ts';
import type { AuthorizationHost, IdToken } from './authorization/authorization-host.ts';
import type { ConnectionHost } from './connection/connection-host.ts';
import type { FirmwareHost } from './firmware/firmware-host.ts';
import type { DriverHost } from './messages/driver-host.ts';
import type { ChargingHost, PowerLimit } from './smart-charging/charging-host.ts';

export type * from './metering/metering-host.ts';
export type * from './availability/availability-host.ts';
export type * from './authorization/authorization-host.ts';
export type * from './connection/connection-host.ts';
export type * from './firmware/firmware-host.ts';
export type * from './messages/driver-host.ts';
export type * from './smart-charging/charging-host.ts';

/**
 * What a charger's firmware supplies to its OCPP station: this much every charger must be able to do. Units: W, Wh, A, V, Hz,
 * %. All else is optional, by functional block: a method that is missing is something the charger cannot do.
 */
export interface StationHost extends Capabilities {
  readonly evses: readonly EvseDescription[];
  /** Called once, when the station starts: where the host reports what happens, beginning with what is plugged in. */
  attach(events: HostEvents): void;
  /** Lets energy flow to the vehicle; it is plugged in and authorised. */
  start(evseId: number): void;
  /** Ends the flow of energy. */
  stop(evseId: number): void;
  /** The most the vehicle may take from now on; undefined lifts it. 0 A pauses. */
  limit(evseId: number, limit: PowerLimit | undefined): void;
  /** The meter now. `energyWh` never falls. */
  meter(evseId: number): MeterReading;
  /** Releases the plug; false when it cannot. */
  unlock(evseId: number, connectorId: number): Promise<boolean>;
  /** Restarts the device; resolves when it is up again. */
  reset(kind: ResetKind): Promise<void>;
}

/** What a charger may be able to do beside that. */
type Capabilities = AuthorizationHost &
  AvailabilityHost &
  ChargingHost &
  ConnectionHost &
  DriverHost &
  FirmwareHost &
  GridHost &
  MeteringHost;

/** What the host tells its station. */
export interface HostEvents {
  /** Of the EVSE's connectors, the first by default; the cable where the station knows it. */
  pluggedIn(evseId: number, connectorId?: number, cable?: Cable): void;
  unplugged(evseId: number): void;
  /** A vehicle is in the bay, or has left it. */
  occupied(evseId: number, isOccupied: boolean): void;
  /** EVSE 0: at a reader that serves all of them. */
  tokenPresented(evseId: number, idToken: IdToken): void;
  /** A vehicle has shown a contract certificate: OCPP 2.0.1 C07. `idToken` is an eMAID. */
  contractPresented(evseId: number, idToken: string, proof: ContractProof): void;
  /** The meter has signed a reading that `meter` could not give at once. */
  readingSigned(evseId: number, reading: MeterReading): void;
  chargingStateChanged(evseId: number, state: ChargingState): void;
  faulted(evseId: number, fault: Fault): void;
  faultCleared(evseId: number): void;
  /** Something is wrong that keeps nobody from charging; EVSE 0 is the station. An error that is there already changes nothing. */
  errorRaised(evseId: number, error: StationError): void;
  errorCleared(evseId: number, errorId: string): void;
  /** The user, the vehicle or a protection ended it. */
  stopRequested(evseId: number, reason: StopReason): void;
  /** Of the grid and of batteries: OCPP 2.1. */
  readonly grid: GridEvents;
  /** An energy manager or the grid limits, in place of what the source said of the place before. Throws RangeError for no limit. */
  externalLimit(limit: ExternalLimit): void;
  externalLimitCleared(cleared: ClearedLimit): void;
  /** What the vehicle needs, by ISO 15118; `chargingNeedsAnswered` tells what the CSMS thinks of it. */
  chargingNeeds(needs: EvChargingNeeds): void;
  /** What the vehicle plans to take. */
  chargingSchedule(schedule: EvChargingSchedule): void;
  /** OCPP 2.1: somebody wants priority for what charges there, or gives it up. False when no profile grants it. */
  priorityRequested(evseId: number, state: 'on' | 'off'): boolean;
}

export interface EvseDescription extends GridDescription {
  /** 1, 2, … without gaps. */
  id: number;
  phases: 1 | 3;
  /** How L1 to L3 of the EVSE, and of what its meter tells and its limits say, are wired to those of the station. */
  phaseRotation?: PhaseRotation;
  /** Per phase. */
  maxCurrentA: number;
  /** Phase to neutral. */
  voltageV: number;
  /** As in OCPP 2.0.1 ConnectorEnumType. */
  connectorType: string;
  /** Its power electronics can be switched off within a transaction; `limit` says when. OCPP 2.1 Q10. Default false. */
  canSleep?: boolean;
  /** Default: one, of `connectorType`. */
  connectors?: readonly ConnectorDescription[];
}

/** As in OCPP 2.x: to which phases (R, S, T are L1, L2, L3) the first, second and third one are wired; x to none. */
export const phaseRotations = ['RST', 'RTS', 'SRT', 'STR', 'TRS', 'TSR', 'Rxx', 'Sxx', 'Txx'] as const;

export type PhaseRotation = (typeof phaseRotations)[number];

export interface ConnectorDescription {
  /** 1, 2, … without gaps, within its EVSE. */
  id: number;
  /** As in OCPP 2.0.1 ConnectorEnumType. */
  type: string;
}

/** A cable that can be taken off at the station. */
export interface Cable {
  /** What it carries, A per phase. */
  maxCurrentA: number;
}

export type ChargingState = 'EVConnected' | 'Charging' | 'SuspendedEV' | 'SuspendedEVSE';
/** Why a transaction ended: the reasons of OCPP 1.6 and 2.0.1 together. */
export const stopReasons = [
  'DeAuthorized',
  'EmergencyStop',
  'EnergyLimitReached',
  'EVDisconnected',
  'EVSEDisabled',
  'GroundFault',
  'HardReset',
  'Local',
  'LocalOutOfCredit',
  'MasterPass',
  'Other',
  'OvercurrentFault',
  'PowerLoss',
  'PowerQuality',
  'Reboot',
  'Remote',
  'ReqEnergyTransferRejected',
  'SOCLimitReached',
  'SoftReset',
  'StoppedByEV',
  'TimeLimitReached',
  'Timeout',
  'UnlockCommand',
] as const;

export type StopReason = (typeof stopReasons)[number];

/** Texts that are longer than they may be are cut. */
export interface Fault {
  code: FaultCode;
  /** At most 50 characters. */
  info?: string;
  /** Who has given the vendor's code a meaning. At most 255 characters; OCPP 1.6. */
  vendorId?: string;
  /** At most 50 characters. In OCPP 2.x it stands in place of the code. */
  vendorErrorCode?: string;
  /** At most 500 characters. In OCPP 2.x it stands in place of the info. */
  description?: string;
}

/** One of several that an EVSE may have at once. */
export interface StationError extends Fault {
  /** The host's own name of it. */
  id: string;
}

/** As in OCPP 1.6 ChargePointErrorCode. */
export type FaultCode =
  | 'ConnectorLockFailure'
  | 'EVCommunicationError'
  | 'GroundFailure'
  | 'HighTemperature'
  | 'InternalError'
  | 'OtherError'
  | 'OverCurrentFailure'
  | 'OverVoltage'
  | 'PowerMeterFailure'
  | 'PowerSwitchFailure'
  | 'ReaderFailure'
  | 'ResetFailure'
  | 'UnderVoltage'
  | 'WeakSignal';
