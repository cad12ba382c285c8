import type { ChargingState } from '../station-host.ts';
import { demandW, dischargeW, flowW, isPausing, minCurrentA, rampS, taperSoc, type Vehicle } from './vehicle.ts';

/** What an EVSE offers, and how far the vehicle is. */
export interface Situation {
  supply: 'AC' | 'DC';
  /** Per phase; at DC, what they would make on the side of the grid. */
  offered: { currentA: number; phases: number; voltageV: number };
  /** What is asked back, W. */
  askedBackW: number;
  soc: number;
  /** Since the current began to rise, s. */
  chargingS: number;
  /** Since the vehicle woke up, s. */
  connectedS: number;
  /** How many times faster the battery fills. */
  speed: number;
}

/** What flows, W; negative: back from the vehicle. */
export interface Flow {
  state: ChargingState;
  flowW: number;
}

/** Losses between meter and battery. */
export const efficiency = 0.92;

/** A vehicle keeps below the limit, as the voltage sags under load. */
const restraint = 0.98;

/** Between two looks at a vehicle whose current rises, ms. */
const rampTickMs = 5000;

/** Longest time between two looks at a vehicle that charges, ms. */
const longestTickMs = 60_000;

/** The state of charge may move so far between two looks where that changes the power, %. */
const tickSoc = 1;

/** What a vehicle does now. */
export function flowOf(vehicle: Vehicle, situation: Situation): Flow {
  const { supply, offered, soc, chargingS, connectedS, askedBackW } = situation;
  if (askedBackW > 0) {
    const backW = dischargeW(vehicle, soc, askedBackW);
    return backW > 0 ? { state: 'Charging', flowW: -backW } : { state: 'SuspendedEV', flowW: 0 };
  }
  const isDc = supply === 'DC';
  if (offered.currentA < (isDc ? 1 : minCurrentA)) return { state: 'SuspendedEVSE', flowW: 0 };
  const isRefused = !isDc && offered.currentA < (vehicle.minCurrentA ?? 0);
  if (isRefused || soc >= vehicle.targetSoc || isPausing(vehicle, connectedS)) {
    return { state: 'SuspendedEV', flowW: 0 };
  }
  const demand = demandW(vehicle, { soc, chargingS });
  const voltageV = offered.voltageV * restraint;
  if (isDc) return { state: 'Charging', flowW: Math.min(demand, offered.currentA * offered.phases * voltageV) };
  return { state: 'Charging', flowW: flowW(demand, { ...offered, voltageV }) };
}

/** When that has to be decided again, ms; Infinity where it does not, as long as nothing else changes. */
export function nextLookMs(vehicle: Vehicle, flow: Flow, situation: Situation): number {
  const { soc, chargingS, connectedS, speed } = situation;
  const untilPause = msUntilPauseChanges(vehicle, connectedS);
  if (flow.state !== 'Charging') return untilPause;
  if (chargingS < rampS && flow.flowW >= 0) return Math.min(untilPause, rampTickMs);
  const socPerS = (Math.abs(flow.flowW) * efficiency * speed * 100) / vehicle.batteryWh / 3600;
  const toTarget = flow.flowW < 0 ? tickSoc : vehicle.targetSoc - soc;
  const toTaper = Math.max(tickSoc, taperSoc - soc);
  const ms = (Math.min(toTarget, toTaper) / socPerS) * 1000;
  return Math.max(1, Math.min(untilPause, longestTickMs, ms));
}

function msUntilPauseChanges({ pause }: Vehicle, connectedS: number): number {
  if (!pause) return Infinity;
  const place = connectedS % (pause.afterS + pause.forS);
  return ((place < pause.afterS ? pause.afterS : pause.afterS + pause.forS) - place) * 1000;
}
