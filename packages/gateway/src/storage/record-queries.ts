import { sql, type SqlBool } from 'kysely';
import { normalizedIdToken } from '../domain/authorization.ts';
import type { Clock } from '../ports/clock.ts';
import type { Queries } from '../ports/store.ts';
import { toApiKey, toCommand, toCredential, toStateEntry, toToken } from './from-rows.ts';
import { contains, matching, pageOf } from './pages.ts';
import type { Reader } from './reader.ts';

type RecordQueries = Pick<
  Queries,
  | 'token'
  | 'tokenById'
  | 'tokens'
  | 'command'
  | 'commands'
  | 'openCommands'
  | 'apiKeys'
  | 'apiKeyByHash'
  | 'credential'
  | 'state'
>;

export function recordQueries(reader: Reader, clock: Clock): RecordQueries {
  return { ...tokenQueries(reader), ...commandQueries(reader), ...accessQueries(reader, clock) };
}

function tokenQueries(reader: Reader): Pick<RecordQueries, 'token' | 'tokenById' | 'tokens'> {
  const all = () => reader.db.selectFrom('tokens').selectAll();
  const byIdToken = reader.prepare(() => all().where('id_token_key', '=', ''));
  const byId = reader.prepare(() => all().where('token_id', '=', ''));
  return {
    token: async (idToken) => byIdToken(normalizedIdToken(idToken)).map(toToken)[0],
    tokenById: async (tokenId) => byId(tokenId).map(toToken)[0],
    tokens: ({ search, ...request }) => {
      const searched = ['id_token', 'label', 'group_id'];
      const selected =
        search === undefined || search === ''
          ? all()
          : all().where((on) => on.or(searched.map((column) => contains(column, search))));
      return pageOf(selected, request, {
        ordering: { at: 'created_at', id: 'token_id', positionOf: (row) => ({ at: row.created_at, id: row.token_id }) },
        toItems: (rows) => rows.map(toToken),
      });
    },
  };
}

function commandQueries(reader: Reader): Pick<RecordQueries, 'command' | 'commands' | 'openCommands'> {
  const all = () => reader.db.selectFrom('commands').selectAll();
  const byId = reader.prepare(() => all().where('command_id', '=', ''));
  const isOpen = sql<SqlBool>`status in ('pending', 'sent')`;
  return {
    command: async (commandId) => byId(commandId).map(toCommand)[0],
    commands: ({ stationId, type, status, ...request }) =>
      pageOf(matching(all(), { station_id: stationId, type, status }), request, {
        ordering: {
          at: 'requested_at',
          id: 'command_id',
          positionOf: (row) => ({ at: row.requested_at, id: row.command_id }),
        },
        toItems: (rows) => rows.map(toCommand),
      }),
    openCommands: async () => {
      const rows = await all().where(isOpen).orderBy('requested_at').orderBy('command_id').execute();
      return rows.map(toCommand);
    },
  };
}

function accessQueries(
  reader: Reader,
  clock: Clock,
): Pick<RecordQueries, 'apiKeys' | 'apiKeyByHash' | 'credential' | 'state'> {
  const { db } = reader;
  const byHash = reader.prepare((on) => on.selectFrom('api_keys').selectAll().where('hash', '=', ''));
  const ofStation = reader.prepare((on) => on.selectFrom('credentials').selectAll().where('station_id', '=', ''));
  return {
    apiKeys: async () => {
      const rows = await db.selectFrom('api_keys').selectAll().orderBy('created_at').orderBy('key_id').execute();
      return rows.map(toApiKey);
    },
    apiKeyByHash: async (hash) => byHash(hash).map(toApiKey)[0],
    credential: async (stationId) => ofStation(stationId).map(toCredential)[0],
    state: async (service, prefix, limit) => {
      const rows = await db
        .selectFrom('service_state')
        .selectAll()
        .where('service', '=', service)
        .where('state_key', '>=', prefix)
        .where(sql<SqlBool>`substr(state_key, 1, ${[...prefix].length}) = ${prefix}`)
        .where((on) => on.or([on('expires_at', 'is', null), on('expires_at', '>', clock.now().getTime())]))
        .orderBy('state_key')
        .limit(limit)
        .execute();
      return rows.map(toStateEntry);
    },
  };
}
