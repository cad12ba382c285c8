import { defineCommand } from 'citty';
import type { Token } from '../north/api/client.ts';
import { clientArgs, collect, connect } from './connect.ts';
import type { CliContext } from './context.ts';
import { tableLines } from './table.ts';
import type { Column } from './table.ts';
import { printJson } from './terminal.ts';
import { timeOf } from './times.ts';
import { toTime } from './words.ts';

const idArg = { type: 'positional', required: true, description: 'Id token, or its id' } as const;

export const tokens = (context: CliContext) =>
  defineCommand({
    meta: { name: 'tokens', description: 'Show id tokens, add, block and remove them' },
    subCommands: {
      list: list(context),
      add: add(context),
      block: change(context, { description: 'Block a token', verb: 'block', done: 'is blocked' }),
      unblock: change(context, {
        description: 'Lift the block of a token',
        verb: 'unblock',
        done: 'is not blocked any more',
      }),
      remove: remove(context),
    },
  });

const columns: Column<Token>[] = [
  { title: 'TOKEN', value: ({ physicalId }) => physicalId, least: 12 },
  { title: 'STATE', value: stateOf, colour: ({ active }) => (active ? 'green' : 'red') },
  { title: 'TYPE', value: ({ type }) => type },
  { title: 'LABEL', value: ({ label }) => label, least: 8 },
  { title: 'GROUP', value: ({ group }) => group, least: 8 },
  { title: 'EXPIRES', value: ({ expiresAt }) => toTime(expiresAt) },
];

function stateOf({ active, blocked }: Token): string {
  if (blocked) return 'blocked';
  return active ? 'active' : 'expired';
}

function list(context: CliContext) {
  return defineCommand({
    meta: { name: 'list', description: 'Show all id tokens' },
    args: {
      search: { type: 'string', valueHint: 'text', description: 'Part of the token or its label' },
      ...clientArgs,
    },
    async run({ args }) {
      const client = await connect(context, args);
      const found = await collect(
        client.tokens.all({ limit: 1000, ...(args.search !== undefined && { search: args.search }) }),
      );
      if (args.json === true) return printJson(context.terminal, found);
      if (found.length === 0) return context.terminal.print('No tokens. To add one: busbar tokens add <token>');
      for (const line of tableLines(context.terminal, columns, found)) context.terminal.print(line);
    },
  });
}

function add(context: CliContext) {
  return defineCommand({
    meta: { name: 'add', description: 'Let an id token charge' },
    args: {
      token: { type: 'positional', required: true, description: 'Id token: RFID number, eMAID, ...' },
      type: { type: 'string', valueHint: 'type', description: 'OCPP 2.0.1 type (default ISO14443, an RFID card)' },
      label: { type: 'string', valueHint: 'text', description: 'What you call its holder' },
      group: {
        type: 'string',
        valueHint: 'group',
        description: 'Tokens of one group may stop the sessions of each other',
      },
      expires: { type: 'string', valueHint: 'time', description: 'Not accepted from then on, e.g. 2027-01-01' },
      ...clientArgs,
    },
    async run({ args }) {
      const client = await connect(context, args);
      const { token: physicalId, type, label, group, expires } = args;
      const token = await client.tokens.create({
        physicalId,
        ...(type !== undefined && { type }),
        ...(label !== undefined && { label }),
        ...(group !== undefined && { group }),
        ...(expires !== undefined && { expiresAt: timeOf('--expires', expires) }),
      });
      if (args.json === true) return printJson(context.terminal, token);
      context.terminal.print(
        `${token.physicalId} may charge${token.expiresAt === undefined ? '' : ` until ${toTime(token.expiresAt)}`}.`,
      );
    },
  });
}

function change(
  context: CliContext,
  { description, verb, done }: { description: string; verb: 'block' | 'unblock'; done: string },
) {
  return defineCommand({
    meta: { name: verb, description },
    args: { token: idArg, ...clientArgs },
    async run({ args }) {
      const client = await connect(context, args);
      const token = await client.tokens[verb](args.token);
      if (args.json === true) return printJson(context.terminal, token);
      context.terminal.print(`${token.physicalId} ${done}.`);
    },
  });
}

function remove(context: CliContext) {
  return defineCommand({
    meta: { name: 'remove', description: 'Forget a token' },
    args: { token: idArg, ...clientArgs },
    async run({ args }) {
      const client = await connect(context, args);
      const removed = await client.tokens.remove(args.token);
      if (args.json === true) return printJson(context.terminal, removed);
      context.terminal.print(`${args.token} is removed.`);
    },
  });
}
