import { isRecord } from '../lib/is-record.ts';

/** What stands in the log in place of a credential or an id token. */
export const redacted = '[redacted]';

/** Names whose values are never written, in fields and in the JSON of frames. */
const secretNames =
  'password|passphrase|passwordHash|authorization|authorizationKey|basicAuthPassword|secret|secrets|apiKey|adminKey|firstAdminKey|privateKey|hash|cookie|set-cookie|idTag|parentIdTag|idToken|groupIdToken|token|tokens';

const secretName = new RegExp(`^(${secretNames})$`, 'i');

const masked: readonly [RegExp, string][] = [
  // The value of a secret name in JSON text. 2.x puts an id token in an object of the same name: the inner one counts.
  [new RegExp(`("(?:${secretNames})"\\s*:\\s*")(?:[^"\\\\]|\\\\.)*`, 'gi'), `$1${redacted}`],
  // The same in JSON that is itself a text inside of JSON.
  [new RegExp(`(\\\\+"(?:${secretNames})\\\\+"\\s*:\\s*\\\\+")[^"\\\\]*`, 'gi'), `$1${redacted}`],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${redacted}`],
  [/\bbb_[\w-]{20,}/g, redacted],
  [/(\w:\/\/[^\s/:@]*:)[^\s/@]+@/g, `$1${redacted}@`],
];

/** The 1.6 key and the 2.x variable that hold the password of a station. */
const passwordVariable = /AuthorizationKey|BasicAuthPassword/i;
const anyValue = /("(?:value|attributeValue)"\s*:\s*")(?:[^"\\]|\\.)*/gi;

const maxDepth = 8;

/** A copy fit for the log: secrets masked, errors and dates as JSON has them. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= maxDepth) return '[deep]';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (value instanceof Error) return redactError(value, depth);
  if (value instanceof Map || value instanceof Set) return redact([...value], depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return redactFields(value, depth + 1);
}

/** The fields of one line. */
export function redactFields(fields: object, depth = 0): Record<string, unknown> {
  const holdsPassword = namesPassword(fields);
  const entries = Object.entries(fields).map(([name, value]) => {
    const isPassword = holdsPassword && (name === 'value' || name === 'attributeValue');
    return [name, isPassword ? redacted : maskOf(name, value, depth)];
  });
  return Object.fromEntries(entries);
}

/** `{ key: 'AuthorizationKey', value }` or `{ variable: { name: 'BasicAuthPassword' }, attributeValue }`. */
function namesPassword(fields: object): boolean {
  return Object.entries(fields).some(([name, value]) => {
    if (name === 'variable') return isRecord(value) && passwordVariable.test(String(value['name']));
    return (name === 'key' || name === 'name') && passwordVariable.test(String(value));
  });
}

/** An object under a secret name (2.x `idToken`) keeps its shape: its own members are looked at. */
function maskOf(name: string, value: unknown, depth: number): unknown {
  const isPlain = typeof value === 'string' || typeof value === 'number';
  return isPlain && secretName.test(name) ? redacted : redact(value, depth);
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause, ...rest } = error;
  return {
    type: name,
    message: redactText(message),
    ...(stack !== undefined && { stack: redactText(stack) }),
    ...(cause !== undefined && { cause: redact(cause, depth + 1) }),
    ...redactFields(rest, depth + 1),
  };
}

function redactText(text: string): string {
  // A frame may set several variables at once: all its values go, rather than the wrong one stays.
  const start = passwordVariable.test(text) ? text.replace(anyValue, `$1${redacted}`) : text;
  return masked.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), start);
}
