import { OcppError } from './errors.ts';
import type { Payload } from './frame.ts';
import { isDateTime } from './runtime.ts';
import { toOcppError, type Action, type SchemaError, type Validator } from './validate.ts';

/** More than this is not a quirk. */
const maxRepairs = 100;

type Container = Payload | unknown[];

/** What a schema error is about: `parent[key]`. `holder` is the array or object that `parent` is in. */
interface Place {
  parent: Container;
  key: string;
  value: unknown;
  holder: { parent: Container; key: string } | undefined;
  params: Record<string, unknown>;
  /** To be done when the payload has become valid. */
  afterwards: (() => void)[];
}

/** Changes the place and says what it did; undefined when it cannot be repaired safely. */
type Repair = (place: Place) => string | undefined;

/** What real chargers get wrong, by the JSON Schema keyword that notices. */
export const allRepairs: Readonly<Record<string, Repair | undefined>> = {
  additionalProperties: dropUnknown,
  enum: matchEnum,
  format: fixFormat,
  maxLength: shorten,
  minItems: dropEmpty,
  multipleOf: roundNumber,
  required: addMissing,
  type: coerce,
};

/** What leaves the meaning of an order as it is: nothing is cut or left out that says what is to be done, and to what. */
export const orderRepairs: typeof allRepairs = {
  ...allRepairs,
  enum: readEnum,
  format: readFormat,
  maxLength: undefined,
};

/** Repairs `payload` in place until it fits, one error at a time. `error` is the first one that could not be repaired. */
export function repair(
  validator: Validator,
  payload: Payload,
  repairs = allRepairs,
): { error: OcppError | undefined; notes: string[] } {
  const notes: string[] = [];
  const afterwards: (() => void)[] = [];
  const dropped = new Map<string, SchemaError>();
  while (!validator(payload)) {
    const error = validator.errors?.[0];
    if (!error) return { error: new OcppError('FormatViolation', 'payload does not fit the schema'), notes };
    const place = placeOf(payload, error, afterwards);
    const note = place && notes.length < maxRepairs ? repairs[error.keyword]?.(place) : undefined;
    if (note === undefined) return { error: toOcppError(dropped.get(pathOf(error)) ?? error), notes };
    if (place && !Object.hasOwn(place.parent, place.key)) dropped.set(pathOf(error), error);
    notes.push(note);
  }
  for (const action of afterwards) action();
  return { error: undefined, notes };
}

/** The action whose name differs only in case, for chargers that write `heartbeat`. */
export function findAction(actions: ReadonlyMap<string, Action>, name: string): Action | undefined {
  if (name.length > 50) return undefined;
  const wanted = name.toLowerCase();
  for (const action of actions.values()) if (action.name.toLowerCase() === wanted) return action;
  return undefined;
}

/** Where the error is; for a missing property, where it should be. */
function pathOf({ instancePath, keyword, params }: SchemaError): string {
  return keyword === 'required' ? `${instancePath}/${String(params.missingProperty)}` : instancePath;
}

function placeOf(payload: Payload, error: SchemaError, afterwards: (() => void)[]): Place | undefined {
  const keys = pathOf(error).split('/').slice(1).map(unescape);
  if (error.keyword === 'additionalProperties') keys.push(String(error.params.additionalProperty));
  const key = keys.pop();
  if (key === undefined) return undefined;
  let holder: Place['holder'];
  let parent: Container = payload;
  for (const step of keys) {
    const next = memberOf(parent, step);
    if (!isContainer(next)) return undefined;
    holder = { parent, key: step };
    parent = next;
  }
  return { parent, key, value: memberOf(parent, key), holder, params: error.params, afterwards };
}

const unescape = (key: string) => key.replaceAll('~1', '/').replaceAll('~0', '~');

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

function memberOf(parent: Container, key: string): unknown {
  if (!Object.hasOwn(parent, key)) return undefined;
  return Array.isArray(parent) ? parent[Number(key)] : parent[key];
}

function put({ parent, key }: Pick<Place, 'parent' | 'key'>, value: unknown): void {
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else parent[key] = value;
}

function remove({ parent, key }: Pick<Place, 'parent' | 'key'>): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}

const shown = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 60);

/** If the property is required after all, the next round finds that out and reports the original error. */
function drop(place: Place, why: string): string {
  remove(place);
  return `${place.key} dropped: ${why}`;
}

function dropUnknown(place: Place): string {
  return drop(place, 'not a property of this message');
}

/** What decides the meaning of a sample: not understood, the sample must go, lest it be taken for one of the default kind. */
const decidesMeaning = new Set(['measurand', 'unit', 'phase']);

const allowedIn = ({ params }: Place) => (Array.isArray(params.allowedValues) ? params.allowedValues.map(String) : []);

/** The value that is meant, in another case or with other separators. */
function readEnum(place: Place): string | undefined {
  return readAs(
    place,
    allowedIn(place).find((name) => looseNameOf(name) === looseNameOf(String(place.value))),
  );
}

function readAs(place: Place, known: string | undefined): string | undefined {
  if (known === undefined) return undefined;
  put(place, known);
  return `${place.key} ${shown(place.value)} read as ${known}`;
}

function matchEnum(place: Place): string | undefined {
  const { parent, key, value } = place;
  const other = allowedIn(place).find((name) => name === 'Other' || name === 'OtherError');
  const note = readEnum(place) ?? readAs(place, other);
  if (note !== undefined) return note;
  if (decidesMeaning.has(key)) return dropWhole(place, `${key} ${shown(value)} is not known`);
  return Array.isArray(parent) ? undefined : drop(place, `${shown(value)} is not a known value`);
}

