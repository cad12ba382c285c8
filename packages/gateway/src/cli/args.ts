import { parseArgs } from 'citty';
import type { ArgsDef } from 'citty';
import { closestOf } from '../lib/closest.ts';
import { usageError } from './exit.ts';

/** Refuses flags that nobody reads, flags without their value, and words too many. */
export function checkArgs(name: string, rest: string[], definitions: ArgsDef): void {
  const flags = flagsOf(definitions);
  for (let index = 0; index < endOf(rest); index += 1) {
    const arg = rest[index] ?? '';
    if (!arg.startsWith('-') || arg === '-' || /^-\d/.test(arg)) continue;
    const [flag, value] = splitOnce(arg);
    const takesValue = flags.get(flag);
    if (takesValue === undefined) {
      const meant = closestOf(flag, flags.keys());
      const remedy = meant === undefined ? `'${name} --help' lists them.` : `Did you mean ${meant}?`;
      throw usageError(`${name} has no option ${flag}. ${remedy}`);
    }
    if (!takesValue || value !== undefined) continue;
    const next = rest[index + 1];
    if (next === undefined || next.startsWith('--')) throw usageError(`${flag} wants a value: ${flag} <value>.`);
    index += 1;
  }
  checkRequired(name, rest, definitions);
  const parsed = parseArgs(rest, definitions);
  const places = Object.values(definitions).filter(({ type }) => type === 'positional').length;
  const isOpen = Object.hasOwn(definitions, 'more');
  const surplus = isOpen ? undefined : parsed._[places];
  if (surplus !== undefined) {
    throw usageError(`'${surplus}' is one word too many for ${name}. '${name} --help' shows what it takes.`);
  }
}

/** Says what is missing, and what it is for. */
function checkRequired(name: string, rest: readonly string[], definitions: ArgsDef): void {
  const optional = Object.entries(definitions).map(
    ([word, definition]) => [word, { ...definition, required: false }] as const,
  );
  const given = parseArgs([...rest], Object.fromEntries(optional));
  for (const [word, { type, required, description = '' }] of Object.entries(definitions)) {
    if (required !== true || given[word] !== undefined) continue;
    const shown = type === 'positional' ? `<${word === 'more' ? 'name' : word}>` : `--${word} <${word}>`;
    throw usageError(`${name} wants ${shown}: ${description}.`);
  }
}

/** Every spelling of every flag, and whether a value follows it. */
function flagsOf(definitions: ArgsDef): Map<string, boolean> {
  return new Map(
    Object.entries(definitions).flatMap(([name, { type, ...definition }]) => {
      if (type === 'positional') return [];
      const alias = 'alias' in definition && definition.alias !== undefined ? [definition.alias].flat() : [];
      const takesValue = type !== 'boolean';
      const negated = takesValue ? [] : [[`--no-${name}`, false] as const];
      return [
        [`--${name}`, takesValue] as const,
        ...negated,
        ...alias.map((short) => [`-${short}`, takesValue] as const),
      ];
    }),
  );
}

function splitOnce(arg: string): [string, string?] {
  const equals = arg.indexOf('=');
  return equals < 0 ? [arg] : [arg.slice(0, equals), arg.slice(equals + 1)];
}

/** Where `--` ends the flags. */
export function endOf(args: readonly string[]): number {
  const end = args.indexOf('--');
  return end < 0 ? args.length : end;
}

/** Every value of a flag that may be given more than once; the parser keeps only the last. */
export function valuesOf(flag: string, rawArgs: readonly string[]): string[] {
  return rawArgs.slice(0, endOf(rawArgs)).flatMap((arg, index) => {
    if (arg.startsWith(`--${flag}=`)) return [arg.slice(flag.length + 3)];
    const next = rawArgs[index + 1];
    return arg === `--${flag}` && next !== undefined ? [next] : [];
  });
}
