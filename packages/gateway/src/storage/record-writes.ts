import type { Token } from '../domain/authorization.ts';
import { normalizedIdToken } from '../domain/authorization.ts';
import type { CommandRecord } from '../domain/commands.ts';
import type { ApiKey, Credential, StateEntry } from '../ports/store.ts';
import type { Operations } from './writes.ts';
import { defineDelete, defineUpsert, flag, flagOrNull, jsonOrNull, orNull, push, timeOrNull } from './writes.ts';

const upsertToken = defineUpsert<'tokens', Token>(
  'tokens',
  [
    ['token_id', (token) => token.tokenId],
    ['id_token', (token) => token.idToken],
    ['id_token_key', (token) => normalizedIdToken(token.idToken)],
    ['id_token_type', (token) => token.type],
    ['blocked', (token) => flag(token.blocked)],
    ['expires_at', (token) => timeOrNull(token.expiresAt)],
    ['group_id', (token) => orNull(token.groupId)],
    ['label', (token) => orNull(token.label)],
    ['created_at', (token) => token.createdAt.getTime()],
    ['updated_at', (token) => token.updatedAt.getTime()],
  ],
  { key: ['token_id'] },
);

const removeToken = defineDelete<'tokens', string>('tokens', [['token_id', (tokenId) => tokenId]]);

const upsertCommand = defineUpsert<'commands', CommandRecord>(
  'commands',
  [
    ['command_id', (record) => record.commandId],
    ['station_id', (record) => record.stationId],
    ['type', (record) => record.command.type],
    ['command', (record) => JSON.stringify(record.command)],
    ['status', (record) => record.status],
    ['failure', (record) => orNull(record.failure)],
    ['detail', (record) => orNull(record.detail)],
    ['outcome_unknown', (record) => flagOrNull(record.outcomeUnknown)],
    ['result', (record) => jsonOrNull(record.result)],
    ['requested_by', (record) => record.requestedBy],
    ['requested_at', (record) => record.requestedAt.getTime()],
    ['updated_at', (record) => record.updatedAt.getTime()],
    ['expires_at', (record) => record.expiresAt.getTime()],
    ['dispatched_at', (record) => timeOrNull(record.dispatchedAt)],
    ['timeout_s', (record) => record.timeoutS],
  ],
  { key: ['command_id'], keep: ['station_id', 'type', 'requested_by', 'requested_at'] },
);

const upsertApiKey = defineUpsert<'api_keys', ApiKey>(
  'api_keys',
  [
    ['key_id', (apiKey) => apiKey.keyId],
    ['name', (apiKey) => apiKey.name],
    ['hash', (apiKey) => apiKey.hash],
    ['prefix', (apiKey) => apiKey.prefix],
    ['scopes', (apiKey) => JSON.stringify(apiKey.scopes)],
    ['created_at', (apiKey) => apiKey.createdAt.getTime()],
    ['expires_at', (apiKey) => timeOrNull(apiKey.expiresAt)],
    ['revoked_at', (apiKey) => timeOrNull(apiKey.revokedAt)],
  ],
  { key: ['key_id'] },
);

const upsertCredential = defineUpsert<'credentials', Required<Credential>>(
  'credentials',
  [
    ['station_id', (credential) => credential.stationId],
    ['password_hash', (credential) => credential.passwordHash],
    ['updated_at', (credential) => credential.updatedAt.getTime()],
  ],
  { key: ['station_id'] },
);

const removeCredential = defineDelete<'credentials', string>('credentials', [['station_id', (id) => id]]);

const upsertState = defineUpsert<'service_state', StateEntry>(
  'service_state',
  [
    ['service', (entry) => entry.service],
    ['state_key', (entry) => entry.key],
    ['value', (entry) => JSON.stringify(entry.value)],
    ['expires_at', (entry) => timeOrNull(entry.expiresAt)],
  ],
  { key: ['service', 'state_key'] },
);

const removeState = defineDelete<'service_state', StateEntry>('service_state', [
  ['service', (entry) => entry.service],
  ['state_key', (entry) => entry.key],
]);

export function writeToken(operations: Operations, token: Token): void {
  push(operations, upsertToken, token);
}

export function deleteToken(operations: Operations, tokenId: string): void {
  push(operations, removeToken, tokenId);
}

export function writeCommand(operations: Operations, record: CommandRecord): void {
  push(operations, upsertCommand, record);
}

export function writeApiKey(operations: Operations, apiKey: ApiKey): void {
  push(operations, upsertApiKey, apiKey);
}

export function writeCredential(operations: Operations, { stationId, passwordHash, updatedAt }: Credential): void {
  if (passwordHash === undefined) push(operations, removeCredential, stationId);
  else push(operations, upsertCredential, { stationId, passwordHash, updatedAt });
}

export function writeState(operations: Operations, entry: StateEntry): void {
  push(operations, entry.value === undefined ? removeState : upsertState, entry);
}