/** What is left of a name when case and separators do not count. */
export function looseNameOf(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_.-]/g, '');
}

/** Drops the list item that the place is in. */
function dropWhole({ holder }: Place, why: string): string | undefined {
  if (!holder || !Array.isArray(holder.parent)) return undefined;
  remove(holder);
  return `item ${holder.key} dropped: ${why}`;
}

/** An empty list means absent; a MeterValue without samples goes whole, as samples are what it is for. */
function dropEmpty(place: Place): string | undefined {
  if (!Array.isArray(place.value) || place.value.length > 0) return undefined;
  if (place.key === 'sampledValue') return dropWhole(place, 'it has no sampledValue');
  return drop(place, 'empty list');
}

/** Texts that name, prove or carry something: shortened, they would mean something else. */
const isWhole =
  /^(id|idTag|parentIdTag|key|value|data|csr|uri|\d+)$|Id$|Identifier$|Token$|Hash$|Key$|U(RL|rl|ri)$|[lL]ocation|[cC]ertificate|[sS]ign|[pP]assword|^exi/;

function shorten(place: Place): string | undefined {
  const { key, value, params } = place;
  if (typeof value !== 'string') return undefined;
  const characters = Array.from(value);
  put(place, characters.slice(0, Number(params.limit)).join(''));
  if (!isWhole.test(key)) return `${key} cut to ${String(params.limit)} characters`;
  place.afterwards.push(() => {
    put(place, value);
  });
  return `${key} kept at ${characters.length} characters, ${String(params.limit)} are allowed`;
}

function roundNumber(place: Place): string | undefined {
  const step = Number(place.params.multipleOf);
  const rounded = Number((Math.round(Number(place.value) / step) * step).toFixed(6));
  if (!Number.isFinite(rounded)) return undefined;
  put(place, rounded);
  return `${place.key} rounded to ${rounded}`;
}

/** What stands for a property that was left out. */
const substitutes: Record<string, (() => string) | undefined> = {
  timestamp: () => new Date().toISOString(),
  currentTime: () => new Date().toISOString(),
  generatedAt: () => new Date().toISOString(),
  errorCode: () => 'NoError',
};

function addMissing(place: Place): string | undefined {
  const substitute = Object.hasOwn(substitutes, place.key) ? substitutes[place.key]?.() : undefined;
  if (substitute === undefined) return undefined;
  put(place, substitute);
  return `${place.key} was missing: set to ${substitute}`;
}

function fixFormat(place: Place): string | undefined {
  return readFormat(place) ?? drop(place, `${shown(place.value)} is not a ${String(place.params.format)}`);
}

function readFormat(place: Place): string | undefined {
  const text = String(place.value);
  const fixed = place.params.format === 'date-time' ? toDateTime(text) : encodeURI(text.trim());
  return readAs(place, fixed === text ? undefined : fixed);
}

const looseDateTime = /^(\d{4})-?(\d\d)-?(\d\d)[T ]?(\d\d):?(\d\d)(?::?(\d\d)([.,]\d+)?)? ?(Z|[+-]\d\d(?::?\d\d)?)?$/i;
const epochSeconds = /^\d{10}$/;
const epochMillis = /^\d{13}$/;

/** RFC 3339 from ISO 8601 at large or a Unix time; a time without a zone is UTC, as OCPP recommends. */
function toDateTime(value: string): string | undefined {
  const text = value.trim();
  if (epochSeconds.test(text)) return new Date(Number(text) * 1000).toISOString();
  if (epochMillis.test(text)) return new Date(Number(text)).toISOString();
  const parts = looseDateTime.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second = '00', fraction = '', zone = 'Z'] = parts;
  const digits = zone.replace(':', '');
  const offset = digits.length === 1 ? 'Z' : `${digits.slice(0, 3)}:${digits.slice(3) || '00'}`;
  const seconds = second === '60' ? '59' : second;
  const fixed = `${year}-${month}-${day}T${hour}:${minute}:${seconds}${fraction.replace(',', '.')}${offset}`;
  return isDateTime(fixed) ? fixed : undefined;
}

function coerce(place: Place): string | undefined {
  const { parent, key, value, params } = place;
  const type = String(params.type);
  const coerced = coercions[type]?.(value);
  if (coerced !== undefined) {
    put(place, coerced);
    return `${key} ${shown(value)} read as ${type} ${shown(coerced)}`;
  }
  const isAbsent = value === null || value === '';
  return isAbsent && !Array.isArray(parent) ? drop(place, `${shown(value)} means absent`) : undefined;
}

const coercions: Record<string, ((value: unknown) => unknown) | undefined> = {
  integer: (value) => {
    const number = toNumber(value);
    return number === undefined ? undefined : Math.round(number);
  },
  number: toNumber,
  string: (value) => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined),
  boolean: (value) => booleans.get(String(value).toLowerCase()),
  array: (value) => (isContainer(value) ? [value] : undefined),
  object: (value) => (Array.isArray(value) && value.length === 0 ? {} : undefined),
};

const booleans = new Map([
  ['true', true],
  ['false', false],
  ['1', true],
  ['0', false],
]);

const numeral = /^\s*[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?\s*$/i;

function toNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && numeral.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
