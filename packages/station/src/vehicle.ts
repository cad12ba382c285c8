/** An electric vehicle and its battery. */
export interface Vehicle {
  batteryWh: number;
  /** What its charger takes at most, W. */
  maxPowerW: number;
  phases: 1 | 3;
  /** State of charge at which it stops by itself, %. Default 100. */
  targetSoc: number;
}

/** From first current to full power, s. */
export const rampS = 20;

/** Above this state of charge, %, the battery takes less and less. */
export const taperSoc = 80;

/** What is left of the power just before the battery is full. */
const endShare = 0.08;

/** What the vehicle would take if nothing limited it, W: a ramp, a plateau, a taper, nothing when full. */
export function demandW(
  { maxPowerW, targetSoc }: Vehicle,
  { soc, chargingS }: { soc: number; chargingS: number },
): number {
  if (soc >= targetSoc) return 0;
  const ramp = Math.min(1, Math.max(0, chargingS) / rampS);
  const beyond = Math.max(0, (soc - taperSoc) / (100 - taperSoc));
  return maxPowerW * ramp * (1 - (1 - endShare) * beyond ** 1.4);
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
