import type { v16 } from '@busbar/ocpp';
import { learn } from '../authorization.ts';
import { TransactionLost } from '../final-failures.ts';
import type { TransactionMessage } from '../offline-queue.ts';
import type { StopReason } from '../station-host.ts';
import type { Transaction, TransactionEnd } from '../transaction.ts';
import { toTokenInfo } from './authorization.ts';
import { toMeterValue } from './metering.ts';
import type { Station16 } from './station16.ts';

/** Until the CSMS gives its id, the transaction has a local one: -1, -2, … */
export function transactionStarted(station: Station16, transaction: Transaction): void {
  const { evseId, idToken, begin, reservationId } = transaction;
  const payload: v16.StartTransactionRequest = {
    connectorId: evseId,
    idTag: idToken.idToken.slice(0, 20),
    meterStart: Math.round(begin.reading.energyWh),
    reservationId,
    timestamp: begin.at.toISOString(),
  };
  const localId = --station.lastLocalId;
  transaction.localId = localId;
  transaction.id = String(localId);
  station.core.delivery.add({ action: 'StartTransaction', payload, localId });
}

export function transactionEnded({ core }: Station16, transaction: Transaction, end: TransactionEnd): void {
  const measurands = core.variables.list('SampledDataCtrlr.TxEndedMeasurands');
  const transactionData = [transaction.begin, end.reading].flatMap((timed) => toMeterValue(timed, measurands) ?? []);
  const payload: v16.StopTransactionRequest = {
    idTag: end.idToken?.idToken.slice(0, 20),
    meterStop: Math.round(end.reading.reading.energyWh),
    timestamp: end.reading.at.toISOString(),
    transactionId: Number(transaction.id),
    reason: reasons[end.reason],
    transactionData: transactionData.length > 0 ? transactionData : undefined,
  };
  core.delivery.add({ action: 'StopTransaction', payload, localId: transaction.localId });
}

/** Sends a queued message. What the answer changes is done before the next one goes out. */
export async function deliver(station: Station16, message: TransactionMessage): Promise<void> {
  const { wire } = station;
  switch (message.action) {
    case 'StartTransaction':
      return started(station, message, await wire.call('StartTransaction', message.payload));
    case 'StopTransaction':
      refuseLost(message);
      await wire.call('StopTransaction', message.payload);
      return;
    case 'MeterValues':
      refuseLost(message);
      await wire.call('MeterValues', message.payload);
      return;
    case 'SecurityEventNotification':
      await wire.call('SecurityEventNotification', message.payload);
      return;
    case 'TransactionEvent':
    case 'NotifyEvent':
      throw new TransactionLost(`${message.action}, which OCPP 1.6 does not have,`);
  }
}

/** The start goes first: who still has a local id when its turn comes will never get another. */
function refuseLost({ action, localId }: { action: string; localId?: number | undefined }): void {
  if (localId !== undefined) throw new TransactionLost(action);
}

function started(
  { core }: Station16,
  { payload, localId }: { payload: v16.StartTransactionRequest; localId: number },
  { transactionId, idTagInfo }: v16.StartTransactionResponse,
): void {
  const info = toTokenInfo(idTagInfo);
  learn(core, { idToken: payload.idTag, type: 'ISO14443' }, info);
  core.delivery.rewrite((message) => withId(message, localId, transactionId));
  const evse = core.evse(payload.connectorId);
  const transaction = evse?.transaction;
  if (!evse || transaction?.localId !== localId) return;
  transaction.localId = undefined;
  transaction.id = String(transactionId);
  transaction.groupId ??= info.groupId;
  core.events.emit('transactionConfirmed', transaction);
  if (info.status !== 'Accepted') evse.deauthorized(transaction.id);
}

function withId(message: TransactionMessage, localId: number, transactionId: number): TransactionMessage | undefined {
  if (message.action === 'MeterValues' && message.localId === localId) {
    return { action: 'MeterValues', payload: { ...message.payload, transactionId } };
  }
  if (message.action === 'StopTransaction' && message.localId === localId) {
    return { action: 'StopTransaction', payload: { ...message.payload, transactionId } };
  }
  return undefined;
}

/** OCPP 1.6 knows fewer reasons, and Local goes without saying. */
const reasons: Record<StopReason, v16.StopTransactionRequest['reason']> = {
  DeAuthorized: 'DeAuthorized',
  EmergencyStop: 'EmergencyStop',
  EnergyLimitReached: 'Other',
  EVDisconnected: 'EVDisconnected',
  GroundFault: 'Other',
  HardReset: 'HardReset',
  Local: undefined,
  Other: 'Other',
  OvercurrentFault: 'Other',
  PowerLoss: 'PowerLoss',
  Reboot: 'Reboot',
  Remote: 'Remote',
  SOCLimitReached: 'Other',
  SoftReset: 'SoftReset',
  StoppedByEV: 'Other',
  TimeLimitReached: 'Other',
  UnlockCommand: 'UnlockCommand',
};
