import type { v16 } from '@busbar/ocpp';
import type { CommandOf, CommandResult } from '../../../domain/commands.ts';
import type { Measurement } from '../../../domain/measurement.ts';
import type { SendOptions } from '../../../ports/south.ts';
import { invalid, type Caller } from '../caller.ts';
import { evseIdOf, toDate, wasOffline, type Session } from '../session.ts';
import { toIdTagInfo, toIdToken } from './authorization.ts';
import { toMeasurements } from './metering.ts';
import { txProfileOf } from './smart-charging.ts';

export const transactions = (session: Session) => ({
  async StartTransaction(request: v16.StartTransactionRequest): Promise<v16.StartTransactionResponse> {
    const occurredAt = toDate(request.timestamp) ?? session.now();
    const { connectorId: evseId, meterStart, reservationId } = request;
    const answer = await session.report({
      type: 'TransactionEvent',
      eventType: 'Started',
      triggerReason: 'Authorized',
      evseId,
      connectorId: 1,
      idToken: toIdToken(request.idTag),
      offline: wasOffline(session, occurredAt),
      occurredAt,
      measurements: [registerOf(evseId, meterStart, { takenAt: occurredAt, context: 'Transaction.Begin' })],
      ...(reservationId !== undefined && reservationId > 0 && { reservationId }),
    });
    return {
      transactionId: Number(answer.transactionId),
      idTagInfo: toIdTagInfo(answer.idTokenInfo ?? { status: 'Accepted' }),
    };
  },

  async StopTransaction(request: v16.StopTransactionRequest): Promise<v16.StopTransactionResponse> {
    const occurredAt = toDate(request.timestamp) ?? session.now();
    const transactionId = String(request.transactionId);
    const evseId = await evseIdOf(session, transactionId);
    const { triggerReason, stoppedReason } = reasons[request.reason ?? 'Local'];
    const answer = await session.report({
      type: 'TransactionEvent',
      eventType: 'Ended',
      triggerReason,
      transactionId,
      ...(evseId > 0 && { evseId, connectorId: 1 }),
      ...(request.idTag !== undefined && request.idTag !== '' && { idToken: toIdToken(request.idTag) }),
      stoppedReason,
      offline: wasOffline(session, occurredAt),
      occurredAt,
      measurements: [
        ...toMeasurements(evseId, request.transactionData ?? [], session),
        registerOf(evseId, request.meterStop, { takenAt: occurredAt, context: 'Transaction.End' }),
      ],
    });
    return answer.idTokenInfo === undefined ? {} : { idTagInfo: toIdTagInfo(answer.idTokenInfo) };
  },
});

type Reason = NonNullable<v16.StopTransactionRequest['reason']>;

/** 1.6 reasons in 2.0.1 words: why the message was sent, and why the transaction ended. */
export const reasons: Readonly<Record<Reason, { triggerReason: string; stoppedReason: string }>> = {
  DeAuthorized: { triggerReason: 'Deauthorized', stoppedReason: 'DeAuthorized' },
  EVDisconnected: { triggerReason: 'EVDeparted', stoppedReason: 'EVDisconnected' },
  EmergencyStop: { triggerReason: 'AbnormalCondition', stoppedReason: 'EmergencyStop' },
  HardReset: { triggerReason: 'ResetCommand', stoppedReason: 'ImmediateReset' },
  Local: { triggerReason: 'StopAuthorized', stoppedReason: 'Local' },
  Other: { triggerReason: 'AbnormalCondition', stoppedReason: 'Other' },
  PowerLoss: { triggerReason: 'AbnormalCondition', stoppedReason: 'PowerLoss' },
  Reboot: { triggerReason: 'AbnormalCondition', stoppedReason: 'Reboot' },
  Remote: { triggerReason: 'RemoteStop', stoppedReason: 'Remote' },
  SoftReset: { triggerReason: 'ResetCommand', stoppedReason: 'ImmediateReset' },
  UnlockCommand: { triggerReason: 'UnlockCommand', stoppedReason: 'Other' },
};

/** `meterStart` and `meterStop` are the energy register in Wh. */
function registerOf(
  evseId: number,
  value: number,
  { takenAt, context }: { takenAt: Date; context: 'Transaction.Begin' | 'Transaction.End' },
): Measurement {
  return { evseId, measurand: 'Energy.Active.Import.Register', value, context, takenAt };
}

export async function requestStartTransaction(
  caller: Caller<'1.6'>,
  { evseId, idToken, currentLimit }: CommandOf<'requestStartTransaction'>,
  options: SendOptions,
): Promise<CommandResult> {
  const connectorId = evseId ?? (await onlyEvseOf(caller));
  const response = await caller.call(
    'RemoteStartTransaction',
    {
      idTag: idToken.idToken,
      ...(connectorId !== undefined && { connectorId }),
      ...(currentLimit !== undefined && {
        chargingProfile: await txProfileOf(caller, { evseId: connectorId ?? 0, currentLimit }, options),
      }),
    },
    options,
  );
  return { accepted: response.status === 'Accepted', status: response.status, response };
}

export async function requestStopTransaction(
  caller: Caller<'1.6'>,
  { transactionId }: CommandOf<'requestStopTransaction'>,
  options: SendOptions,
): Promise<CommandResult> {
  if (!/^-?\d{1,10}$/.test(transactionId)) {
    throw invalid(`Transaction '${transactionId}' is not one of OCPP 1.6: its ids are integers.`);
  }
  const response = await caller.call('RemoteStopTransaction', { transactionId: Number(transactionId) }, options);
  return { accepted: response.status === 'Accepted', status: response.status, response };
}

/** Many stations refuse a remote start without a connector, even when there is only one to choose. */
async function onlyEvseOf(caller: Caller<'1.6'>): Promise<number | undefined> {
  const evses = (await caller.station())?.evses.filter(({ evseId }) => evseId > 0) ?? [];
  return evses.length === 1 ? evses[0]?.evseId : undefined;
}
