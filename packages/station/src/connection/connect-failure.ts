/** Why an attempt to connect failed. */
export type FailureKind =
  /** HTTP 401 or 403, or the CSMS does not take the client certificate. */
  | 'unauthorized'
  /** Another HTTP answer to the handshake; a redirection is one, and is not followed. */
  | 'refused'
  /** The CSMS takes none of the versions that were offered. */
  | 'subprotocol'
  /** The certificate of the CSMS is not to be trusted. */
  | 'certificate'
  | 'tlsVersion'
  | 'tlsCipher'
  /** What the settings say cannot be dialled. */
  | 'invalid'
  | 'unreachable';

export interface ConnectFailure {
  kind: FailureKind;
  message: string;
  /** Where the server answered the handshake. */
  statusCode?: number;
  /** What the server asked for; 0 when it asked for nothing. */
  retryAfterMs: number;
}

/** Longest Retry-After that is heeded. */
const maxRetryAfterMs = 3_600_000;

/** The server answered the upgrade with something other than 101. */
export function httpFailure({ statusCode = 0, statusMessage = '', headers }: HttpAnswer, now: Date): ConnectFailure {
  const kind = statusCode === 401 || statusCode === 403 ? 'unauthorized' : 'refused';
  const message = `the CSMS answered the handshake with ${statusCode} ${statusMessage}`.trim();
  return { kind, message, statusCode, retryAfterMs: retryAfterMsOf(headers['retry-after'], now) };
}

interface HttpAnswer {
  statusCode?: number | undefined;
  statusMessage?: string | undefined;
  headers: { 'retry-after'?: string | undefined };
}

/** RFC 9110: seconds, or a date. */
function retryAfterMsOf(header: string | undefined, now: Date): number {
  if (header === undefined) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now.getTime();
  return ms > 0 ? Math.min(ms, maxRetryAfterMs) : 0;
}

/** The socket failed before it was open. */
export function socketFailure(error: Error): ConnectFailure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const message = error.message || code || error.name;
  // OpenSSL's own words where Node wraps what the other side has said.
  const cause = code === 'EPROTO' ? error.message.toUpperCase().replaceAll(' ', '_') : code;
  const kind = kinds.find(([pattern]) => pattern.test(cause))?.[1] ?? kindByMessage(error.message);
  return { kind, message, retryAfterMs: 0 };
}

/** By the codes of OpenSSL and Node; the first that fits. */
const kinds: readonly (readonly [RegExp, FailureKind])[] = [
  [
    /ALERT_(CERTIFICATE|BAD_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|UNSUPPORTED_CERT)|CERTIFICATE_REQUIRED/,
    'unauthorized',
  ],
  [/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|WRONG_SSL_VERSION|NO_PROTOCOLS_AVAILABLE/, 'tlsVersion'],
  [/HANDSHAKE_FAILURE|NO_SHARED_CIPHER|NO_CIPHERS|INSUFFICIENT_SECURITY|UNKNOWN_CIPHER|WRONG_CIPHER/, 'tlsCipher'],
  [/CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_PURPOSE|INVALID_CA|PATH_LENGTH|CRL_/, 'certificate'],
  [/ERR_INVALID_URL|ERR_OSSL|ERR_INVALID_ARG/, 'invalid'],
];

/** `ws` gives no codes of its own. */
function kindByMessage(message: string): FailureKind {
  if (/subprotocol/i.test(message)) return 'subprotocol';
  return /Invalid URL/i.test(message) ? 'invalid' : 'unreachable';
}

/** The security event of a kind: OCPP 2.0.1 part 2 appendix 2; the name of 1.6 is found where it is raised. */
export const eventOfFailure: Partial<Record<FailureKind, string>> = {
  unauthorized: 'FailedToAuthenticateAtCsms',
  certificate: 'InvalidCsmsCertificate',
  tlsVersion: 'InvalidTLSVersion',
  tlsCipher: 'InvalidTLSCipherSuite',
};
