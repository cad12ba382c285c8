import type { Timer } from './clock.ts';
import { limitQueryOf } from './composite-of.ts';
import type { Core } from './core.ts';
import type { Evse } from './evse.ts';
import { measure } from './metering.ts';
import { PowerLimiter } from './power-limiter.ts';

/** What happens by itself while a transaction runs: meter samples, and limits that change with time. */
export class TransactionTimers {
  readonly #core: Core;
  readonly #evse: Evse;
  readonly #limiter: PowerLimiter;
  #sample: Timer | undefined;

  constructor(core: Core, evse: Evse) {
    this.#core = core;
    this.#evse = evse;
    this.#limiter = new PowerLimiter({
      clock: core.clock,
      query: () => (core.profiles.all.length > 0 ? limitQueryOf(core, { evseId: evse.id, unit: 'A' }) : undefined),
      tell: (limit) => core.host.limit(evse.id, limit),
    });
  }

  /** Begins, or begins again with the settings and profiles of now. */
  start(): void {
    this.#sample?.cancel();
    this.#waitForSample();
    this.#limiter.start();
  }

  /** No energy until the transaction ends. */
  pause(): void {
    this.#limiter.pause(this.#evse.description.phases);
  }

  stop(): void {
    this.#sample?.cancel();
    this.#sample = undefined;
    this.#limiter.stop();
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
}
