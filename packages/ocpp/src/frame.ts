import type { OcppErrorCode } from './errors.ts';
import type { OcppVersion } from './version.ts';

export type Payload = Record<string, unknown>;

/** One OCPP-J message. `id` is a number only where a lenient peer took one; the answer then repeats it as a number. */
export type Frame = CallFrame | ResultFrame | ErrorFrame;

export interface CallFrame {
  kind: 'CALL' | 'SEND';
  id: string | number;
  action: string;
  payload: Payload;
  notes: string[] | undefined;
}

export interface ResultFrame {
  kind: 'CALLRESULT';
  id: string | number;
  payload: Payload;
  notes: string[] | undefined;
}

export interface ErrorFrame {
  kind: 'CALLERROR' | 'CALLRESULTERROR';
  id: string | number;
  code: string;
  description: string;
  details: Payload;
  notes: string[] | undefined;
}

/** Text that is no frame. `type` and `id` are what could be read of it. */
export interface InvalidFrame {
  kind: 'INVALID';
  type: number | undefined;
  id: string | number | undefined;
  code: OcppErrorCode;
  description: string;
}

export interface FrameRules {
  version: OcppVersion;
  lenient: boolean;
  /** Longest text that is parsed, in UTF-16 code units. */
  maxChars: number;
}

/** Deepest nesting of arrays and objects in one frame; the deepest OCPP schema needs 9. */
const maxDepth = 64;

/** Longest message id: 36 by the specification, more from a charger one is lenient with. */
const maxIdChars = { strict: 36, lenient: 255 };

/** The id of a CALLERROR for a message whose own id is unreadable (OCPP 2.x part 4, 4.2.3). */
export const unreadableId = '-1';

/** Reads one text frame. Never throws. */
export function readFrame(text: string, rules: FrameRules): Frame | InvalidFrame {
  if (text.length > rules.maxChars) {
    return salvage(text, `frame of ${text.length} characters, at most ${rules.maxChars} are taken`);
  }
  if (isTooDeep(text)) return salvage(text, `nested more than ${maxDepth} deep`);
  let notes: string[] | undefined;
  let message = parse(text);
  if (message === undefined && rules.lenient) {
    message = parse(text.replace(/^\uFEFF|[\0\s]+$/g, ''));
    notes = ['byte order mark or trailing NUL removed'];
  }
  if (message === undefined) return salvage(text, 'not JSON');
  if (!Array.isArray(message)) return unreadable('not a JSON array');
  if (mayHoldProto(text) && holdsProto(message)) return salvage(text, 'a property must not be called __proto__');
  return toFrame(message, rules, notes);
}

function toFrame(message: unknown[], rules: FrameRules, notes: string[] | undefined): Frame | InvalidFrame {
  const type = message[0];
  if (typeof type !== 'number') return unreadable('the first element must be the message type number');
  const id = message[1];
  if (!isMessageId(id, rules.lenient)) {
    return { ...unreadable('the message id must be a string of 1 to 36 characters'), type };
  }
  switch (type) {
    case 2:
      return toCall('CALL', message, rules, notes);
    case 3:
      return toResult(message, rules, notes);
    case 4:
      return toError('CALLERROR', message, notes);
    case 5:
      if (rules.version === '2.1') return toError('CALLRESULTERROR', message, notes);
      break;
    case 6:
      if (rules.version === '2.1') return toCall('SEND', message, rules, notes);
      break;
  }
  return {
    kind: 'INVALID',
    type,
    id,
    code: 'MessageTypeNotSupported',
    description: `message type ${type} is not supported`,
  };
}

function isMessageId(id: unknown, lenient: boolean): id is string | number {
  if (typeof id === 'string') return id.length > 0 && id.length <= (lenient ? maxIdChars.lenient : maxIdChars.strict);
  return lenient && Number.isSafeInteger(id);
}

function toCall(
  kind: 'CALL' | 'SEND',
  message: unknown[],
  rules: FrameRules,
  before: string[] | undefined,
): Frame | InvalidFrame {
  const [type, id, action, payload] = message;
  const notes = message.length === 4 ? before : lengthNotes(message, 4, before);
  if (typeof action !== 'string') return malformed(type, id, 'the third element must be the action');
  if (message.length !== 4 && !rules.lenient) return malformed(type, id, `${kind} must have 4 elements`);
  if (isObject(payload)) return { kind, id: idOf(id), action, payload, notes };
  if (rules.lenient && isNothing(payload)) {
    return { kind, id: idOf(id), action, payload: {}, notes: [...(notes ?? []), 'payload taken as {}'] };
  }
  return malformed(type, id, 'the payload must be an object');
}

