import type { Timer } from './clock.ts';
import { compositeSchedule } from './composite-schedule.ts';
import type { Core } from './core.ts';
import type { Evse } from './evse.ts';
import { measure } from './metering.ts';
import type { Transaction } from './transaction.ts';

/** How far ahead a change of the limit is looked for. */
const horizonS = 86_400;

/** What happens by itself while a transaction runs: meter samples, and limits that change with time. */
export class TransactionTimers {
  readonly #core: Core;
  readonly #evse: Evse;
  #sample: Timer | undefined;
  #limit: Timer | undefined;
  #isLimited = false;
  #isPaused = false;

  constructor(core: Core, evse: Evse) {
    this.#core = core;
    this.#evse = evse;
  }

  /** Begins, or begins again with the settings and profiles of now. */
  start(transaction: Transaction): void {
    this.#cancel();
    this.#waitForSample();
    this.#applyLimit(transaction);
  }

  /** No energy until the transaction ends. */
  pause(): void {
    this.#isPaused = true;
    this.#limit?.cancel();
    this.#set({ currentA: 0, phases: this.#evse.description.phases });
  }

  stop(): void {
    this.#cancel();
    this.#isPaused = false;
    if (this.#isLimited) this.#set(undefined);
  }

  #cancel(): void {
    this.#sample?.cancel();
    this.#limit?.cancel();
    this.#sample = undefined;
    this.#limit = undefined;
  }

  #waitForSample(): void {
    const { variables, clock } = this.#core;
    const intervalS = variables.number('SampledDataCtrlr.TxUpdatedInterval');
    if (intervalS === 0 || !variables.isOn('SampledDataCtrlr.Enabled')) return;
    this.#sample = clock.after(intervalS * 1000, () => {
      measure(this.#core, this.#evse, 'Sample.Periodic');
      this.#waitForSample();
    });
  }

  #applyLimit(transaction: Transaction): void {
    if (this.#isPaused) return;
    const { profiles, clock } = this.#core;
    if (profiles.all.length === 0) {
      if (this.#isLimited) this.#set(undefined);
      return;
    }
    const [now, next] = this.#upcoming(transaction);
    this.#set(now);
    this.#limit = clock.after((next?.startS ?? horizonS) * 1000, () => this.#applyLimit(transaction));
  }

  #upcoming(transaction: Transaction) {
    const { profiles, clock, unlimited } = this.#core;
    return compositeSchedule({
      profiles: profiles.all,
      evseId: this.#evse.id,
      from: clock.now(),
      durationS: horizonS,
      evses: [{ id: this.#evse.id, transactionStart: transaction.begin.at }],
      unlimited,
      voltageV: this.#evse.description.voltageV,
    });
  }

  #set(limit: { currentA: number; phases: number } | undefined): void {
    this.#isLimited = limit !== undefined;
    this.#core.host.limit(this.#evse.id, limit);
  }
}
