import { storedToken } from '../authorization/id-token.ts';
import { fieldsOf } from '../store/json-fields.ts';
import type { Reservation } from './reservations.ts';

export function toStored({ expiresAt, since, ...rest }: Reservation) {
  return { ...rest, expiresAt: expiresAt.toISOString(), since: since?.toISOString() };
}

/** Undefined for garbage. */
export function fromStored(value: unknown): Reservation | undefined {
  const fields = fieldsOf(value);
  const [id, expiresAt, idToken] = [
    fields?.number('id'),
    fields?.date('expiresAt'),
    storedToken(fields?.object('idToken')),
  ];
  if (!fields || id === undefined || !idToken || !expiresAt) return undefined;
  return {
    id,
    idToken,
    since: fields.date('since'),
    expiresAt,
    groupId: fields.text('groupId'),
    evseId: fields.number('evseId'),
    connectorType: fields.text('connectorType'),
  };
}
