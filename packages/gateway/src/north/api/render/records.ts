import type { Reservation as DomainReservation } from '../../../domain/charging-station.ts';
import type { Token as DomainToken } from '../../../domain/authorization.ts';
import { nameOf } from '../../../domain/device-model.ts';
import type {
  ApiKey as StoredKey,
  AuditEntry as StoredEntry,
  StoredMessage,
  StoredVariable,
} from '../../../ports/store.ts';
import { reservationIdOf, stationIdOf } from '../ids.ts';
import type { ApiKey, AuditEntry, Message, Reservation, Token, Variable } from '../schemas.ts';
import { isSecret, mask, masked, maskedFrame } from '../secrets.ts';

export function toToken(token: DomainToken, now: Date): Token {
  const { tokenId, idToken, type, blocked, expiresAt, groupId, label } = token;
  return {
    _id: tokenId,
    physicalId: idToken,
    type,
    active: !blocked && (expiresAt === undefined || expiresAt > now),
    blocked,
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
    ...(groupId !== undefined && { group: groupId }),
    ...(label !== undefined && { label }),
    createdAt: token.createdAt.toISOString(),
    updatedAt: token.updatedAt.toISOString(),
  };
}

export function toVariable(variable: StoredVariable): Variable {
  const name = nameOf(variable);
  // A secret may not even be stored.
  const value = isSecret(name) ? mask : variable.value;
  return {
    name,
    ...(value !== undefined && { value }),
    ...(variable.writable !== undefined && { writable: variable.writable }),
    ...(variable.dataType !== undefined && { dataType: variable.dataType }),
    ...(variable.unit !== undefined && { unit: variable.unit }),
    readAt: variable.reportedAt.toISOString(),
  };
}

/** eDRV's flat `{ key: value }`. A variable the station told without a value has an empty one. */
export function toConfiguration(variables: readonly StoredVariable[]): Record<string, string> {
  return Object.fromEntries(variables.map(toVariable).map(({ name, value = '' }) => [name, value]));
}

export function toReservation(reservation: DomainReservation & { stationId: string }): Reservation {
  const { stationId, reservationId, evseId, idToken, status, expiresAt, updatedAt } = reservation;
  return {
    _id: reservationIdOf(stationId, reservationId),
    reservation_id: reservationId,
    chargestation: stationIdOf(stationId),
    endpoint: stationId,
    ...(evseId !== undefined && { evse: evseId }),
    token: idToken.idToken,
    status,
    expiresAt: expiresAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

export function toMessage(message: StoredMessage): Message {
  return {
    _id: message.messageNumber,
    chargestation: stationIdOf(message.stationId),
    endpoint: message.stationId,
    direction: message.direction,
    kind: message.kind,
    ...(message.messageId !== undefined && { message_id: message.messageId }),
    ...(message.action !== undefined && { action: message.action }),
    text: maskedFrame(message.text),
    verdict: message.verdict,
    ...(message.notes && { notes: [...message.notes] }),
    ...(message.errorCode !== undefined && { error_code: message.errorCode }),
    createdAt: message.at.toISOString(),
  };
}

export function toApiKey(key: StoredKey, now: Date): ApiKey {
  const expired = key.expiresAt !== undefined && key.expiresAt <= now;
  return {
    _id: key.keyId,
    name: key.name,
    prefix: key.prefix,
    scopes: [...key.scopes],
    status: key.revokedAt ? 'revoked' : expired ? 'expired' : 'active',
    createdAt: key.createdAt.toISOString(),
    ...(key.expiresAt && { expiresAt: key.expiresAt.toISOString() }),
    ...(key.revokedAt && { revokedAt: key.revokedAt.toISOString() }),
  };
}

export function toAuditEntry(entry: StoredEntry): AuditEntry {
  return {
    _id: entry.auditId,
    actor: entry.actor,
    operation: entry.operation,
    ...(entry.stationId !== undefined && { chargestation: stationIdOf(entry.stationId), endpoint: entry.stationId }),
    detail: masked(entry.detail),
    createdAt: entry.at.toISOString(),
  };
}
