import { stripVTControlCharacters } from 'node:util';
import { runCommand } from 'citty';
import type { CommandDef, SubCommandsDef } from 'citty';
import { closestOf } from '../lib/closest.ts';
import { ApiError } from '../north/api/client.ts';
import { checkArgs, endOf } from './args.ts';
import { CommandError, exitCodes, usageError } from './exit.ts';
import type { ExitCode } from './exit.ts';
import type { Terminal } from './terminal.ts';
import { usageLines } from './usage.ts';

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
    const root: CommandDef = {
      meta: { name: cli.name, version: cli.version, description: cli.description },
      subCommands: cli.commands,
    };
    const found = await find({ command: root, name: cli.name, rest: [...args] });
    const isAsked = found.rest.slice(0, endOf(found.rest)).some((arg) => arg === '--help' || arg === '-h');
    if (isAsked) {
      terminal.print(await usageOf(found, terminal));
      return exitCodes.ok;
    }
    const [first] = found.rest;
    if (found.command.run === undefined && first !== undefined) {
      throw usageError(
        `${first} comes after the command: ${found.name} <command> ${first}. '${found.name} --help' lists them.`,
      );
    }
    if (found.command.run === undefined) {
      terminal.tell(await usageOf(found, terminal));
      return exitCodes.usage;
    }
    const definitions = await resolved(found.command.args ?? {});
    checkArgs(found.name, found.rest, definitions);
    // Without its subcommands: the parser would look for one among the words of this command.
    const { subCommands: _, ...leaf } = found.command;
    const { result } = await runCommand(leaf, { rawArgs: found.rest });
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

async function usageOf({ command, name }: Found, terminal: Terminal): Promise<string> {
  const [{ description = '' }, args, commands] = await Promise.all([
    resolved(command.meta ?? {}),
    resolved(command.args ?? {}),
    resolved(command.subCommands ?? {}),
  ]);
  const described = Object.entries(commands).map(async ([word, inner]) => {
    const meta = await resolved((await resolved(inner)).meta ?? {});
    return [word, meta.description ?? ''] as const;
  });
  const runs = command.run !== undefined;
  return usageLines({ name, description, args, commands: await Promise.all(described), runs }, terminal).join('\n');
}

async function resolved<T extends object>(value: T | Promise<T> | (() => T) | (() => Promise<T>)): Promise<T> {
  return typeof value === 'function' ? value() : value;
}

/** citty tells mistakes in arguments by the name of its error only. */
function toCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof ApiError) return toApiTrouble(error);
  if (!(error instanceof Error)) return new CommandError(String(error));
  if (error.name === 'CLIError') return usageError(error.message);
  return new CommandError(error.stack ?? error.message, exitCodes.failed, { cause: error });
}

/** Exit codes by kind of problem, and what to do when the API does not say. */
const apiTroubles: Readonly<Record<string, { exitCode: ExitCode; remedy?: string }>> = {
  unreachable: {
    exitCode: exitCodes.unreachable,
    remedy: "'busbar serve' starts one here; --url or BUSBAR_URL name another.",
  },
  unauthorized: { exitCode: exitCodes.unauthorized, remedy: "Run 'busbar keys login', or set BUSBAR_API_KEY." },
  forbidden: { exitCode: exitCodes.unauthorized },
  'not-found': { exitCode: exitCodes.notFound },
  'invalid-request': { exitCode: exitCodes.usage },
  'invalid-value': { exitCode: exitCodes.usage },
  'not-supported': { exitCode: exitCodes.refusedByStation },
  'station-offline': { exitCode: exitCodes.stationSilent },
};

function toApiTrouble(error: ApiError): CommandError {
  const { exitCode, remedy } = apiTroubles[error.type] ?? { exitCode: exitCodes.failed };
  // A single mistake is in the sentence.
  const several = error.errors.length > 1 ? error.errors : [];
  const mistakes = several.map(({ pointer, detail }) => `  ${pointer}: ${detail}`);
  const wait = error.retryAfterS === undefined ? undefined : `Try again in ${error.retryAfterS} s.`;
  const sentence = [error.detail, remedy, wait].filter((part) => part !== undefined).join(' ');
  return new CommandError([sentence, ...mistakes].join('\n'), exitCode, { cause: error });
}
