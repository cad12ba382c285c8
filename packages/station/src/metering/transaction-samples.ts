import type { Timer } from '../time/clock.ts';
import type { Core } from '../core.ts';
import type { Evse } from '../evse.ts';
import { measure } from './metering.ts';
import { keepTransaction } from '../transactions/open-transactions.ts';
import type { VariableName } from '../device-model/standard-variables.ts';

interface Sampling {
  interval: VariableName;
  sample(core: Core, evse: Evse): void;
}

/** What is read again and again while a transaction runs. */
const samplings: readonly Sampling[] = [
  {
    interval: 'SampledDataCtrlr.TxUpdatedInterval',
    sample: (core, evse) => {
      if (core.variables.isOn('SampledDataCtrlr.Enabled')) measure(core, evse, 'Sample.Periodic');
    },
  },
  {
    interval: 'SampledDataCtrlr.TxEndedInterval',
    sample: (core, evse) => {
      if (core.version === '1.6' || !core.variables.isOn('SampledDataCtrlr.Enabled')) return;
      if (evse.transaction) core.transactions.collect(evse.transaction, evse.read('Sample.Periodic'));
    },
  },
  {
    interval: 'TariffCostCtrlr.Interval[Cost]',
    sample: (core, evse) => {
      const { transaction } = evse;
      if (!transaction || core.costs.tariffIdOf(transaction) === undefined) return;
      core.costs.look(evse, transaction);
      core.transactions.updated(transaction, { trigger: 'RunningCost' });
      core.prices.running(evse, { cost: transaction.cost ?? 0 }, transaction.id);
    },
  },
  {
    interval: 'InternalCtrlr.MeterStoreInterval',
    sample: (core, evse) => {
      evse.read('Other');
      if (evse.transaction) keepTransaction(core.store, evse.transaction);
    },
  },
];

interface Running {
  intervalS: number;
  timer: Timer;
}

/** The samples of one EVSE's transaction: told, collected for its end, and kept over power cuts. */
export class TransactionSamples {
  readonly #core: Core;
  readonly #evse: Evse;
  #running: Map<Sampling, Running> | undefined;

  constructor(core: Core, evse: Evse) {
    this.#core = core;
    this.#evse = evse;
  }

  /** Begins, or goes on with the settings of now; what has not changed keeps its beat. */
  start(): void {
    for (const sampling of samplings) {
      const intervalS = this.#core.variables.number(sampling.interval);
      const running = this.#running?.get(sampling);
      if (running?.intervalS === intervalS) continue;
      running?.timer.cancel();
      this.#running?.delete(sampling);
      if (intervalS > 0) this.#await(sampling, intervalS);
    }
  }

  stop(): void {
    for (const { timer } of this.#running?.values() ?? []) timer.cancel();
    this.#running = undefined;
  }

  #await(sampling: Sampling, intervalS: number): void {
    const timer = this.#core.clock.after(intervalS * 1000, () => {
      this.#await(sampling, intervalS);
      sampling.sample(this.#core, this.#evse);
    });
    (this.#running ??= new Map()).set(sampling, { intervalS, timer });
  }
}
