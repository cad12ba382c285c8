import { systemClock, type Clock, type Timer } from '../time/clock.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import type { Station } from '../station.ts';
import { SimulatedCharger } from './charger.ts';
import { acts, type Stage } from './scenario-actions.ts';
import { selectedBy } from './scenario-mistakes.ts';
import {
  durationMs,
  identitiesOf,
  scenarioActions,
  type Scenario,
  type ScenarioActions,
  type ScenarioStation,
  type ScenarioStep,
} from './scenario.ts';
import { seeded } from './seeded.ts';

export interface ScenarioOptions {
  /** Of the CSMS. */
  url: string;
  /** In front of every identity. Default: nothing. */
  identityPrefix?: string;
  password?: string;
  clock?: Clock;
  /** Told of each station that is made. */
  onStation?(station: Station): void;
  /** Told when a step begins at a station. */
  onStep?(step: { index: number; identity: string; action: keyof ScenarioActions }): void;
}

/** Something that was expected and is not so, or could not be done. */
export interface ScenarioFailure {
  /** From 0. */
  step: number;
  action: keyof ScenarioActions | undefined;
  identity: string;
  message: string;
}

export interface ScenarioRun {
  readonly chargers: readonly SimulatedCharger[];
  /** Resolves when all steps are done or the time is over, with what went wrong. The chargers go on until `stop`. */
  readonly done: Promise<readonly ScenarioFailure[]>;
  /** Ends it; resolves when nothing runs any more. */
  stop(): Promise<void>;
}

/** Starts the chargers of a scenario and does its steps. Throws RangeError for a duration that is none. */
export function runScenario(scenario: Scenario, options: ScenarioOptions): ScenarioRun {
  return new Run(scenario, options);
}

class Ended extends Error {}

class Run implements ScenarioRun, Stage {
  readonly chargers: readonly SimulatedCharger[];
  readonly done: Promise<readonly ScenarioFailure[]>;
  readonly clock: Clock;
  readonly #scenario: Scenario;
  readonly #options: ScenarioOptions;
  readonly #random: () => number;
  readonly #failures: ScenarioFailure[] = [];
  readonly #timers = new Map<Timer, (() => void) | undefined>();
  readonly #startedAt: number;

  constructor(scenario: Scenario, options: ScenarioOptions) {
    this.#scenario = scenario;
    this.#options = options;
    this.clock = options.clock ?? systemClock;
    this.#random = seeded(scenario.seed ?? 1);
    this.#startedAt = this.clock.now().getTime();
    this.chargers = scenario.stations.flatMap((station) => this.#chargersOf(station));
    for (const charger of this.chargers) charger.start();
    this.done = this.#play();
  }

  async stop(): Promise<void> {
    this.#end();
    await Promise.all(this.chargers.map((charger) => charger.stop()));
  }

  later(ms: number, task: () => void): void {
    this.#wait(ms, task, undefined);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve, reject) => this.#wait(ms, resolve, () => reject(new Ended('the scenario has ended'))));
  }

  #wait(ms: number, task: () => void, onEnd: (() => void) | undefined): void {
    const timer = this.clock.after(ms, () => {
      this.#timers.delete(timer);
      task();
    });
    this.#timers.set(timer, onEnd);
  }

  #end(): void {
    const timers = [...this.#timers];
    this.#timers.clear();
    for (const [timer, onEnd] of timers) {
      timer.cancel();
      onEnd?.();
    }
  }

  #chargersOf(station: ScenarioStation): SimulatedCharger[] {
    const { version = '2.0.1', vendor, model, evses = 1, settings, clockBehind } = station;
    const { url, password, identityPrefix = '', onStation } = this.#options;
    return identitiesOf(station).map(
      (identity) =>
        new SimulatedCharger({
          identity: `${identityPrefix}${identity}`,
          url,
          versions: [version],
          host: { evses, speed: this.#scenario.speed ?? 1, hasDisplay: true },
          store: createMemoryStore(),
          hasNetwork: true,
          clock: this.clock,
          random: this.#random,
          ...(vendor !== undefined && { vendor }),
          ...(model !== undefined && { model }),
          ...(settings && { settings }),
          ...(password !== undefined && { password }),
          ...(clockBehind !== undefined && { clockOffsetMs: -durationMs(clockBehind) }),
          ...(onStation && { onStation }),
        }),
    );
  }

  /** Every step waits for the one before, but for those that have a time of their own. */
  async #play(): Promise<readonly ScenarioFailure[]> {
    const over = this.sleep(durationMs(this.#scenario.duration)).then(
      () => 'over' as const,
      () => 'over' as const,
    );
    let before: Promise<void> = Promise.resolve();
    const steps = this.#scenario.steps.map((step, index) => {
      before = this.#step(step, index, step.at === undefined ? before : Promise.resolve());
      return { index, finished: before.then(() => true) };
    });
    const all = Promise.all(steps.map(({ finished }) => finished)).then(() => 'done' as const);
    if ((await Promise.race([all, over])) === 'done') return this.#failures;
    for (const { index, finished } of steps) {
      const isFinished = await Promise.race([finished, Promise.resolve(false)]);
      if (!isFinished) this.#failed(index, '', 'the time was over before it was done');
    }
    return this.#failures;
  }

  async #step(step: ScenarioStep, index: number, before: Promise<void>): Promise<void> {
    const { at, after = 0, repeat } = step;
    await before;
    try {
      const sinceStart = this.clock.now().getTime() - this.#startedAt;
      await this.sleep(at === undefined ? durationMs(after) : Math.max(0, durationMs(at) - sinceStart));
      for (let time = 0; time < (repeat?.times ?? 1); time++) {
        if (repeat && time > 0) await this.sleep(durationMs(repeat.every));
        await Promise.all(
          selectedBy(step, this.#scenario.stations).map((identity) => this.#act(step, index, identity)),
        );
      }
    } catch (error) {
      // Its end is told where the scenario ends.
      if (!(error instanceof Ended)) throw error;
      await new Promise(() => {});
    }
  }

  async #act(step: ScenarioStep, index: number, identity: string): Promise<void> {
    const prefix = this.#options.identityPrefix ?? '';
    const charger = this.chargers.find((one) => one.identity === `${prefix}${identity}`);
    const action = scenarioActions.find((name) => step[name] !== undefined);
    if (!charger || !action) return;
    if (step.within !== undefined) await this.sleep(this.#random() * durationMs(step.within));
    this.#options.onStep?.({ index, identity: charger.identity, action });
    try {
      await perform(action, step, { charger, stage: this });
    } catch (error) {
      if (error instanceof Ended) throw error;
      this.#failed(index, charger.identity, error instanceof Error ? error.message : String(error));
    }
  }

  #failed(step: number, identity: string, message: string): void {
    const action = scenarioActions.find((name) => this.#scenario.steps[step]?.[name] !== undefined);
    this.#failures.push({ step, action, identity, message });
  }
}

function perform<A extends keyof ScenarioActions>(
  name: A,
  step: Partial<ScenarioActions>,
  { charger, stage }: { charger: SimulatedCharger; stage: Stage },
): void | Promise<void> {
  const action = step[name];
  if (action !== undefined) return acts[name](charger, action, stage);
}
