import { actionTable, type OcppVersion, type SchemaError } from '@busbar/ocpp';

/** The smallest request of an action that its schema allows, found by mending what the validator objects to. */
export function fittingPayload(version: OcppVersion, action: string): object {
  const validator = actionTable(version).get(action)?.request;
  if (!validator) throw new Error(`OCPP ${version} has no ${action}`);
  const root: Node = {};
  for (let step = 0; step < 200; step++) {
    if (validator(root)) return root;
    const [error] = validator.errors ?? [];
    if (!error) break;
    mend(root, error);
  }
  throw new Error(`no payload fits ${action}: ${JSON.stringify(root)} ${JSON.stringify(validator.errors)}`);
}

type Node = { [key: string]: unknown };

const samples: Record<string, () => unknown> = {
  object: () => ({}),
  array: () => [],
  string: () => 'x',
  integer: () => 1,
  number: () => 1,
  boolean: () => false,
};

/** What is to be where the validator is not content. */
function mend(root: Node, { instancePath, keyword, params }: SchemaError): void {
  const path = instancePath.split('/').slice(1);
  if (keyword === 'required') return put(root, [...path, String(params['missingProperty'])], 'x');
  if (keyword === 'minItems') return put(root, [...path, '0'], 'x');
  put(root, path, valueFor(keyword, params));
}

function valueFor(keyword: string, params: Record<string, unknown>): unknown {
  const { type, allowedValues, limit, format } = params;
  if (keyword === 'type') return samples[String(type)]?.();
  if (keyword === 'enum') return Array.isArray(allowedValues) ? allowedValues[0] : undefined;
  if (keyword === 'format') return format === 'date-time' ? '2026-01-02T00:00:00Z' : 'https://example.org/x';
  return limit;
}

function put(root: Node, path: readonly string[], value: unknown): void {
  let at: Node | unknown[] = root;
  for (const name of path.slice(0, -1)) {
    const next: unknown = Array.isArray(at) ? at[Number(name)] : at[name];
    if (!isNode(next)) throw new Error(`nothing is at ${path.join('/')}`);
    at = next;
  }
  const last = path.at(-1) ?? '';
  if (Array.isArray(at)) at[Number(last)] = value;
  else at[last] = value;
}

const isNode = (value: unknown): value is Node | unknown[] => typeof value === 'object' && value !== null;
