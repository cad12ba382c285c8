import { Type } from 'typebox';
import type { TSchema } from 'typebox';
import { optionsOf } from './options.ts';
import type { Option } from './options.ts';
import type { Path } from './path.ts';
import { allowedOf, descriptionOf, keyword } from './wants.ts';

/**
 * The options of a schema as a Markdown table: name, what it wants, default, variable, meaning. `path` is where the
 * schema stands in the configuration: `['south', 'ocpp']`.
 */
export function optionTable(schema: TSchema, path: Path = []): string {
  const rows = optionsOf(schema, path)
    .filter((option) => keyword(option.schema, 'adapter') !== true)
    .map(rowOf);
  return ['| Option | Type | Default | Variable | Meaning |', '|---|---|---|---|---|', ...rows].join('\n');
}

function rowOf({ name, variable, schema }: Option): string {
  const cells = [code(name), typeOf(schema), defaultOf(schema), code(variable), descriptionOf(schema)];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

/** `integer 1 to 65535`, `hold, accept or refuse`, `list of text`. */
function typeOf(schema: TSchema): string {
  const allowed = allowedOf(schema);
  if (allowed !== undefined) return allowed.map((value) => code(String(value))).join(', ');
  if (Type.IsString(schema)) return 'text';
  if (Type.IsBoolean(schema)) return '`true`, `false`';
  if (Type.IsArray(schema)) return `list of ${typeOf(schema.items)}`;
  if (Type.IsInteger(schema) || Type.IsNumber(schema))
    return `${Type.IsInteger(schema) ? 'integer' : 'number'}${rangeOf(schema)}`;
  if (Type.IsUnion(schema)) return schema.anyOf.map(typeOf).join(' or ');
  return 'section';
}

function rangeOf(schema: TSchema): string {
  const [least, most] = [keyword(schema, 'minimum'), keyword(schema, 'maximum')];
  if (typeof least !== 'number') return typeof most === 'number' ? ` up to ${most}` : '';
  return typeof most === 'number' ? ` ${least} to ${most}` : ` from ${least}`;
}

function defaultOf(schema: TSchema): string {
  const value = keyword(schema, 'default');
  if (value === undefined) return Type.IsOptional(schema) ? '' : 'must be given';
  return code(typeof value === 'string' ? value : JSON.stringify(value));
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}
