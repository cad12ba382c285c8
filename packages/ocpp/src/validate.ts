import { createRequire } from 'node:module';
import { actionsOf, type From } from './actions.ts';
import { OcppError, type OcppErrorCode } from './errors.ts';
import { runtime, type Runtime } from './runtime.ts';
import type { OcppVersion } from './version.ts';

/** What ajv reports about the first rule that a payload breaks. */
export interface SchemaError {
  /** JSON Pointer to the value, '' for the payload itself. */
  instancePath: string;
  keyword: string;
  params: Record<string, unknown>;
}

/** A generated validator; after a refusal, `errors` holds the one reason. */
export interface Validator {
  (payload: unknown): boolean;
  errors?: SchemaError[] | null;
}

/** An action with its compiled validators; `response` is absent for an action that has no answer. */
export interface Action {
  name: string;
  from: From;
  request: Validator;
  response: Validator | undefined;
}

type Generated = (runtime: Runtime) => Record<string, Validator | undefined>;

const files: Record<OcppVersion, string> = { '1.6': 'v16', '2.0.1': 'v201', '2.1': 'v21' };
const loaded = new Map<OcppVersion, ReadonlyMap<string, Action>>();

/** The actions of a version; its validators are loaded (some 20 ms) the first time one asks. */
export function actionTable(version: OcppVersion): ReadonlyMap<string, Action> {
  const known = loaded.get(version);
  if (known) return known;
  const require = createRequire(import.meta.url);
  const generated: Generated = require(`./generated/${files[version]}.validators.cjs`);
  const validators = generated(runtime);
  const table = new Map<string, Action>();
  for (const { name, from } of actionsOf(version)) {
    const request = validators[`${name}Request`];
    if (request) table.set(name, { name, from, request, response: validators[`${name}Response`] });
  }
  loaded.set(version, table);
  return table;
}

/** The error that a payload deserves, or undefined when it fits its schema. Unknown actions are NotImplemented. */
export function validate(
  version: OcppVersion,
  message: { action: string; side: 'request' | 'response' },
  payload: unknown,
): OcppError | undefined {
  const action = actionTable(version).get(message.action);
  if (!action) return new OcppError('NotImplemented', `OCPP ${version} has no action ${message.action.slice(0, 50)}`);
  return check(action[message.side], payload);
}

/** As {@link validate}, with the validator at hand. Without one, everything passes. */
export function check(validator: Validator | undefined, payload: unknown): OcppError | undefined {
  if (!validator || validator(payload)) return undefined;
  const [error] = validator.errors ?? [];
  return error ? toOcppError(error) : new OcppError('FormatViolation', 'payload does not fit the schema');
}

/**
 * The one boundary between JSON and types: what a schema's validator has accepted has the type that was generated from
 * the same schema, which the compiler cannot see.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows T from the schema's name
export function trusted<T>(validated: unknown): T {
  // oxlint-disable-next-line typescript/consistent-type-assertions, typescript/no-unsafe-type-assertion -- see above
  return validated as T;
}

/** OCPP-J 1.6 table 7 and OCPP 2.x part 4 table 8, by the JSON Schema keyword that failed. */
const codes: Record<string, OcppErrorCode | undefined> = {
  additionalProperties: 'FormatViolation',
  enum: 'PropertyConstraintViolation',
  format: 'TypeConstraintViolation',
  maxItems: 'OccurrenceConstraintViolation',
  maxLength: 'PropertyConstraintViolation',
  maximum: 'PropertyConstraintViolation',
  minItems: 'OccurrenceConstraintViolation',
  minimum: 'PropertyConstraintViolation',
  multipleOf: 'PropertyConstraintViolation',
  required: 'OccurrenceConstraintViolation',
  type: 'TypeConstraintViolation',
};

const sentences: Record<string, ((params: Record<string, unknown>) => string) | undefined> = {
  additionalProperties: (params) => `must not have the property ${shown(params.additionalProperty)}`,
  enum: (params) => `must be one of ${Array.isArray(params.allowedValues) ? params.allowedValues.join(', ') : ''}`,
  format: (params) =>
    params.format === 'date-time' ? 'must be an RFC 3339 date-time' : `must be a ${shown(params.format)}`,
  maxItems: (params) => `must have at most ${shown(params.limit)} items`,
  maxLength: (params) => `must be at most ${shown(params.limit)} characters`,
  maximum: (params) => `must be at most ${shown(params.limit)}`,
  minItems: (params) => `must have at least ${shown(params.limit)} items`,
  minimum: (params) => `must be at least ${shown(params.limit)}`,
  multipleOf: (params) => `must be a multiple of ${shown(params.multipleOf)}`,
  required: (params) => `must have the property ${shown(params.missingProperty)}`,
  type: (params) => `must be of type ${shown(params.type)}`,
};

const shown = (value: unknown) => String(value).slice(0, 60);

/** A schema error in a sentence: `/meterValue/0/timestamp must be an RFC 3339 date-time`. */
export function describe(error: SchemaError): string {
  const where = error.instancePath === '' ? 'payload' : error.instancePath.slice(0, 120);
  return `${where} ${sentences[error.keyword]?.(error.params) ?? `breaks the rule ${error.keyword}`}`.slice(0, 255);
}

export function toOcppError(error: SchemaError): OcppError {
  const isRoot = error.keyword === 'type' && error.instancePath === '';
  const code = isRoot ? 'FormatViolation' : (codes[error.keyword] ?? 'FormatViolation');
  return new OcppError(code, describe(error), { path: error.instancePath.slice(0, 255), rule: error.keyword });
}
