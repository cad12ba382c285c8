import type { Clock, Timer } from '../time/clock.ts';
import type { AppliedLimit } from './limit-query.ts';
import { eachPhase, isPerPhase, type PhaseValues } from './phase-values.ts';
import { sharedLimits, type SharedQuery } from './shared-limits.ts';
import type { PowerLimit } from '../station-host.ts';

export interface PowerLimiterOptions {
  clock: Clock;
  /** What those that charge are held to; undefined when there are no profiles, and so no limits. */
  query(): SharedQuery | undefined;
  /** What of a limit may be told. */
  within(evseId: number, limit: PowerLimit): PowerLimit;
  /** Called when the limit has changed; undefined lifts it. The host may answer with what makes `again` be called. */
  tell(evseId: number, limit: PowerLimit | undefined): void;
}

/** A wall clock that was set is noticed so soon: timers do not move with it. */
const longestWaitMs = 60_000;

/** What a limit brings about may change the limits at once; a host that never comes to rest has to wait. */
const mostRounds = 10;

/** Holds the EVSEs that charge to what the profiles say, from instant to instant. */
export class PowerLimiter {
  readonly #options: PowerLimiterOptions;
  readonly #told = new Map<number, PowerLimit>();
  #timer: Timer | undefined;
  #isHalted = true;
  #isTelling = false;
  #isAsked = false;

  constructor(options: PowerLimiterOptions) {
    this.#options = options;
  }

  /** Looks from now on by itself, when something is to change. */
  start(): void {
    this.#isHalted = false;
    this.again();
  }

  /** Who charges has changed, or what holds. */
  again(): void {
    this.#isAsked = true;
    if (this.#isTelling) return;
    this.#isTelling = true;
    let rounds = 0;
    try {
      while (this.#isAsked && rounds++ < mostRounds) this.#tellAll();
    } finally {
      this.#isTelling = false;
    }
  }

  /** Looks no more by itself; what was told last goes on to hold. */
  halt(): void {
    this.#isHalted = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #tellAll(): void {
    this.#isAsked = false;
    this.#timer?.cancel();
    this.#timer = undefined;
    const { query, within, clock } = this.#options;
    const asked = query();
    const { limits, until } = asked ? sharedLimits(asked) : nothing;
    const wanted = new Map(Array.from(limits, ([id, applied]) => [id, within(id, toPowerLimit(applied))]));
    const changed = [...new Set([...this.#told.keys(), ...wanted.keys()])].filter(
      (id) => !isSameLimit(this.#told.get(id), wanted.get(id)),
    );
    const raised = (id: number) => amperesOf(wanted.get(id)) - amperesOf(this.#told.get(id));
    // Who gives comes before who takes, so that there is never too much in between.
    for (const id of changed.toSorted((a, b) => raised(a) - raised(b))) this.#tell(id, wanted.get(id));
    if (!asked || limits.size === 0 || this.#isHalted) return;
    const waitMs = until ? until.getTime() - asked.from.getTime() : Infinity;
    this.#timer = clock.after(Math.min(longestWaitMs, Math.max(1, waitMs)), () => this.again());
  }

  #tell(evseId: number, limit: PowerLimit | undefined): void {
    this.#options.tell(evseId, limit);
    if (limit) this.#told.set(evseId, limit);
    else this.#told.delete(evseId);
  }
}

const nothing = { limits: new Map<number, AppliedLimit>(), until: undefined };

/** Without a limit more than any; a number, so that differences are too. */
const amperesOf = (limit: PowerLimit | undefined) => limit?.currentA ?? Number.MAX_VALUE;

/** What the host is told; `applied` is in A. */
export function toPowerLimit({
  limit,
  phases,
  dischargeLimit,
  setpoint,
  setpointReactive,
  period,
}: AppliedLimit): PowerLimit {
  const list = (values: PhaseValues | undefined) =>
    values && isPerPhase(values) ? eachPhase(values, { unit: 'A', phases, voltageV: 1 }).slice(0, phases) : undefined;
  const discharges = list(dischargeLimit)?.map((value) => -value);
  return {
    currentA: Math.min(...(list(limit) ?? [limit.value])),
    phases,
    currentsA: list(limit),
    phaseToUse: phases === 1 ? period?.phaseToUse : undefined,
    dischargeA: dischargeLimit && Math.min(...(discharges ?? [0 - dischargeLimit.value])),
    dischargesA: discharges,
    setpointA: setpoint?.value,
    setpointsA: list(setpoint),
    setpointReactiveA: setpointReactive?.value,
    setpointsReactiveA: list(setpointReactive),
    operationMode: period?.operationMode,
    evseSleep: period?.evseSleep,
    preconditioning: period?.preconditioningRequest,
    v2xBaselineW: period?.v2xBaseline,
    v2xFreqWattCurve: period?.v2xFreqWattCurve,
    v2xSignalWattCurve: period?.v2xSignalWattCurve,
  };
}

function isSameLimit(a: PowerLimit | undefined, b: PowerLimit | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
