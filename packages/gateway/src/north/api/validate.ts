import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile, Errors } from 'typebox/schema';
import type { Mistake } from '../../domain/errors.ts';
import { isRecord } from '../../lib/is-record.ts';
import { RequestError } from './problem.ts';

type Verdict = { value: unknown } | { error: RequestError };

/** Checks one part of a request. Compiled when the first request comes, so that start-up does not pay for every route. */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart = 'body' }) => {
  let validator: ReturnType<typeof Compile> | undefined;
  return (value: unknown): Verdict => {
    // No body is as good as an empty object.
    validator ??= Compile(schema);
    const given = httpPart === 'body' ? (value ?? {}) : toTyped(schema, value);
    if (validator.Check(given)) return { value: given };
    const mistakes = mistakesIn(schema, given).map((mistake) => ({
      ...mistake,
      pointer: `${places[httpPart] ?? httpPart}${mistake.pointer}`,
    }));
    const first = mistakes[0];
    const more = mistakes.length > 1 ? ` (and ${mistakes.length - 1} more, see errors)` : '';
    const text = first === undefined ? 'The request does not fit.' : `${first.pointer}: ${first.detail}${more}`;
    return { error: new RequestError('invalid-request', text, { mistakes }) };
  };
};

/** How the parts of a request are named in mistakes. */
const places: Record<string, string> = { body: '#', querystring: 'query', params: 'path' };

/** What is wrong with `value`, at most 20 mistakes. */
function mistakesIn(schema: TSchema, value: unknown): Mistake[] {
  const [, errors] = Errors(schema, value);
  const mistakes: Mistake[] = [];
  for (const { keyword, instancePath, params, message } of errors) {
    if (keyword === 'boolean' || keyword === 'anyOf') continue;
    for (const member of membersOf(params)) {
      const pointer = member.name === undefined ? instancePath : `${instancePath}/${member.name}`;
      mistakes.push({
        pointer,
        detail: member.detail ?? patternOf(schema, keyword, instancePath) ?? detailOf(params, message),
      });
    }
  }
  return mistakes.slice(0, 20);
}

/** Missing and unknown members are told one by one. */
function membersOf(params: object): { name?: string; detail?: string }[] {
  if ('requiredProperties' in params && Array.isArray(params.requiredProperties))
    return params.requiredProperties.map((name) => ({ name: String(name), detail: 'is missing' }));
  if ('additionalProperties' in params && Array.isArray(params.additionalProperties))
    return params.additionalProperties.map((name) => ({
      name: String(name).slice(0, 100),
      detail: 'is not known here',
    }));
  return [{}];
}

function detailOf(params: object, message: string): string {
  if ('allowedValues' in params && Array.isArray(params.allowedValues))
    return `must be one of ${params.allowedValues.join(', ')}`;
  if ('format' in params && params.format === 'date-time')
    return 'must be a time with its zone, e.g. 2026-05-04T08:15:00Z (write + as %2B in a URL)';
  return message;
}

/** What a text that does not fit its pattern should be, in words. */
function patternOf(schema: TSchema, keyword: string, instancePath: string): string | undefined {
  if (keyword !== 'pattern') return undefined;
  let at: unknown = schema;
  for (const part of instancePath.split('/').slice(1)) {
    if (!isRecord(at)) return undefined;
    at = isRecord(at['properties']) ? at['properties'][part] : at['items'];
  }
  const description = isRecord(at) ? at['description'] : undefined;
  return typeof description === 'string' ? `does not fit: ${description}` : undefined;
}

const readers: Record<string, (text: string) => unknown> = {
  integer: (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : text),
  number: (text) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text),
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : text),
};

/** Query and path parameters come as text; those the schema wants as numbers or booleans are read as such. */
function toTyped(schema: TSchema, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('properties' in schema)) return value;
  const properties: object = Object(schema.properties);
  const typed: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(value)) typed[name] = readerOf(properties, name)?.(text) ?? text;
  return typed;
}

function readerOf(properties: object, name: string): ((text: unknown) => unknown) | undefined {
  const property: unknown = Object.entries(properties).find(([known]) => known === name)?.[1];
  if (typeof property !== 'object' || property === null || !('type' in property)) return undefined;
  const read = typeof property.type === 'string' ? readers[property.type] : undefined;
  return read && ((text) => (typeof text === 'string' ? read(text) : text));
}
