import { OcppConnectionClosed } from '@busbar/ocpp';
import type { Timer } from './clock.ts';
import type { Core } from './core.ts';
import { measure } from './metering.ts';

const dayMs = 86_400_000;

/** What an accepted station does by itself, again and again: heartbeats, and meter values at full intervals of the day. */
export class Periodic {
  readonly #core: Core;
  #heartbeat: Timer | undefined;
  #aligned: Timer | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  start(): void {
    this.heartbeatLater();
    this.alignedDataLater();
  }

  stop(): void {
    this.#heartbeat?.cancel();
    this.#aligned?.cancel();
  }

  /** Waits anew, with the interval of now. */
  heartbeatLater(): void {
    this.#heartbeat?.cancel();
    const { isOnline, clock, variables } = this.#core;
    if (!isOnline) return;
    this.#heartbeat = clock.after(variables.number('OCPPCommCtrlr.HeartbeatInterval') * 1000, () => {
      void this.#beat().finally(() => this.heartbeatLater());
    });
  }

  /** Waits anew, with the interval of now. Slots count from 00:00 UTC. */
  alignedDataLater(): void {
    this.#aligned?.cancel();
    const { isOnline, clock, variables } = this.#core;
    const intervalMs = variables.number('AlignedDataCtrlr.Interval') * 1000;
    if (!isOnline || intervalMs === 0 || !variables.isOn('AlignedDataCtrlr.Enabled')) return;
    const sinceMidnightMs = clock.now().getTime() % dayMs;
    this.#aligned = clock.after(intervalMs - (sinceMidnightMs % intervalMs), () => {
      for (const evse of this.#core.evses) measure(this.#core, evse, 'Sample.Clock');
      this.alignedDataLater();
    });
  }

  async #beat(): Promise<void> {
    try {
      setTime(this.#core, await this.#core.protocol.heartbeat());
    } catch (error) {
      if (!(error instanceof OcppConnectionClosed))
        this.#core.events.emit('callFailed', { action: 'Heartbeat', error });
    }
  }
}

/** Hands the CSMS's time to the host; a clock that was never set is no source of time. */
export function setTime({ host }: Core, currentTime: string): void {
  const time = new Date(currentTime);
  if (time.getUTCFullYear() >= 2020) host.setTime?.(time);
}
