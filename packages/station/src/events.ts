import type { MessageRecord } from '@busbar/ocpp';
import type { FailedAttempt } from './connection/connection.ts';
import type { StationVersion } from './options.ts';
import type { BootAnswer } from './protocol.ts';
import type { QueuedRecord, TransactionRecord } from './delivery/records.ts';
import type { SecurityEvent } from './security/security-events.ts';
import type { StoreError } from './store/store.ts';
import type { IdToken } from './station-host.ts';
import type { Transaction, TransactionAnswer, TransactionEnd } from './transactions/transaction.ts';

/** What a station tells those who watch it. */
export interface StationEvents {
  started: [];
  stopped: [];
  /** A socket is open, and this version is spoken. */
  connected: [{ version: StationVersion }];
  disconnected: [{ code: number; reason: string }];
  /** An attempt to connect failed. */
  connectFailed: [FailedAttempt];
  /** Every answer to a BootNotification. */
  booted: [BootAnswer];
  /** The CSMS has accepted the station and takes its messages. */
  accepted: [];
  transactionStarted: [Transaction];
  /** OCPP 1.6: the CSMS has given the transaction its id. */
  transactionConfirmed: [Transaction];
  /** Every step of a transaction, when it is written down. */
  transactionRecorded: [TransactionRecord];
  /** What the CSMS answered to a step. */
  transactionAnswered: [TransactionAnswer];
  transactionEnded: [Transaction, TransactionEnd];
  /** A token may not charge, for the reason given. */
  tokenRefused: [{ evseId: number; idToken: IdToken; status: string }];
  /** A transaction message was given up. */
  messageDiscarded: [QueuedRecord, unknown];
  /** A message other than a transaction's was not answered well, or what any answer asked for went wrong; it is not sent again. */
  callFailed: [{ action: string; error: unknown }];
  resetting: [];
  /** Charging limits may have changed. */
  profilesChanged: [];
  /** Raised inside the station. */
  securityEvent: [SecurityEvent];
  /** Something could not be stored; the station goes on without it. */
  storeFailed: [StoreError];
  /** Every frame in and out; costs nothing while nobody listens. */
  message: [MessageRecord];
}
