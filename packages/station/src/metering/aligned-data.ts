import { lookMs, type Timer } from '../time/clock.ts';
import type { Core } from '../core.ts';
import { measure, measureGrid } from './metering.ts';
import type { VariableName } from '../device-model/standard-variables.ts';

const dayMs = 86_400_000;

/** Does something at full intervals of the day, counted from 00:00 UTC, once per slot, however the clock jumps. */
export class AlignedTimer {
  readonly #core: Pick<Core, 'clock' | 'variables'>;
  readonly #interval: VariableName;
  readonly #onSlot: (at: Date) => void;
  #timer: Timer | undefined;

  constructor(core: Pick<Core, 'clock' | 'variables'>, interval: VariableName, onSlot: (at: Date) => void) {
    this.#core = core;
    this.#interval = interval;
    this.#onSlot = onSlot;
  }

  /** Waits anew, with the interval of now. */
  start(): void {
    this.stop();
    const { variables, clock } = this.#core;
    const intervalMs = variables.number(this.#interval) * 1000;
    if (intervalMs > 0 && variables.isOn('AlignedDataCtrlr.Enabled'))
      this.#await(slotAfter(clock.now().getTime(), intervalMs), intervalMs);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #await(slot: number, intervalMs: number): void {
    const { clock } = this.#core;
    const wait = slot - clock.now().getTime();
    this.#timer = clock.after(Math.min(wait, lookMs), () => {
      const now = clock.now().getTime();
      if (now >= slot) {
        const reached = slotAfter(now, intervalMs) - intervalMs;
        this.#await(slotAfter(now, intervalMs), intervalMs);
        this.#onSlot(new Date(Math.max(slot, reached)));
      } else this.#await(Math.min(slot, slotAfter(now, intervalMs)), intervalMs);
    });
  }
}

/** The first slot of the day that begins after a time, ms. A day begins with a new one. */
export function slotAfter(timeMs: number, intervalMs: number): number {
  const midnight = Math.floor(timeMs / dayMs) * dayMs;
  const next = midnight + (Math.floor((timeMs - midnight) / intervalMs) + 1) * intervalMs;
  return Math.min(next, midnight + dayMs);
}

/** Meter values at full intervals of the day: told, and collected for the end of transactions. */
export class AlignedData {
  readonly #core: Core;
  readonly #told: AlignedTimer;
  readonly #collected: AlignedTimer;
  #isRunning = false;

  constructor(core: Core) {
    this.#core = core;
    this.#told = new AlignedTimer(core, 'AlignedDataCtrlr.Interval', (at) => this.#tell(at));
    this.#collected = new AlignedTimer(core, 'AlignedDataCtrlr.TxEndedInterval', (at) => this.#collect(at));
  }

  start(): void {
    this.#isRunning = true;
    this.#told.start();
    this.#collected.start();
  }

  /** The settings have changed. */
  again(): void {
    if (this.#isRunning) this.start();
  }

  stop(): void {
    this.#isRunning = false;
    this.#told.stop();
    this.#collected.stop();
  }

  #tell(slot: Date): void {
    const { variables, evses, clock } = this.#core;
    const isBusy = evses.some(({ transaction }) => transaction);
    if (isBusy && variables.isOn('AlignedDataCtrlr.SendDuringIdle')) return;
    const at = this.#isRounding ? slot : clock.now();
    measureGrid(this.#core, at);
    for (const evse of evses) measure(this.#core, evse, 'Sample.Clock', at);
  }

  /** OCPP 1.6 collects what it tells. */
  #collect(slot: Date): void {
    if (this.#core.version === '1.6') return;
    for (const evse of this.#core.evses) {
      const timed = evse.transaction && evse.read('Sample.Clock');
      if (!evse.transaction || !timed) continue;
      this.#core.transactions.collect(evse.transaction, this.#isRounding ? { ...timed, at: slot } : timed);
    }
  }

  get #isRounding(): boolean {
    return this.#core.variables.isOn('InternalCtrlr.RoundClockAlignedTimestamps');
  }
}
