import { stripVTControlCharacters } from 'node:util';
import { parseArgs, renderUsage, runCommand } from 'citty';
import type { ArgsDef, CommandDef, SubCommandsDef } from 'citty';
import { closestOf } from '../lib/closest.ts';
import { CommandError, exitCodes, usageError } from './exit.ts';
import type { ExitCode } from './exit.ts';
import type { Terminal } from './terminal.ts';

export interface Cli {
  name: string;
  version: string;
  description: string;
  commands: SubCommandsDef;
}

/** A command that was found in the arguments, and what is left of them. */
interface Found {
  command: CommandDef;
  /** `busbar keys create` */
  name: string;
  rest: string[];
}

/** Runs the command that the arguments name. Never throws: whatever goes wrong becomes a sentence and an exit code. */
export async function runCli(cli: Cli, args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    if (args.length === 1 && ['--version', '-v'].includes(args[0] ?? '')) {
      terminal.print(cli.version);
      return exitCodes.ok;
    }
    const root: CommandDef = { meta: { name: cli.name, version: cli.version, description: cli.description }, subCommands: cli.commands };
    const found = await find({ command: root, name: cli.name, rest: [...args] });
    const isAsked = found.rest.slice(0, endOf(found.rest)).some((arg) => arg === '--help' || arg === '-h');
    if (isAsked) {
      terminal.print(await usageOf(found, terminal));
      return exitCodes.ok;
    }
    if (found.command.run === undefined) {
      terminal.tell(await usageOf(found, terminal));
      return exitCodes.usage;
    }
    const definitions = await resolved(found.command.args ?? {});
    checkArgs(found, definitions);
    const { result } = await runCommand(found.command, { rawArgs: found.rest });
    return isExitCode(result) ? result : exitCodes.ok;
  } catch (error) {
    const { message, exitCode } = toCommandError(error);
    terminal.tell(stripVTControlCharacters(message));
    return exitCode;
  }
}

function isExitCode(value: unknown): value is ExitCode {
  return Object.values(exitCodes).some((code) => code === value);
}

/** Goes down to the command the first words name. */
async function find(found: Found): Promise<Found> {
  const commands = await resolved(found.command.subCommands ?? {});
  const names = Object.keys(commands);
  if (names.length === 0) return found;
  const [word, ...rest] = found.rest;
  if (word === undefined || word.startsWith('-')) return found;
  const next = Object.hasOwn(commands, word) ? commands[word] : undefined;
  if (next === undefined) {
    if (found.command.run !== undefined) return found;
    const meant = closestOf(word, names);
    const remedy = meant === undefined ? `There are: ${names.join(', ')}.` : `Did you mean '${found.name} ${meant}'?`;
    throw usageError(`There is no command '${found.name} ${word}'. ${remedy}`);
  }
  return find({ command: await resolved(next), name: `${found.name} ${word}`, rest });
}

/** Refuses flags that nobody reads, flags without their value, and words too many. */
function checkArgs({ command, name, rest }: Found, definitions: ArgsDef): void {
  const flags = flagsOf(definitions);
  for (let index = 0; index < endOf(rest); index += 1) {
    const arg = rest[index] ?? '';
    if (!arg.startsWith('-') || arg === '-' || /^-\d/.test(arg)) continue;
    const [flag = '', value] = splitOnce(arg);
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
  const parsed = parseArgs(rest, definitions);
  const places = Object.values(definitions).filter(({ type }) => type === 'positional').length;
  const isOpen = Object.hasOwn(definitions, 'more');
  const surplus = isOpen ? undefined : parsed._[places];
  if (surplus !== undefined && command.run !== undefined) {
    throw usageError(`'${surplus}' is one word too many for ${name}. '${name} --help' shows what it takes.`);
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
      return [[`--${name}`, takesValue] as const, ...negated, ...alias.map((short) => [`-${short}`, takesValue] as const)];
    }),
  );
}

function splitOnce(arg: string): [string, string?] {
  const equals = arg.indexOf('=');
  return equals < 0 ? [arg] : [arg.slice(0, equals), arg.slice(equals + 1)];
}

function endOf(args: readonly string[]): number {
  const end = args.indexOf('--');
  return end < 0 ? args.length : end;
}

async function usageOf({ command, name }: Found, terminal: Terminal): Promise<string> {
  const meta = await resolved(command.meta ?? {});
  const usage = await renderUsage({ ...command, meta: { ...meta, name } });
  return terminal.colour ? usage : stripVTControlCharacters(usage);
}

async function resolved<T extends object>(value: T | Promise<T> | (() => T) | (() => Promise<T>)): Promise<T> {
  return typeof value === 'function' ? value() : value;
}

/** citty tells mistakes in arguments by the name of its error only. */
function toCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  if (!(error instanceof Error)) return new CommandError(String(error));
  if (error.name === 'CLIError') return usageError(error.message);
  return new CommandError(error.stack ?? error.message, exitCodes.failed, { cause: error });
}

/** Every value of a flag that may be given more than once; the parser keeps only the last. */
export function valuesOf(flag: string, rawArgs: readonly string[]): string[] {
  return rawArgs.slice(0, endOf(rawArgs)).flatMap((arg, index) => {
    if (arg.startsWith(`--${flag}=`)) return [arg.slice(flag.length + 3)];
    const next = rawArgs[index + 1];
    return arg === `--${flag}` && next !== undefined ? [next] : [];
  });
}
