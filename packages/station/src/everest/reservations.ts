import type { IdToken } from '../station-host.ts';
import type { EverestPort } from './everest-port.ts';
import { reservationResultSchema, type reservationResults } from './neighbour-types.ts';
import { matches } from './schema.ts';

export interface ReservationRequest {
  reservationId: number;
  idToken: IdToken;
  expiresAt: Date;
  /** Absent: any EVSE. */
  evseId?: number | undefined;
  groupId?: string | undefined;
  /** As in EVerest's ConnectorTypeEnum. */
  connectorType?: string | undefined;
}

export type ReservationResult = (typeof reservationResults)[number];

/** Rejects with CommandError. */
export async function reserve(port: EverestPort, request: ReservationRequest): Promise<ReservationResult> {
  const { reservationId, idToken, expiresAt, evseId, groupId, connectorType } = request;
  const result = await port.reservation?.('reserve_now', {
    request: {
      reservation_id: reservationId,
      id_token: idToken.idToken,
      expiry_time: expiresAt.toISOString(),
      ...(evseId !== undefined && { evse_id: evseId }),
      ...(groupId !== undefined && { parent_id_token: groupId }),
      ...(connectorType !== undefined && { connector_type: connectorType }),
    },
  });
  return matches(reservationResultSchema, result) ? result : 'Rejected';
}

/** Rejects with CommandError. */
export async function cancelReservation(port: EverestPort, reservationId: number): Promise<boolean> {
  return (await port.reservation?.('cancel_reservation', { reservation_id: reservationId })) === true;
}
