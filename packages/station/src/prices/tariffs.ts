import type { v21 } from '@busbar/ocpp';
import { OcppError, validate } from '@busbar/ocpp';
import type { Core } from '../core.ts';
import type { Evse } from '../evse.ts';
import type { IdToken } from '../station-host.ts';

interface Held {
  kind: 'DefaultTariff' | 'DriverTariff';
  tariff: v21.TariffType;
}

const collection = 'tariffs';

/** What a tariff may not have; undefined when it can be calculated with. */
export type TariffFault = 'TooManyElements' | 'ConditionNotSupported';

/** The tariffs that costs are calculated with: OCPP 2.1 I07 to I11. Default ones are kept over power cuts. */
export class Tariffs {
  readonly #core: Core;
  #defaults: Map<number, v21.TariffType[]> | undefined;
  #drivers: Map<string, v21.TariffType> | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  load(): void {
    for (const [key, value] of this.#core.store.entries(collection)) {
      const tariffs = Array.isArray(value) ? value.filter(isTariff) : [];
      if (tariffs.length > 0) (this.#defaults ??= new Map()).set(Number(key), tariffs);
    }
  }

  faultOf(tariff: v21.TariffType): TariffFault | undefined {
    const { energy, chargingTime, idleTime, fixedFee } = tariff;
    const prices: { conditions?: object | undefined }[] = [
      ...(energy?.prices ?? []),
      ...(chargingTime?.prices ?? []),
      ...(idleTime?.prices ?? []),
      ...(fixedFee?.prices ?? []),
    ];
    if (prices.length > this.#core.variables.number('TariffCostCtrlr.MaxElements[Tariff]')) return 'TooManyElements';
    const isPaid = prices.some(({ conditions }) => {
      return conditions && ('paymentBrand' in conditions || 'paymentRecognition' in conditions);
    });
    return isPaid ? 'ConditionNotSupported' : undefined;
  }

  /** A later one waits beside the one of now; another of the same time replaces it. EVSE 0 is all of them. */
  setDefault(evseId: number, tariff: v21.TariffType): void {
    for (const id of evseId === 0 ? this.#core.evses.map((evse) => evse.id) : [evseId]) {
      const kept = (this.#defaults?.get(id) ?? []).filter(({ validFrom }) => validFrom !== tariff.validFrom);
      this.#put(id, [...kept, tariff]);
    }
  }

  /** It came with an authorization, and goes with the transaction. */
  setDriver({ idToken }: IdToken, tariff: v21.TariffType | undefined): void {
    const key = idToken.toLowerCase();
    if (tariff && !this.faultOf(tariff)) (this.#drivers ??= new Map()).set(key, tariff);
    else this.#drivers?.delete(key);
  }

  /** That of the driver before that of the EVSE: of those that are valid now, the one that became so last. */
  of(evse: Evse, idToken: IdToken | undefined): v21.TariffType | undefined {
    const own = idToken && this.#drivers?.get(idToken.idToken.toLowerCase());
    return own ?? this.#current(evse.id);
  }

  /** All that are in use at an EVSE, or at all of them. */
  at(evseId: number): { evseId: number; held: Held; idToken?: string | undefined }[] {
    return this.#core.evses
      .filter(({ id }) => evseId === 0 || id === evseId)
      .flatMap((evse) => {
        const defaults = (this.#defaults?.get(evse.id) ?? []).map((tariff) => ({
          evseId: evse.id,
          held: { kind: 'DefaultTariff', tariff } as const,
        }));
        const idToken = evse.holder?.idToken.idToken;
        const own = idToken === undefined ? undefined : this.#drivers?.get(idToken.toLowerCase());
        const driver = own ? [{ evseId: evse.id, idToken, held: { kind: 'DriverTariff', tariff: own } as const }] : [];
        return [...defaults, ...driver];
      });
  }

  /** The ids of those removed. Without ids all are. */
  clear(evseId: number, ids: readonly string[] | undefined): string[] {
    const removed = new Set<string>();
    for (const { held, evseId: id, idToken } of this.at(evseId)) {
      const { tariffId } = held.tariff;
      if (ids && !ids.includes(tariffId)) continue;
      removed.add(tariffId);
      if (idToken !== undefined) this.#drivers?.delete(idToken.toLowerCase());
      else
        this.#put(
          id,
          (this.#defaults?.get(id) ?? []).filter((tariff) => tariff.tariffId !== tariffId),
        );
    }
    return [...removed];
  }

  #current(evseId: number): v21.TariffType | undefined {
    const now = this.#core.clock.now();
    const from = ({ validFrom }: v21.TariffType) => (validFrom === undefined ? 0 : new Date(validFrom).getTime());
    const valid = (this.#defaults?.get(evseId) ?? []).filter((tariff) => from(tariff) <= now.getTime());
    return valid.toSorted((a, b) => from(b) - from(a))[0];
  }

  #put(evseId: number, tariffs: v21.TariffType[]): void {
    (this.#defaults ??= new Map()).set(evseId, tariffs);
    if (tariffs.length > 0) this.#core.store.put(collection, String(evseId), tariffs);
    else this.#core.store.remove(collection, String(evseId));
  }
}

/** Stored ones are checked as those that come from the CSMS. */
function isTariff(tariff: unknown): tariff is v21.TariffType {
  const request = { evseId: 0, tariff };
  return !(validate('2.1', { action: 'SetDefaultTariff', side: 'request' }, request) instanceof OcppError);
}
