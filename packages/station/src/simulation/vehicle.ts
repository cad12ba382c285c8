/** An electric vehicle and its battery. */
export interface Vehicle {
  batteryWh: number;
  /** What its AC charger takes at most, W. */
  maxPowerW: number;
  phases: 1 | 3;
  /** State of charge at which it stops by itself, %. Default 100. */
  targetSoc: number;
  /** What it takes at most at a DC connector, W. Default: ten times what its AC charger takes. */
  maxDcPowerW?: number;
  /** Of its battery when empty, V; a full one has a seventh more. Default 350. */
  batteryV?: number;
  /** How much of what it could take it does take, above 0 and up to 1. Default 1. */
  share?: number;
  /** Below so much per phase it pauses on AC, A. Default 6. */
  minCurrentA?: number;
  /** From the contactor to the first current, s: a vehicle that sleeps. Default 1.5. */
  wakeUpS?: number;
  /** It stops for a while by itself, again and again. */
  pause?: { afterS: number; forS: number };
  /** What it can feed back, W. Default 0. */
  maxDischargeW?: number;
  /** Below this state of charge it feeds nothing back, %. Default 20. */
  minSoc?: number;
}

/** From first current to full power, s. */
export const rampS = 20;

/** Above this state of charge, %, the battery takes less and less. */
export const taperSoc = 80;

/** What is left of the power just before the battery is full. */
const endShare = 0.08;

/** What the vehicle would take if nothing limited it, W: a ramp, a plateau, a taper, nothing when full. */
export function demandW(
  { maxPowerW, targetSoc, share = 1 }: Vehicle,
  { soc, chargingS }: { soc: number; chargingS: number },
): number {
  if (soc >= targetSoc) return 0;
  const ramp = Math.min(1, Math.max(0, chargingS) / rampS);
  const beyond = Math.max(0, (soc - taperSoc) / (100 - taperSoc));
  return maxPowerW * share * ramp * (1 - (1 - endShare) * beyond ** 1.4);
}

/** The vehicle as a DC charger sees it. */
export function atDc(vehicle: Vehicle): Vehicle {
  return { ...vehicle, maxPowerW: vehicle.maxDcPowerW ?? vehicle.maxPowerW * 10 };
}

/** Of the battery, V. */
export function batteryVoltageV({ batteryV = 350 }: Vehicle, soc: number): number {
  return batteryV * (1 + soc / 700);
}

/** Whether it pauses by itself, `chargingS` seconds after its first current. */
export function isPausing({ pause }: Vehicle, chargingS: number): boolean {
  return pause !== undefined && chargingS % (pause.afterS + pause.forS) >= pause.afterS;
}

/** What it feeds back of what is asked for, W. */
export function dischargeW({ maxDischargeW = 0, minSoc = 20 }: Vehicle, soc: number, askedW: number): number {
  return soc > minSoc ? Math.min(maxDischargeW, askedW) : 0;
}

/** Below this current AC charging pauses (IEC 61851-1), A. */
export const minCurrentA = 6;

/** What flows, W, given the demand and the limit of the EVSE. */
export function flowW(demand: number, offered: { currentA: number; phases: number; voltageV: number }): number {
  if (offered.currentA < minCurrentA) return 0;
  return Math.min(demand, offered.currentA * offered.phases * offered.voltageV);
}

/** Repeatable noise in [-1, 1]: the same seed and place give the same value. */
export function noise(seed: number, place: number): number {
  let hash = Math.imul(seed ^ Math.imul(place | 0, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x7fffffff - 1;
}
