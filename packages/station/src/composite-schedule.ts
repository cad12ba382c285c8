import type { ChargingProfile, ProfilePurpose } from './charging-profiles.ts';

/** A per phase, and on how many phases. */
export interface Limit {
  currentA: number;
  phases: number;
}

/** A period of a composite schedule; `startS` seconds from its beginning. */
export interface CompositePeriod extends Limit {
  startS: number;
}

/** What a composite schedule is made for. */
export interface CompositeQuery {
  profiles: readonly ChargingProfile[];
  /** 0 is the station: the sum of its EVSEs, under the limits of the station. */
  evseId: number;
  from: Date;
  durationS: number;
  evses: readonly EvseContext[];
  /** What holds where no profile applies. */
  unlimited: Limit;
  voltageV: number;
}

export interface EvseContext {
  id: number;
  /** When the running transaction began; without one, relative profiles begin with the window. */
  transactionStart?: Date | undefined;
}

const periodS = { Daily: 86_400, Weekly: 604_800 } as const;

/** The longest window, whatever is asked: 365 days. */
const maxDurationS = 31_536_000;

/** At most so many instants are looked at. */
const maxInstants = 20_000;

/** The limit that results from all profiles, as periods from `from` on; equal neighbours are merged. */
export function compositeSchedule(query: CompositeQuery): CompositePeriod[] {
  const periods: CompositePeriod[] = [];
  for (const atS of instantsOf(query)) {
    const limit = limitAt(query, atS);
    const last = periods.at(-1);
    if (last?.currentA === limit.currentA && last.phases === limit.phases) continue;
    periods.push({ startS: atS, ...limit });
  }
  return periods;
}

/** The limit at one instant, `atS` seconds into the window. */
export function limitAt(query: CompositeQuery, atS: number): Limit {
  const { evses, evseId, unlimited } = query;
  if (evseId !== 0) return evseLimit(query, evses.find(({ id }) => id === evseId) ?? { id: evseId }, atS);
  const limits = evses.map((evse) => evseLimit(query, evse, atS));
  const sum = {
    currentA: limits.reduce((total, { currentA }) => total + currentA, 0),
    phases: Math.max(...limits.map(({ phases }) => phases)),
  };
  return lower(limits.length > 0 ? sum : unlimited, stationLimit(query, atS));
}

function evseLimit(query: CompositeQuery, evse: EvseContext, atS: number): Limit {
  const own =
    winner(query, { evse, purpose: 'TxProfile', atS }) ?? winner(query, { evse, purpose: 'TxDefaultProfile', atS });
  return lower(own ?? query.unlimited, stationLimit(query, atS));
}

function stationLimit(query: CompositeQuery, atS: number): Limit | undefined {
  const evse = { id: 0 };
  const maximum = winner(query, { evse, purpose: 'ChargingStationMaxProfile', atS });
  const external = winner(query, { evse, purpose: 'ChargingStationExternalConstraints', atS });
  return maximum ? lower(maximum, external) : external;
}

function lower(a: Limit, b: Limit | undefined): Limit {
  return b && b.currentA * b.phases <= a.currentA * a.phases ? b : a;
}

/** The profile of the highest stack level that says something at this instant. */
function winner(
  query: CompositeQuery,
  { evse, purpose, atS }: { evse: EvseContext; purpose: ProfilePurpose; atS: number },
): Limit | undefined {
  let best: ChargingProfile | undefined;
  let limit: Limit | undefined;
  for (const profile of query.profiles) {
    if (profile.purpose !== purpose || (profile.evseId !== 0 && profile.evseId !== evse.id)) continue;
    if (best && !isAbove(profile, best)) continue;
    const found = periodAt(query, profile, { evse, atS });
    if (!found) continue;
    best = profile;
    limit = found;
  }
  return limit;
}

/** A higher level wins; on the same level the EVSE's own profile beats the station's. */
function isAbove(a: ChargingProfile, b: ChargingProfile): boolean {
  return a.stackLevel > b.stackLevel || (a.stackLevel === b.stackLevel && a.evseId > b.evseId);
}

function periodAt(
  query: CompositeQuery,
  profile: ChargingProfile,
  { evse, atS }: { evse: EvseContext; atS: number },
): Limit | undefined {
  const at = query.from.getTime() + atS * 1000;
  if (profile.validFrom && at < profile.validFrom.getTime()) return undefined;
  if (profile.validTo && at >= profile.validTo.getTime()) return undefined;
  const offsetS = offsetOf(query, profile, { evse, at });
  if (offsetS === undefined) return undefined;
  const period = profile.periods.findLast(({ startPeriod }) => startPeriod <= offsetS);
  if (!period) return undefined;
  const phases = period.numberPhases ?? query.unlimited.phases;
  const currentA = profile.unit === 'A' ? period.limit : period.limit / (query.voltageV * phases);
  return { currentA, phases };
}

/** Seconds since the schedule's (last) beginning; undefined outside it. */
function offsetOf(
  query: CompositeQuery,
  profile: ChargingProfile,
  { evse, at }: { evse: EvseContext; at: number },
): number | undefined {
  const elapsedS = (at - startOf(query, profile, evse)) / 1000;
  if (elapsedS < 0) return undefined;
  const cycleS = profile.recurrency && profile.kind === 'Recurring' ? periodS[profile.recurrency] : Infinity;
  const offsetS = cycleS === Infinity ? elapsedS : elapsedS % cycleS;
  return offsetS < (profile.durationS ?? Infinity) ? offsetS : undefined;
}

function startOf({ from }: CompositeQuery, profile: ChargingProfile, evse: EvseContext): number {
  if (profile.kind === 'Relative') return (evse.transactionStart ?? from).getTime();
  return (profile.start ?? profile.validFrom ?? from).getTime();
}

/** Every second of the window at which something may change, ascending, 0 first. */
function instantsOf(query: CompositeQuery): number[] {
  const windowS = Math.min(query.durationS, maxDurationS);
  const instants = new Set([0]);
  const add = (ms: number) => {
    const atS = (ms - query.from.getTime()) / 1000;
    if (atS > 0 && atS < windowS && instants.size < maxInstants) instants.add(atS);
  };
  for (const profile of query.profiles) {
    if (profile.validFrom) add(profile.validFrom.getTime());
    if (profile.validTo) add(profile.validTo.getTime());
    for (const evse of query.evses) addCycles(query, profile, { start: startOf(query, profile, evse), windowS, add });
  }
  return [...instants].toSorted((a, b) => a - b);
}

function addCycles(
  query: CompositeQuery,
  profile: ChargingProfile,
  { start, windowS, add }: { start: number; windowS: number; add: (ms: number) => void },
): void {
  const cycleMs = profile.recurrency && profile.kind === 'Recurring' ? periodS[profile.recurrency] * 1000 : Infinity;
  const end = query.from.getTime() + windowS * 1000;
  const skipped = cycleMs === Infinity ? 0 : Math.max(0, Math.floor((query.from.getTime() - start) / cycleMs));
  const first = start + (skipped === 0 ? 0 : skipped * cycleMs);
  for (let cycle = first; cycle <= end; cycle += cycleMs) {
    for (const { startPeriod } of profile.periods) {
      if (startPeriod * 1000 < cycleMs) add(cycle + startPeriod * 1000);
    }
    if (profile.durationS !== undefined) add(cycle + profile.durationS * 1000);
    if (cycleMs === Infinity) return;
  }
}
