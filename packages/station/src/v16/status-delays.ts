import type { Timer } from '../time/clock.ts';
import type { Connector } from '../connector.ts';
import type { Core } from '../core.ts';

interface Waiting {
  key: string;
  timer: Timer;
}

/** Changes of status that must last before they are told. */
export class StatusDelays {
  readonly #core: Core;
  #waiting: Map<Connector, Waiting> | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Another key begins to wait anew. */
  wait(connector: Connector, { key, ms }: { key: string; ms: number }, task: () => void): void {
    const waiting = (this.#waiting ??= new Map());
    if (waiting.get(connector)?.key === key) return;
    this.cancel(connector);
    const timer = this.#core.clock.after(ms, () => {
      waiting.delete(connector);
      task();
    });
    waiting.set(connector, { key, timer });
  }

  cancel(connector: Connector): void {
    this.#waiting?.get(connector)?.timer.cancel();
    this.#waiting?.delete(connector);
  }

  stop(): void {
    for (const { timer } of this.#waiting?.values() ?? []) timer.cancel();
    this.#waiting = undefined;
  }
}
