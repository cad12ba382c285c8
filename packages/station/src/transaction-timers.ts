import type { Timer } from './clock.ts';
import { compositeSchedule } from './composite-schedule.ts';
import type { Core } from './core.ts';
import type { Evse } from './evse.ts';
import type { Transaction } from './transaction.ts';

/** How far ahead a change of the limit is looked for. */
const horizonS = 86_400;

/** Limits that change with time while a transaction runs. */
export class TransactionTimers {
  readonly #core: Core;
  readonly #evse: Evse;
  #limit: Timer | undefined;
  #isLimited = false;

  constructor(core: Core, evse: Evse) {
    this.#core = core;
    this.#evse = evse;
  }

  /** Begins, or begins again with the profiles of now. */
  start(transaction: Transaction): void {
    this.#cancel();
    this.#applyLimit(transaction);
  }

  stop(): void {
    this.#cancel();
    if (this.#isLimited) this.#set(undefined);
  }

  #cancel(): void {
    this.#limit?.cancel();
    this.#limit = undefined;
  }

  #applyLimit(transaction: Transaction): void {
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
