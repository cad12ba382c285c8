import { defineCommand } from 'citty';
import type { Chargestation, Connector } from '../north/api/client.ts';
import { clientArgs, collect, connect } from './connect.ts';
import type { CliContext } from './context.ts';
import { usageError } from './exit.ts';
import { fieldLines, tableLines } from './table.ts';
import type { Column } from './table.ts';
import { printJson } from './terminal.ts';
import type { Colour } from './terminal.ts';
import { toAge, toEnergy, toPower, toTime } from './words.ts';

const idArg = { type: 'positional', required: true, description: 'OCPP identity, or id' } as const;
const labelArg = { type: 'string', valueHint: 'text', description: 'Your own name for it' } as const;

export const stations = (context: CliContext) => {
  const shown = list(context);
  return defineCommand({
    ...shown,
    meta: { name: 'stations', description: 'Show chargers, admit and refuse them' },
    subCommands: {
      list: shown,
      admit: change(context, { description: 'Admit a charger that waits', verb: 'admit', done: 'is admitted' }),
      refuse: change(context, { description: 'Refuse a charger', verb: 'refuse', done: 'is refused' }),
      add: add(context),
      remove: remove(context),
    },
  });
};

function list(context: CliContext) {
  return defineCommand({
    meta: { name: 'list', description: 'Show chargers; the same as without it' },
    args: {
      id: { ...idArg, required: false, description: 'OCPP identity, or id: shows this one' },
      waiting: { type: 'boolean', description: 'Only those that wait to be admitted' },
      online: { type: 'boolean', description: 'Only those that are connected' },
      search: {
        type: 'string',
        valueHint: 'text',
        description: 'Part of identity, label, vendor, model or serial number',
      },
      ...clientArgs,
    },
    async run({ args }) {
      const client = await connect(context, args);
      if (args.id !== undefined)
        return showOne(await client.stations.get(args.id), { context, json: args.json === true });
      const found = await collect(
        client.stations.all({
          limit: 1000,
          ...(args.waiting === true && { admission: 'held' }),
          ...(args.online === true && { online: true }),
          ...(args.search !== undefined && { search: args.search }),
        }),
      );
      if (args.json === true) return printJson(context.terminal, found);
      showAll(found, context);
    },
  });
}

const stateColours: Readonly<Record<string, Colour>> = {
  waiting: 'yellow',
  refused: 'red',
  online: 'green',
  offline: 'grey',
};

function stateOf({ admission, online }: Chargestation): string {
  if (admission === 'held') return 'waiting';
  if (admission === 'refused') return 'refused';
  return online ? 'online' : 'offline';
}

const columns = (now: Date): Column<Chargestation>[] => [
  { title: 'STATION', value: ({ endpoint }) => endpoint },
  { title: 'STATE', value: stateOf, colour: (station) => stateColours[stateOf(station)] },
  {
    title: 'CONNECTORS',
    value: ({ connectors }) => connectors.map(({ evse, status }) => `${evse} ${status}`).join(', '),
    least: 14,
  },
  { title: 'POWER', value: (station) => toPower(powerOf(station)), align: 'right' },
  { title: 'LABEL', value: ({ label }) => label, least: 8 },
  { title: 'MODEL', value: modelOf, least: 8 },
  { title: 'SPEAKS', value: ({ protocol }) => protocol },
  { title: 'SEEN', value: ({ lastMessageAt, updatedAt }) => toAge(lastMessageAt ?? updatedAt, now) },
];

function modelOf({ bootInfo }: Chargestation): string {
  return [bootInfo.chargePointVendor, bootInfo.chargePointModel].filter(Boolean).join(' ');
}

/** What its main meter says, or else all its connectors together. */
function powerOf({ metrics, connectors }: Chargestation): number | undefined {
  const each = connectors
    .map((connector) => numberIn(connector.metrics, 'power'))
    .filter((power) => power !== undefined);
  return numberIn(metrics, 'power') ?? (each.length === 0 ? undefined : each.reduce((sum, power) => sum + power, 0));
}

function numberIn(metrics: Chargestation['metrics'], name: string): number | undefined {
  const value = metrics[name]?.value;
  return typeof value === 'number' ? value : undefined;
}

function showAll(found: readonly Chargestation[], { terminal, now }: CliContext): void {
  if (found.length === 0) {
    terminal.print("No chargers. 'busbar doctor' shows the address to give to one.");
    return;
  }
  for (const line of tableLines(terminal, columns(now()), found)) terminal.print(line);
  const waiting = found.filter(({ admission }) => admission === 'held');
  if (waiting.length > 0)
    terminal.tell(
      `\n${waiting.length} waiting to be admitted: busbar stations admit ${waiting[0]?.endpoint ?? '<station>'}`,
    );
}

