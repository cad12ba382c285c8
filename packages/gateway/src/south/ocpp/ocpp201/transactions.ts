import type { v201, v21 } from '@busbar/ocpp';
import type { CommandOf, CommandResult } from '../../../domain/commands.ts';
import type { SendOptions } from '../../../ports/south.ts';
import type { Caller } from '../caller.ts';
import type { Version2 } from './version.ts';
import { requestIdOf } from '../request-id.ts';
import { evseIdOf, toDate, type Session } from '../session.ts';
import { knownIdToken, toIdToken, toIdTokenInfo } from './authorization.ts';
import { toMeasurements } from './metering.ts';
import { reasonOf } from './provisioning.ts';
import { txProfileOf } from './smart-charging.ts';

export const transactions = (session: Session) => ({
  async TransactionEvent(request: v21.TransactionEventRequest): Promise<v201.TransactionEventResponse> {
    const { transactionInfo: info, evse, reservationId } = request;
    const meterValues = request.meterValue ?? [];
    // Only the first event must name the EVSE (OCPP 2.0.1 E02.FR.01); values without one would belong to nobody.
    const evseId = evse?.id ?? (meterValues.length === 0 ? 0 : await evseIdOf(session, info.transactionId));
    const answer = await session.report({
      type: 'TransactionEvent',
      eventType: request.eventType,
      triggerReason: request.triggerReason,
      transactionId: info.transactionId,
      seqNo: request.seqNo,
      ...(evse !== undefined && { evseId: evse.id }),
      ...(evse?.connectorId !== undefined && { connectorId: evse.connectorId }),
      ...(request.idToken !== undefined && { idToken: toIdToken(request.idToken) }),
      ...(info.chargingState !== undefined && { chargingState: info.chargingState }),
      ...(info.stoppedReason !== undefined && { stoppedReason: info.stoppedReason }),
      ...(info.remoteStartId !== undefined && { remoteStartId: info.remoteStartId }),
      ...(reservationId !== undefined && { reservationId }),
      offline: request.offline ?? false,
      occurredAt: toDate(request.timestamp) ?? session.now(),
      measurements: toMeasurements(evseId, meterValues, session),
    });
    return answer.idTokenInfo === undefined ? {} : { idTokenInfo: toIdTokenInfo(answer.idTokenInfo) };
  },
});

export async function requestStartTransaction(
  caller: Caller<Version2>,
  { evseId, idToken, currentLimit }: CommandOf<'requestStartTransaction'>,
  options: SendOptions,
): Promise<CommandResult> {
  const remoteStartId = requestIdOf(caller.now());
  const response = await caller.call(
    'RequestStartTransaction',
    {
      idToken: knownIdToken(idToken),
      remoteStartId,
      ...(evseId !== undefined && { evseId }),
      ...(currentLimit !== undefined && {
        chargingProfile: await txProfileOf(caller, { evseId: evseId ?? 0, currentLimit }, options),
      }),
    },
    options,
  );
  return {
    accepted: response.status === 'Accepted',
    status: response.status,
    ...reasonOf(response),
    remoteStartId,
    response,
  };
}

export async function requestStopTransaction(
  caller: Caller<Version2>,
  { transactionId }: CommandOf<'requestStopTransaction'>,
  options: SendOptions,
): Promise<CommandResult> {
  const response = await caller.call('RequestStopTransaction', { transactionId }, options);
  return { accepted: response.status === 'Accepted', status: response.status, ...reasonOf(response), response };
}
