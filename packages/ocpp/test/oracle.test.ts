import { Ajv, type AnySchemaObject, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { OCPP16, OCPP20, OCPP21 } from 'typed-ocpp';
import { describe, expect, it } from 'vitest';
import { actionTable, type OcppVersion } from '../src/index.ts';
import { looseNameOf } from '../src/repair.ts';

/** Schemas of an independent package, and the properties on which it differs from the official files on purpose. */
const oracles: { version: OcppVersion; schemas: Record<string, AnySchemaObject>; widened: RegExp }[] = [
  { version: '1.6', schemas: { ...OCPP16.schemas }, widened: /^StatusNotificationRequest\/info maxLength/ },
  { version: '2.0.1', schemas: { ...OCPP20.schemas }, widened: /^$/ },
  { version: '2.1', schemas: { ...OCPP21.schemas }, widened: /^$/ },
];

/** A payload with every property the schema knows. */
function fullSample(schema: AnySchemaObject, root: AnySchemaObject): unknown {
  if (schema.$ref) return fullSample(root.definitions[schema.$ref.split('/').at(-1)], root);
  if (schema.enum) return schema.enum[0];
  if (schema.properties) {
    return Object.fromEntries(
      Object.entries<AnySchemaObject>(schema.properties).map(([name, body]) => [name, fullSample(body, root)]),
    );
  }
  if (schema.items)
    return Array.from({ length: Math.max(1, schema.minItems ?? 1) }, () => fullSample(schema.items, root));
  if (schema.format === 'date-time') return '2026-05-04T08:15:00Z';
  if (schema.format === 'uri') return 'ftp://host/file';
  return (
    { string: 'x', integer: inRange(schema, 1), number: inRange(schema, 1.5), boolean: true }[String(schema.type)] ?? {}
  );
}

const inRange = ({ minimum = -Infinity, maximum = Infinity }: AnySchemaObject, value: number) =>
  Math.min(maximum, Math.max(minimum, value));

/** The payload with one thing wrong, or only different, at every place. */
function* mutants(payload: unknown): Generator {
  for (const path of paths(payload, [])) {
    for (const value of [
      undefined,
      null,
      -1,
      1e7,
      'x'.repeat(60),
      'x'.repeat(20_000),
      true,
      [],
      {},
      Array(30).fill('x'),
    ]) {
      yield replaced(payload, path, value);
    }
    yield replaced(payload, [...path, 'unknownProperty'], 1);
  }
}

function* paths(value: unknown, at: string[]): Generator<string[]> {
  if (at.length > 0) yield at;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) yield* paths(member, [...at, key]);
}

function replaced(payload: unknown, path: string[], value: unknown): unknown {
  const copy = structuredClone(payload);
  let target = Object(copy);
  for (const key of path.slice(0, -1)) target = Object(target[key]);
  const last = path.at(-1) ?? '';
  if (value === undefined) delete target[last];
  else target[last] = value;
  return copy;
}

function enumsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(enumsOf);
  return 'enum' in value && Array.isArray(value.enum) ? [value.enum.map(String), ...below] : below;
}

describe.each(oracles)('OCPP $version against typed-ocpp', ({ version, schemas, widened }) => {
  const ajv = new Ajv({ strict: false, strictNumbers: true, multipleOfPrecision: 6 });
  formats.default(ajv);
  const table = actionTable(version);
  const rows = [...table.values()].flatMap(({ name, from, request, response }) => [
    { name: from === 'send' && !schemas[`${name}Request`] ? name : `${name}Request`, ours: request },
    ...(response ? [{ name: `${name}Response`, ours: response }] : []),
  ]);

  it('has no two enum values that a lenient peer would confuse', () => {
    const confused = enumsOf(Object.values(schemas)).filter(
      (names) => new Set(names.map(looseNameOf)).size < names.length,
    );
    expect(confused).toEqual([]);
  });

  it('takes and refuses the same payloads', { timeout: 120_000 }, () => {
    const differences: string[] = [];
    let compared = 0;
    for (const { name, ours } of rows) {
      const schema = schemas[name];
      if (!schema) {
        differences.push(`${name}: typed-ocpp has no such schema`);
        continue;
      }
      const theirs: ValidateFunction = ajv.compile(schema);
      const sample = fullSample(schema, schema);
      expect(ours(sample), `${name} ${JSON.stringify(ours.errors)}`).toBe(true);
      for (const mutant of mutants(sample)) {
        compared++;
        if (ours(mutant) !== theirs(mutant)) {
          const error = (ours.errors ?? theirs.errors)?.[0];
          differences.push(`${name}${error?.instancePath} ${error?.keyword} ours ${ours(mutant)}`);
        }
      }
    }
    expect([...new Set(differences)].filter((difference) => !widened.test(difference))).toEqual([]);
    expect(compared).toBeGreaterThan(1000);
  });
});
