import type { Clock, Timer } from '../time/clock.ts';
import type { FaultCode } from '../station-host.ts';
import type { SimulatedCharger } from './charger.ts';
import type { FleetMember } from './fleet-member.ts';
import { oneOf } from './visits.ts';
import { wrongAnswers } from './wrong-answers.ts';

/** How often something goes wrong, per station and hour; 0 by default. */
export interface FleetFailures {
  /** The power goes for some seconds. */
  reboots?: number;
  /** The connection is lost. */
  disconnects?: number;
  /** For a minute, answers take 20 s. */
  slowAnswers?: number;
  /** For a minute, every answer is wrong. */
  wrongAnswers?: number;
  /** An EVSE has a fault for a minute. */
  faults?: number;
}

export const failureKinds = ['reboots', 'disconnects', 'slowAnswers', 'wrongAnswers', 'faults'] as const;
export type FailureKind = (typeof failureKinds)[number];

const hourMs = 3_600_000;
const troubleMs = 60_000;
const darkMs = 5000;
const slowMs = 20_000;
const faults: readonly FaultCode[] = ['GroundFailure', 'HighTemperature', 'ConnectorLockFailure', 'OverCurrentFailure'];

interface Context {
  clock: Clock;
  random: () => number;
  members(): readonly FleetMember[];
  onFailure(kind: FailureKind, member: FleetMember): void;
}

/** Makes things go wrong, at random, in a whole fleet: one timer for each kind. */
export class Misfortune {
  readonly #rates: FleetFailures;
  readonly #context: Context;
  readonly #timers = new Set<Timer>();
  #isRunning = false;

  constructor(rates: FleetFailures, context: Context) {
    this.#rates = rates;
    this.#context = context;
  }

  start(): void {
    this.#isRunning = true;
    for (const kind of failureKinds) this.#next(kind);
  }

  stop(): void {
    this.#isRunning = false;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  /** The wait is drawn anew as the fleet grows and shrinks: a minute at most is looked ahead. */
  #next(kind: FailureKind): void {
    const { random, members } = this.#context;
    const { [kind]: rate = 0 } = this.#rates;
    if (rate <= 0) return;
    const perHour = rate * members().length;
    const waitMs = perHour > 0 ? (-Math.log(1 - random()) * hourMs) / perHour : Infinity;
    if (waitMs > troubleMs) return this.#after(troubleMs, () => this.#next(kind));
    this.#after(waitMs, () => {
      const member = oneOf(members(), random);
      if (member) this.#strike(kind, member);
      this.#next(kind);
    });
  }

  #strike(kind: FailureKind, member: FleetMember): void {
    this.#context.onFailure(kind, member);
    this.#acts[kind](member.charger);
  }

  readonly #acts: Record<FailureKind, (charger: SimulatedCharger) => void> = {
    reboots: (charger) => {
      void charger.cutPower().then(() => {
        if (this.#isRunning) this.#after(darkMs, () => charger.restorePower());
      });
    },
    disconnects: (charger) => charger.station.drop(),
    slowAnswers: (charger) => this.#worsen(charger, { answerDelayMs: slowMs }),
    wrongAnswers: (charger) => {
      const kind = oneOf(wrongAnswers, this.#context.random) ?? 'nothing';
      this.#worsen(charger, { wrongAnswers: { share: 1, kind } });
    },
    faults: ({ host }) => {
      const evseId = 1 + Math.floor(this.#context.random() * host.evses.length);
      host.fault(evseId, { code: oneOf(faults, this.#context.random) ?? 'OtherError', info: 'simulated' });
      this.#after(troubleMs, () => host.clearFault(evseId));
    },
  };

  #worsen({ network }: SimulatedCharger, quality: NonNullable<SimulatedCharger['network']>['quality']): void {
    if (!network) return;
    network.quality = { ...network.quality, ...quality };
    this.#after(troubleMs, () => {
      network.quality = {};
    });
  }

  #after(ms: number, task: () => void): void {
    const timer = this.#context.clock.after(ms, () => {
      this.#timers.delete(timer);
      task();
    });
    this.#timers.add(timer);
  }
}
