import { eachPhase, isPerPhase, type PhaseValues, type Supply } from './phase-values.ts';
import type { RateUnit } from './charging-profile.ts';

/**
 * Ceilings as hardware meets them: amperes cap each phase, watts cap the sum, and both hold together. So limits in A
 * and in W can be mixed: they are turned into one unit at the end, on the phases that are left by then.
 */
export interface Caps {
  phasesA: readonly [number, number, number];
  totalW: number;
  phases: number;
}

export const noCaps: Caps = { phasesA: [Infinity, Infinity, Infinity], totalW: Infinity, phases: 3 };

export function toCaps(values: PhaseValues, supply: Supply): Caps {
  const { unit, phases, voltageV } = supply;
  if (unit === 'W' && !isPerPhase(values)) return { ...noCaps, totalW: values.value, phases };
  const [l1, l2, l3] = eachPhase(values, supply);
  const toA = unit === 'A' ? 1 : 1 / voltageV;
  return { phasesA: [l1 * toA, l2 * toA, l3 * toA], totalW: Infinity, phases };
}

export function lower(a: Caps, b: Caps): Caps {
  const [a1, a2, a3] = a.phasesA;
  const [b1, b2, b3] = b.phasesA;
  return {
    phasesA: [Math.min(a1, b1), Math.min(a2, b2), Math.min(a3, b3)],
    totalW: Math.min(a.totalW, b.totalW),
    phases: Math.min(a.phases, b.phases),
  };
}

/** True when `a` allows less than `b` anywhere. */
export function isLower(a: Caps, b: Caps): boolean {
  return a.totalW < b.totalW || a.phases < b.phases || a.phasesA.some((ampere, i) => ampere < (b.phasesA[i] ?? 0));
}

/** One unit, one number for all phases where they are equal. */
export function resolve(caps: Caps, unit: RateUnit, voltageV: number): PhaseValues {
  const [l1, l2, l3] = caps.phasesA;
  const isEven = (caps.phases < 2 || l2 === l1) && (caps.phases < 3 || l3 === l1);
  if (unit === 'W' && isEven) return { value: inWatts(caps, voltageV) };
  const each = inAmperes(caps, voltageV);
  const [v1, v2, v3] = unit === 'A' ? each : [each[0] * voltageV, each[1] * voltageV, each[2] * voltageV];
  return isEven ? { value: v1 } : { value: v1, l2: v2, l3: caps.phases < 3 ? undefined : v3 };
}

function inAmperes({ phasesA, totalW, phases }: Caps, voltageV: number): [number, number, number] {
  const even = totalW / (voltageV * phases);
  return [Math.min(phasesA[0], even), Math.min(phasesA[1], even), Math.min(phasesA[2], even)];
}

function inWatts({ phasesA, totalW, phases }: Caps, voltageV: number): number {
  const used = phasesA.slice(0, phases).reduce((total, ampere) => total + ampere, 0);
  return Math.min(totalW, used * voltageV);
}
