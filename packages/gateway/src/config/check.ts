import { Type } from 'typebox';
import type { TObject, TSchema } from 'typebox';
import { closestOf } from '../lib/closest.ts';
import { isRecord } from '../lib/is-record.ts';
import type { Path } from './path.ts';
import { complaintOf, descriptionOf, keyword, wantsOf } from './wants.ts';

/** Told of each mistake: whose it is, whether its name or its value is wrong, and a sentence without a subject. */
export type Complain = (path: Path, part: 'key' | 'value' | 'missing', complaint: string) => void;

/**
 * The value with every default filled in, or `undefined` where it is wrong. All mistakes are told.
 * What a schema does not name is a mistake, whether or not it forbids further members.
 */
export function complete(schema: TSchema, value: unknown, at: { path: Path; complain: Complain }): unknown {
  if (Type.IsObject(schema)) return completeSection(schema, value, at);
  if (Type.IsUnion(schema)) return completeUnion(schema, value, at);
  if (Type.IsRecord(schema) && isRecord(value)) return completeMap(schema, value, at);
  if (Type.IsArray(schema) && Array.isArray(value)) {
    return value.map((item: unknown, index) => complete(schema.items, item, { ...at, path: [...at.path, `${index}`] }));
  }
  const complaint = complaintOf(schema, value, at.path);
  if (complaint !== undefined) at.complain(at.path, 'value', complaint);
  return value;
}

type At = Parameters<typeof complete>[2];

function completeSection(schema: TObject, value: unknown, at: At): unknown {
  // `south:` with nothing below it is an empty section, not a mistake.
  const given = value === null ? {} : value;
  if (!isRecord(given)) {
    at.complain(at.path, 'value', `wants ${wantsOf(schema, at.path)}.`);
    return undefined;
  }
  const names = Object.keys(schema.properties);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    const meant = closestOf(name, names);
    const remedy = meant === undefined ? `Options here: ${names.join(', ')}.` : `Did you mean '${meant}'?`;
    at.complain([...at.path, name], 'key', `is not an option. ${remedy}`);
  }
  const required = keyword(schema, 'required');
  const completed = Object.entries(schema.properties).flatMap(([name, property]) => {
    const inner = { ...at, path: [...at.path, name] };
    const own = Object.hasOwn(given, name) ? given[name] : defaultOf(property);
    if (own !== undefined) return [[name, complete(property, own, inner)] as const];
    const isRequired = Array.isArray(required) && required.includes(name);
    if (isRequired)
      at.complain(inner.path, 'missing', `is missing; it wants ${wantsOf(property, inner.path)}.${told(property)}`);
    return [];
  });
  return Object.fromEntries(completed);
}

function told(schema: TSchema): string {
  const description = descriptionOf(schema);
  return description === '' ? '' : ` (${description}.)`;
}

/** What stands in for an option that is not given. A section that can do without is made of its own defaults. */
function defaultOf(schema: TSchema): unknown {
  const own = keyword(schema, 'default');
  if (own !== undefined) return structuredClone(own);
  if (keyword(schema, 'adapter') === true && Type.IsUnion(schema)) {
    const options = schema.anyOf.find((variant) => Type.IsObject(variant));
    return options !== undefined && isReady(options) ? {} : false;
  }
  return Type.IsObject(schema) && !Type.IsOptional(schema) ? {} : undefined;
}

/** Whether a driver or service is on without being asked for: everything it needs has a default. */
function isReady(options: TObject): boolean {
  const off = keyword(options, 'default') === false;
  const required = keyword(options, 'required');
  const names = Array.isArray(required) ? required : [];
  return (
    !off &&
    Object.entries(options.properties).every(
      ([name, property]) => !names.includes(name) || defaultOf(property) !== undefined,
    )
  );
}

/** A section where one of the variants is a section, else the variant that fits. */
function completeUnion(schema: TSchema & { anyOf: TSchema[] }, value: unknown, at: At): unknown {
  const isAdapter = keyword(schema, 'adapter') === true;
  const given = isAdapter && (value === null || value === true) ? {} : value;
  const sections = schema.anyOf.filter((variant) => Type.IsObject(variant) || Type.IsRecord(variant));
  const [section] = sections;
  if (sections.length === 1 && section !== undefined && isRecord(given)) return complete(section, given, at);
  const lists = schema.anyOf.filter((variant) => Type.IsArray(variant));
  if (lists.length === 1 && lists[0] !== undefined && Array.isArray(given)) return complete(lists[0], given, at);
  const complaint = complaintOf(schema, given, at.path);
  if (complaint !== undefined) at.complain(at.path, 'value', complaint);
  return given;
}

function completeMap(
  schema: TSchema & { patternProperties: Record<string, TSchema> },
  given: Record<string, unknown>,
  at: At,
) {
  const entries = Object.entries(given).flatMap(([name, value]) => {
    const inner = { ...at, path: [...at.path, name] };
    const fitting = Object.entries(schema.patternProperties).find(([pattern]) => new RegExp(pattern, 'u').test(name));
    if (fitting !== undefined) return [[name, complete(fitting[1], value, inner)] as const];
    at.complain(inner.path, 'key', 'is not a name that may stand here.');
    return [];
  });
  return Object.fromEntries(entries);
}
