import { randomUUID } from 'node:crypto';
import type { Handlers, v201 } from '@busbar/ocpp';
import { learn } from '../authorization.ts';
import type { Evse } from '../evse.ts';
import { TransactionLost } from '../final-failures.ts';
import type { TransactionMessage } from '../offline-queue.ts';
import type { TimedReading } from '../samples.ts';
import type { StopReason } from '../station-host.ts';
import type { Transaction, TransactionEnd, TriggerReason } from '../transaction.ts';
import { toTokenInfo } from './authorization.ts';
import { toMeterValues } from './metering.ts';
import type { Station201 } from './station201.ts';

type Event = Pick<v201.TransactionEventRequest, 'eventType' | 'evse' | 'idToken' | 'meterValue' | 'reservationId'> & {
  trigger: TriggerReason;
  stoppedReason?: v201.ReasonEnumType | undefined;
};

export function transactionStarted(
  station: Station201,
  { evse, transaction, trigger }: { evse: Evse; transaction: Transaction; trigger: TriggerReason },
): void {
  transaction.id = randomUUID();
  add(station, transaction, {
    eventType: 'Started',
    trigger,
    evse: { id: evse.id, connectorId: 1 },
    idToken: transaction.idToken,
    reservationId: transaction.reservationId,
    meterValue: valuesOf(station, transaction.begin, 'SampledDataCtrlr.TxStartedMeasurands'),
  });
}

export function transactionUpdated(
  station: Station201,
  transaction: Transaction,
  { trigger, reading }: { trigger: TriggerReason; reading?: TimedReading },
): void {
  const isAligned = reading?.context === 'Sample.Clock';
  const names = isAligned ? 'AlignedDataCtrlr.Measurands' : 'SampledDataCtrlr.TxUpdatedMeasurands';
  const meterValue = reading && valuesOf(station, reading, names);
  add(station, transaction, { eventType: 'Updated', trigger, meterValue });
}

export function transactionEnded(station: Station201, transaction: Transaction, end: TransactionEnd): void {
  add(station, transaction, {
    eventType: 'Ended',
    trigger: end.trigger,
    stoppedReason: reasons[end.reason],
    idToken: end.idToken,
    meterValue: valuesOf(station, end.reading, 'SampledDataCtrlr.TxEndedMeasurands'),
  });
}

function valuesOf(
  { core }: Station201,
  reading: TimedReading,
  names:
    | 'AlignedDataCtrlr.Measurands'
    | 'SampledDataCtrlr.TxStartedMeasurands'
    | 'SampledDataCtrlr.TxUpdatedMeasurands'
    | 'SampledDataCtrlr.TxEndedMeasurands',
) {
  return toMeterValues(reading, core.variables.list(names));
}

function add({ core }: Station201, transaction: Transaction, { trigger, stoppedReason, ...event }: Event): void {
  const now = core.clock.now();
  transaction.lastAt = now < transaction.lastAt ? transaction.lastAt : now;
  const payload: v201.TransactionEventRequest = {
    ...event,
    timestamp: transaction.lastAt.toISOString(),
    triggerReason: trigger,
    seqNo: transaction.seqNo++,
    offline: core.isOnline ? undefined : true,
    transactionInfo: {
      transactionId: transaction.id,
      chargingState: event.eventType === 'Ended' ? restingState(core, transaction) : transaction.chargingState,
      remoteStartId: event.eventType === 'Started' ? transaction.remoteStartId : undefined,
      stoppedReason,
    },
  };
  core.delivery.add({ action: 'TransactionEvent', payload });
}

function restingState(core: Station201['core'], { evseId }: Transaction): v201.ChargingStateEnumType {
  return core.evse(evseId)?.isPlugged ? 'EVConnected' : 'Idle';
}

/** OCPP 2.0.1 E11.FR.07: what still waits when the connection is lost is offline too. What may have arrived stays as it was. */
export function markOffline({ core }: Station201): void {
  core.delivery.rewrite((message) => {
    if (message.action !== 'TransactionEvent' || message.payload.offline) return undefined;
    return { action: 'TransactionEvent', payload: { ...message.payload, offline: true } };
  });
}

/** Sends a queued message, and does what its answer asks for. */
export async function deliver(station: Station201, message: TransactionMessage): Promise<void> {
  switch (message.action) {
    case 'TransactionEvent':
      return answered(station, message.payload, await station.wire.call('TransactionEvent', message.payload));
    case 'SecurityEventNotification':
      await station.wire.call('SecurityEventNotification', message.payload);
      return;
    case 'NotifyEvent':
      await station.wire.call('NotifyEvent', message.payload);
      return;
    case 'StartTransaction':
    case 'StopTransaction':
    case 'MeterValues':
      throw new TransactionLost(`${message.action} of OCPP 1.6`);
  }
}

function answered(
  { core }: Station201,
  { transactionInfo: { transactionId }, idToken }: v201.TransactionEventRequest,
  { idTokenInfo }: v201.TransactionEventResponse,
): void {
  if (!idTokenInfo) return;
  const info = toTokenInfo(idTokenInfo);
  if (idToken) learn(core, idToken, info);
  const evse = core.evses.find(({ transaction }) => transaction?.id === transactionId);
  if (!evse?.transaction) return;
  evse.transaction.groupId ??= info.groupId;
  if (info.status !== 'Accepted') evse.deauthorized(transactionId);
}

export const transactions = ({ core }: Station201): Handlers<'2.0.1'> => ({
  GetTransactionStatus({ transactionId }) {
    if (transactionId === undefined) return { messagesInQueue: core.delivery.size > 0 };
    return {
      ongoingIndicator: core.evses.some(({ transaction }) => transaction?.id === transactionId),
      messagesInQueue: core.delivery.holds((message) => isOf(message, transactionId)),
    };
  },
});

const isOf = (message: TransactionMessage, transactionId: string) =>
  message.action === 'TransactionEvent' && message.payload.transactionInfo.transactionId === transactionId;

/** Local goes without saying. */
const reasons: Record<StopReason, v201.ReasonEnumType | undefined> = {
  DeAuthorized: 'DeAuthorized',
  EmergencyStop: 'EmergencyStop',
  EnergyLimitReached: 'EnergyLimitReached',
  EVDisconnected: 'EVDisconnected',
  GroundFault: 'GroundFault',
  HardReset: 'ImmediateReset',
  Local: undefined,
  Other: 'Other',
  OvercurrentFault: 'OvercurrentFault',
  PowerLoss: 'PowerLoss',
  Reboot: 'Reboot',
  Remote: 'Remote',
  SOCLimitReached: 'SOCLimitReached',
  SoftReset: 'ImmediateReset',
  StoppedByEV: 'StoppedByEV',
  TimeLimitReached: 'TimeLimitReached',
  UnlockCommand: 'Other',
};
