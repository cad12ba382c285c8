import { OcppError } from '@busbar/ocpp';
import type { Core } from '../core.ts';
import { toIdToken } from '../authorization/id-token.ts';
import type { Reservation } from '../availability/reservations.ts';
import type { Handlers201, Station201 } from './station201.ts';

export function reservationEnded({ wire }: Station201, { id }: Reservation, how: 'Expired' | 'Removed'): void {
  wire.tell('ReservationStatusUpdate', { reservationId: id, reservationUpdateStatus: how });
}

function demandReservations({ variables }: Core): void {
  if (!variables.isOn('ReservationCtrlr.Available'))
    throw new OcppError('NotSupported', 'this station has no reservations');
}

export const reservation = ({ core }: Station201): Handlers201 => ({
  ReserveNow({ id, expiryDateTime, idToken, evseId, connectorType, groupIdToken }) {
    demandReservations(core);
    const isUnknown = evseId !== undefined && !core.evse(evseId);
    if (isUnknown) return { status: 'Rejected', statusInfo: { reasonCode: 'UnknownEvse' } };
    if (evseId === undefined && !core.variables.isOn('ReservationCtrlr.NonEvseSpecific'))
      return { status: 'Rejected', statusInfo: { reasonCode: 'MissingParam' } };
    const status = core.reservations.reserve({
      id,
      idToken: toIdToken(idToken),
      groupId: groupIdToken?.idToken,
      expiresAt: new Date(expiryDateTime),
      evseId,
      connectorType,
    });
    core.later(() => core.protocol.reportStatus('changed'));
    return { status };
  },

  CancelReservation({ reservationId }) {
    demandReservations(core);
    if (!core.reservations.cancel(reservationId)) return { status: 'Rejected' };
    core.later(() => core.protocol.reportStatus('changed'));
    return { status: 'Accepted' };
  },
});
