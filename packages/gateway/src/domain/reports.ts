import type { IdToken, IdTokenInfo } from './authorization.ts';
import type { AvailabilityStatus, ConnectorStatus, Protocol, StationInfo } from './charging-station.ts';
import type { ReportedVariable, VariableAddress } from './device-model.ts';
import type { Measurement } from './measurement.ts';
import type { ChargingState, Transaction } from './transaction.ts';

/**
 * What a station tells the gateway, in OCPP 2.0.1's words, whatever the station speaks.
 * `occurredAt` is the station's own time; absent when it gave none.
 */
export type Report =
  | ConnectedReport
  | DisconnectedReport
  | BootNotificationReport
  | StatusNotificationReport
  | AuthorizeReport
  | TransactionEventReport
  | MeterValuesReport
  | NotifyReportReport
  | NotifyEventReport
  | DataTransferReport
  | FirmwareStatusNotificationReport
  | LogStatusNotificationReport
  | SecurityEventNotificationReport
  | ReservationStatusUpdateReport;

/** The transport came up. Made by a driver, not by the station. */
export interface ConnectedReport {
  type: 'Connected';
  protocol: Protocol;
  remoteAddress?: string;
}

/** The transport went down. Made by a driver. */
export interface DisconnectedReport {
  type: 'Disconnected';
  reason: string;
}

export interface BootNotificationReport {
  type: 'BootNotification';
  info: StationInfo;
  /** OCPP 2.0.1 BootReasonEnumType. */
  reason?: string;
}

/** `evseId` 0 is the station as a whole. */
export interface StatusNotificationReport {
  type: 'StatusNotification';
  evseId: number;
  connectorId: number;
  status: ConnectorStatus;
  /** What the status says about charging, when the protocol mixes the two as 1.6 does. */
  chargingState?: ChargingState;
  /** The station's own word, where it says more than `status`. */
  statusDetail?: string;
  availability?: AvailabilityStatus;
  errorCode?: string;
  info?: string;
  vendorErrorCode?: string;
  occurredAt?: Date;
}

export interface AuthorizeReport {
  type: 'Authorize';
  idToken: IdToken;
}

/** Start, progress or end of a transaction. 1.6 StartTransaction is `Started` without a `transactionId`. */
export interface TransactionEventReport {
  type: 'TransactionEvent';
  eventType: 'Started' | 'Updated' | 'Ended';
  triggerReason: string;
  /** Absent when the gateway is to allot one (1.6). */
  transactionId?: string;
  /** OCPP 2.0.1 event number, from 0. Absent in 1.6. */
  seqNo?: number;
  evseId?: number;
  connectorId?: number;
  idToken?: IdToken;
  chargingState?: ChargingState;
  stoppedReason?: string;
  remoteStartId?: number;
  reservationId?: number;
  offline: boolean;
  occurredAt: Date;
  measurements: readonly Measurement[];
}

export interface MeterValuesReport {
  type: 'MeterValues';
  measurements: readonly Measurement[];
  /** 1.6 only: the transaction they belong to, as the station names it. */
  transactionId?: string;
  /** 1.6 only: EVSE the message names; 0 is the main meter. */
  evseId: number;
}

/** One page of a device-model report; a 1.6 GetConfiguration answer is a single page. */
export interface NotifyReportReport {
  type: 'NotifyReport';
  requestId?: number;
  seqNo: number;
  /** More pages follow. */
  toBeContinued: boolean;
  variables: readonly ReportedVariable[];
}

export interface NotifyEventReport {
  type: 'NotifyEvent';
  events: readonly MonitoredEvent[];
}

export interface MonitoredEvent extends VariableAddress {
  eventId: number;
  /** OCPP 2.0.1 EventTriggerEnumType: Alerting, Delta or Periodic. */
  trigger: string;
  actualValue: string;
  cleared?: boolean;
  techCode?: string;
  techInfo?: string;
  transactionId?: string;
  occurredAt: Date;
}

export interface DataTransferReport {
  type: 'DataTransfer';
  vendorId: string;
  messageId?: string;
  data?: unknown;
}

export interface FirmwareStatusNotificationReport {
  type: 'FirmwareStatusNotification';
  /** OCPP 2.0.1 FirmwareStatusEnumType, of which 1.6's words are a part. */
  status: string;
  requestId?: number;
}

/** Also 1.6 DiagnosticsStatusNotification. */
export interface LogStatusNotificationReport {
  type: 'LogStatusNotification';
  /** OCPP 2.0.1 UploadLogStatusEnumType. */
  status: string;
  requestId?: number;
}

/** Sent by a station, or raised by the gateway about it. */
export interface SecurityEventNotificationReport {
  type: 'SecurityEventNotification';
  /** OCPP's name of the event, e.g. `FailedToAuthenticateAtCsms`, `InvalidMessages`. */
  event: string;
  techInfo?: string;
  raisedBy: 'station' | 'gateway';
  occurredAt?: Date;
}

export interface ReservationStatusUpdateReport {
  type: 'ReservationStatusUpdate';
  reservationId: number;
  /** OCPP 2.0.1 ReservationUpdateStatusEnumType. */
  status: string;
}

export type ReportType = Report['type'];
export type ReportOf<T extends ReportType> = Extract<Report, { type: T }>;

/** What the station must be told, by report type. */
export interface Answers {
  BootNotification: { status: 'Accepted' | 'Pending' | 'Rejected'; /** s */ interval: number; currentTime: Date };
  Authorize: { idTokenInfo: IdTokenInfo };
  TransactionEvent: { transactionId: string; idTokenInfo?: IdTokenInfo };
  DataTransfer: { status: 'Accepted' | 'Rejected' | 'UnknownMessageId' | 'UnknownVendorId'; data?: unknown };
}

/** `undefined` for reports that need no more than an acknowledgement. */
export type AnswerTo<R extends Report> = R['type'] extends keyof Answers ? Answers[R['type']] : undefined;

/** What a decision needs beyond the station's state; {@link ReportContext} brings it. Found by `needsOf`. */
export interface Needs {
  /** A token to look up. */
  idToken?: IdToken;
  /** A transaction that is not in memory. */
  transactionId?: string;
  /** A 1.6 transaction that is not in memory, by its start. */
  startKey?: string;
  /** Readings that may have been stored before. */
  storedMeasurements?: { evseId: number; measurements: readonly Measurement[] };
}

/** Facts from outside the station that a decision needs. Gathered by the core, so that the domain stays pure. */
export interface ReportContext {
  /** The gateway's clock. */
  now: Date;
  /** s; what an accepted boot is told to use between heartbeats. */
  heartbeatInterval: number;
  /** What the operator's tokens say of the report's `idToken`. */
  idTokenInfo?: IdTokenInfo;
  /** The transaction asked for in {@link Needs}, if the store has it. */
  transaction?: Transaction;
  /** Of the readings asked for in {@link Needs}, those that are not stored yet. */
  newMeasurements?: readonly Measurement[];
}
