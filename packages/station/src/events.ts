import type { MessageRecord } from '@busbar/ocpp';
import type { BootAnswer } from './protocol.ts';
import type { TransactionMessage } from './offline-queue.ts';
import type { IdToken } from './station-host.ts';
import type { Transaction, TransactionEnd } from './transaction.ts';

/** What a station tells those who watch it. */
export interface StationEvents {
  connected: [];
  disconnected: [{ code: number; reason: string }];
  /** An attempt to connect failed; `statusCode` where the server answered the handshake. */
  connectFailed: [{ message: string; statusCode?: number; retryInMs: number }];
  /** Every answer to a BootNotification. */
  booted: [BootAnswer];
  /** The CSMS has accepted the station and takes its messages. */
  accepted: [];
  transactionStarted: [Transaction];
  /** OCPP 1.6: the CSMS has given the transaction its id. */
  transactionConfirmed: [Transaction];
  transactionEnded: [Transaction, TransactionEnd];
  /** A token may not charge, for the reason given. */
  tokenRefused: [{ evseId: number; idToken: IdToken; status: string }];
  /** A transaction message was given up. */
  messageDiscarded: [TransactionMessage, unknown];
  /** A message other than a transaction's was not answered well; it is not sent again. */
  callFailed: [{ action: string; error: unknown }];
  resetting: [];
  /** Every frame in and out; costs nothing while nobody listens. */
  message: [MessageRecord];
}
