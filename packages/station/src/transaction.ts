import type { TimedReading } from './samples.ts';
import type { ChargingState, IdToken, StopReason } from './station-host.ts';

/** A transaction that runs. */
export interface Transaction {
  /** Made by the station; in OCPP 1.6 a negative number until the CSMS has given its own. */
  id: string;
  /** OCPP 1.6: set until the CSMS has given its id. */
  localId: number | undefined;
  readonly evseId: number;
  readonly idToken: IdToken;
  groupId: string | undefined;
  readonly begin: TimedReading;
  /** Of the next TransactionEvent. */
  seqNo: number;
  chargingState: ChargingState;
  remoteStartId: number | undefined;
  reservationId: number | undefined;
  /** Of its last message: times never go back within a transaction. */
  lastAt: Date;
  /** Of its last reading, Wh: energy never falls within a transaction. */
  lastWh: number;
}

/** Why a message of a transaction is sent: OCPP 2.0.1 TriggerReasonEnumType, as far as it occurs. */
export type TriggerReason =
  | 'Authorized'
  | 'CablePluggedIn'
  | 'ChargingStateChanged'
  | 'Deauthorized'
  | 'EVDeparted'
  | 'MeterValueClock'
  | 'MeterValuePeriodic'
  | 'AbnormalCondition'
  | 'RemoteStart'
  | 'RemoteStop'
  | 'ResetCommand'
  | 'StopAuthorized'
  | 'Trigger'
  | 'UnlockCommand'
  | 'ChargingRateChanged';

/** How a transaction ended. */
export interface TransactionEnd {
  reason: StopReason;
  trigger: TriggerReason;
  reading: TimedReading;
  /** The token that stopped it, if one did. */
  idToken: IdToken | undefined;
}

/** Somebody who may charge, and how that came. */
export interface Authorization {
  idToken: IdToken;
  groupId: string | undefined;
  remoteStartId: number | undefined;
}
