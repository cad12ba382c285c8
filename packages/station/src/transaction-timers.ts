import { limitQueryOf } from './composite-of.ts';
import type { Core } from './core.ts';
import type { Evse } from './evse.ts';
import { PowerLimiter } from './power-limiter.ts';

/** Limits that change with time while a transaction runs. */
export class TransactionTimers {
  readonly #limiter: PowerLimiter;

  constructor(core: Core, evse: Evse) {
    this.#limiter = new PowerLimiter({
      clock: core.clock,
      query: () => (core.profiles.all.length > 0 ? limitQueryOf(core, { evseId: evse.id, unit: 'A' }) : undefined),
      within: (limit) => core.grid.v2x.within(evse, limit),
      tell: (limit) => {
        core.host.limit(evse.id, limit);
        core.grid.v2x.operating(evse, limit);
      },
    });
  }

  /** Begins, or begins again with the profiles of now. */
  start(): void {
    this.#limiter.start();
  }

  /** Evaluates the profiles of now. */
  limitAgain(): void {
    this.#limiter.start();
  }

  stop(): void {
    this.#limiter.stop();
  }
}