function toResult(message: unknown[], rules: FrameRules, before: string[] | undefined): Frame | InvalidFrame {
  const [type, id, payload] = message;
  const notes = message.length === 3 ? before : lengthNotes(message, 3, before);
  if (message.length !== 3 && !rules.lenient) return malformed(type, id, 'CALLRESULT must have 3 elements');
  if (isObject(payload)) return { kind: 'CALLRESULT', id: idOf(id), payload, notes };
  if (rules.lenient && isNothing(payload)) {
    return { kind: 'CALLRESULT', id: idOf(id), payload: {}, notes: [...(notes ?? []), 'payload taken as {}'] };
  }
  return malformed(type, id, 'the payload must be an object');
}

/** Tolerant in both modes: an error report that is itself wrong still ends the call it is about. */
function toError(kind: 'CALLERROR' | 'CALLRESULTERROR', message: unknown[], before: string[] | undefined): Frame {
  const [, id, code, description, details] = message;
  const isExact =
    message.length === 5 && typeof code === 'string' && typeof description === 'string' && isObject(details);
  return {
    kind,
    id: idOf(id),
    code: typeof code === 'string' ? code : 'GenericError',
    description: typeof description === 'string' ? description : '',
    details: isObject(details) ? details : {},
    notes: isExact ? before : [...(before ?? []), `${kind} completed to 5 elements`],
  };
}

function lengthNotes(message: unknown[], length: number, before: string[] | undefined): string[] {
  return [...(before ?? []), `${message.length} elements taken as ${length}`];
}

const isObject = (value: unknown): value is Payload =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What chargers write for an empty payload: nothing, null, or the empty array of a PHP server. */
const isNothing = (value: unknown) =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

const idOf = (id: unknown) => (typeof id === 'number' ? id : String(id));

function malformed(type: unknown, id: unknown, description: string): InvalidFrame {
  return { kind: 'INVALID', type: Number(type), id: idOf(id), code: 'FormatViolation', description };
}

function unreadable(description: string): InvalidFrame {
  return { kind: 'INVALID', type: undefined, id: undefined, code: 'RpcFrameworkError', description };
}

const beginning = /^\s*\[\s*([2-6])\s*,\s*(?:"([^"\\]{1,36})")?/;

/** For text that is not parsed: its beginning may tell the sender which message failed, and us what it was to be. */
function salvage(text: string, description: string): InvalidFrame {
  const [, type, id] = beginning.exec(text.slice(0, 200)) ?? [];
  if (type === undefined) return unreadable(description);
  return id === undefined ? { ...unreadable(description), type: Number(type) } : malformed(type, id, description);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Most frames have few brackets: then they cannot nest deeply, and two native searches have settled it. */
function isTooDeep(text: string): boolean {
  return countUpTo(text, '{', maxDepth) + countUpTo(text, '[', maxDepth) > maxDepth && depthOf(text) > maxDepth;
}

function countUpTo(text: string, character: string, limit: number): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0 && count <= limit; at = text.indexOf(character, at + 1)) count++;
  return count;
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) isString = !isString;
    else if (isString) i += code === 92 ? 1 : 0;
    else if (code === 91 || code === 123) deepest = Math.max(deepest, ++depth);
    else if (code === 93 || code === 125) depth--;
  }
  return deepest;
}

/** A key may be written with escapes, so any escape of a Latin letter makes the walk necessary. */
const mayHoldProto = (text: string) => text.includes('__proto__') || text.includes('\\u00');

function holdsProto(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(holdsProto);
}

/** Texts of outgoing frames. `id` is as received for an answer. */
export function writeCall(type: 2 | 6, id: string, action: string, payload: unknown): string {
  return `[${type},"${id}",${JSON.stringify(action)},${JSON.stringify(payload) ?? '{}'}]`;
}

export function writeResult(id: string | number, payload: unknown): string {
  return `[3,${JSON.stringify(id)},${JSON.stringify(payload)}]`;
}

export function writeError(
  type: 4 | 5,
  id: string | number,
  error: { code: string; description: string; details: Record<string, unknown> },
): string {
  const description = error.description.slice(0, 255);
  return `[${type},${JSON.stringify(id)},"${error.code}",${JSON.stringify(description)},${JSON.stringify(error.details)}]`;
}
