import { defineCommand } from 'citty';
import type { Session } from '../north/api/client.ts';
import { clientArgs, connect, numberOf } from './connect.ts';
import type { CliContext } from './context.ts';
import { fieldLines, tableLines } from './table.ts';
import type { Column } from './table.ts';
import { printJson } from './terminal.ts';
import { timeOf } from './times.ts';
import { toDuration, toEnergy, toPower, toTime } from './words.ts';

export const sessions = (context: CliContext) => {
  const shown = list(context);
  const description = 'Show charging sessions, the newest first';
  return defineCommand({ ...shown, meta: { name: 'sessions', description }, subCommands: { list: shown } });
};

function list(context: CliContext) {
  return defineCommand({
    meta: { name: 'list', description: 'Show charging sessions; the same as without it' },
    args: {
      id: { type: 'positional', required: false, description: 'Id: shows this one' },
      station: { type: 'string', valueHint: 'station', description: 'Only those of this charger' },
      token: { type: 'string', valueHint: 'token', description: 'Only those of this id token' },
      active: { type: 'boolean', description: 'Only those that go on' },
      since: { type: 'string', valueHint: 'time', description: 'Only those started from then on, e.g. 2026-05-04' },
      limit: { type: 'string', valueHint: 'number', default: '50', description: 'How many' },
      ...clientArgs,
    },
    async run({ args }) {
      const client = await connect(context, args);
      if (args.id !== undefined)
        return showOne(await client.sessions.get(args.id), { context, json: args.json === true });
      const { items, hasNext } = await client.sessions.list({
        limit: numberOf('--limit', args.limit, { least: 1, most: 1000 }) ?? 50,
        ...(args.station !== undefined && { chargestation: args.station }),
        ...(args.token !== undefined && { token: args.token }),
        ...(args.active === true && { status: 'Started' }),
        ...(args.since !== undefined && { since: timeOf('--since', args.since) }),
      });
      if (args.json === true) return printJson(context.terminal, items);
      if (items.length === 0) return context.terminal.print('No sessions.');
      for (const line of tableLines(context.terminal, columns, items)) context.terminal.print(line);
      if (hasNext)
        context.terminal.tell('There are more: --limit shows up to 1000, --since and --station narrow it down.');
    },
  });
}

const columns: Column<Session>[] = [
  { title: 'SESSION', value: ({ _id }) => _id },
  { title: 'STATION', value: ({ endpoint, evse }) => `${endpoint}:${evse}`, least: 10 },
  { title: 'STATE', value: stateOf, colour: ({ status }) => (status === 'Started' ? 'green' : undefined) },
  { title: 'TOKEN', value: ({ token }) => token, least: 8 },
  { title: 'STARTED', value: ({ metrics }) => toTime(metrics.chargingStart) },
  { title: 'LASTED', value: ({ metrics }) => toDuration(metrics.energyPeriod), align: 'right' },
  { title: 'ENERGY', value: ({ metrics }) => toEnergy(metrics.energyConsumed), align: 'right' },
  { title: 'POWER', value: powerOf, align: 'right' },
  { title: 'ENDED BY', value: ({ stoppedReason }) => stoppedReason },
];

function stateOf({ status, charging_state }: Session): string {
  return status === 'Started' ? (charging_state ?? 'active') : 'ended';
}

function powerOf({ energy_report }: Session): string {
  const value = energy_report.power?.value;
  return typeof value === 'number' ? toPower(value) : '';
}

function showOne(session: Session, { context: { terminal }, json }: { context: CliContext; json: boolean }): void {
  if (json) return printJson(terminal, session);
  const { metrics } = session;
  const lines = fieldLines(terminal, [
    ['session', session._id],
    ['station', `${session.endpoint}, EVSE ${session.evse}`],
    ['transaction', session.transaction_id],
    ['state', stateOf(session)],
    ['token', [session.token, session.authorization].filter(Boolean).join(', ')],
    ['started', toTime(metrics.chargingStart)],
    ['ended', toTime(metrics.chargingStop)],
    ['lasted', toDuration(metrics.energyPeriod)],
    ['energy', toEnergy(metrics.energyConsumed)],
    [
      'meter',
      [metrics.meterStart, metrics.meterStop]
        .filter((value) => value !== undefined)
        .map((value) => `${value} Wh`)
        .join(' → '),
    ],
    ['power', powerOf(session)],
    ['ended by', session.stoppedReason],
    ['odd', session.anomalies.join(', ')],
  ]);
  for (const line of lines) terminal.print(line);
}
