import { OcppError } from '@busbar/ocpp';
import type { TransactionMessage } from './offline-queue.ts';

/** The CSMS has none of it: an event must not hold up the transactions behind it. */
export function isFinalFailure(message: TransactionMessage, error: unknown): boolean {
  if (error instanceof TransactionLost) return true;
  const isEvent = message.action === 'SecurityEventNotification' || message.action === 'NotifyEvent';
  if (!isEvent || !(error instanceof OcppError)) return false;
  return error.code === 'NotImplemented' || error.code === 'NotSupported';
}

/** A message of a transaction whose start the CSMS never took. */
export class TransactionLost extends Error {
  override readonly name = 'TransactionLost';

  constructor(action: string) {
    super(`${action} is dropped: the CSMS has not taken the start of its transaction`);
  }
}
