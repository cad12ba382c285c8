import type { ChargingProfile, ScheduleUpdate } from './charging-profile.ts';
import type { ChargingProfiles } from './charging-profiles.ts';
import type { Clock, Timer } from '../time/clock.ts';
import type { ProfileRules } from './profile-rules.ts';

export interface DynamicScheduleOptions {
  clock: Clock;
  profiles: ChargingProfiles;
  rules(): ProfileRules;
  /** Asks the CSMS for new values (PullDynamicScheduleUpdate); undefined when it has none. May reject. */
  pull(profileId: number): Promise<ScheduleUpdate | undefined>;
  /** Limits are to be computed again. */
  changed(): void;
  onError(error: unknown): void;
}

interface Pull {
  intervalS: number;
  timer: Timer;
}

/** Fetches the values of dynamic profiles that say how often (OCPP 2.1 K28, K29). */
export class DynamicSchedules {
  readonly #options: DynamicScheduleOptions;
  readonly #pulls = new Map<number, Pull>();

  constructor(options: DynamicScheduleOptions) {
    this.#options = options;
  }

  /** The profiles have changed; those that are still pulled keep their rhythm. */
  rearm(): void {
    const wanted = new Map(
      this.#options.profiles.all.filter(isPulled).map(({ id, dynUpdateIntervalS }) => [id, dynUpdateIntervalS]),
    );
    for (const [id, { intervalS, timer }] of this.#pulls) {
      if (wanted.get(id) === intervalS) continue;
      timer.cancel();
      this.#pulls.delete(id);
    }
    for (const [id, intervalS = 0] of wanted) if (!this.#pulls.has(id)) this.#wait(id, intervalS);
  }

  stop(): void {
    for (const { timer } of this.#pulls.values()) timer.cancel();
    this.#pulls.clear();
  }

  #wait(id: number, intervalS: number): void {
    const timer = this.#options.clock.after(intervalS * 1000, () => void this.#pull(id, intervalS));
    this.#pulls.set(id, { intervalS, timer });
  }

  /** The next one waits for the answer to this one. */
  async #pull(id: number, intervalS: number): Promise<void> {
    const mine = this.#pulls.get(id);
    try {
      const update = await this.#options.pull(id);
      if (this.#pulls.get(id) !== mine) return;
      const isNew = update !== undefined && !this.#options.profiles.updateDynamic(id, update, this.#options.rules());
      if (isNew) this.#options.changed();
    } catch (error) {
      this.#options.onError(error);
    }
    if (this.#pulls.get(id) === mine) this.#wait(id, intervalS);
  }
}

function isPulled({ kind, dynUpdateIntervalS = 0 }: ChargingProfile): boolean {
  return kind === 'Dynamic' && dynUpdateIntervalS > 0;
}
