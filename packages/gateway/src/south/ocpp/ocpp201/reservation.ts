import type { v201, v21 } from '@busbar/ocpp';
import type { CommandOf, CommandResult } from '../../../domain/commands.ts';
import type { SendOptions } from '../../../ports/south.ts';
import type { Caller } from '../caller.ts';
import type { Version2 } from './version.ts';
import type { Session } from '../session.ts';
import { knownIdToken } from './authorization.ts';
import { reasonOf } from './provisioning.ts';

export const reservation = (session: Session) => ({
  async ReservationStatusUpdate(
    request: v21.ReservationStatusUpdateRequest,
  ): Promise<v201.ReservationStatusUpdateResponse> {
    await session.report({
      type: 'ReservationStatusUpdate',
      reservationId: request.reservationId,
      status: request.reservationUpdateStatus,
    });
    return {};
  },
});

export async function reserveNow(
  caller: Caller<Version2>,
  { reservationId, evseId, idToken, expiresAt }: CommandOf<'reserveNow'>,
  options: SendOptions,
): Promise<CommandResult> {
  const response = await caller.call(
    'ReserveNow',
    {
      id: reservationId,
      expiryDateTime: expiresAt.toISOString(),
      idToken: knownIdToken(idToken),
      ...(evseId !== undefined && evseId !== 0 && { evseId }),
    },
    options,
  );
  return { accepted: response.status === 'Accepted', status: response.status, ...reasonOf(response), response };
}

export async function cancelReservation(
  caller: Caller<Version2>,
  { reservationId }: CommandOf<'cancelReservation'>,
  options: SendOptions,
): Promise<CommandResult> {
  const response = await caller.call('CancelReservation', { reservationId }, options);
  return { accepted: response.status === 'Accepted', status: response.status, ...reasonOf(response), response };
}
