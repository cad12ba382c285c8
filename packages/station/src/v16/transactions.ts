import type { v16 } from '@busbar/ocpp';
import { learn } from '../authorization/authorization.ts';
import { keepTransaction } from '../transactions/open-transactions.ts';
import type { Consequences } from '../delivery/delivery.ts';
import type { QueuedRecord, SecurityRecord, TakenValues, TransactionRecord } from '../delivery/records.ts';
import type { StopReason } from '../station-host.ts';
import { thinned } from '../metering/thin-values.ts';
import { toTokenInfo } from './authorization.ts';
import { numberOf } from './connectors.ts';
import { toMeterValues } from './metering.ts';
import type { Station16 } from './station16.ts';

/** Stands for the id of a transaction whose start the CSMS never took. */
const unknownId = -1;

/** Sends a queued message; resolves with what its answer asks for. */
export async function deliver(station: Station16, record: QueuedRecord): Promise<Consequences> {
  if (record.kind === 'transaction') return deliverTransaction[record.event](station, record);
  if (record.kind === 'security') await deliverSecurityEvent(station, record);
  return () => {};
}

const deliverTransaction: Record<
  TransactionRecord['event'],
  (station: Station16, record: TransactionRecord) => Promise<Consequences>
> = { Started: deliverStart, Updated: deliverUpdate, Ended: deliverStop };

async function deliverStart(station: Station16, record: TransactionRecord): Promise<Consequences> {
  const { core, wire } = station;
  const answer = await wire.call('StartTransaction', {
    connectorId: numberOf(core, record),
    idTag: idTagOf(record),
    meterStart: Math.round(record.meterWh),
    reservationId: record.reservationId,
    timestamp: record.at,
  });
  return () => startAnswered(station, record, answer);
}

const idTagOf = ({ idToken }: TransactionRecord) => idToken?.idToken.slice(0, 20) ?? '';

function startAnswered(
  station: Station16,
  record: TransactionRecord,
  { transactionId, idTagInfo }: v16.StartTransactionResponse,
): void {
  const { core } = station;
  const info = toTokenInfo(idTagInfo);
  station.ids.set(record.transactionId, transactionId);
  learn(core, { idToken: idTagOf(record), type: 'ISO14443' }, info);
  const evse = core.evse(record.evseId);
  const transaction = evse?.transaction?.id === record.transactionId ? evse.transaction : undefined;
  if (transaction) {
    transaction.csmsId = transactionId;
    transaction.groupId ??= info.groupId;
    keepTransaction(core.store, transaction);
  }
  try {
    core.events.emit('transactionAnswered', { record, csmsId: transactionId, info });
    if (transaction) core.events.emit('transactionConfirmed', transaction);
  } finally {
    if (info.status !== 'Accepted') evse?.deauthorized(record.transactionId);
  }
}

/** OCPP 1.6 hears of a running transaction by its meter values only. */
async function deliverUpdate({ core, wire, ids }: Station16, record: TransactionRecord): Promise<Consequences> {
  const meterValue = toMeterValues(record.values);
  const transactionId = ids.get(record.transactionId);
  if (meterValue.length > 0)
    await wire.call('MeterValues', { connectorId: numberOf(core, record), transactionId, meterValue });
  return () => {};
}

async function deliverStop({ core, wire, ids }: Station16, record: TransactionRecord): Promise<Consequences> {
  const transactionData = toMeterValues(fitting(core, record));
  const { idTagInfo } = await wire.call('StopTransaction', {
    idTag: record.idToken?.idToken.slice(0, 20),
    meterStop: Math.round(record.meterWh),
    timestamp: record.at,
    transactionId: ids.get(record.transactionId) ?? unknownId,
    reason: reasons[record.reason ?? 'Local'],
    transactionData: transactionData.length > 0 ? transactionData : undefined,
  });
  return () => {
    ids.ended(record.transactionId);
    const info = idTagInfo && toTokenInfo(idTagInfo);
    if (info && record.idToken) learn(core, record.idToken, info);
    core.events.emit('transactionAnswered', { record, info });
  };
}

/** Thinned to what fits into one message. */
function fitting({ variables }: Station16['core'], { values }: TransactionRecord): readonly TakenValues[] {
  const most = variables.number('InternalCtrlr.MaxMessageSize') - frameBytes;
  return thinned(values, (left) => Buffer.byteLength(JSON.stringify(toMeterValues(left))) <= most);
}

/** All of a StopTransaction but its values. */
const frameBytes = 500;

async function deliverSecurityEvent({ core, wire }: Station16, { type, at, info }: SecurityRecord): Promise<void> {
  if (core.variables.isOn('OCPP16LegacyCtrlr.DisableSecurityEventNotifications')) return;
  await wire.call('SecurityEventNotification', { type, timestamp: at, techInfo: info });
}

/** OCPP 1.6 knows fewer reasons, and Local goes without saying. */
const reasons: Record<StopReason, v16.StopTransactionRequest['reason']> = {
  DeAuthorized: 'DeAuthorized',
  EmergencyStop: 'EmergencyStop',
  EnergyLimitReached: 'Other',
  EVDisconnected: 'EVDisconnected',
  EVSEDisabled: 'Other',
  GroundFault: 'Other',
  HardReset: 'HardReset',
  Local: undefined,
  LocalOutOfCredit: 'Other',
  MasterPass: 'Other',
  Other: 'Other',
  OvercurrentFault: 'Other',
  PowerLoss: 'PowerLoss',
  PowerQuality: 'Other',
  Reboot: 'Reboot',
  Remote: 'Remote',
  ReqEnergyTransferRejected: 'Other',
  SOCLimitReached: 'Other',
  SoftReset: 'SoftReset',
  StoppedByEV: 'Other',
  TimeLimitReached: 'Other',
  Timeout: 'Other',
  UnlockCommand: 'UnlockCommand',
};
