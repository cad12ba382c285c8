import type { Clock, Timer } from '../time/clock.ts';
import { limitNow } from './composite-schedule.ts';
import type { AppliedLimit, LimitQuery } from './limit-query.ts';
import { eachPhase, isPerPhase, type PhaseValues } from '../metering/phase-values.ts';
import type { PowerLimit } from '../station-host.ts';

export interface PowerLimiterOptions {
  clock: Clock;
  /** In A; undefined when there are no profiles, and so no limit. */
  query(): LimitQuery | undefined;
  /** What of a limit may be told; default: all. */
  within?(limit: PowerLimit): PowerLimit;
  /** Called when the limit has changed; undefined lifts it. */
  tell(limit: PowerLimit | undefined): void;
}

/** A wall clock that was set is noticed so soon: timers do not move with it. */
const longestWaitMs = 60_000;

/** Holds an EVSE to what its profiles say, from instant to instant. */
export class PowerLimiter {
  readonly #options: PowerLimiterOptions;
  #timer: Timer | undefined;
  #told: PowerLimit | undefined;
  #isPaused = false;

  constructor(options: PowerLimiterOptions) {
    this.#options = options;
  }

  /** Begins, or begins again with the profiles of now. */
  start(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#isPaused) return;
    const query = this.#options.query();
    if (!query) return this.#tell(undefined);
    const { applied, until } = limitNow(query);
    const limit = toPowerLimit(applied);
    this.#tell(this.#options.within?.(limit) ?? limit);
    const waitMs = until ? until.getTime() - query.from.getTime() : Infinity;
    this.#timer = this.#options.clock.after(Math.min(longestWaitMs, Math.max(1, waitMs)), () => this.start());
  }

  /** Nothing flows until `stop`. */
  pause(phases: number): void {
    this.#isPaused = true;
    this.#timer?.cancel();
    this.#tell({ currentA: 0, phases });
  }

  /** Looks no more at the profiles; what was told last goes on to hold. */
  halt(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Lifts what was told. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#isPaused = false;
    this.#tell(undefined);
  }

  #tell(limit: PowerLimit | undefined): void {
    if (isSameLimit(limit, this.#told)) return;
    this.#told = limit;
    this.#options.tell(limit);
  }
}

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
