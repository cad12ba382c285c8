import type { AuthorizationStatus, IdToken } from './authorization.ts';

/** OCPP 2.0.1 ChargingStateEnumType. */
export type ChargingState = 'Charging' | 'EVConnected' | 'SuspendedEV' | 'SuspendedEVSE' | 'Idle';

/** What was odd about a transaction and how it was counted all the same; see docs/transactions.md. */
export type Anomaly =
  /** The station's clock was wrong; times are those of the gateway. */
  | 'clock-wrong'
  /** The register fell; counting went on from the new reading. */
  | 'meter-fell'
  /** The register rose by more than the connector can deliver; the jump is not counted. */
  | 'meter-jumped'
  /** A number in the event sequence never came (OCPP 2.0.1 seqNo). */
  | 'events-missing'
  /** The start was never reported; it was put together from a later message. */
  | 'start-missing'
  /** The end was never reported; the next transaction of the EVSE showed that it is over. */
  | 'end-missing'
  /** The station booted while the transaction was open. */
  | 'straddled-boot'
  /** An operator closed it in the station's stead. */
  | 'closed-by-operator';

/** OCPP 2.0.1 transaction; a 1.6 one from StartTransaction to StopTransaction. */
export interface Transaction {
  stationId: string;
  /** Unique within the station: as the 2.x station chose it, or the decimal integer 1.6 was given. */
  transactionId: string;
  evseId: number;
  connectorId: number;
  state: 'active' | 'ended';
  chargingState?: ChargingState;
  idToken?: IdToken;
  /** What was answered for the token when it was first seen. */
  authorization?: AuthorizationStatus;
  /** Best known real time of the start; the gateway's when the station's clock was wrong. */
  startedAt: Date;
  endedAt?: Date;
  /** OCPP 2.0.1 ReasonEnumType. */
  stoppedReason?: string;
  /** Register at the start and at the newest counted reading, Wh. */
  meterStart?: number;
  meterLast?: number;
  /** When the newest counted reading was taken, by the station's clock. */
  meterLastAt?: Date;
  /** Energy delivered, Wh. Never falls. */
  energy: number;
  /** Newest state of charge, %. */
  soc?: number;
  /** Numbers of the events seen. Absent in 1.6. */
  events?: EventNumbers;
  /** Some of it was reported after the fact. */
  offline: boolean;
  remoteStartId?: number;
  reservationId?: number;
  anomalies: readonly Anomaly[];
  /** What makes a repeated 1.6 StartTransaction recognisable: connector, tag, meter and time. */
  startKey?: string;
  /** The same for the message that ended it. */
  endKey?: string;
  updatedAt: Date;
}

/** Which event numbers of a transaction arrived: all up to `highest` but those in `missing` (at most 100 are kept). */
export interface EventNumbers {
  highest: number;
  missing: readonly number[];
  /** The newest arrivals, oldest first (at most 8), so that a repeated event is recognised. */
  recent?: readonly EventMark[];
}

/** What tells one event of a transaction from another, even where a station numbers them anew. */
export interface EventMark {
  seqNo: number;
  eventType: string;
  /** `occurredAt`, ms since 1970. */
  atMs: number;
}
