import type { CommandOf, CommandResult } from '../../../domain/commands.ts';
import type { SendOptions } from '../../../ports/south.ts';
import type { Caller } from '../caller.ts';

export async function reserveNow(
  caller: Caller<'1.6'>,
  { reservationId, evseId, idToken, expiresAt }: CommandOf<'reserveNow'>,
  options: SendOptions,
): Promise<CommandResult> {
  const response = await caller.call(
    'ReserveNow',
    { connectorId: evseId ?? 0, expiryDate: expiresAt.toISOString(), idTag: idToken.idToken, reservationId },
    options,
  );
  return { accepted: response.status === 'Accepted', status: response.status, response };
}

export async function cancelReservation(
  caller: Caller<'1.6'>,
  { reservationId }: CommandOf<'cancelReservation'>,
  options: SendOptions,
): Promise<CommandResult> {
  const response = await caller.call('CancelReservation', { reservationId }, options);
  return { accepted: response.status === 'Accepted', status: response.status, response };
}
