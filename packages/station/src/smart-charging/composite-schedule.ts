import { evaluatorOf } from './applied-limit.ts';
import type { AppliedLimit, LimitQuery } from './limit-query.ts';
import { isSameValues } from './phase-values.ts';

/** A period of a composite schedule; `startS` whole seconds from its beginning. */
export interface CompositePeriod extends AppliedLimit {
  startS: number;
}

/** The limits that result from all profiles. */
export interface CompositeSchedule {
  evseId: number;
  unit: 'A' | 'W';
  from: Date;
  /** Less than asked for when there were more changes than fit: what it covers, it covers whole. */
  durationS: number;
  /** Ascending, the first at 0, neighbours different. */
  periods: CompositePeriod[];
}

export interface CompositeQuery extends LimitQuery {
  /** Seconds. */
  durationS: number;
  /** At most so many periods are given. Default 1440. */
  maxPeriods?: number | undefined;
  /** The longest window, whatever is asked. Default 365 days, in seconds. */
  maxDurationS?: number | undefined;
}

/**
 * How often a profile may be looked at for one schedule. It bounds the work whatever is installed; what would need
 * more ends earlier. With 500 daily profiles of 1440 periods that is some 40 ms for an EVSE and 0.3 s for a station of
 * a hundred (bench/composite-schedule.ts).
 */
const maxLooks = 1_000_000;

/** The composite schedule, from second to second as it is at the beginning of each. */
export function compositeSchedule(query: CompositeQuery): CompositeSchedule {
  const { evseId, unit, from, maxPeriods = 1440, maxDurationS = 31_536_000 } = query;
  const windowS = Math.max(0, Math.min(query.durationS, maxDurationS));
  const budget = { left: maxLooks };
  const limitAt = evaluatorOf(query, budget);
  const periods: CompositePeriod[] = [];
  let atS = 0;
  do {
    const { applied, untilMs } = limitAt(from.getTime() + atS * 1000);
    if (!isSame(periods.at(-1), applied)) {
      if (periods.length > 0 && periods.length >= maxPeriods) break;
      periods.push({ startS: atS, ...applied });
    }
    const untilS = Math.ceil((untilMs - from.getTime()) / 1000);
    atS = Math.min(windowS, Math.max(atS + 1, untilS));
  } while (atS < windowS && budget.left > 0);
  return { evseId, unit, from, durationS: atS, periods };
}

function isSame(a: AppliedLimit | undefined, b: AppliedLimit): boolean {
  return (
    a !== undefined &&
    a.phases === b.phases &&
    isSameValues(a.limit, b.limit) &&
    isSameValues(a.dischargeLimit, b.dischargeLimit) &&
    isSameValues(a.setpoint, b.setpoint) &&
    isSameValues(a.setpointReactive, b.setpointReactive) &&
    isSameMode(a, b)
  );
}

function isSameMode({ period: a }: AppliedLimit, { period: b }: AppliedLimit): boolean {
  return (
    a === b ||
    (a?.phaseToUse === b?.phaseToUse &&
      a?.operationMode === b?.operationMode &&
      a?.evseSleep === b?.evseSleep &&
      a?.preconditioningRequest === b?.preconditioningRequest &&
      a?.v2xBaseline === b?.v2xBaseline &&
      a?.v2xFreqWattCurve === b?.v2xFreqWattCurve &&
      a?.v2xSignalWattCurve === b?.v2xSignalWattCurve)
  );
}
