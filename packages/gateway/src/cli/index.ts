import type { SubCommandsDef } from 'citty';
import { backup, restore } from './backup.ts';
import type { CliContext } from './context.ts';
import { doctor } from './doctor/index.ts';
import { keys } from './keys.ts';
import { logs } from './logs.ts';
import { runCli } from './run.ts';
import { serve } from './serve.ts';
import { sessions } from './sessions.ts';
import { simulate } from './simulate.ts';
import { start } from './start.ts';
import { stations } from './stations.ts';
import { stop } from './stop.ts';
import { tokens } from './tokens.ts';
import { get, set } from './variables.ts';
import { watch } from './watch.ts';

/** Every command, in the order in which `busbar --help` lists them. */
export function commandsOf(context: CliContext): SubCommandsDef {
  return {
    serve: serve(context),
    doctor: doctor(context),
    stations: stations(context),
    sessions: sessions(context),
    start: start(context),
    stop: stop(context),
    get: get(context),
    set: set(context),
    watch: watch(context),
    logs: logs(context),
    tokens: tokens(context),
    keys: keys(context),
    simulate: simulate(context),
    backup: backup(context),
    restore: restore(context),
  };
}

/** Runs the command line and returns what the process shall end with. */
export function run(args: readonly string[], context: CliContext): ReturnType<typeof runCli> {
  const description = 'One gateway that speaks every side of an EV charge point';
  return runCli(
    { name: 'busbar', version: context.version, description, commands: commandsOf(context) },
    args,
    context.terminal,
  );
}
