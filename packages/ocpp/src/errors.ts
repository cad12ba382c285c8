import type { OcppVersion } from './version.ts';

/** What may go wrong with a message, named as in OCPP 2.x; {@link wireCodeOf} gives the spelling of a version. */
export type OcppErrorCode =
  | 'NotImplemented'
  | 'NotSupported'
  | 'InternalError'
  | 'ProtocolError'
  | 'SecurityError'
  | 'FormatViolation'
  | 'PropertyConstraintViolation'
  | 'OccurrenceConstraintViolation'
  | 'TypeConstraintViolation'
  | 'GenericError'
  | 'MessageTypeNotSupported'
  | 'RpcFrameworkError';

/** A CALLERROR: thrown by a handler to send one, and what `Peer.call` rejects with when one comes back. */
export class OcppError extends Error {
  override readonly name = 'OcppError';
  readonly code: OcppErrorCode;
  readonly details: Record<string, unknown>;

  constructor(code: OcppErrorCode, description = '', details: Record<string, unknown> = {}) {
    super(description);
    this.code = code;
    this.details = details;
  }
}

/** No answer in time. `sent` tells whether the CALL had been written: if so, its outcome is unknown. */
export class OcppTimeout extends Error {
  override readonly name = 'OcppTimeout';
  readonly code = 'Timeout';
  readonly sent: boolean;

  constructor(action: string, timeoutMs: number, sent: boolean) {
    super(
      sent
        ? `${action} was sent and not answered within ${timeoutMs} ms`
        : `${action} was not sent: it waited ${timeoutMs} ms for calls before it`,
    );
    this.sent = sent;
  }
}

/** The connection ended first. `sent` tells whether the CALL had been written: if so, its outcome is unknown. */
export class OcppConnectionClosed extends Error {
  override readonly name = 'OcppConnectionClosed';
  readonly code = 'ConnectionClosed';
  readonly sent: boolean;

  constructor(reason: string, sent: boolean) {
    super(sent ? `${reason}; the call had been sent, its outcome is unknown` : `${reason}; the call was not sent`);
    this.sent = sent;
  }
}

/** Too many calls wait for their turn; this one was not queued and never sent. */
export class OcppQueueFull extends Error {
  override readonly name = 'OcppQueueFull';
  readonly code = 'QueueFull';
  readonly sent = false;
}

/** OCPP-J 1.6 section 4.2.3. It has no codes for a frame that is none; both become GenericError. */
const spelling16: Partial<Record<OcppErrorCode, string>> = {
  FormatViolation: 'FormationViolation',
  OccurrenceConstraintViolation: 'OccurenceConstraintViolation',
  MessageTypeNotSupported: 'GenericError',
  RpcFrameworkError: 'GenericError',
};

/** How `version` spells `code`. */
export function wireCodeOf(code: OcppErrorCode, version: OcppVersion): string {
  return version === '1.6' ? (spelling16[code] ?? code) : code;
}

/** Every spelling seen in the field. 'FormationViolation' and one r in 'Occurence' are in early texts of 2.0.1 too. */
const codesByName = new Map<string, OcppErrorCode>([
  ['NotImplemented', 'NotImplemented'],
  ['NotSupported', 'NotSupported'],
  ['InternalError', 'InternalError'],
  ['ProtocolError', 'ProtocolError'],
  ['SecurityError', 'SecurityError'],
  ['FormatViolation', 'FormatViolation'],
  ['FormationViolation', 'FormatViolation'],
  ['PropertyConstraintViolation', 'PropertyConstraintViolation'],
  ['OccurrenceConstraintViolation', 'OccurrenceConstraintViolation'],
  ['OccurenceConstraintViolation', 'OccurrenceConstraintViolation'],
  ['TypeConstraintViolation', 'TypeConstraintViolation'],
  ['GenericError', 'GenericError'],
  ['MessageTypeNotSupported', 'MessageTypeNotSupported'],
  ['RpcFrameworkError', 'RpcFrameworkError'],
  ['RPCFrameworkError', 'RpcFrameworkError'],
]);

/** The canonical code for a code received, in any historical spelling; GenericError for one nobody knows. */
export function canonicalCodeOf(wireCode: string): OcppErrorCode {
  return codesByName.get(wireCode) ?? 'GenericError';
}
