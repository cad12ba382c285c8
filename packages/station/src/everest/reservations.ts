import type { Reservation } from '../availability/reservations.ts';
import type { EverestPort } from './everest-port.ts';
import { toEverestConnectorType } from './translations.ts';

/**
 * False when EVerest does not take it. Where EVerest keeps none, the station does: tokens are validated for the other EVSEs
 * only, and what begins all the same is stopped. Rejects with CommandError.
 */
export async function reserve(port: EverestPort, reservation: Reservation): Promise<boolean> {
  if (!port.reservation) return true;
  const { id, idToken, expiresAt, evseId, groupId, connectorType } = reservation;
  const result = await port.reservation('reserve_now', {
    request: {
      reservation_id: id,
      id_token: idToken.idToken,
      expiry_time: expiresAt.toISOString(),
      ...(evseId !== undefined && { evse_id: evseId }),
      ...(groupId !== undefined && { parent_id_token: groupId }),
      ...(connectorType !== undefined && { connector_type: toEverestConnectorType(connectorType) }),
    },
  });
  return result === 'Accepted';
}

/** Rejects with CommandError. */
export async function cancelReservation(port: EverestPort, reservationId: number): Promise<void> {
  await port.reservation?.('cancel_reservation', { reservation_id: reservationId });
}
