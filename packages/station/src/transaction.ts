import type { TransactionRecord } from './records.ts';
import type { TimedReading } from './samples.ts';
import type { ChargingState, IdToken, StopReason } from './station-host.ts';
import type { TxPoint } from './tx-points.ts';

/** A transaction that runs. */
export interface Transaction {
  /** Made by the station: a UUID, never used again. */
  readonly id: string;
  /** OCPP 1.6: the CSMS's number for it, once it has given one. */
  csmsId: number | undefined;
  readonly evseId: number;
  readonly connectorId: number;
  /** Unknown when it began before anybody was authorised. */
  idToken: IdToken | undefined;
  groupId: string | undefined;
  readonly begin: TimedReading;
  /** Of the next record. */
  seqNo: number;
  chargingState: ChargingState;
  remoteStartId: number | undefined;
  reservationId: number | undefined;
  /** Of its last record: times never go back within a transaction. */
  lastAt: Date;
  /** Of its last reading, Wh: energy never falls within a transaction. */
  lastWh: number;
  /** The points that have held since it began. */
  readonly reached: Set<TxPoint>;
  /** Readings that are to go with its end. */
  readonly forEnd: TimedReading[];
}

/** Why a message of a transaction is sent: OCPP 2.1 TriggerReasonEnumType, as far as it occurs. */
export type TriggerReason =
  | 'AbnormalCondition'
  | 'Authorized'
  | 'CablePluggedIn'
  | 'ChargingRateChanged'
  | 'ChargingStateChanged'
  | 'Deauthorized'
  | 'EnergyLimitReached'
  | 'EVCommunicationLost'
  | 'EVConnectTimeout'
  | 'EVDeparted'
  | 'EVDetected'
  | 'MeterValueClock'
  | 'MeterValuePeriodic'
  | 'RemoteStart'
  | 'RemoteStop'
  | 'ResetCommand'
  | 'SignedDataReceived'
  | 'StopAuthorized'
  | 'TimeLimitReached'
  | 'Trigger'
  | 'UnlockCommand';

/** Why it ends. */
export interface Ending {
  reason: StopReason;
  trigger: TriggerReason;
  /** The token that stopped it, if one did. */
  idToken?: IdToken | undefined;
}

/** How a transaction ended. */
export interface TransactionEnd extends Ending {
  reading: TimedReading;
}

/** Somebody who may charge, and how that came. */
export interface Authorization {
  idToken: IdToken;
  groupId: string | undefined;
  remoteStartId: number | undefined;
}

/** What the CSMS answered to a record of a transaction. */
export interface TransactionAnswer {
  record: TransactionRecord;
  /** OCPP 1.6: its number for the transaction, with the answer to the start. */
  csmsId?: number | undefined;
  /** In the currency of the CSMS. */
  totalCost?: number | undefined;
  /** -9 to 9. */
  chargingPriority?: number | undefined;
  personalMessage?: { content: string; format: string; language?: string | undefined } | undefined;
}
