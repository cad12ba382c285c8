import type { v201 } from '@busbar/ocpp';
import type { TransactionRecord } from '../delivery/records.ts';
import type { StopReason } from '../station-host.ts';
import type { TriggerReason } from '../transactions/transaction.ts';
import { toIdTokenType201 } from './authorization.ts';
import { toMeterValues } from './metering.ts';

/** In the words of OCPP 2.0.1, which are also those of 2.1. */
export function toTransactionEvent(record: TransactionRecord): v201.TransactionEventRequest {
  const { evseId, connectorId, values, idToken, cableMaxA } = record;
  const meterValue = toMeterValues(values, evseId);
  return {
    eventType: record.event,
    timestamp: record.at,
    triggerReason: triggers[record.trigger],
    seqNo: record.seqNo,
    offline: record.isOffline || undefined,
    numberOfPhasesUsed: record.phases,
    cableMaxCurrent: cableMaxA === undefined ? undefined : Math.floor(cableMaxA),
    reservationId: record.reservationId,
    transactionInfo: {
      transactionId: record.transactionId,
      chargingState: record.chargingState,
      remoteStartId: record.remoteStartId,
      stoppedReason: record.reason && reasons[record.reason],
    },
    evse: { id: evseId, connectorId },
    idToken: idToken && toIdTokenType201(idToken),
    meterValue: meterValue.length > 0 ? meterValue : undefined,
  };
}

/** Local goes without saying. */
export const reasons: Record<StopReason, v201.ReasonEnumType | undefined> = {
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

/** OCPP 2.1 has more of them: here, what comes next to it. */
const triggers: Record<TriggerReason, v201.TriggerReasonEnumType> = {
  AbnormalCondition: 'AbnormalCondition',
  Authorized: 'Authorized',
  CablePluggedIn: 'CablePluggedIn',
  ChargingRateChanged: 'ChargingRateChanged',
  ChargingStateChanged: 'ChargingStateChanged',
  CostLimitReached: 'AbnormalCondition',
  Deauthorized: 'Deauthorized',
  EnergyLimitReached: 'EnergyLimitReached',
  EVCommunicationLost: 'EVCommunicationLost',
  EVConnectTimeout: 'EVConnectTimeout',
  EVDeparted: 'EVDeparted',
  EVDetected: 'EVDetected',
  LimitSet: 'ChargingRateChanged',
  MeterValueClock: 'MeterValueClock',
  MeterValuePeriodic: 'MeterValuePeriodic',
  OperationModeChanged: 'ChargingRateChanged',
  RemoteStart: 'RemoteStart',
  RemoteStop: 'RemoteStop',
  ResetCommand: 'ResetCommand',
  RunningCost: 'MeterValuePeriodic',
  SignedDataReceived: 'SignedDataReceived',
  SoCLimitReached: 'EnergyLimitReached',
  StopAuthorized: 'StopAuthorized',
  TariffChanged: 'ChargingRateChanged',
  TimeLimitReached: 'TimeLimitReached',
  Trigger: 'Trigger',
  TxResumed: 'AbnormalCondition',
  UnlockCommand: 'UnlockCommand',
};
