import { applyOwn, evsePartsOf, type EvseParts } from './applied-limit.ts';
import { shareOut, type Claim } from './fair-shares.ts';
import { ceilingOf, type Ceiling } from './limit-ceiling.ts';
import type { AppliedLimit, EvseContext, LimitQuery } from './limit-query.ts';
import { eachPhase, negative, type PhaseValues } from './phase-values.ts';
import { lower, noCaps, type Caps } from './power-caps.ts';

/** An EVSE with a transaction, or where energy may flow, as what the station may take is divided. */
export interface Sharer extends EvseContext {
  /** Of its hardware, per phase. */
  maxCurrentA: number;
  /** No energy can flow: it needs nothing. */
  isCutOff: boolean;
  /** Its vehicle has paused by itself. */
  isContent: boolean;
}

/** In A; EVSE 0 of the query does not count. */
export interface SharedQuery extends Omit<LimitQuery, 'evseId' | 'evses' | 'unit'> {
  evses: readonly Sharer[];
}

export interface SharedLimits {
  /** By EVSE. Together they never exceed what the station may take. */
  limits: ReadonlyMap<number, AppliedLimit>;
  /** When they may change next by themselves; undefined: never. */
  until: Date | undefined;
}

/** What is worked out for one EVSE. */
interface Part {
  evse: Sharer;
  parts: EvseParts;
  /** As if it charged alone. */
  alone: AppliedLimit;
}

/** The latest time a `Date` can hold. */
const latestMs = 8.64e15;

/** The limits of those that charge now, and share what the station may take. */
export function sharedLimits(given: SharedQuery): SharedLimits {
  const query: LimitQuery = { ...given, evseId: 0, unit: 'A' };
  const ms = query.from.getTime();
  const budget = { left: Infinity };
  const station = ceilingOf(query, { id: 0 }, budget)(ms);
  const inOrder = given.evses.toSorted(byRank).map((evse): Part => {
    const parts = evsePartsOf(query, evse, budget)(ms);
    return { evse, parts, alone: applyOwn(query, evse, parts) };
  });
  const untilMs = Math.min(station.untilMs, ...inOrder.map(({ parts }) => parts.top.untilMs), ms + socLookMs(inOrder));
  const until = untilMs < latestMs ? new Date(untilMs) : undefined;
  if (inOrder.length < 2) return { limits: new Map(inOrder.map(({ evse, alone }) => [evse.id, alone])), until };
  const shares = shareOut(station.caps, inOrder.map(chargingClaim), query.defaults.voltageV);
  const back = station.discharge && shareOut(station.discharge, inOrder.map(dischargingClaim), query.defaults.voltageV);
  const limits = inOrder.map(({ evse, parts }, i) => {
    const top = within(parts.top, { share: shares[i] ?? noCaps, back: back?.[i] });
    return [evse.id, applyOwn(query, evse, { ...parts, top })] as const;
  });
  return { limits: new Map(limits), until };
}

/** Until the state of charge is looked at again, ms. It only matters where it is still to come to its limit. */
function socLookMs(inOrder: readonly Part[]): number {
  const isAwaited = inOrder.some(({ evse, parts }) => (evse.soc ?? 0) < (parts.own?.schedule.limitAtSoC?.soc ?? 0));
  return isAwaited ? 1000 : Infinity;
}

/** Who needs more before who has enough; else who began first. */
function byRank(a: Sharer, b: Sharer): number {
  const begun = ({ transactionStart }: Sharer) => transactionStart?.getTime() ?? Infinity;
  return Number(a.isContent) - Number(b.isContent) || begun(a) - begun(b) || a.id - b.id;
}

function chargingClaim({ evse, alone }: Part): Claim {
  return { caps: usable(evse, alone.phases, alone.limit), isContent: evse.isContent };
}

/** Where only a setpoint says that energy flows back, it says how much. */
function dischargingClaim({ evse, alone }: Part): Claim {
  const { phases, dischargeLimit, setpoint } = alone;
  return { caps: usable(evse, phases, negative(dischargeLimit ?? setpoint ?? { value: 0 })), isContent: false };
}

/** As far as the hardware goes, and as energy may flow at all. */
function usable({ isCutOff, maxCurrentA }: Sharer, phases: number, values: PhaseValues): Caps {
  const [l1, l2, l3] = eachPhase(values, { unit: 'A', phases, voltageV: 1 });
  const bounded = (value: number) => (isCutOff ? 0 : Math.min(maxCurrentA, Math.max(0, value)));
  return { phasesA: [bounded(l1), bounded(l2), bounded(l3)], totalW: Infinity, phases };
}

function within(top: Ceiling, { share, back }: { share: Caps; back: Caps | undefined }): Ceiling {
  return {
    ...top,
    caps: lower(top.caps, share),
    discharge: back ? lower(top.discharge ?? noCaps, back) : top.discharge,
  };
}
