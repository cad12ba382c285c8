import { Type } from 'typebox';
import type { TSchema } from 'typebox';
import { parse } from 'yaml';
import { nameOfPath, variableOfPath } from './path.ts';
import type { Path } from './path.ts';
import { allowedOf, keyword } from './wants.ts';

/** One option that a variable or a flag can set. */
export interface Option {
  path: Path;
  /** `south.ocpp.port` */
  name: string;
  /** `BUSBAR_SOUTH_OCPP_PORT` */
  variable: string;
  schema: TSchema;
}

/** Every option of a schema: its values, its lists, and its drivers and services as such (to switch them off). */
export function optionsOf(schema: TSchema, path: Path = []): Option[] {
  const own = { path, name: nameOfPath(path), variable: variableOfPath(path), schema };
  const sections = Type.IsUnion(schema) ? schema.anyOf.filter(Type.IsObject) : Type.IsObject(schema) ? [schema] : [];
  if (sections.length === 0) return [own];
  const inner = sections.flatMap(({ properties }) =>
    Object.entries(properties).flatMap(([name, property]) => optionsOf(property, [...path, name])),
  );
  return keyword(schema, 'adapter') === true ? [own, ...inner] : inner;
}

/**
 * Options by their variable.
 * @throws Error when two options would share one: a mistake in a driver's or service's schema
 */
export function optionsByVariable(options: readonly Option[]): Map<string, Option> {
  const byVariable = new Map<string, Option>();
  for (const option of options) {
    const other = byVariable.get(option.variable);
    if (other !== undefined) {
      throw new Error(`${other.name} and ${option.name} share the variable ${option.variable}; rename one of them.`);
    }
    byVariable.set(option.variable, option);
  }
  return byVariable;
}

/** The value a variable or a flag stands for. What does not fit is handed on as text, for the check to complain about. */
export function valueOfText(schema: TSchema, text: string): unknown {
  if (Type.IsString(schema)) return text;
  const allowed = allowedOf(schema);
  if (allowed !== undefined) return allowed.find((value) => String(value) === text) ?? text;
  if (Type.IsBoolean(schema)) return text === 'true' ? true : text === 'false' ? false : text;
  if (Type.IsInteger(schema) || Type.IsNumber(schema)) return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (Type.IsArray(schema) && !text.trimStart().startsWith('[')) return listOf(schema.items, text);
  if (Type.IsUnion(schema) && keyword(schema, 'adapter') !== true && schema.anyOf.some(Type.IsString)) return text;
  return parsed(text);
}

function listOf(items: TSchema, text: string): unknown[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '').map((part) => valueOfText(items, part));
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return text;
  }
}
