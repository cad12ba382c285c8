import type { v21 } from '@busbar/ocpp';
import type { Core } from '../core.ts';
import type { Evse } from '../evse.ts';
import { isTariff, tariffFault, type DriverTariff, type TariffFault } from './tariff-rules.ts';

const collection = 'tariffs';

/** Of an EVSE: the one of now, and those that wait. */
const mostTariffs = 20;

/** A tariff that is in use at an EVSE; with a token, that of a driver. */
export interface AssignedTariff {
  evseId: number;
  tariff: v21.TariffType;
  idToken?: string | undefined;
}

/** The tariffs that costs are calculated with: OCPP 2.1 I07 to I11. Default ones are kept over power cuts. */
export class Tariffs {
  readonly #core: Core;
  #defaults: Map<number, readonly v21.TariffType[]> | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  load(): void {
    for (const [key, value] of this.#core.store.entries(collection)) {
      const tariffs = Array.isArray(value) ? value.filter(isTariff) : [];
      if (tariffs.length > 0) (this.#defaults ??= new Map()).set(Number(key), tariffs);
    }
  }

  /** False when the CSMS does not want costs to be calculated here. */
  get isEnabled(): boolean {
    return this.#core.variables.get('TariffCostCtrlr.Enabled[Tariff]') !== 'false';
  }

  faultOf(tariff: v21.TariffType): TariffFault | undefined {
    return tariffFault(this.#core.variables, tariff);
  }

  /**
   * A later one waits beside the one of now; another of the same time replaces it. EVSE 0 is all of them. False when no
   * more fit.
   */
  setDefault(evseId: number, tariff: v21.TariffType): boolean {
    const ids = evseId === 0 ? this.#core.evses.map(({ id }) => id) : [evseId];
    const changed = ids.map((id) => [id, this.#with(id, tariff)] as const);
    if (changed.some(([, tariffs]) => tariffs.length > mostTariffs)) return false;
    this.#core.store.atomically(() => {
      for (const [id, tariffs] of changed) this.#put(id, tariffs);
    });
    return true;
  }

  /** That of the driver before that of the EVSE; undefined when costs are not calculated here. */
  of(evse: Evse, driver: DriverTariff | undefined): v21.TariffType | undefined {
    if (!this.isEnabled || driver === 'CentralCost') return undefined;
    return driver ?? current(this.#at(evse.id), this.#nowMs());
  }

  /** All that are in use. */
  get all(): AssignedTariff[] {
    return this.#core.evses.flatMap(({ id: evseId, holder }) => {
      const defaults = this.#at(evseId).map((tariff) => ({ evseId, tariff }));
      const { tariff, idToken } = holder ?? {};
      const isOwn = tariff !== undefined && tariff !== 'CentralCost';
      return isOwn ? [...defaults, { evseId, tariff, idToken: idToken?.idToken }] : defaults;
    });
  }

  /** Default ones, by EVSE (0 is all of them) and id, where given: the ids of those removed. Those of drivers go by themselves. */
  clear(evseId: number, ids: readonly string[] | undefined): string[] {
    const isMeant = ({ tariffId }: v21.TariffType) => ids?.includes(tariffId) ?? true;
    const removed = new Set<string>();
    for (const [id, tariffs] of this.#defaults ?? []) {
      const going = evseId === 0 || evseId === id ? tariffs.filter(isMeant) : [];
      for (const { tariffId } of going) removed.add(tariffId);
      if (going.length > 0)
        this.#put(
          id,
          tariffs.filter((tariff) => !isMeant(tariff)),
        );
    }
    return [...removed];
  }

  #at(evseId: number): readonly v21.TariffType[] {
    return this.#defaults?.get(evseId) ?? [];
  }

  /** What becomes valid later stays; of what is valid now, only the last one does. */
  #with(evseId: number, tariff: v21.TariffType): v21.TariffType[] {
    const nowMs = this.#nowMs();
    const fromMs = startOf(tariff) || nowMs;
    const last = current(this.#at(evseId), nowMs);
    const used = this.#at(evseId).filter((each) => startOf(each) > nowMs || each === last);
    return [...used.filter((each) => startOf(each) > fromMs || (fromMs > nowMs && startOf(each) !== fromMs)), tariff];
  }

  #nowMs(): number {
    return this.#core.clock.now().getTime();
  }

  #put(evseId: number, tariffs: readonly v21.TariffType[]): void {
    (this.#defaults ??= new Map()).set(evseId, tariffs);
    if (tariffs.length > 0) this.#core.store.put(collection, String(evseId), tariffs);
    else this.#core.store.remove(collection, String(evseId));
  }
}

const startOf = ({ validFrom }: v21.TariffType) => (validFrom === undefined ? 0 : new Date(validFrom).getTime());

/** Of those that are valid now, the one that became so last. */
function current(tariffs: readonly v21.TariffType[], nowMs: number): v21.TariffType | undefined {
  return tariffs.filter((tariff) => startOf(tariff) <= nowMs).toSorted((a, b) => startOf(b) - startOf(a))[0];
}
