import { parseArgs } from 'node:util';
import type { Suite } from './bench.ts';
import { plans } from './scenarios.ts';
import type { Plan } from './scenarios.ts';
import type { ServerName } from './servers.ts';

export interface Options {
  suites: readonly Suite[];
  plan: Plan;
  serverNames: readonly ServerName[];
  /** File for the numbers, `-` for standard output. */
  json?: string | undefined;
  /** Bring the tables to docs/performance.md. */
  write: boolean;
  profileFolder?: string | undefined;
  /** Where databases are made; default the system's folder for temporary files. */
  workFolder?: string | undefined;
}

/** A mistake in the command line; the message says what to do. */
export class UsageError extends Error {}

const flags = {
  quick: { type: 'boolean' },
  long: { type: 'boolean' },
  only: { type: 'string' },
  servers: { type: 'string' },
  json: { type: 'string' },
  write: { type: 'boolean' },
  profile: { type: 'string' },
  folder: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** What `--quick` runs when nothing is chosen. */
const quickSuites = ['start', 'idle', 'boot', 'metervalues', 'open'];

const allServers: readonly ServerName[] = ['ws', 'ocpp-rpc', 'busbar'];

export function helpText(suites: readonly Suite[]): string {
  return `npm run bench -- [options]

Measures the gateway beside a bare ws server and ocpp-rpc: same stations, same frames, same run.

  --quick            a few suites with small numbers, half a minute; only to see that it works
  --long             five rounds, and ten minutes of the steady fleet
  --only a,b         only these suites:
${suites.map(({ name, summary }) => `                       ${name.padEnd(13)} ${summary}`).join('\n')}
  --servers a,b      only these servers: ${allServers.join(', ')}
  --json FILE        the numbers as JSON; - writes them to standard output, the tables to standard error
  --write            bring the tables to docs/performance.md
  --profile FOLDER   CPU profiles of the servers, and their most expensive functions
  --folder FOLDER    where the databases are made; must be on a disk. Default: the system's temporary folder`;
}

/** @throws UsageError */
export function optionsOf(args: readonly string[], suites: readonly Suite[]): Options | 'help' {
  const values = parsed(args);
  if (values.help) return 'help';
  if (values.quick && values.long) throw new UsageError('--quick and --long exclude each other; give one of them.');
  const allSuites = suites.map(({ name }) => name);
  const suiteNames = chosen('--only', values.only ?? (values.quick ? quickSuites.join(',') : undefined), allSuites);
  const serverNames = chosen('--servers', values.servers, allServers);
  if (
    values.write &&
    (values.quick || values.only !== undefined || values.servers !== undefined || values.profile !== undefined)
  ) {
    throw new UsageError('--write needs a whole run; leave out --quick, --only, --servers and --profile.');
  }
  return {
    suites: suites.filter(({ name }) => suiteNames.has(name)),
    plan: values.quick ? plans.quick : values.long ? plans.long : plans.full,
    serverNames: allServers.filter((name) => serverNames.has(name)),
    json: values.json,
    write: values.write ?? false,
    profileFolder: values.profile,
    workFolder: values.folder,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)} --help lists the options.`);
  }
}

function chosen(flag: string, text: string | undefined, all: readonly string[]): Set<string> {
  if (text === undefined) return new Set(all);
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0)
    throw new UsageError(`${flag} knows no ${unknown.join(', ')}. Choose from ${all.join(', ')}.`);
  return new Set(names);
}
