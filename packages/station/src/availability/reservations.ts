import { lookMs, type Timer } from '../time/clock.ts';
import type { Core } from '../core.ts';
import type { Evse } from '../evse.ts';
import { canServeAll, fits, type Offer } from './reservation-matching.ts';
import { fromStored, toStored } from './stored-reservations.ts';
import type { IdToken } from '../station-host.ts';
import { isSameToken } from '../authorization/tokens.ts';

/** Without an EVSE, one that is free and has such a connector is kept. */
export interface Reservation {
  id: number;
  /** When it was made. */
  since?: Date | undefined;
  idToken: IdToken;
  groupId: string | undefined;
  expiresAt: Date;
  evseId?: number | undefined;
  /** As in OCPP 2.0.1 ConnectorEnumType. */
  connectorType?: string | undefined;
}

export type ReservationResult = 'Accepted' | 'Faulted' | 'Occupied' | 'Unavailable' | 'Rejected';

/** Who may be served. */
export interface Claim {
  idToken: IdToken;
  groupId: string | undefined;
}

const collection = 'reservations';

/** Of those that ended while nobody could be told. */
const mostUntold = 100;

/** The reservations of a station. They outlive power cuts. */
export class Reservations {
  readonly #core: Core;
  #all: readonly Reservation[] = [];
  /** Ended while nobody could be told. */
  #untold: (readonly [Reservation, 'Expired' | 'Removed'])[] = [];
  #expiry: Timer | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  get all(): readonly Reservation[] {
    return this.#all;
  }

  load(): void {
    for (const [key, value] of this.#core.store.entries(collection)) {
      const reservation = fromStored(value);
      if (reservation) this.#all = [...this.#all, reservation];
      else this.#core.store.remove(collection, key);
    }
  }

  /** Begins to watch the time. */
  start(): void {
    for (const reservation of this.#all) void this.#tellHost(reservation);
    this.#expireLater();
  }

  stop(): void {
    this.#expiry?.cancel();
  }

  /** The same id replaces. */
  reserve(reservation: Reservation): ReservationResult {
    const { variables, clock, evses } = this.#core;
    const isOff = !variables.isOn('ReservationCtrlr.Available') || !variables.isOn('ReservationCtrlr.Enabled');
    if (isOff || !(reservation.expiresAt > clock.now())) return 'Rejected';
    const wanted = evses.filter((evse) => fits(reservation, toOffer(evse)));
    if (wanted.length === 0) return 'Rejected';
    const others = this.#all.filter(({ id }) => id !== reservation.id);
    const obstacles = wanted.map(obstacleOf);
    if (!obstacles.includes(undefined)) return worstOf(obstacles);
    const free = evses.filter((evse) => obstacleOf(evse) === undefined);
    if (!canServeAll([...this.#unclaimed(others), reservation], free.map(toOffer))) return 'Occupied';
    const made = { ...reservation, since: clock.now() };
    this.#all = [...others, made];
    this.#core.store.put(collection, String(made.id), toStored(made));
    this.#expireLater();
    this.#core.later(() => this.#tellHost(made));
    return 'Accepted';
  }

  /** True when the EVSE is kept: without it, somebody who has reserved could not be served. */
  isReserved(evse: Evse): boolean {
    if (this.#all.length === 0) return false;
    const open = this.#unclaimed(this.#all);
    const others = this.#core.evses.filter((each) => each !== evse && isUsable(each));
    return open.length > 0 && !canServeAll(open, others.map(toOffer));
  }

  /** True when nobody else needs the EVSE. */
  admits(evse: Evse, claim: Claim): boolean {
    return this.#find(evse, claim) !== undefined || !this.isReserved(evse);
  }

  /** True when the EVSE is kept for a group, and the token may be of it: only the CSMS can tell. */
  mayAdmit(evse: Evse, { groupId }: Pick<Claim, 'groupId'>): boolean {
    return groupId === undefined && this.#all.some((each) => each.groupId !== undefined && fits(each, toOffer(evse)));
  }

  /** A transaction begins: the reservation is used up. Its id, if there was one. */
  use(evse: Evse, claim: Claim): number | undefined {
    const reservation = this.#find(evse, claim);
    if (!reservation) return undefined;
    const { id, since } = reservation;
    this.#core.costs.reservationUsed(evse, { id, since });
    this.#forget(reservation);
    return id;
  }

  /** Ends it without a word; false when there is none of this id. */
  cancel(id: number): boolean {
    const reservation = this.#all.find((each) => each.id === id);
    if (reservation) this.#forget(reservation);
    return reservation !== undefined;
  }

  /** The EVSE cannot be used any more: OCPP 2.0.1 H01.FR.20 and FR.21. */
  lost(evse: Evse): void {
    if (this.#all.length === 0) return;
    for (const reservation of this.#all.filter(({ evseId }) => evseId === evse.id))
      this.#remove(reservation, 'Removed');
    const offers = this.#core.evses.filter(({ canServe }) => canServe).map(toOffer);
    while (!canServeAll(this.#all, offers)) {
      const last = this.#all.findLast(({ evseId }) => evseId === undefined);
      if (!last) return;
      this.#remove(last, 'Removed');
    }
  }

  /** The CSMS listens again. */
  tell(): void {
    for (const [reservation, how] of this.#untold.splice(0)) this.#core.protocol.reservationEnded(reservation, how);
  }

  /** Its readers have to know. What it cannot keep is no reservation any more. */
  async #tellHost(reservation: Reservation): Promise<void> {
    const isKept = await this.#core.host.reserve?.(reservation);
    if (isKept === false && this.#all.includes(reservation)) this.#remove(reservation, 'Removed');
  }

  #find(evse: Evse, { idToken, groupId }: Claim): Reservation | undefined {
    const mine = this.#all.filter((reservation) => {
      const isSameGroup = groupId !== undefined && groupId === reservation.groupId;
      return fits(reservation, toOffer(evse)) && (isSameGroup || isSameToken(reservation.idToken, idToken));
    });
    return mine.find(({ evseId }) => evseId === evse.id) ?? mine[0];
  }

  /** Without those whose holder is authorised already, and about to plug in. */
  #unclaimed(reservations: readonly Reservation[]): readonly Reservation[] {
    const claimed = new Set<Reservation>();
    for (const evse of this.#core.evses) {
      const reservation = evse.holder && !evse.transaction ? this.#find(evse, evse.holder) : undefined;
      if (reservation) claimed.add(reservation);
    }
    return reservations.filter((reservation) => !claimed.has(reservation));
  }

  #remove(reservation: Reservation, how: 'Expired' | 'Removed'): void {
    this.#forget(reservation);
    const { isOnline, registration, protocol } = this.#core;
    if (isOnline && registration === 'Accepted') protocol.reservationEnded(reservation, how);
    else this.#untold = [...this.#untold, [reservation, how] as const].slice(-mostUntold);
  }

  #forget(reservation: Reservation): void {
    this.#all = this.#all.filter((each) => each !== reservation);
    this.#core.store.remove(collection, String(reservation.id));
    this.#core.host.reservationEnded?.(reservation.id);
    this.#expireLater();
  }

  #expireLater(): void {
    this.#expiry?.cancel();
    if (this.#all.length === 0) return;
    const { clock } = this.#core;
    const next = Math.min(...this.#all.map(({ expiresAt }) => expiresAt.getTime()));
    this.#expiry = clock.after(Math.min(next - clock.now().getTime(), lookMs), () => this.#expire());
  }

  #expire(): void {
    const now = this.#core.clock.now();
    const over = this.#all.filter(({ expiresAt }) => expiresAt <= now);
    for (const reservation of over) this.#remove(reservation, 'Expired');
    this.#expireLater();
    if (over.length > 0) this.#core.protocol.reportStatus('changed');
  }
}

const toOffer = ({ id, connectors }: Evse): Offer => ({ id, connectorTypes: connectors.map(({ type }) => type) });

const isUsable = ({ canServe, isAuthorized }: Evse) => canServe && !isAuthorized;

/** Why the EVSE cannot be reserved now. */
function obstacleOf(evse: Evse): Exclude<ReservationResult, 'Accepted'> | undefined {
  if (evse.fault) return 'Faulted';
  if (!evse.canServe) return 'Unavailable';
  return evse.transaction || evse.isPlugged || evse.isAuthorized ? 'Occupied' : undefined;
}

/** Of several EVSEs none of which will do: what may change soonest. */
function worstOf(obstacles: readonly (ReservationResult | undefined)[]): ReservationResult {
  return (['Occupied', 'Faulted', 'Unavailable'] as const).find((each) => obstacles.includes(each)) ?? 'Rejected';
}
