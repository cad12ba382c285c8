import { versionOf } from '@busbar/ocpp';
import type { IncomingHttpHeaders } from 'node:http';
import { identityRule, isIdentity } from '../../domain/charging-station.ts';
import type { AdmissionVerdict } from '../../ports/south.ts';

/** Versions this driver speaks. */
export type Version = '1.6' | '2.0.1' | '2.1';

/** Why a handshake ends before it is a WebSocket, in HTTP's words. `result` is for metrics. */
export interface Refusal {
  status: number;
  result: string;
  sentence: string;
  headers?: Readonly<Record<string, string>>;
}

/**
 * The identity at the end of `/<identity>` or `<path>/<identity>`, percent-decoded. A slash too many before or after it is
 * no harm: chargers append their identity to whatever URL they are given.
 */
export function identityOf(url: string, path: string): string | Refusal {
  const steps = stepsOf(url.split('?', 1)[0] ?? '');
  const prefix = stepsOf(path);
  const rest = prefix.length > 0 && prefix.every((step, i) => steps[i] === step) ? steps.slice(prefix.length) : steps;
  const [encoded, ...more] = rest;
  if (encoded === undefined) {
    return badIdentity('The URL ends without an identity of the station', path);
  }
  if (more.length > 0) {
    return {
      status: 404,
      result: 'not-found',
      sentence: `Nothing is here. Stations connect to ${path}/<identity>; a slash within the identity is written %2F.`,
    };
  }
  const identity = decoded(encoded);
  if (identity === undefined)
    return badIdentity('The identity in the URL is not correctly percent-encoded UTF-8', path);
  if (!isIdentity(identity)) return badIdentity(identityRule, path);
  return identity;
}

function badIdentity(what: string, path: string): Refusal {
  return { status: 400, result: 'bad-identity', sentence: `${what}. Stations connect to ${path}/<identity>.` };
}

function stepsOf(path: string): string[] {
  return path.split('/').filter((step) => step !== '');
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The subprotocol to answer with, in the client's own spelling, and the version it stands for. */
export function chooseVersion(
  offered: Iterable<string>,
  { allowed, lenient }: { allowed: readonly Version[]; lenient: boolean },
): { version: Version; subprotocol: string } | undefined {
  const candidates = Array.from(offered, (subprotocol) => ({
    subprotocol,
    version: versionOf(lenient ? subprotocol.toLowerCase() : subprotocol),
  }));
  for (const version of allowed) {
    const found = candidates.find((candidate) => candidate.version === version);
    if (found !== undefined) return { version, subprotocol: found.subprotocol };
  }
  return undefined;
}

/** The subprotocols of a request header, in the order they were offered. */
export function offeredOf(header: string | undefined): string[] {
  return (header ?? '').split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
}

export function noVersion(offered: readonly string[], allowed: readonly Version[]): Refusal {
  const supported = allowed.map((version) => `ocpp${version}`).join(', ');
  const sentence =
    offered.length === 0
      ? `The handshake offers no WebSocket subprotocol (Sec-WebSocket-Protocol). Supported: ${supported}.`
      : `None of the offered WebSocket subprotocols (${offered.join(', ').slice(0, 200)}) is supported. Supported: ${supported}.`;
  return { status: 400, result: 'no-version', sentence };
}

/** The password of HTTP Basic authentication; `undefined` when none is offered. */
export function passwordOf(authorization: string | undefined, identity: string): { password?: string } | Refusal {
  if (authorization === undefined) return {};
  const [, encoded] = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization) ?? [];
  if (encoded === undefined)
    return unauthorized('Authenticate with HTTP Basic: user name is the identity, then the password');
  const bytes = Buffer.from(encoded, 'base64');
  const user = `${identity}:`;
  if (!bytes.toString('latin1').startsWith(user)) {
    return unauthorized('The user name must be the identity that the URL ends with');
  }
  return { password: toPassword(bytes.subarray(user.length)) };
}

/** A 1.6 station whose AuthorizationKey was set as hexadecimal digits sends the bytes they stand for. */
function toPassword(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  return /^[\x20-\x7e]*$/.test(text) ? text : bytes.toString('hex');
}

export function unauthorized(what: string): Refusal {
  return {
    status: 401,
    result: 'unauthorized',
    sentence: `${what}.`,
    headers: { 'WWW-Authenticate': 'Basic realm="Busbar OCPP", charset="UTF-8"' },
  };
}

type RefusalReason = Extract<AdmissionVerdict, { admitted: false }>['reason'];

const verdicts: Readonly<Record<RefusalReason, Refusal>> = {
  unknown: {
    status: 404,
    result: 'unknown',
    sentence: 'This station is not known here. Register it with the gateway first.',
  },
  refused: { status: 403, result: 'refused', sentence: 'The operator has refused this station.' },
  'password-missing': unauthorized('This station needs a password'),
  'password-wrong': unauthorized('The password is wrong'),
  'certificate-wrong': {
    status: 403,
    result: 'certificate-wrong',
    sentence: 'The certificate is not that of this station: its common name must be the identity.',
  },
};

export function toRefusal(reason: RefusalReason): Refusal {
  return verdicts[reason];
}

export const tooMany: Refusal = {
  status: 429,
  result: 'too-many',
  sentence: 'Too many handshakes. Try again in a while.',
  headers: { 'Retry-After': '10' },
};

export const notNow: Refusal = {
  status: 503,
  result: 'unavailable',
  sentence: 'The gateway cannot take this connection now. Try again in a while.',
  headers: { 'Retry-After': '10' },
};

/** Who is at the other end; behind a trusted proxy, whom the proxy names. */
export function remoteAddressOf(
  peerAddress: string | undefined,
  headers: IncomingHttpHeaders,
  trustProxy: boolean,
): string | undefined {
  const forwarded = headers['x-forwarded-for'];
  const named = trustProxy
    ? String(forwarded ?? '')
        .split(',')
        .at(-1)
        ?.trim()
    : undefined;
  return (named === undefined || named === '' ? peerAddress : named)?.replace(/^::ffff:(?=\d+\.)/, '').slice(0, 64);
}

const statusTexts: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};

/** The HTTP response to a handshake that is refused. */
export function toHttp({ status, sentence, headers }: Refusal): string {
  const body = `${sentence}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${statusTexts[status] ?? 'Error'}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`),
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
