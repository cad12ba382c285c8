import { Type } from 'typebox';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { closestOf } from '../lib/closest.ts';
import { isRecord } from '../lib/is-record.ts';
import type { Path } from './path.ts';

const secretNames = /pass(word|phrase)|secret|credential|(^|[a-z_])(token|key)$/i;

/** Unit in the name of an option, and how it is spoken of. */
const units: Readonly<Record<string, string>> = {
  Ms: 'milliseconds',
  S: 'seconds',
  Minutes: 'minutes',
  Hours: 'hours',
  Days: 'days',
  Bytes: 'bytes',
  Kib: 'KiB',
  Mib: 'MiB',
  W: 'W',
  A: 'A',
  Percent: 'percent',
};

/** Seconds of the units people write behind a number. */
const durations: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  sec: 1,
  seconds: 1,
  min: 60,
  minutes: 60,
  h: 3600,
  hours: 3600,
  d: 86_400,
  days: 86_400,
};

const booleanHints: Readonly<Record<string, string>> = {
  true: ' In quotes it is text; remove the quotes.',
  false: ' In quotes it is text; remove the quotes.',
  yes: ' Write true.',
  on: ' Write true.',
  no: ' Write false.',
  off: ' Write false.',
};

/** Whether the value of an option must not be shown. */
export function isSecret(schema: TSchema, path: Path): boolean {
  return keyword(schema, 'secret') === true || secretNames.test(path.at(-1) ?? '');
}

/** A keyword of a schema, whatever it is. */
export function keyword(schema: object, name: string): unknown {
  return Object.entries(schema).find(([key]) => key === name)?.[1];
}

/** The texts one of which it must be, for enums and unions of literals. */
export function allowedOf(schema: TSchema): readonly unknown[] | undefined {
  if (Type.IsEnum(schema)) return schema.enum;
  if (Type.IsLiteral(schema)) return [schema.const];
  if (!Type.IsUnion(schema)) return undefined;
  const each = schema.anyOf.map(allowedOf);
  return each.every((values) => values !== undefined) ? each.flat() : undefined;
}

/** What an option wants: `a whole number of seconds from 10 to 86400`. */
export function wantsOf(schema: TSchema, path: Path): string {
  const allowed = allowedOf(schema);
  if (allowed !== undefined) return allowed.length === 1 ? String(allowed[0]) : `one of ${allowed.join(', ')}`;
  if (Type.IsBoolean(schema)) return 'true or false';
  if (Type.IsInteger(schema)) return `a whole number${unitOf(path)}${rangeOf(schema)}`;
  if (Type.IsNumber(schema)) return `a number${unitOf(path)}${rangeOf(schema)}`;
  if (Type.IsString(schema)) return 'text';
  if (Type.IsArray(schema)) return `a list, each item ${wantsOf(schema.items, path)}`;
  if (Type.IsUnion(schema)) return schema.anyOf.map((variant) => wantsOf(variant, path)).join(', or ');
  return 'a section: its options on the next lines, indented';
}

/** What is wrong with a value that is neither a section nor a list; `undefined` when it is right. */
export function complaintOf(schema: TSchema, value: unknown, path: Path): string | undefined {
  const [error] = Value.Errors(schema, value);
  if (error === undefined) return undefined;
  if (value === null) return `is empty; it wants ${wantsOf(schema, path)}. Give a value, or remove the line.`;
  const shown = isSecret(schema, path) ? '' : `, not ${show(value)}`;
  const known = Type.IsString(schema) && typeof value === 'string' ? sayings[error.keyword] : undefined;
  if (known !== undefined) return known(schema, shown);
  return `wants ${wantsOf(schema, path)}${shown}.${hintOf(schema, value, path)}`;
}

/** What a constraint on a text means. */
const sayings: Readonly<Record<string, (schema: TSchema, shown: string) => string>> = {
  minLength: (schema) =>
    keyword(schema, 'minLength') === 1
      ? 'is empty; it wants text.'
      : `is too short: it wants at least ${String(keyword(schema, 'minLength'))} characters.`,
  maxLength: (schema) => `is too long: it wants at most ${String(keyword(schema, 'maxLength'))} characters.`,
  pattern: (schema, shown) => `does not have the right form${shown}. It is: ${descriptionOf(schema)}.`,
  format: (schema, shown) => `wants text of the form '${String(keyword(schema, 'format'))}'${shown}.`,
};

export function descriptionOf(schema: TSchema): string {
  const description = keyword(schema, 'description');
  return typeof description === 'string' ? description.replace(/\.$/, '') : '';
}

/** A value as it may be shown in a message: short, on one line. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (isRecord(value)) return 'a section';
  const text = String(value).replaceAll(/\s+/g, ' ');
  const short = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return typeof value === 'string' ? `'${short}'` : short;
}

function unitOf(path: Path): string {
  const unit = units[unitWordOf(path)];
  return unit === undefined ? '' : ` of ${unit}`;
}

function unitWordOf(path: Path): string {
  return /[a-z0-9]([A-Z][a-z]*)$/.exec(path.at(-1) ?? '')?.[1] ?? '';
}

function rangeOf(schema: TSchema): string {
  const [least, most] = [keyword(schema, 'minimum'), keyword(schema, 'maximum')];
  const above = keyword(schema, 'exclusiveMinimum');
  const from = typeof least === 'number' ? ` from ${least}` : typeof above === 'number' ? ` above ${above}` : '';
  if (typeof most !== 'number') return typeof least === 'number' ? `${from} upwards` : from;
  return from === '' ? ` up to ${most}` : `${from} to ${most}`;
}

/** The remedy, when the mistake is one that people often make. */
function hintOf(schema: TSchema, value: unknown, path: Path): string {
  const allowed = allowedOf(schema);
  const isText = typeof value === 'string';
  if (!isText && typeof value !== 'object' && (Type.IsString(schema) || allowed?.includes(String(value))))
    return ' Put it in quotes, then it is text.';
  if (allowed !== undefined && isText) {
    const meant = closestOf(value, allowed.map(String));
    return meant === undefined ? '' : ` Did you mean '${meant}'?`;
  }
  if (!isText) return '';
  if (Type.IsBoolean(schema)) return booleanHints[value.toLowerCase()] ?? '';
  if (!Type.IsInteger(schema) && !Type.IsNumber(schema)) return '';
  if (/^\s*-?\d+(\.\d+)?\s*$/.test(value)) return ' In quotes it is text; remove the quotes.';
  return durationHint(value, path);
}

/** `5 min` for an option in seconds: `Write 300.` */
function durationHint(value: string, path: Path): string {
  const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(value) ?? [];
  const seconds = durations[unit.toLowerCase()];
  const own = durations[unitWordOf(path).toLowerCase()];
  if (amount === undefined || seconds === undefined || own === undefined) return '';
  return ` Write ${Math.round((Number(amount) * seconds) / own)}.`;
}
