import type { Reservation } from '../evse.ts';
import { toIdToken } from '../id-token.ts';
import type { Handlers201, Station201 } from './station201.ts';

export function reservationEnded({ wire }: Station201, { id }: Reservation, how: 'Expired' | 'Removed'): void {
  wire.tell('ReservationStatusUpdate', { reservationId: id, reservationUpdateStatus: how });
}

/** A reservation needs its EVSE: NonEvseSpecific is false. */
export const reservation = ({ core }: Station201): Handlers201 => ({
  ReserveNow({ id, expiryDateTime, idToken, evseId, groupIdToken }) {
    const evse = evseId === undefined ? undefined : core.evse(evseId);
    if (!evse) return { status: 'Rejected', statusInfo: { reasonCode: 'UnknownEvse' } };
    const expiresAt = new Date(expiryDateTime);
    const status = evse.reservations.reserve({
      id,
      idToken: toIdToken(idToken),
      groupId: groupIdToken?.idToken,
      expiresAt,
    });
    core.later(() => evse.changed());
    return { status };
  },

  CancelReservation({ reservationId }) {
    const evse = core.evses.find(({ reservations }) => reservations.current?.id === reservationId);
    if (!evse) return { status: 'Rejected' };
    core.later(() => {
      evse.reservations.release();
      evse.changed();
    });
    return { status: 'Accepted' };
  },
});
