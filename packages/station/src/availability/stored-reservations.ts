import { toIdToken } from '../authorization/id-token.ts';
import type { Reservation } from './reservations.ts';

export function toStored({ expiresAt, since, ...rest }: Reservation) {
  return { ...rest, expiresAt: expiresAt.toISOString(), since: since?.toISOString() };
}

/** Undefined for garbage. */
export function fromStored(value: unknown): Reservation | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const id = numberOf(fields.get('id'));
  const idToken = tokenOf(fields.get('idToken'));
  const expiresAt = dateOf(fields.get('expiresAt'));
  if (id === undefined || !idToken || !expiresAt) return undefined;
  return {
    id,
    idToken,
    since: dateOf(fields.get('since')),
    expiresAt,
    groupId: textOf(fields.get('groupId')),
    evseId: numberOf(fields.get('evseId')),
    connectorType: textOf(fields.get('connectorType')),
  };
}

const numberOf = (value: unknown) => (typeof value === 'number' ? value : undefined);
const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

function dateOf(value: unknown): Date | undefined {
  const date = new Date(textOf(value) ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function tokenOf(value: unknown): Reservation['idToken'] | undefined {
  if (typeof value !== 'object' || value === null || !('idToken' in value) || !('type' in value)) return undefined;
  const { idToken, type } = value;
  return typeof idToken === 'string' && typeof type === 'string' ? toIdToken({ idToken, type }) : undefined;
}
