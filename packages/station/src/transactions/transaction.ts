import type { DriverTariff } from '../prices/tariff-rules.ts';
import type { OperationMode } from '../smart-charging/charging-profile.ts';
import type { TakenValues, TransactionRecord } from '../delivery/records.ts';
import type { TimedReading } from '../metering/samples.ts';
import type { ChargingState, IdToken, StopReason } from '../station-host.ts';
import type { TokenInfo } from '../authorization/tokens.ts';
import type { TransactionLimit } from './transaction-limits.ts';
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
  chargingState: ChargingState | 'Idle';
  remoteStartId: number | undefined;
  reservationId: number | undefined;
  /** Of its last record: times never go back within a transaction. */
  lastAt: Date;
  /** Of its last reading, Wh: energy never falls within a transaction. */
  lastWh: number;
  /** The points that have held since it began. */
  readonly reached: Set<TxPoint>;
  /** The CSMS has heard who may charge, and not that nobody may any more. */
  isAuthorized: boolean;
  /** Values that are to go with its end. */
  readonly forEnd: TakenValues[];
  /** What ended the supply, where the transaction itself goes on. */
  stopping?: Ending | undefined;
  /** The CSMS has the meter's public key. */
  isKeySent?: boolean;
  /** Of a cable that can be taken off, A. */
  cableMaxA?: number | undefined;
  isCableTold?: boolean;
  /** In use, as last told. */
  phases?: number | undefined;
  /** Of the meter, Wh: how far a token may charge that the CSMS has refused. */
  allowedWh?: number | undefined;
  /** OCPP 2.1: where it is to end. */
  limit?: TransactionLimit | undefined;
  /** OCPP 2.1: what the vehicle does, as last told. Default ChargingOnly. */
  operationMode?: OperationMode;
  /** OCPP 2.1 Q01: whether the CSMS lets the vehicle feed back; undefined while it has not said. */
  mayFeedBack?: boolean | undefined;
  /** So far, in the currency of its tariff: what the CSMS has told, or the station has calculated. */
  cost?: number | undefined;
}

/** Why a message of a transaction is sent: OCPP 2.1 TriggerReasonEnumType, as far as it occurs. */
export type TriggerReason =
  | 'AbnormalCondition'
  | 'Authorized'
  | 'CablePluggedIn'
  | 'ChargingRateChanged'
  | 'ChargingStateChanged'
  | 'CostLimitReached'
  | 'Deauthorized'
  | 'EnergyLimitReached'
  | 'EVCommunicationLost'
  | 'EVConnectTimeout'
  | 'EVDeparted'
  | 'EVDetected'
  | 'LimitSet'
  | 'MeterValueClock'
  | 'MeterValuePeriodic'
  | 'OperationModeChanged'
  | 'RemoteStart'
  | 'RemoteStop'
  | 'ResetCommand'
  | 'RunningCost'
  | 'SignedDataReceived'
  | 'SoCLimitReached'
  | 'StopAuthorized'
  | 'TariffChanged'
  | 'TimeLimitReached'
  | 'Trigger'
  | 'TxResumed'
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
  /** OCPP 2.1: it came with the verdict on the token. */
  tariff?: DriverTariff | undefined;
}

/** What the CSMS answered to a record of a transaction. */
export interface TransactionAnswer {
  record: TransactionRecord;
  /** OCPP 1.6: its number for the transaction, with the answer to the start. */
  csmsId?: number | undefined;
  /** What it says of the token that was told. */
  info?: TokenInfo | undefined;
  /** In the currency of the CSMS. */
  totalCost?: number | undefined;
  /** -9 to 9. */
  chargingPriority?: number | undefined;
  personalMessage?: { content: string; format: string; language?: string | undefined } | undefined;
}
