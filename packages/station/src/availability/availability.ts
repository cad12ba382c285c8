import type { Connector } from '../connector.ts';
import type { Core } from '../core.ts';
import type { Evse } from '../evse.ts';
import type { Place } from '../station-host.ts';

const collection = 'availability';

export interface AvailabilityChange {
  /** `Scheduled`: what is in use changes when that ends, the rest has changed. */
  status: 'Accepted' | 'Rejected' | 'Scheduled';
  /** With `Rejected`: InvalidInput. */
  reasonCode?: string;
}

/** As the CSMS may: OCPP 1.6 ChangeAvailability, 2.x G03 and G04. In 1.6 an EVSE is named by its connectors only. EVSE 0 is the station. */
export function changeAvailability(core: Core, place: Place, isOperative: boolean): AvailabilityChange {
  const { evseId = 0, connectorId } = place;
  const evse = core.evse(evseId);
  const connector = evse?.connectors.find(({ id }) => id === connectorId);
  const isStation = evseId === 0 && connectorId === undefined;
  const isVague = core.version === '1.6' && connectorId === undefined;
  const isKnown = isStation || (evse && !isVague && (connectorId === undefined || connector));
  if (!isKnown) return { status: 'Rejected', reasonCode: 'InvalidInput' };
  return { status: core.availability.change({ evse, connector }, isOperative) };
}

const stationKey = '0';
const evseKey = ({ id }: Evse) => String(id);
const connectorKey = ({ id, evse }: Connector) => `${evse.id}.${id}`;

/** What the CSMS, or the station itself for a while, has taken out of use. */
export class Availability {
  readonly #core: Core;
  /** By order of the CSMS; kept over power cuts. */
  #inoperative = new Set<string>();
  /** For a while, by who asked for it: the EVSEs. Reservations outlast it. */
  #holds: Map<string, ReadonlySet<number>> | undefined;
  /** In use when they were taken out of it: they stay as they are until that use ends. */
  #deferred: Set<Evse> | undefined;
  /** Places that the host knows to be out of use. */
  #told = new Map<string, Place>();

  constructor(core: Core) {
    this.#core = core;
  }

  /** Of the station as a whole. */
  get isOperative(): boolean {
    return !this.#inoperative.has(stationKey);
  }

  load(): void {
    for (const [key] of this.#core.store.entries(collection)) this.#inoperative.add(key);
  }

  /** The host listens: it hears what was out of use before the start. */
  start(): void {
    this.#tellHost();
  }

  /** Whether the EVSE can be used, or is still. */
  isEvseOperative(evse: Evse): boolean {
    return this.#allows(evse) || this.#isDeferred(evse);
  }

  /** The worst of its own, its EVSE's and the station's. */
  isConnectorOperative(connector: Connector): boolean {
    const { evse } = connector;
    if (evse.connector === connector && this.#isDeferred(evse)) return true;
    return this.#allowsEvse(evse) && !this.#inoperative.has(connectorKey(connector));
  }

  change(
    target: { evse: Evse | undefined; connector: Connector | undefined },
    isOperative: boolean,
  ): 'Accepted' | 'Scheduled' {
    const { evse, connector } = target;
    const affected = evse ? [evse] : this.#core.evses;
    const inUse = affected.filter((each) => this.isEvseOperative(each) && each.isInUse);
    this.#keep(keysOf(target), isOperative);
    if (!evse && isOperative && this.#core.version === '1.6') this.#keep([...this.#inoperative], isOperative);
    const deferred = inUse.filter((each) => !this.#allows(each) && (!connector || each.connector === connector));
    for (const each of deferred) (this.#deferred ??= new Set()).add(each);
    this.#core.later(() => this.#changed());
    return deferred.length > 0 ? 'Scheduled' : 'Accepted';
  }

  /** Takes EVSEs out of use until `release`, those in use when that ends. All of them where none are named. */
  hold(owner: string, evseIds: readonly number[] = this.#core.evses.map(({ id }) => id)): void {
    const inUse = this.#core.evses.filter((evse) => evseIds.includes(evse.id) && evse.isInUse);
    (this.#holds ??= new Map()).set(owner, new Set(evseIds));
    for (const evse of inUse) (this.#deferred ??= new Set()).add(evse);
    this.#changed();
  }

  release(owner: string): void {
    if (this.#holds?.delete(owner)) this.#changed();
  }

  /** The use of an EVSE may have ended: now what was put off is done. */
  settle(evse: Evse): void {
    if (!this.#deferred?.has(evse) || evse.isInUse) return;
    this.#deferred.delete(evse);
    this.#leaveUnused();
  }

  #changed(): void {
    for (const evse of this.#deferred ?? []) {
      if (this.#allows(evse)) this.#deferred?.delete(evse);
    }
    this.#leaveUnused();
    this.#core.protocol.reportStatus('changed');
  }

  #leaveUnused(): void {
    for (const evse of this.#core.evses) {
      if (this.isEvseOperative(evse)) continue;
      evse.outOfUse();
      if (!this.#isWanted(evse)) this.#core.reservations.lost(evse);
    }
    this.#tellHost();
  }

  #isDeferred(evse: Evse): boolean {
    return this.#deferred !== undefined && this.#deferred.has(evse) && evse.isInUse;
  }

  #allows(evse: Evse): boolean {
    return this.#isWanted(evse) && !this.#isHeld(evse);
  }

  #allowsEvse(evse: Evse): boolean {
    return this.isOperative && !this.#inoperative.has(evseKey(evse)) && !this.#isHeld(evse);
  }

  /** The CSMS lets it be used, with the connector that is plugged in, else with any. */
  #isWanted(evse: Evse): boolean {
    if (!this.isOperative || this.#inoperative.has(evseKey(evse))) return false;
    const wanted = evse.isPlugged && evse.connector ? [evse.connector] : evse.connectors;
    return wanted.some((connector) => !this.#inoperative.has(connectorKey(connector)));
  }

  #isHeld({ id }: Evse): boolean {
    return this.#holds !== undefined && [...this.#holds.values()].some((evseIds) => evseIds.has(id));
  }

  #keep(keys: readonly string[], isOperative: boolean): void {
    const { store } = this.#core;
    store.atomically(() => {
      for (const key of keys) {
        if (isOperative) {
          this.#inoperative.delete(key);
          store.remove(collection, key);
        } else {
          this.#inoperative.add(key);
          store.put(collection, key, 'Inoperative');
        }
      }
    });
  }

  #tellHost(): void {
    const { host } = this.#core;
    if (!host.setAvailable) return;
    const places = this.#placesOutOfUse();
    for (const [key, place] of this.#told) {
      if (!places.has(key)) host.setAvailable(true, place);
    }
    for (const [key, place] of places) {
      if (!this.#told.has(key)) host.setAvailable(false, place);
    }
    this.#told = places;
  }

  #placesOutOfUse(): Map<string, Place> {
    const { evses, connectors } = this.#core;
    const places = new Map<string, Place>();
    for (const evse of evses) {
      if (!this.isEvseOperative(evse)) places.set(evseKey(evse), { evseId: evse.id });
    }
    if (!this.isOperative && places.size === evses.length) places.set(stationKey, {});
    for (const connector of connectors) {
      if (places.has(evseKey(connector.evse)) || this.isConnectorOperative(connector)) continue;
      places.set(connectorKey(connector), { evseId: connector.evse.id, connectorId: connector.id });
    }
    return places;
  }
}

function keysOf({ evse, connector }: { evse: Evse | undefined; connector: Connector | undefined }): string[] {
  if (connector) return [connectorKey(connector)];
  return [evse ? evseKey(evse) : stationKey];
}
