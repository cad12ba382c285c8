import type { Timer } from './clock.ts';
import type { Core } from './core.ts';
import type { Evse } from './evse.ts';
import type { IdToken } from './station-host.ts';
import { isSameToken } from './tokens.ts';

export interface Reservation {
  id: number;
  idToken: IdToken;
  groupId: string | undefined;
  expiresAt: Date;
}

export type ReservationResult = 'Accepted' | 'Faulted' | 'Occupied' | 'Unavailable' | 'Rejected';

/** The reservation of one EVSE. */
export class Reservations {
  readonly #core: Core;
  readonly #evse: Evse;
  #current: Reservation | undefined;
  #expiry: Timer | undefined;

  constructor(core: Core, evse: Evse) {
    this.#core = core;
    this.#evse = evse;
  }

  get current(): Reservation | undefined {
    return this.#current;
  }

  /** The same id replaces. */
  reserve(reservation: Reservation): ReservationResult {
    const { fault, isOperative, transaction, isPlugged } = this.#evse;
    if (!this.#core.variables.isOn('ReservationCtrlr.Enabled')) return 'Rejected';
    if (fault) return 'Faulted';
    if (!isOperative) return 'Unavailable';
    if (transaction || isPlugged || (this.#current && this.#current.id !== reservation.id)) return 'Occupied';
    const ms = reservation.expiresAt.getTime() - this.#core.clock.now().getTime();
    if (!(ms > 0)) return 'Rejected';
    this.release();
    this.#current = reservation;
    this.#expiry = this.#core.clock.after(ms, () => this.remove('Expired'));
    return 'Accepted';
  }

  /** True when nobody else has reserved. */
  admits(idToken: IdToken, groupId: string | undefined): boolean {
    const reserved = this.#current;
    if (!reserved || isSameToken(reserved.idToken, idToken)) return true;
    return reserved.groupId !== undefined && reserved.groupId === groupId;
  }

  /** A transaction begins: the reservation is used up. Its id, if there was one. */
  use(): number | undefined {
    const id = this.#current?.id;
    this.release();
    return id;
  }

  /** Ends it and tells the CSMS. */
  remove(how: 'Expired' | 'Removed'): void {
    const reservation = this.#current;
    if (!reservation) return;
    this.release();
    this.#core.protocol.reservationEnded(reservation, how);
    this.#evse.changed();
  }

  /** Ends it without a word. */
  release(): void {
    this.#expiry?.cancel();
    this.#expiry = undefined;
    this.#current = undefined;
  }
}
