import { type ErrorCode, GatewayError, InvalidError, type Mistake, RateLimitedError } from '../../domain/errors.ts';

/** Every kind of refusal the API has, with its HTTP status. The kind is the last part of the problem's `type`. */
export const problems = {
  'invalid-request': { status: 400, title: 'The request is not well formed' },
  unauthorized: { status: 401, title: 'A valid API key is needed' },
  forbidden: { status: 403, title: 'The API key does not allow this' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'The resource does not have this method' },
  conflict: { status: 409, title: 'The present state does not allow this' },
  'station-offline': { status: 409, title: 'The station is not connected' },
  'idempotency-in-progress': { status: 409, title: 'A request with this Idempotency-Key is still running' },
  'events-gone': { status: 410, title: 'The events asked for are not kept any more' },
  'precondition-failed': { status: 412, title: 'The resource has changed' },
  'too-large': { status: 413, title: 'The request is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is not JSON' },
  'invalid-value': { status: 422, title: 'A value cannot be used' },
  'idempotency-mismatch': { status: 422, title: 'The Idempotency-Key was used for another request' },
  'not-supported': { status: 422, title: 'The station cannot do this' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'The request headers are too large' },
  internal: { status: 500, title: 'The gateway made a mistake' },
  'gateway-unavailable': { status: 503, title: 'The gateway cannot do this now' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemKind = keyof typeof problems;

const kindOfCode: Record<ErrorCode, ProblemKind> = {
  invalid: 'invalid-value',
  'not-found': 'not-found',
  'not-supported': 'not-supported',
  conflict: 'conflict',
  offline: 'station-offline',
  unauthorized: 'unauthorized',
  forbidden: 'forbidden',
  'rate-limited': 'rate-limited',
  unavailable: 'gateway-unavailable',
};

const kindOfFastify: Record<string, ProblemKind> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid-request',
  FST_ERR_BAD_URL: 'invalid-request',
  FST_ERR_ASYNC_CONSTRAINT: 'invalid-request',
  FST_ERR_MAX_PARAM_LENGTH: 'not-found',
};

/** A refusal that only the HTTP side knows. */
export class RequestError extends GatewayError {
  readonly kind: ProblemKind;
  readonly mistakes: readonly Mistake[];
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    kind: ProblemKind,
    message: string,
    more: { mistakes?: readonly Mistake[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super('invalid', message);
    this.kind = kind;
    this.mistakes = more.mistakes ?? [];
    this.headers = more.headers ?? {};
  }
}

/** Body of an error: eDRV's envelope with the members of RFC 9457 in the same object. */
interface ProblemBody {
  ok: false;
  message: string;
  result: null;
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  errors?: readonly Mistake[];
  requestId: string;
}

export interface Problem {
  kind: ProblemKind;
  headers: Readonly<Record<string, string>>;
  body: ProblemBody;
}

/** Whatever was thrown, as the caller is told. Of unexpected errors nothing but their existence is told. */
export function toProblem(error: unknown, place: { url: string; requestId: string }): Problem {
  const kind = kindOf(error);
  const { status, title } = problems[kind];
  const detail =
    kind === 'internal'
      ? `Unexpected error; the log has it under request ${place.requestId}.`
      : (remedies[kind] ?? textOf(error));
  const errors = mistakesOf(error);
  return {
    kind,
    headers: headersOf(error),
    body: {
      ok: false,
      message: detail,
      result: null,
      type: `/problems/${kind}`,
      title,
      status,
      detail,
      instance: place.url.split('?', 1)[0] ?? '',
      ...(errors.length > 0 && { errors }),
      requestId: place.requestId,
    },
  };
}

/** Where what fastify says does not tell what to do. */
const remedies: Partial<Record<ProblemKind, string>> = {
  'unsupported-media-type': 'Send the body as JSON, with Content-Type: application/json.',
};

function kindOf(error: unknown): ProblemKind {
  if (error instanceof RequestError) return error.kind;
  if (error instanceof GatewayError) return kindOfCode[error.code];
  if (!(error instanceof Error)) return 'internal';
  const known = 'code' in error && typeof error.code === 'string' ? kindOfFastify[error.code] : undefined;
  if (known !== undefined) return known;
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  return status >= 400 && status < 500 ? 'invalid-request' : 'internal';
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : 'The request was refused.';
}

function mistakesOf(error: unknown): readonly Mistake[] {
  return error instanceof RequestError || error instanceof InvalidError ? error.mistakes : [];
}

function headersOf(error: unknown): Readonly<Record<string, string>> {
  if (error instanceof RateLimitedError) return { 'retry-after': String(Math.ceil(error.retryAfterS)) };
  return error instanceof RequestError ? error.headers : {};
}
