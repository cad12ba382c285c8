import type { Clock } from '../time/clock.ts';
import type { ContractProof } from '../authorization/contract.ts';
import type { Fault, IdToken, StationHost, StopReason } from '../station-host.ts';
import type { Vehicle } from './vehicle.ts';
import type { Shown } from './display.ts';
import type { EvseKind } from './evse-kinds.ts';
import type { FirmwareFailure } from './firmware-steps.ts';

export interface SimulatedHostOptions {
  /** How many EVSEs, each with one socket; or of what kind each is. Default 1. */
  evses?: number | readonly EvseKind[];
  /** A SettableClock that is the station's too is set when the CSMS tells the time. */
  clock?: Clock;
  /** Uniform in [0, 1): the seed of its meters and vehicles. Default Math.random. */
  random?: () => number;
  /** Of the vehicles that plug in, kWh. Default 60. */
  batteryKwh?: number;
  /** Of the vehicles that plug in, W. Default 11,000. */
  maxPowerW?: number;
  /** Of the station. Default 3. */
  phases?: 1 | 3;
  /** Of the station, per phase. Default 32 A. */
  maxCurrentA?: number;
  /** Phase to neutral. Default 230 V. */
  voltageV?: number;
  /** How many times faster a battery fills; power, energy and time stay consistent. Default 1. */
  speed?: number;
  /** How long a restart takes. Default 1000 ms. */
  resetMs?: number;
  firmwareVersion?: string;
  /** Readings are signed with a key that is made with the host. Default false. */
  signsReadings?: boolean;
  /** It shows messages and prices: `shown` has them. Default false. */
  hasDisplay?: boolean;
  /** Transactions go on after a power cut while the vehicle is plugged in. Default false: they end. */
  resumesAfterPowerCut?: boolean;
}

/** What goes wrong, as long as it is set. */
export interface Failures {
  /** The plug stays locked. */
  unlock?: boolean;
  firmware?: FirmwareFailure;
  log?: boolean;
}

/** Which vehicle comes, and how full. */
export interface Arrival extends Partial<Vehicle> {
  /** State of charge on arrival, %. */
  soc?: number;
  /** Of the EVSE. Default 1. */
  connectorId?: number;
  /** What the driver's own cable carries, A per phase. */
  cableA?: number;
}

/** A charger without hardware, and the people and vehicles that come to it. */
export interface SimulatedHost extends StationHost {
  /** What is to go wrong from now on. */
  readonly failures: Failures;
  readonly shown: Shown;
  plug(evseId: number, arrival?: Arrival): void;
  unplug(evseId: number): void;
  /** A plain string is an ISO 14443 card. */
  presentToken(evseId: number, idToken: string | IdToken): void;
  /** Plug and Charge: the vehicle shows the contract of this eMAID. Default: one that the host finds valid. */
  presentContract(evseId: number, emaid: string, proof?: ContractProof): void;
  /** The stop button, the vehicle, a protection. */
  requestStop(evseId: number, reason: StopReason): void;
  fault(evseId: number, fault: Fault): void;
  clearFault(evseId: number): void;
  /** The vehicle's state of charge, %. */
  socOf(evseId: number): number;
  isPlugged(evseId: number): boolean;
  /** Ends everything that still runs or waits. */
  shutDown(): void;
  /** The power goes: all stops at once, and nobody is told. Vehicles stay, and registers. `attach` ends it. */
  cutPower(): void;
}
