import type { PhasedQuantity, RateUnit, SchedulePeriod } from './charging-profile.ts';

/** A quantity in A per phase or W in all; with `l2` or `l3`, `value` is of L1 alone. */
export interface PhaseValues {
  value: number;
  l2?: number | undefined;
  l3?: number | undefined;
}

/** What a number in A or W means here. */
export interface Supply {
  unit: RateUnit;
  phases: number;
  /** Phase to neutral. */
  voltageV: number;
}

export function valuesOf(period: SchedulePeriod, quantity: PhasedQuantity): PhaseValues | undefined {
  const value = period[quantity];
  const l2 = period[`${quantity}_L2`];
  const l3 = period[`${quantity}_L3`];
  if (value === undefined && l2 === undefined && l3 === undefined) return undefined;
  return { value: value ?? 0, l2, l3 };
}

export const isPerPhase = ({ l2, l3 }: PhaseValues) => l2 !== undefined || l3 !== undefined;

/** The value of each phase; a phase that is not told has that of L1. */
export function eachPhase(values: PhaseValues, { unit, phases }: Supply): readonly [number, number, number] {
  const { value, l2 = value, l3 = value } = values;
  if (unit === 'A' || isPerPhase(values)) return [value, l2, l3];
  return [value / phases, value / phases, value / phases];
}

export function convert(values: PhaseValues, from: Supply, unit: RateUnit): PhaseValues {
  if (from.unit === unit) return values;
  const perPhase = unit === 'W' ? from.voltageV : 1 / from.voltageV;
  const inAll = unit === 'W' ? from.voltageV * from.phases : 1 / (from.voltageV * from.phases);
  const factor = isPerPhase(values) ? perPhase : inAll;
  const scaled = (value: number | undefined) => (value === undefined ? undefined : value * factor);
  return { value: values.value * factor, l2: scaled(values.l2), l3: scaled(values.l3) };
}

/** Both together; phase by phase as soon as one of them is. */
export function sum(a: PhaseValues | undefined, b: PhaseValues | undefined, supply: Supply): PhaseValues | undefined {
  if (!a || !b) return a ?? b;
  if (!isPerPhase(a) && !isPerPhase(b)) return { value: a.value + b.value };
  const [a1, a2, a3] = eachPhase(a, supply);
  const [b1, b2, b3] = eachPhase(b, supply);
  return { value: a1 + b1, l2: a2 + b2, l3: a3 + b3 };
}

/** `values` between `low` and `high`, phase by phase where any of them is. */
export function clamp(
  values: PhaseValues,
  bounds: { low: PhaseValues; high: PhaseValues },
  supply: Supply,
): PhaseValues {
  const { low, high } = bounds;
  const within = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));
  if (![values, low, high].some(isPerPhase)) return { value: within(values.value, low.value, high.value) };
  const [v1, v2, v3] = eachPhase(values, supply);
  const [l1, l2, l3] = eachPhase(low, supply);
  const [h1, h2, h3] = eachPhase(high, supply);
  return { value: within(v1, l1, h1), l2: within(v2, l2, h2), l3: within(v3, l3, h3) };
}

export function isSameValues(a: PhaseValues | undefined, b: PhaseValues | undefined): boolean {
  return a?.value === b?.value && a?.l2 === b?.l2 && a?.l3 === b?.l3;
}

export const negative = ({ value, l2, l3 }: PhaseValues): PhaseValues => ({
  value: -value,
  l2: l2 === undefined ? undefined : -l2,
  l3: l3 === undefined ? undefined : -l3,
});
