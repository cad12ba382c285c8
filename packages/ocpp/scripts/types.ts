import type { Catalogue, Schema } from './schemas.ts';

/** TypeScript for all messages of one version: definitions, messages, and `Calls`, the map of both by action. */
export function toTypes({ messages, definitions }: Catalogue): string {
  const types = [...definitions, ...messages].map(([name, schema]) => declaration(name, schema));
  const actions = [...messages.keys()].filter((name) => name.endsWith('Request')).map((name) => name.slice(0, -7));
  const calls = actions.map((action) => {
    const response = messages.has(`${action}Response`) ? `${action}Response` : 'void';
    return `  ${action}: { request: ${action}Request; response: ${response} };`;
  });
  return `${types.join('\n')}\nexport interface Calls {\n${calls.join('\n')}\n}\n`;
}

function declaration(name: string, schema: Schema): string {
  if (!schema.properties) return `export type ${name} = ${typeOf(schema)};`;
  const body = members(schema);
  return body === '' ? `export type ${name} = Record<string, never>;` : `export interface ${name} {\n${body}}`;
}

/** An optional property also takes `undefined`, which never reaches the wire. */
function members(schema: Schema): string {
  const required = new Set(schema.required);
  const lines = Object.entries(schema.properties ?? {}).map(([name, body]) =>
    required.has(name) ? `  ${name}: ${typeOf(body)};\n` : `  ${name}?: ${typeOf(body)} | undefined;\n`,
  );
  if (schema.additionalProperties !== false && lines.length > 0) lines.push('  [property: string]: unknown;\n');
  return lines.join('');
}

const primitives: Record<string, string> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
};

function typeOf(schema: Schema): string {
  if (schema.$ref) return schema.$ref.replace('definitions#/definitions/', '');
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.items) return `(${typeOf(schema.items)})[]`;
  if (schema.properties) return `{ ${members(schema)} }`;
  return primitives[schema.type ?? ''] ?? 'unknown';
}
