import { defineCommand } from 'citty';
import { isRecord } from '../lib/is-record.ts';
import type { Action, Variable } from '../north/api/client.ts';
import { clientArgs, connect } from './connect.ts';
import type { CliContext } from './context.ts';
import { exitCodes, usageError } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { defaultWaitS, exitCodeOf, tellOutcome, troubleOf } from './outcome.ts';
import { tableLines } from './table.ts';
import { printJson } from './terminal.ts';
import { toAge } from './words.ts';

const stationArg = { type: 'positional', required: true, description: 'OCPP identity, or id' } as const;

export const get = (context: CliContext) =>
  defineCommand({
    meta: { name: 'get', description: 'Read settings of a charger' },
    args: {
      station: stationArg,
      more: {
        type: 'positional',
        required: false,
        description:
          'Names to ask the charger for; without, what it told before. Component/Variable, or an OCPP 1.6 key',
      },
      refresh: { type: 'boolean', description: 'Without names: ask the charger for all of them first' },
      ...clientArgs,
    },
    async run({ args }): Promise<ExitCode> {
      const client = await connect(context, args);
      const names = args._.slice(1);
      const json = args.json === true;
      if (names.length > 0) {
        return showAnswer(await client.variables.get(args.station, names, { waitS: defaultWaitS }), { context, json });
      }
      if (args.refresh === true) {
        const report = await client.variables.report(args.station, undefined, { waitS: defaultWaitS });
        if (report.status !== 'completed') {
          return tellOutcome(report, { context, json, done: '' });
        }
      }
      showStored(await client.variables.stored(args.station), { context, json, station: args.station });
      return exitCodes.ok;
    },
  });

export const set = (context: CliContext) =>
  defineCommand({
    meta: { name: 'set', description: 'Change settings of a charger' },
    args: {
      station: stationArg,
      more: { type: 'positional', required: true, description: 'name=value, as often as wanted' },
      ...clientArgs,
    },
    async run({ args }): Promise<ExitCode> {
      const variables = args._.slice(1).map(toAssignment);
      const client = await connect(context, args);
      const action = await client.variables.set(args.station, variables, { waitS: defaultWaitS });
      if (args.json === true || action.status !== 'completed')
        return tellSetTrouble(action, { context, json: args.json === true });
      const names = variables.map(({ name }) => name).join(', ');
      return tellOutcome(action, { context, json: false, done: `${action.endpoint} took ${names}.` });
    },
  });

function toAssignment(text: string): { name: string; value: string } {
  const equals = text.indexOf('=');
  // What was typed may be a password without its name, so it is not repeated.
  if (equals <= 0) throw usageError('busbar set wants name=value, such as HeartbeatInterval=300.');
  return { name: text.slice(0, equals), value: text.slice(equals + 1) };
}

/** Of several variables, each with its own answer. */
function tellSetTrouble(action: Action, { context, json }: { context: CliContext; json: boolean }): ExitCode {
  const rows = isRecord(action.response_data) ? rowsIn(action.response_data['variables']) : [];
  if (json || rows.length === 0) return tellOutcome(action, { context, json, done: '' });
  for (const { key, status, reason } of rows) {
    context.terminal.tell(`${key}: ${status}${reason === undefined ? '' : ` (${reason})`}`);
  }
  return exitCodeOf(action);
}

interface Row {
  key: string;
  value: string | undefined;
  readonly: boolean | undefined;
  status: string | undefined;
  reason: string | undefined;
}

function rowsIn(value: unknown): Row[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isRecord).map((row) => ({
    key: String(row['key'] ?? ''),
    value: textOf(row['value']),
    readonly: typeof row['readonly'] === 'boolean' ? row['readonly'] : undefined,
    status: textOf(row['status']),
    reason: textOf(row['reason']),
  }));
}

function textOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}

function showAnswer(action: Action, { context, json }: { context: CliContext; json: boolean }): ExitCode {
  const { terminal } = context;
  if (json) printJson(terminal, action);
  const answer = isRecord(action.response_data) ? action.response_data : {};
  const known = rowsIn(answer['configurationKey']);
  const refused = rowsIn(answer['unknown']);
  if (!json) {
    const columns = [
      { title: 'NAME', value: ({ key }: Row) => key },
      { title: 'VALUE', value: ({ value }: Row) => value, least: 10 },
      { title: '', value: ({ readonly }: Row) => (readonly === true ? 'read-only' : '') },
    ];
    if (known.length > 0) for (const line of tableLines(terminal, columns, known)) terminal.print(line);
    for (const { key, status, reason } of refused)
      terminal.tell(`${key}: ${status ?? 'unknown'}${reason === undefined ? '' : ` (${reason})`}`);
    if (known.length === 0 && refused.length === 0) terminal.tell(troubleOf(action));
  }
  if (action.status !== 'completed') return exitCodeOf(action);
  return known.length === 0 ? exitCodes.refusedByStation : exitCodes.ok;
}

function showStored(
  variables: readonly Variable[],
  { context, json, station }: { context: CliContext; json: boolean; station: string },
): void {
  const { terminal, now } = context;
  if (json) return printJson(terminal, variables);
  if (variables.length === 0)
    return terminal.print(`${station} has not told its settings yet. To ask it: busbar get ${station} --refresh`);
  const columns = [
    { title: 'NAME', value: ({ name }: Variable) => name, least: 20 },
    { title: 'VALUE', value: ({ value }: Variable) => value, least: 10 },
    { title: 'UNIT', value: ({ unit }: Variable) => unit },
    { title: '', value: ({ writable }: Variable) => (writable === false ? 'read-only' : '') },
    { title: 'READ', value: ({ readAt }: Variable) => toAge(readAt, now()) },
  ];
  for (const line of tableLines(terminal, columns, variables)) terminal.print(line);
}
