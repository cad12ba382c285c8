import { OcppError } from '@busbar/ocpp';
import type { QueuedRecord } from './records.ts';

/** The CSMS has none of it: a security event or a notice must not hold up the transactions behind it. */
export function isFinalFailure({ kind }: QueuedRecord, error: unknown): boolean {
  if (kind === 'transaction' || !(error instanceof OcppError)) return false;
  return error.code === 'NotImplemented' || error.code === 'NotSupported';
}
