import type { v21 } from '@busbar/ocpp';
import type { Core } from '../core.ts';
import type { BatterySwapEvent, SwappedBattery } from './grid-host.ts';
import { fieldsOf } from '../store/json-fields.ts';
import { storedToken } from '../authorization/id-token.ts';
import type { IdToken } from '../station-host.ts';

/** A swap under way. */
interface Swap {
  requestId: number;
  idToken: IdToken;
}

const collection = 'batterySwap';

/** Swaps of batteries: who ordered one, and what came of it. OCPP 2.1 S01 to S04. */
export class BatterySwaps {
  readonly #core: Core;
  #swap: Swap | undefined;
  #lastId: number | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  /** S01: a token at the station; the CSMS or what the station knows decides. */
  async present(idToken: IdToken): Promise<void> {
    const { status } = await this.#core.authorize(idToken);
    const isBegun = status === 'Accepted' && this.begin({ idToken, requestId: this.#nextId() });
    if (!isBegun) this.#core.events.emit('tokenRefused', { evseId: 0, idToken, status });
  }

  /** S02; false when the host cannot, or another one is under way. */
  begin(swap: Swap): boolean {
    const { host } = this.#core;
    if (this.#running || !host.startBatterySwap) return false;
    const order = { ...swap, inTimeoutS: this.#timeoutS('In'), outTimeoutS: this.#timeoutS('Out') };
    if (!host.startBatterySwap(order)) return false;
    this.#run(swap);
    return true;
  }

  /** A battery came, went or was left: the CSMS hears of it, however long that takes. */
  happened({ type, batteries, ...event }: BatterySwapEvent): void {
    const { delivery, store } = this.#core;
    const running = this.#running;
    const idToken = event.idToken ?? running?.idToken;
    if (!idToken || batteries.length === 0) return;
    const requestId = event.requestId ?? running?.requestId ?? this.#nextId();
    store.atomically(() => {
      this.#run(type === 'BatteryIn' ? { requestId, idToken } : undefined);
      const payload = { eventType: type, batteryData: batteries.map(toBatteryData), idToken, requestId };
      delivery.add({ kind: 'grid', action: 'BatterySwap', payload });
    });
  }

  /** The swap under way, also of an earlier run. */
  get #running(): Swap | undefined {
    return (this.#swap ??= keptSwapOf(this.#core.store.get(collection, 'running')));
  }

  #run(swap: Swap | undefined): void {
    this.#swap = swap;
    if (swap) this.#core.store.put(collection, 'running', swap);
    else this.#core.store.remove(collection, 'running');
  }

  /** A number that no swap begun here had yet. */
  #nextId(): number {
    const { store } = this.#core;
    const kept = store.get(collection, 'lastId');
    this.#lastId = (this.#lastId ?? (typeof kept === 'number' ? kept : 0)) + 1;
    store.put(collection, 'lastId', this.#lastId);
    return this.#lastId;
  }

  #timeoutS(instance: 'In' | 'Out'): number | undefined {
    const { variables } = this.#core;
    const definition = variables.catalog.named(`BatterySwapCtrlr.Timeout[${instance}]`);
    const value = definition && variables.read(definition);
    return value === undefined ? undefined : Number(value);
  }
}

function keptSwapOf(value: unknown): Swap | undefined {
  const kept = fieldsOf(value);
  const [requestId, idToken] = [kept?.number('requestId'), storedToken(kept?.object('idToken'))];
  return requestId === undefined || !idToken ? undefined : { requestId, idToken };
}

function toBatteryData({
  evseId,
  serialNumber,
  soc,
  soh,
  producedAt,
  vendorInfo,
}: SwappedBattery): v21.BatteryDataType {
  return { evseId, serialNumber, soC: soc, soH: soh, productionDate: producedAt?.toISOString(), vendorInfo };
}
