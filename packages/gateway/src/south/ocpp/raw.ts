import type { CommandResult } from '../../domain/commands.ts';

/** Words of a `status` that mean the station will not do it. Any other, or none, is an acceptance. */
const refusals: ReadonlySet<string> = new Set([
  'CertChainError',
  'ConditionNotSupported',
  'DuplicateTariffId',
  'EmptyResultSet',
  'Failed',
  'Faulted',
  'Invalid',
  'InvalidCertificate',
  'NoCurrencyChange',
  'NoFirmware',
  'NoProfiles',
  'NotFound',
  'NotImplemented',
  'NotSupported',
  'Occupied',
  'OngoingAuthorizedTransaction',
  'Rejected',
  'RevokedCertificate',
  'TooManyElements',
  'TxNotFound',
  'Unavailable',
  'Unknown',
  'UnknownConnector',
  'UnknownMessageId',
  'UnknownVendorId',
  'UnlockFailed',
  'VersionMismatch',
]);

/** The result of any OCPP call, from its response. */
export function toRawResult(response: unknown): CommandResult {
  const status = wordOf(response, 'status') ?? 'Accepted';
  return { accepted: !refusals.has(status), status, response };
}

function wordOf(response: unknown, member: string): string | undefined {
  if (typeof response !== 'object' || response === null) return undefined;
  const value = Object.entries(response).find(([name]) => name === member)?.[1];
  return typeof value === 'string' ? value : undefined;
}
