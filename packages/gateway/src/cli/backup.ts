import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { defineCommand } from 'citty';
import type { CliContext } from './context.ts';
import { CommandError, exitCodes, usageError } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { settingsArgs, toSettings } from './local.ts';
import { valuesOf } from './args.ts';
import { printJson } from './terminal.ts';

const { config, set, data } = settingsArgs;
const folderArgs = { config, set, data } as const;
const json = { type: 'boolean', description: 'One JSON document instead of a sentence' } as const;

export const backup = (context: CliContext) =>
  defineCommand({
    meta: { name: 'backup', description: 'Copy the database to a file, also while the gateway runs' },
    args: {
      file: { type: 'positional', required: false, description: 'File to write (default busbar-<time>.db)' },
      ...folderArgs,
      json,
    },
    async run({ args, rawArgs }): Promise<ExitCode> {
      const { database } = await context.local.config(toSettings(args, valuesOf('set', rawArgs)));
      const file = resolve(context.cwd, args.file ?? `busbar-${stampOf(context.now())}.db`);
      if (!existsSync(database)) {
        const remedy = 'Name the folder of the gateway with --data or --config.';
        throw new CommandError(
          `${database} does not exist, so there is nothing to copy. ${remedy}`,
          exitCodes.notFound,
        );
      }
      if (!existsSync(dirname(file))) throw usageError(`The folder ${dirname(file)} does not exist. Make it first.`);
      const bytes = await context.local.backup(database, file);
      if (args.json === true) printJson(context.terminal, { ok: true, database, file, bytes });
      else context.terminal.print(`Copied ${database} to ${file} (${(bytes / 1024 / 1024).toFixed(1)} MiB).`);
      return exitCodes.ok;
    },
  });

export const restore = (context: CliContext) =>
  defineCommand({
    meta: { name: 'restore', description: 'Put a backup in place of the database; the gateway must be stopped' },
    args: {
      file: { type: 'positional', required: true, description: 'File that busbar backup wrote' },
      ...folderArgs,
      replace: { type: 'boolean', description: 'Replace the database that is there; what it holds is lost' },
      json,
    },
    async run({ args, rawArgs }): Promise<ExitCode> {
      const { database } = await context.local.config(toSettings(args, valuesOf('set', rawArgs)));
      const file = resolve(context.cwd, args.file);
      if (existsSync(database) && args.replace !== true) {
        throw usageError(
          `${database} exists. Add --replace if the backup shall take its place; what it holds is lost then.`,
        );
      }
      await context.local.restore(file, database);
      if (args.json === true) printJson(context.terminal, { ok: true, database, file });
      else context.terminal.print(`Restored ${database} from ${file}.`);
      return exitCodes.ok;
    },
  });

/** `20260504-081500`, UTC. */
function stampOf(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}
