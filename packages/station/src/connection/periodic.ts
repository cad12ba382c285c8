import { OcppConnectionClosed } from '@busbar/ocpp';
import type { Timer } from '../time/clock.ts';
import type { Core } from '../core.ts';
import { timeTold } from './time-keeping.ts';

const dayMs = 86_400_000;

export interface PeriodicHooks {
  /** Whether a heartbeat may be left out when other messages went out meanwhile. */
  readonly mayBeSkipped: boolean;
  /** When something was sent last, on the monotonic clock. */
  lastSentMs(): number;
}

/** The heartbeats of an accepted station. */
export class Periodic {
  readonly #core: Core;
  readonly #hooks: PeriodicHooks;
  #lastBeatMs = 0;
  #heartbeat: Timer | undefined;

  constructor(core: Core, hooks: PeriodicHooks) {
    this.#core = core;
    this.#hooks = hooks;
  }

  start(): void {
    this.heartbeatLater();
  }

  stop(): void {
    this.#heartbeat?.cancel();
  }

  /** Waits anew, with the interval of now, of which some has passed already. One at a time: the next follows the answer. */
  heartbeatLater(passedMs = 0): void {
    this.#heartbeat?.cancel();
    const { isOnline, clock } = this.#core;
    if (!isOnline) return;
    const dueMs = clock.monotonicMs() + this.#intervalMs() - passedMs;
    this.#heartbeat = clock.after(this.#intervalMs() - passedMs, () => {
      void this.#beat().finally(() => this.heartbeatLater((clock.monotonicMs() - dueMs) % this.#intervalMs()));
    });
  }

  /** Nothing is missed without it: the CSMS has heard from the station, and has told the time not long ago. */
  #isNeedless(): boolean {
    if (!this.#hooks.mayBeSkipped) return false;
    const now = this.#core.clock.monotonicMs();
    return this.#hooks.lastSentMs() > now - this.#intervalMs() && this.#lastBeatMs > now - dayMs;
  }

  /** The clock needs one a day. */
  #intervalMs(): number {
    return Math.min(this.#core.variables.number('OCPPCommCtrlr.HeartbeatInterval') * 1000, dayMs);
  }

  async #beat(): Promise<void> {
    const { clock } = this.#core;
    const sentMs = clock.monotonicMs();
    if (this.#isNeedless()) return;
    try {
      const time = await this.#core.protocol.heartbeat();
      this.#lastBeatMs = clock.monotonicMs();
      timeTold(this.#core, time, this.#lastBeatMs - sentMs);
    } catch (error) {
      if (!(error instanceof OcppConnectionClosed))
        this.#core.events.emit('callFailed', { action: 'Heartbeat', error });
    }
  }
}