const connectorColumns: Column<Connector>[] = [
  { title: 'EVSE', value: ({ evse }) => String(evse) },
  { title: 'CONNECTOR', value: ({ connector }) => String(connector) },
  { title: 'STATUS', value: ({ status }) => status },
  { title: 'ERROR', value: ({ error_code }) => error_code, colour: () => 'red' },
  { title: 'POWER', value: ({ metrics }) => toPower(numberIn(metrics, 'power')), align: 'right' },
  { title: 'CURRENT', value: ({ metrics }) => quantity(metrics, 'current', 'A'), align: 'right' },
  { title: 'LIMIT', value: ({ metrics }) => quantity(metrics, 'current_limit', 'A'), align: 'right' },
  { title: 'SOC', value: ({ metrics }) => quantity(metrics, 'soc', '%'), align: 'right' },
  { title: 'METER', value: ({ metrics }) => toEnergy(numberIn(metrics, 'energy')), align: 'right' },
  { title: 'SESSION', value: ({ session }) => session ?? '' },
];

function quantity(metrics: Connector['metrics'], name: string, unit: string): string {
  const value = numberIn(metrics, name);
  return value === undefined ? '' : `${Math.round(value * 10) / 10} ${unit}`;
}

function showOne(station: Chargestation, { context, json }: { context: CliContext; json: boolean }): void {
  const { terminal, now } = context;
  if (json) return printJson(terminal, station);
  const { bootInfo } = station;
  const fields = fieldLines(terminal, [
    ['station', station.endpoint],
    ['label', station.label],
    ['state', stateOf(station)],
    ['speaks', station.protocol],
    ['model', modelOf(station)],
    ['serial number', bootInfo.chargePointSerialNumber ?? bootInfo.chargeBoxSerialNumber],
    ['firmware', [bootInfo.firmwareVersion, station.firmware_status].filter(Boolean).join(', ')],
    ['error', station.error_code],
    ['seen', toAge(station.lastMessageAt ?? station.updatedAt, now())],
    ['last boot', toTime(station.lastBootAt)],
    ['connects to', station.connection_url],
    ['id', station._id],
  ]);
  for (const line of fields) terminal.print(line);
  if (station.connectors.length === 0) return;
  terminal.print('');
  for (const line of tableLines(terminal, connectorColumns, station.connectors)) terminal.print(line);
}

function change(
  context: CliContext,
  { description, verb, done }: { description: string; verb: 'admit' | 'refuse'; done: string },
) {
  return defineCommand({
    meta: { name: verb, description },
    args: { id: idArg, ...clientArgs },
    async run({ args }) {
      const client = await connect(context, args);
      const station = await client.stations[verb](args.id);
      if (args.json === true) return printJson(context.terminal, station);
      context.terminal.print(`${station.endpoint} ${done}.`);
    },
  });
}

function add(context: CliContext) {
  return defineCommand({
    meta: { name: 'add', description: 'Make a charger known before it connects; it is admitted then' },
    args: {
      id: { type: 'positional', required: true, description: 'OCPP identity, as the charger has it' },
      label: labelArg,
      'ask-password': {
        type: 'boolean',
        description: 'Ask for the password the charger must offer, 16 to 40 characters',
      },
      ...clientArgs,
    },
    async run({ args }) {
      const asks = args['ask-password'] === true;
      const password = asks ? await context.askSecret(`Password of ${args.id}: `) : undefined;
      if (asks && password === undefined) throw usageError('No password was given.');
      const client = await connect(context, args);
      const station = await client.stations.create({
        endpoint: args.id,
        ...(args.label !== undefined && { label: args.label }),
        ...(password !== undefined && { password }),
      });
      if (args.json === true) return printJson(context.terminal, station);
      context.terminal.print(`${station.endpoint} is known. It connects to ${station.connection_url}`);
    },
  });
}

function remove(context: CliContext) {
  return defineCommand({
    meta: { name: 'remove', description: 'Forget a charger and its history' },
    args: { id: idArg, ...clientArgs },
    async run({ args }) {
      const client = await connect(context, args);
      const removed = await client.stations.remove(args.id);
      if (args.json === true) return printJson(context.terminal, removed);
      context.terminal.print(`${args.id} is removed.`);
    },
  });
}
