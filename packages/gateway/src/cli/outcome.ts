import { isRecord } from '../lib/is-record.ts';
import type { Action } from '../north/api/client.ts';
import type { CliContext } from './context.ts';
import { exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { paint, printJson } from './terminal.ts';

/** s that commands wait for the answer of a station. */
export const defaultWaitS = 30;

/** What became of a command, as an exit code. */
export function exitCodeOf({ status, reason }: Pick<Action, 'status' | 'reason'>): ExitCode {
  if (status === 'completed') return exitCodes.ok;
  if (status === 'rejected' || reason === 'NotSupported') return exitCodes.refusedByStation;
  if (status === 'requested') return exitCodes.stationSilent;
  return silences.includes(reason ?? '') ? exitCodes.stationSilent : exitCodes.failed;
}

const silences: readonly string[] = ['Offline', 'Timeout', 'ConnectionLost', 'Expired'];

/** Tells what became of a command: `done` is the sentence for when the station accepted it. */
export function tellOutcome(
  action: Action,
  { context, json, done }: { context: CliContext; json: boolean; done: string },
): ExitCode {
  const { terminal } = context;
  if (json) printJson(terminal, action);
  else if (action.status === 'completed') terminal.print(`${paint(terminal, 'green', done)}${remarkOf(action)}`);
  else terminal.tell(troubleOf(action));
  return exitCodeOf(action);
}

/** Accepted is not worth a word; anything else a station said is. */
function remarkOf({ response_data }: Action): string {
  const status = isRecord(response_data) ? response_data['status'] : undefined;
  return typeof status === 'string' && status !== 'Accepted' ? ` The station says ${status}.` : '';
}

export function troubleOf({ endpoint, status, reason, detail, response_data }: Action): string {
  const answer = isRecord(response_data) ? response_data : {};
  if (status === 'rejected') {
    const said = [answer['status'], answer['reason']].filter((word) => typeof word === 'string');
    return `${endpoint} refused. It says: ${said.length === 0 ? 'no' : [...new Set(said)].join(', ')}.`;
  }
  if (status === 'requested')
    return `${endpoint} has not answered yet. The action stays open; 'busbar watch ${endpoint}' shows its end.`;
  return detail ?? `The action at ${endpoint} failed (${reason ?? 'no reason given'}).`;
}
