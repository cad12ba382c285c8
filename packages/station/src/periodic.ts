import { OcppConnectionClosed } from '@busbar/ocpp';
import type { Timer } from './clock.ts';
import type { Core } from './core.ts';

/** The heartbeats of an accepted station. */
export class Periodic {
  readonly #core: Core;
  #heartbeat: Timer | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  start(): void {
    this.heartbeatLater();
  }

  stop(): void {
    this.#heartbeat?.cancel();
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
