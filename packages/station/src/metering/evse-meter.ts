import type { Core } from '../core.ts';
import type { ReadingContext, TimedReading } from './samples.ts';
import type { MeterReading } from '../station-host.ts';
import type { Transaction } from '../transactions/transaction.ts';

/** The meter of an EVSE, with times and energies that do not go back within a transaction. */
export class EvseMeter {
  readonly #core: Core;
  readonly #evseId: number;
  #last: Map<ReadingContext, MeterReading> | undefined;
  /** What the register showed last that a register can show. */
  #knownWh = 0;

  constructor(core: Core, evseId: number) {
    this.#core = core;
    this.#evseId = evseId;
  }

  read(context: ReadingContext, transaction: Transaction | undefined): TimedReading {
    return this.settle(this.#core.host.meter(this.#evseId), context, transaction);
  }

  /** As {@link read}, for a reading that is already there. */
  settle(reading: MeterReading, context: ReadingContext, transaction: Transaction | undefined): TimedReading {
    const now = this.#core.clock.now();
    const since = this.#last?.get(context) ?? transaction?.begin.reading;
    const shownWh = registerOf(reading) ?? this.#knownWh;
    this.#knownWh = shownWh;
    if (!transaction) return this.#keep({ at: now, context, reading: { ...reading, energyWh: shownWh }, since });
    const at = now < transaction.lastAt ? transaction.lastAt : now;
    const energyWh = Math.max(shownWh, transaction.lastWh);
    transaction.lastAt = at;
    transaction.lastWh = energyWh;
    return this.#keep({ at, context, reading: { ...reading, energyWh }, since });
  }

  /** Intervals of a new transaction are counted from its begin. */
  reset(): void {
    this.#last = undefined;
  }

  #keep(timed: TimedReading): TimedReading {
    const { context, reading } = timed;
    if (context.startsWith('Sample.')) (this.#last ??= new Map()).set(context, reading);
    return timed;
  }
}

/** Undefined for what no register can show: a meter that cannot be read for a while must not spoil a bill. */
export const registerOf = ({ energyWh }: MeterReading) =>
  Number.isFinite(energyWh) && energyWh >= 0 ? energyWh : undefined;
