import type { OcppInterface, OcppVariableName } from '../interface/ocpp-interface.ts';
import { CommandError } from './command-error.ts';
import type { CommandHandler } from './command-server.ts';
import { ocppCommands, ocppVariables } from './ocpp-table.ts';

/** Takes every variable of an OCPP module, until the returned function is called. */
export function watchVariables(
  ocpp: OcppInterface,
  publish: (name: OcppVariableName, value: unknown) => void,
): () => void {
  const names = Object.keys(ocppVariables).filter(isVariable);
  const ends = names.map((name) => watch(ocpp, name, publish));
  return () => {
    for (const end of ends) end();
  };
}

const isVariable = (name: string): name is OcppVariableName => Object.hasOwn(ocppVariables, name);

function watch(
  { events }: OcppInterface,
  name: OcppVariableName,
  publish: (name: OcppVariableName, value: unknown) => void,
): () => void {
  const listener = (value: unknown) => publish(name, value);
  events.on(name, listener);
  return () => events.off(name, listener);
}

/** Interface `ocpp` as handlers of a module; NotReady as long as there is nothing behind it. */
export function ocppHandlers(target: () => OcppInterface | undefined): Record<string, CommandHandler> {
  const rows = Object.entries(ocppCommands).map(([name, command]): [string, CommandHandler] => [
    name,
    async (args) => {
      const ocpp = target();
      if (!ocpp) throw new CommandError('NotReady', 'the station is not there yet');
      return command.call(ocpp, args);
    },
  ]);
  return Object.fromEntries(rows);
}
