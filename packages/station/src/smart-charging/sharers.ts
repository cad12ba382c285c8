import { limitQueryOf } from './composite-of.ts';
import type { SharedQuery, Sharer } from './shared-limits.ts';
import type { SmartChargingCore, SmartChargingEvse } from './smart-charging-core.ts';

/** Who charges or may, and whose vehicle has had enough. */
export class Sharers {
  readonly #core: SmartChargingCore;
  readonly #content = new Set<number>();

  constructor(core: SmartChargingCore) {
    this.#core = core;
  }

  /** What they are held to now; undefined while there are no profiles. */
  query(): SharedQuery | undefined {
    const core = this.#core;
    if (core.profiles.all.length === 0) return undefined;
    const { evses, ...query } = limitQueryOf(core, { evseId: 0, unit: 'A' });
    return {
      ...query,
      evses: core.evses.flatMap((evse, i): Sharer[] => {
        const context = evses[i];
        if (!context || !(evse.transaction || evse.isSupplied)) return [];
        const { isSupplied, description } = evse;
        const isContent = this.#isContent(evse);
        return [{ ...context, maxCurrentA: description.maxCurrentA, isCutOff: !isSupplied, isContent }];
      }),
    };
  }

  /** A vehicle that the station itself holds back cannot show whether it would take more: it counts as it did before. */
  #isContent({ id, transaction }: SmartChargingEvse): boolean {
    const state = transaction?.chargingState;
    if (state === 'SuspendedEV') this.#content.add(id);
    else if (state !== 'SuspendedEVSE') this.#content.delete(id);
    return this.#content.has(id);
  }
}
