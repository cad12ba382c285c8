import { defineCommand } from 'citty';
import { createClient } from '../north/api/client.ts';
import type { ApiKey } from '../north/api/client.ts';
import { valuesOf } from './args.ts';
import { clientArgs, connect, urlOf } from './connect.ts';
import type { CliContext } from './context.ts';
import { keepCredential } from './credentials.ts';
import { usageError } from './exit.ts';
import { settingsArgs, toSettings } from './local.ts';
import { tableLines } from './table.ts';
import type { Column } from './table.ts';
import { paint, printJson } from './terminal.ts';
import type { Colour } from './terminal.ts';
import { timeOf } from './times.ts';
import { toTime } from './words.ts';

export const keys = (context: CliContext) =>
  defineCommand({
    meta: { name: 'keys', description: 'Show API keys, create and revoke them, keep one for this user' },
    subCommands: {
      list: list(context),
      create: create(context),
      revoke: revoke(context),
      login: login(context),
      logout: logout(context),
      reset: reset(context),
    },
  });

const colours: Readonly<Record<ApiKey['status'], Colour>> = { active: 'green', expired: 'yellow', revoked: 'grey' };

const columns: Column<ApiKey>[] = [
  { title: 'KEY', value: ({ _id }) => _id },
  { title: 'NAME', value: ({ name }) => name, least: 8 },
  { title: 'BEGINS', value: ({ prefix }) => `${prefix}…` },
  { title: 'STATE', value: ({ status }) => status, colour: ({ status }) => colours[status] },
  { title: 'SCOPES', value: ({ scopes }) => scopes.join(' '), least: 10 },
  { title: 'CREATED', value: ({ createdAt }) => toTime(createdAt) },
  { title: 'EXPIRES', value: ({ expiresAt }) => toTime(expiresAt) },
];

function list(context: CliContext) {
  return defineCommand({
    meta: { name: 'list', description: 'Show all API keys' },
    args: clientArgs,
    async run({ args }) {
      const found = await (await connect(context, args)).keys.list();
      if (args.json === true) return printJson(context.terminal, found);
      for (const line of tableLines(context.terminal, columns, found)) context.terminal.print(line);
    },
  });
}

function create(context: CliContext) {
  return defineCommand({
    meta: { name: 'create', description: 'Make an API key' },
    args: {
      name: { type: 'positional', required: true, description: 'What you call it' },
      scopes: {
        type: 'string',
        valueHint: 'scopes',
        default: 'read:*',
        description: 'What it may do, with commas between them; * is everything',
      },
      expires: { type: 'string', valueHint: 'time', description: 'Not accepted from then on, e.g. 2027-01-01' },
      ...clientArgs,
    },
    async run({ args }) {
      const client = await connect(context, args);
      const scopes = args.scopes
        .split(',')
        .map((scope) => scope.trim())
        .filter(Boolean);
      const key = await client.keys.create({
        name: args.name,
        scopes,
        ...(args.expires !== undefined && { expiresAt: timeOf('--expires', args.expires) }),
      });
      const { terminal } = context;
      if (args.json === true) return printJson(terminal, key);
      terminal.tell(`Key ${key.name} (${key.scopes.join(' ')}). It is shown this once and kept nowhere:`);
      terminal.print(paint(terminal, 'bold', key.secret ?? ''));
    },
  });
}

function revoke(context: CliContext) {
  return defineCommand({
    meta: { name: 'revoke', description: 'Make a key worthless' },
    args: {
      id: { type: 'positional', required: true, description: 'Id of the key, as busbar keys list shows it' },
      ...clientArgs,
    },
    async run({ args }) {
      const key = await (await connect(context, args)).keys.revoke(args.id);
      if (args.json === true) return printJson(context.terminal, key);
      context.terminal.print(`Key ${key.name} is revoked.`);
    },
  });
}

function login(context: CliContext) {
  return defineCommand({
    meta: { name: 'login', description: 'Keep an API key for this user, in a file that only this user may read' },
    args: clientArgs,
    async run({ args }) {
      const url = urlOf(context, args);
      const given = args.key ?? context.apiKey ?? (await context.askSecret(`API key for ${url}: `));
      const apiKey = given?.trim();
      if (!apiKey) throw usageError('No key was given.');
      const { version } = await createClient({ url, apiKey }).summary();
      await keepCredential(context.credentialsFile, url, apiKey);
      if (args.json === true)
        return printJson(context.terminal, { ok: true, url, version, file: context.credentialsFile });
      context.terminal.print(`The key fits ${url} (Busbar ${version}). It is kept in ${context.credentialsFile}.`);
    },
  });
}

function reset(context: CliContext) {
  return defineCommand({
    meta: { name: 'reset', description: 'Make a new admin key when the last is lost; the gateway must be stopped' },
    args: settingsArgs,
    async run({ args, rawArgs }) {
      const secret = await context.local.makeAdminKey(toSettings(args, valuesOf('set', rawArgs)));
      context.terminal.tell('A new admin key. It is shown this once and kept nowhere:');
      context.terminal.print(paint(context.terminal, 'bold', secret));
    },
  });
}

function logout(context: CliContext) {
  return defineCommand({
    meta: { name: 'logout', description: 'Forget the kept key; the key itself goes on to be valid' },
    args: { url: clientArgs.url, json: clientArgs.json },
    async run({ args }) {
      const url = urlOf(context, args);
      await keepCredential(context.credentialsFile, url, undefined);
      if (args.json === true) return printJson(context.terminal, { ok: true, url });
      context.terminal.print(`The key for ${url} is forgotten.`);
    },
  });
}
