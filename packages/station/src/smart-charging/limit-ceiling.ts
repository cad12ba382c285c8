import { stackOf, supplyOf, type EvseContext, type LimitQuery } from './limit-query.ts';
import { convert, negative, sum, valuesOf } from './phase-values.ts';
import { isLower, lower, noCaps, toCaps, type Caps } from './power-caps.ts';
import type { Budget, Winner } from './profile-stack.ts';

/** What the station and the grid allow in a place. */
export interface Ceiling {
  caps: Caps;
  /** How much may flow back, as positive numbers; undefined when nobody limits it. */
  discharge: Caps | undefined;
  stackLevel: number;
  untilMs: number;
}

/**
 * The lowest of the maxima and external constraints, of the station and of the EVSE itself. Local generation adds to
 * the external constraints of its place, for what is made behind the meter does not load the grid; it does not add to
 * a maximum, which is what the installation bears.
 */
export function ceilingOf(query: LimitQuery, evse: EvseContext, budget: Budget): (ms: number) => Ceiling {
  const places = evse.id === 0 ? [0] : [0, evse.id];
  const layers = places.flatMap((place) => {
    const at = { evse, evseIds: [place] };
    const local = stackOf(query, { purpose: 'LocalGeneration', ...at }, budget);
    return [
      { stack: stackOf(query, { purpose: 'ChargingStationMaxProfile', ...at }, budget), local: undefined },
      { stack: stackOf(query, { purpose: 'ChargingStationExternalConstraints', ...at }, budget), local },
    ];
  });
  return (ms) => {
    const ceiling: Ceiling = { caps: noCaps, discharge: undefined, stackLevel: 0, untilMs: Infinity };
    for (const { stack, local } of layers) {
      const winner = stack.at(ms);
      const generated = local?.at(ms);
      ceiling.untilMs = Math.min(ceiling.untilMs, stack.untilMs, local?.untilMs ?? Infinity);
      if (winner) lowerTo(query, ceiling, { winner, generated });
    }
    return ceiling;
  };
}

function lowerTo(
  query: LimitQuery,
  ceiling: Ceiling,
  { winner, generated }: { winner: Winner; generated: Winner | undefined },
): void {
  const supply = supplyOf(query, winner);
  const values = valuesOf(winner.period, 'limit');
  if (values) {
    const added = generated && valuesOf(generated.period, 'limit');
    const extra = added && convert(added, supplyOf(query, generated), supply.unit);
    const caps = lower(ceiling.caps, toCaps(sum(values, extra, supply) ?? values, supply));
    if (isLower(caps, ceiling.caps)) ceiling.stackLevel = winner.profile.stackLevel;
    ceiling.caps = caps;
  }
  const discharge = valuesOf(winner.period, 'dischargeLimit');
  if (discharge) ceiling.discharge = lower(ceiling.discharge ?? noCaps, toCaps(negative(discharge), supply));
}
