import { OcppConnectionClosed } from '@busbar/ocpp';
import { ChargingProfiles } from './charging-profiles.ts';
import { readerOf } from './composite-of.ts';
import type { Core } from '../core.ts';
import type { EvChargingNeeds, EvChargingSchedule } from './ev-charging.ts';
import type { ClearedLimit, ExternalLimit, ExternalLimits } from './external-limits.ts';
import type { HostEvents } from '../station-host.ts';
import { createExternalLimits } from './smart-charging.ts';
import { PowerLimiter } from './power-limiter.ts';
import { Sharers } from './sharers.ts';
import { offerSchedules } from './schedule-offers.ts';
import type { SmartChargingNotices } from './smart-charging-notices.ts';
import { isPersistentPurpose } from './smart-charging-settings.ts';
import type { StationStore } from '../store/store.ts';

/** The charging profiles of a station; without a store they last as long as the process. */
export function createProfiles(core: Core, store: StationStore | undefined): ChargingProfiles {
  return new ChargingProfiles({ store, isPersistent: (purpose) => isPersistentPurpose(readerOf(core), purpose) });
}

function createLimiter(core: Core): PowerLimiter {
  const { v2x } = core.grid;
  const sharers = new Sharers(core);
  return new PowerLimiter({
    clock: core.clock,
    query: () => sharers.query(),
    within: (evseId, limit) => v2x.within(evseId, limit),
    tell: (evseId, limit) => v2x.tell(evseId, limit),
  });
}

/** What of smart charging goes on without the CSMS: what is kept, what others limit, what the vehicle says. */
export class SmartChargingParts {
  readonly #core: Core;
  #limiter: PowerLimiter | undefined;
  /** Made when there is the first of them: most stations have none. */
  #external: ExternalLimits | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Holds the EVSEs that charge to their limits. */
  get limiter(): PowerLimiter {
    return (this.#limiter ??= createLimiter(this.#core));
  }

  /** What the host may tell of it. */
  get hostEvents(): Pick<
    HostEvents,
    'chargingNeeds' | 'chargingSchedule' | 'externalLimit' | 'externalLimitCleared' | 'priorityRequested'
  > {
    return {
      externalLimit: (limit) => this.#limit(limit),
      externalLimitCleared: (cleared) => this.#limitCleared(cleared),
      chargingNeeds: (needs) => this.#chargingNeeds(needs),
      chargingSchedule: (schedule) => this.#chargingSchedule(schedule),
      priorityRequested: (evseId, state) => this.#requestPriority(evseId, state),
    };
  }

  /** Takes up what an earlier run has left. Call once, when transactions are known. */
  restore(): void {
    const { profiles, host } = this.#core;
    if (host.offerSchedules) offerSchedules(this.#core, (evseId, offer) => host.offerSchedules?.(evseId, offer));
    profiles.restore(this.#core.profileRules);
    if (profiles.all.length > 0) this.#core.profilesChanged();
  }

  /** The CSMS does not listen any more, or again after `offlineMs`: some profiles hold only meanwhile, some end with it. */
  connectionChanged(offlineMs?: number): void {
    const { profiles, clock } = this.#core;
    if (profiles.all.length === 0) return;
    const now = clock.now();
    if (offlineMs !== undefined && Number.isFinite(offlineMs))
      profiles.expireOffline(new Date(now.getTime() - offlineMs), now);
    this.#core.profilesChanged();
  }

  /** Charging in a transaction has another rate because of a limit of others (K12.FR.03, K13.FR.02). */
  rateChanged(evseId: number): void {
    for (const { id, transaction } of this.#core.evses) {
      const isMeant = evseId === 0 || evseId === id;
      if (transaction && isMeant) this.#core.transactions.updated(transaction, { trigger: 'ChargingRateChanged' });
    }
  }

  get #notices(): SmartChargingNotices | undefined {
    return this.#core.protocol.smartCharging;
  }

  get #limits(): ExternalLimits {
    return (this.#external ??= createExternalLimits(this.#core, {
      notifyLimit: (notice) => this.#notices?.limitChanged(notice),
      notifyCleared: (cleared) => this.#notices?.limitCleared(cleared),
      rateChanged: (evseId) => this.rateChanged(evseId),
    }));
  }

  #limit(limit: ExternalLimit): void {
    if (this.#isPlace(limit.evseId)) this.#limits.set(limit);
  }

  #limitCleared(cleared: ClearedLimit): void {
    if (this.#isPlace(cleared.evseId)) this.#limits.clear(cleared);
  }

  #isPlace(evseId: number): boolean {
    return evseId === 0 || this.#core.evse(evseId) !== undefined;
  }

  #chargingNeeds(needs: EvChargingNeeds): void {
    if (this.#core.evse(needs.evseId)) this.#follow('NotifyEVChargingNeeds', this.#notices?.chargingNeeds(needs));
  }

  #chargingSchedule(told: EvChargingSchedule): void {
    const evse = this.#core.evse(told.evseId);
    if (!evse) return;
    if (evse.transaction && told.selectedScheduleId !== undefined) {
      this.#core.profiles.choose(evse.transaction.id, told.selectedScheduleId);
      this.#core.profilesChanged();
    }
    this.#follow('NotifyEVChargingSchedule', this.#notices?.chargingSchedule(told));
  }

  #requestPriority(evseId: number, state: 'on' | 'off'): boolean {
    const transactionId = this.#core.evse(evseId)?.transaction?.id;
    if (transactionId === undefined) return false;
    return this.#notices?.requestPriority?.(transactionId, state) ?? false;
  }

  #follow(action: string, told: Promise<void> | undefined): void {
    told?.catch((error: unknown) => {
      if (!(error instanceof OcppConnectionClosed)) this.#core.events.emit('callFailed', { action, error });
    });
  }
}
