/** What a reservation wants; without any of it, whatever is free. */
export interface Wish {
  evseId?: number | undefined;
  /** As in OCPP 2.0.1 ConnectorEnumType. */
  connectorType?: string | undefined;
}

/** An EVSE that could be given away. */
export interface Offer {
  id: number;
  connectorTypes: readonly string[];
}

export function fits({ evseId, connectorType }: Wish, { id, connectorTypes }: Offer): boolean {
  if (evseId !== undefined && evseId !== id) return false;
  return connectorType === undefined || connectorTypes.includes(connectorType);
}

/** Whether every wish can have an EVSE of its own. */
export function canServeAll(wishes: readonly Wish[], offers: readonly Offer[]): boolean {
  if (wishes.length > offers.length) return false;
  const given = new Map<Offer, Wish>();
  return wishes.every((wish) => give(wish, { offers, given, tried: new Set() }));
}

interface Giving {
  offers: readonly Offer[];
  given: Map<Offer, Wish>;
  tried: Set<Offer>;
}

/** Gives an EVSE that is free, or one whose wish can have another. */
function give(wish: Wish, giving: Giving): boolean {
  for (const offer of giving.offers) {
    if (!fits(wish, offer) || giving.tried.has(offer)) continue;
    giving.tried.add(offer);
    const holder = giving.given.get(offer);
    if (holder && !give(holder, giving)) continue;
    giving.given.set(offer, wish);
    return true;
  }
  return false;
}
