import type { ChargingSchedule, PhasedQuantity } from './charging-profile.ts';
import { ceilingOf, type Ceiling } from './limit-ceiling.ts';
import { defaultCaps, stackOf, supplyOf, type AppliedLimit, type EvseContext, type LimitQuery } from './limit-query.ts';
import {
  clamp,
  convert,
  isSameValues,
  negative,
  sum,
  valuesOf,
  type PhaseValues,
  type Supply,
} from './phase-values.ts';
import { lower, noCaps, resolve, toCaps, type Caps } from './power-caps.ts';
import type { Budget, Winner } from './profile-stack.ts';

export interface Evaluated {
  applied: AppliedLimit;
  /** Until when it surely does not change; Infinity when never. Milliseconds since 1970. */
  untilMs: number;
}

/** Makes the function that tells the limit at an instant; from call to call, time may only go forward. */
export function evaluatorOf(query: LimitQuery, budget: Budget): (ms: number) => Evaluated {
  if (query.evseId === 0) return stationEvaluator(query, budget);
  const evse = query.evses.find(({ id }) => id === query.evseId) ?? { id: query.evseId };
  return evseEvaluator(query, evse, budget);
}

/** Of the station, then its ceiling: so a station never gets more than its EVSEs may take together. */
function stationEvaluator(query: LimitQuery, budget: Budget): (ms: number) => Evaluated {
  const { unit, defaults } = query;
  const each = query.evses.map((evse) => evseEvaluator(query, evse, budget));
  const ceiling = ceilingOf(query, { id: 0 }, budget);
  return (ms) => {
    const parts = each.map((evaluate) => evaluate(ms));
    const phases = Math.max(...parts.map(({ applied }) => applied.phases), 1);
    const supply = { unit, phases, voltageV: defaults.voltageV };
    const total = (quantity: PhasedQuantity) =>
      parts.reduce<PhaseValues | undefined>((all, { applied }) => sum(all, applied[quantity], supply), undefined);
    const limit = total('limit');
    const own: Caps = limit ? toCaps(limit, supply) : defaultCaps(query);
    const top = ceiling(ms);
    const applied = applyCeiling(query, {
      caps: own,
      discharge: total('dischargeLimit'),
      setpoint: total('setpoint'),
      reactive: total('setpointReactive'),
      stackLevel: 0,
      top,
    });
    return { applied, untilMs: Math.min(top.untilMs, ...parts.map(({ untilMs }) => untilMs)) };
  };
}

function evseEvaluator(query: LimitQuery, evse: EvseContext, budget: Budget): (ms: number) => Evaluated {
  const partsAt = evsePartsOf(query, evse, budget);
  return (ms) => {
    const parts = partsAt(ms);
    return { applied: applyOwn(query, evse, parts), untilMs: parts.top.untilMs };
  };
}

/** What the limit of an EVSE is made of: the profile that holds there, and what caps it, until either changes. */
export interface EvseParts {
  own: Winner | undefined;
  top: Ceiling;
}

export function evsePartsOf(query: LimitQuery, evse: EvseContext, budget: Budget): (ms: number) => EvseParts {
  const purposes = evse.isPriority ? (['PriorityCharging', 'TxProfile', 'TxDefaultProfile'] as const) : ownPurposes;
  const stacks = purposes.map((purpose) => stackOf(query, { purpose, evse, evseIds: [0, evse.id] }, budget));
  const ceiling = ceilingOf(query, evse, budget);
  return (ms) => {
    const top = ceiling(ms);
    let own: Winner | undefined;
    for (const stack of stacks) {
      own = stack.at(ms);
      top.untilMs = Math.min(top.untilMs, stack.untilMs);
      if (own) break;
    }
    return { own, top };
  };
}

const ownPurposes = ['TxProfile', 'TxDefaultProfile'] as const;

export function applyOwn(query: LimitQuery, evse: EvseContext, { own, top }: EvseParts): AppliedLimit {
  const phases = evse.phases ?? query.defaults.phases;
  const onItsPhases = (caps: Caps) => lower(caps, { ...noCaps, phases });
  if (!own) return applyCeiling(query, { caps: onItsPhases(defaultCaps(query)), stackLevel: 0, top });
  const { period, schedule, profile } = own;
  const { stackLevel } = profile;
  const supply = supplyOf(query, own);
  if (period.operationMode === 'Idle') {
    const caps = onItsPhases(toCaps({ value: 0 }, { ...supply, unit: 'A' }));
    return { ...applyCeiling(query, { caps, stackLevel, top }), period };
  }
  const converted = (quantity: PhasedQuantity) => {
    const values = valuesOf(period, quantity);
    return values && convert(values, { ...supply, phases: Math.min(supply.phases, phases) }, query.unit);
  };
  const limit = valuesOf(period, 'limit');
  const caps = limit
    ? toCaps(limit, { ...supply, unit: schedule.unit })
    : { ...defaultCaps(query), phases: supply.phases };
  const applied = applyCeiling(query, {
    caps: onItsPhases(atSoc(caps, evse, { limitAtSoC: schedule.limitAtSoC, supply })),
    discharge: converted('dischargeLimit'),
    setpoint: converted('setpoint'),
    reactive: converted('setpointReactive'),
    stackLevel,
    top,
  });
  return { ...applied, period };
}

/** From a state of charge on a schedule may allow less (OCPP 2.1 limitAtSoC). */
function atSoc(
  caps: Caps,
  { soc }: EvseContext,
  { limitAtSoC, supply }: Pick<ChargingSchedule, 'limitAtSoC'> & { supply: Supply },
): Caps {
  if (!limitAtSoC || soc === undefined || soc < limitAtSoC.soc) return caps;
  return lower(caps, toCaps({ value: limitAtSoC.limit }, supply));
}

interface Own {
  caps: Caps;
  discharge?: PhaseValues | undefined;
  setpoint?: PhaseValues | undefined;
  reactive?: PhaseValues | undefined;
  stackLevel: number;
  top: Ceiling;
}

function applyCeiling(query: LimitQuery, { caps, discharge, setpoint, reactive, stackLevel, top }: Own): AppliedLimit {
  const { voltageV } = query.defaults;
  const capped = lower(caps, top.caps);
  const supply: Supply = { unit: query.unit, phases: capped.phases, voltageV };
  const limit = resolve(capped, query.unit, voltageV);
  const isCapped = !isSameValues(limit, resolve({ ...caps, phases: capped.phases }, query.unit, voltageV));
  const applied: AppliedLimit = { limit, phases: capped.phases, stackLevel: isCapped ? top.stackLevel : stackLevel };
  const lowest = top.discharge ? negative(resolve(top.discharge, query.unit, voltageV)) : { value: -Infinity };
  if (discharge) applied.dischargeLimit = clamp(discharge, { low: lowest, high: { value: 0 } }, supply);
  if (setpoint) {
    applied.setpoint = clamp(setpoint, { low: applied.dischargeLimit ?? lowest, high: limit }, supply);
  }
  if (reactive) applied.setpointReactive = reactive;
  return applied;
}
