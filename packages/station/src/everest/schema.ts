/** The part of JSON Schema that EVerest's interfaces use, small enough to be checked by fifty lines of our own. */
export type Schema = StringSchema | NumberSchema | BooleanSchema | ArraySchema | ObjectSchema | AnySchema;

export interface StringSchema<E extends string = string> {
  readonly type: 'string';
  readonly enum?: readonly E[];
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Told to others, not checked: a time that cannot be read is for its reader to judge. */
  readonly format?: 'date-time';
}

export interface NumberSchema {
  readonly type: 'integer' | 'number';
  readonly minimum?: number;
}

export interface BooleanSchema {
  readonly type: 'boolean';
}

export interface ArraySchema<S extends Schema = Schema> {
  readonly type: 'array';
  readonly items: S;
}

export type Properties = Readonly<Record<string, Schema>>;

export interface ObjectSchema<
  R extends Properties = Properties,
  O extends Properties | undefined = Properties | undefined,
> {
  readonly type: 'object';
  readonly required: R;
  /** Undefined: there are none. */
  readonly optional: O;
  /** Nothing but these properties may be in it. */
  readonly isClosed: boolean;
}

export interface AnySchema {
  readonly type: 'any';
}

/** The TypeScript type of what a schema takes. */
export type Static<S> =
  S extends StringSchema<infer E>
    ? E
    : S extends NumberSchema
      ? number
      : S extends BooleanSchema
        ? boolean
        : S extends ArraySchema<infer I>
          ? Static<I>[]
          : S extends ObjectSchema<infer R, infer O>
            ? Together<{ -readonly [K in keyof R]: Static<R[K]> } & Optional<O>>
            : unknown;

type Optional<O> = O extends Properties ? { -readonly [K in keyof O]?: Static<O[K]> } : unknown;

type Together<T> = { [K in keyof T]: T[K] };

export const any: AnySchema = { type: 'any' };
export const boolean: BooleanSchema = { type: 'boolean' };
export const number: NumberSchema = { type: 'number' };
export const integer: NumberSchema = { type: 'integer' };
export const text: StringSchema = { type: 'string' };
export const time: StringSchema = { type: 'string', format: 'date-time' };

export const integerFrom = (minimum: number): NumberSchema => ({ type: 'integer', minimum });

export const textUpTo = (maxLength: number): StringSchema => ({ type: 'string', maxLength });

export const oneOf = <const E extends string>(values: readonly E[]): StringSchema<E> => ({
  type: 'string',
  enum: values,
});

export const listOf = <S extends Schema>(items: S): ArraySchema<S> => ({ type: 'array', items });

export function object<R extends Properties, O extends Properties | undefined = undefined>(
  required: R,
  optional?: O,
): ObjectSchema<R, O>;
export function object(required: Properties, optional?: Properties): ObjectSchema {
  return { type: 'object', required, optional, isClosed: false };
}

export function closedObject<R extends Properties, O extends Properties | undefined = undefined>(
  required: R,
  optional?: O,
): ObjectSchema<R, O>;
export function closedObject(required: Properties, optional?: Properties): ObjectSchema {
  return { type: 'object', required, optional, isClosed: true };
}

/** Whether a value is what the schema asks for. */
export function matches<S extends Schema>(schema: S, value: unknown): value is Static<S> {
  return problemIn(schema, value) === undefined;
}

/** The first thing wrong with a value, and where; undefined when nothing is. */
export function problemIn(schema: Schema, value: unknown, path = ''): string | undefined {
  switch (schema.type) {
    case 'any':
      return undefined;
    case 'string':
      return textProblem(schema, value, path);
    case 'integer':
    case 'number':
      return numberProblem(schema, value, path);
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `${nameOf(path)} must be a boolean`;
    case 'array':
      return Array.isArray(value) ? listProblem(schema, value, path) : `${nameOf(path)} must be an array`;
    case 'object':
      return isRecord(value) ? objectProblem(schema, value, path) : `${nameOf(path)} must be an object`;
  }
}

/** Whether a value is an object with named members: neither `null` nor a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textProblem({ enum: values, minLength = 0, maxLength }: StringSchema, value: unknown, path: string) {
  if (typeof value !== 'string') return `${nameOf(path)} must be a string`;
  if (values && !values.includes(value)) return `${nameOf(path)} must be one of ${values.join(', ')}`;
  const isTooLong = maxLength !== undefined && value.length > maxLength;
  if (isTooLong || value.length < minLength) return `${nameOf(path)} must have ${minLength} to ${maxLength} characters`;
  return undefined;
}

function numberProblem({ type, minimum }: NumberSchema, value: unknown, path: string): string | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return `${nameOf(path)} must be a number`;
  if (type === 'integer' && !Number.isInteger(value)) return `${nameOf(path)} must be an integer`;
  if (minimum !== undefined && value < minimum) return `${nameOf(path)} must be at least ${minimum}`;
  return undefined;
}

function listProblem({ items }: ArraySchema, value: readonly unknown[], path: string): string | undefined {
  for (const [index, item] of value.entries()) {
    const problem = problemIn(items, item, `${path}[${index}]`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function objectProblem({ required, optional, isClosed }: ObjectSchema, value: Record<string, unknown>, path: string) {
  for (const name of Object.keys(required)) {
    if (!Object.hasOwn(value, name)) return `${nameOf(join(path, name))} is missing`;
  }
  for (const [name, member] of Object.entries(value)) {
    const schema = ownSchema(required, name) ?? ownSchema(optional ?? {}, name);
    if (!schema && isClosed) return `${nameOf(join(path, name))} is not known`;
    const problem = schema && problemIn(schema, member, join(path, name));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function ownSchema(properties: Properties, name: string): Schema | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}

const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

const nameOf = (path: string) => (path === '' ? 'the value' : path);
