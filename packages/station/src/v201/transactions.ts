import type { v201, v21 } from '@busbar/ocpp';
import { learn } from '../authorization.ts';
import type { QueuedRecord, SecurityRecord, TransactionRecord } from '../records.ts';
import type { StopReason } from '../station-host.ts';
import type { TriggerReason } from '../transaction.ts';
import { toIdTokenType201, toTokenInfo } from './authorization.ts';
import { notify } from './events.ts';
import { toMeterValue } from './metering.ts';
import type { Handlers201, Station201 } from './station201.ts';

/** Sends a queued message, and does what its answer asks for. */
export async function deliver(station: Station201, record: QueuedRecord): Promise<void> {
  switch (record.kind) {
    case 'transaction':
      return answered(station, record, await station.wire.call('TransactionEvent', toTransactionEvent(record)));
    case 'security':
      await station.wire.call('SecurityEventNotification', toSecurityEvent(record));
      return;
    case 'notice':
      await notify(station, record);
  }
}

/** In the words of OCPP 2.0.1, which are also those of 2.1. */
export function toTransactionEvent(record: TransactionRecord): v201.TransactionEventRequest {
  const { evseId, connectorId, values, idToken } = record;
  return {
    eventType: record.event,
    timestamp: record.at,
    triggerReason: triggers[record.trigger],
    seqNo: record.seqNo,
    offline: record.isOffline || undefined,
    numberOfPhasesUsed: record.phases,
    reservationId: record.reservationId,
    transactionInfo: {
      transactionId: record.transactionId,
      chargingState: record.chargingState,
      remoteStartId: record.remoteStartId,
      stoppedReason: record.reason && reasons[record.reason],
    },
    evse: { id: evseId, connectorId },
    idToken: idToken && toIdTokenType201(idToken),
    meterValue: values.length > 0 ? values.map(toMeterValue) : undefined,
  };
}

function toSecurityEvent({ type, at, info }: SecurityRecord): v201.SecurityEventNotificationRequest {
  return { type, timestamp: at, techInfo: info };
}

function answered(
  { core }: Station201,
  record: TransactionRecord,
  response: v201.TransactionEventResponse | v21.TransactionEventResponse,
): void {
  const { totalCost, chargingPriority, updatedPersonalMessage: personalMessage, idTokenInfo } = response;
  core.events.emit('transactionAnswered', { record, totalCost, chargingPriority, personalMessage });
  if (!idTokenInfo) return;
  const info = toTokenInfo(idTokenInfo);
  if (record.idToken) learn(core, record.idToken, info);
  const evse = core.evses.find(({ transaction }) => transaction?.id === record.transactionId);
  if (!evse?.transaction) return;
  evse.transaction.groupId ??= info.groupId;
  if (info.status !== 'Accepted') evse.deauthorized(record.transactionId);
}

export const transactions = ({ core }: Station201): Handlers201 => ({
  GetTransactionStatus({ transactionId }) {
    if (transactionId === undefined) return { messagesInQueue: core.delivery.size > 0 };
    return {
      ongoingIndicator: core.evses.some(({ transaction }) => transaction?.id === transactionId),
      messagesInQueue: core.delivery.holds((record) => isOf(record, transactionId)),
    };
  },
});

const isOf = (record: QueuedRecord, transactionId: string) =>
  record.kind === 'transaction' && record.transactionId === transactionId;

/** Local goes without saying. */
const reasons: Record<StopReason, v201.ReasonEnumType | undefined> = {
  DeAuthorized: 'DeAuthorized',
  EmergencyStop: 'EmergencyStop',
  EnergyLimitReached: 'EnergyLimitReached',
  EVDisconnected: 'EVDisconnected',
  EVSEDisabled: 'Other',
  GroundFault: 'GroundFault',
  HardReset: 'ImmediateReset',
  Local: undefined,
  LocalOutOfCredit: 'LocalOutOfCredit',
  MasterPass: 'MasterPass',
  Other: 'Other',
  OvercurrentFault: 'OvercurrentFault',
  PowerLoss: 'PowerLoss',
  PowerQuality: 'PowerQuality',
  Reboot: 'Reboot',
  Remote: 'Remote',
  ReqEnergyTransferRejected: 'Other',
  SOCLimitReached: 'SOCLimitReached',
  SoftReset: 'ImmediateReset',
  StoppedByEV: 'StoppedByEV',
  TimeLimitReached: 'TimeLimitReached',
  Timeout: 'Timeout',
  UnlockCommand: 'Other',
};

const triggers: Record<TriggerReason, v201.TriggerReasonEnumType> = {
  AbnormalCondition: 'AbnormalCondition',
  Authorized: 'Authorized',
  CablePluggedIn: 'CablePluggedIn',
  ChargingRateChanged: 'ChargingRateChanged',
  ChargingStateChanged: 'ChargingStateChanged',
  Deauthorized: 'Deauthorized',
  EnergyLimitReached: 'EnergyLimitReached',
  EVCommunicationLost: 'EVCommunicationLost',
  EVConnectTimeout: 'EVConnectTimeout',
  EVDeparted: 'EVDeparted',
  EVDetected: 'EVDetected',
  MeterValueClock: 'MeterValueClock',
  MeterValuePeriodic: 'MeterValuePeriodic',
  RemoteStart: 'RemoteStart',
  RemoteStop: 'RemoteStop',
  ResetCommand: 'ResetCommand',
  SignedDataReceived: 'SignedDataReceived',
  StopAuthorized: 'StopAuthorized',
  TimeLimitReached: 'TimeLimitReached',
  Trigger: 'Trigger',
  UnlockCommand: 'UnlockCommand',
};
