import type { Timer } from '../time/clock.ts';
import type { Core } from '../core.ts';
import type { Evse } from '../evse.ts';
import type { TimedReading } from './samples.ts';

/** Between two looks at the meter, ms. */
const lookMs = 1000;

/** True when it has come true and need not be watched any more. */
export type Condition = (reading: TimedReading) => boolean;

/** Looks at the meter of an EVSE every second, as long as something waits for what it shows. */
export class MeterWatch {
  readonly #core: Core;
  readonly #evse: Evse;
  #conditions: Map<string, Condition> | undefined;
  #timer: Timer | undefined;

  constructor(core: Core, evse: Evse) {
    this.#core = core;
    this.#evse = evse;
  }

  /** Replaces what was watched under the same name. */
  watch(name: string, condition: Condition): void {
    (this.#conditions ??= new Map()).set(name, condition);
    if (!this.#timer) this.#later();
  }

  forget(name: string): void {
    this.#conditions?.delete(name);
  }

  /** Looks no more, until `goOn`. */
  halt(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  goOn(): void {
    if (this.#conditions && this.#conditions.size > 0 && !this.#timer) this.#later();
  }

  stop(): void {
    this.halt();
    this.#conditions = undefined;
  }

  #later(): void {
    this.#timer = this.#core.clock.after(lookMs, () => this.#look());
  }

  #look(): void {
    this.#timer = undefined;
    const conditions = this.#conditions;
    if (!conditions || conditions.size === 0) return;
    const reading = this.#evse.read('Other');
    for (const [name, condition] of conditions) {
      if (condition(reading) && conditions.get(name) === condition) conditions.delete(name);
    }
    this.goOn();
  }
}
