import type { Clock, Timer } from '../time/clock.ts';
import type { ApiModule } from './api-wire.ts';

export interface HeartbeatsOptions {
  clock: Clock;
  /** 0 never finds anybody silent. */
  silenceMs: number;
  onSilent(module: ApiModule): void;
  onHeard(module: ApiModule): void;
}

/** Which of EVerest's API modules live. */
export class Heartbeats {
  readonly #options: HeartbeatsOptions;
  readonly #timers = new Map<string, Timer | undefined>();

  constructor(options: HeartbeatsOptions) {
    this.#options = options;
  }

  /** From now on it must be heard. */
  expect(module: ApiModule): void {
    const { clock, silenceMs, onSilent } = this.#options;
    const key = keyOf(module);
    this.#timers.get(key)?.cancel();
    if (silenceMs <= 0) return;
    const timer = clock.after(silenceMs, () => {
      this.#timers.set(key, undefined);
      onSilent(module);
    });
    this.#timers.set(key, timer);
  }

  heard(module: ApiModule): void {
    const wasSilent = this.#timers.has(keyOf(module)) && this.#timers.get(keyOf(module)) === undefined;
    this.expect(module);
    if (wasSilent) this.#options.onHeard(module);
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer?.cancel();
    this.#timers.clear();
  }
}

const keyOf = ({ type, moduleId }: ApiModule) => `${type} ${moduleId}`;
