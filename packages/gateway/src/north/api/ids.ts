import { NotFoundError } from '../../domain/errors.ts';
import type { ChargingStation } from '../../domain/charging-station.ts';
import type { Token } from '../../domain/authorization.ts';
import type { Transaction } from '../../domain/transaction.ts';
import { isObjectId, objectIdOf } from '../../lib/object-id.ts';
import type { Queries } from '../../ports/store.ts';

/** Ids of the things the API shows. Each also goes by its OCPP identity; see the functions below. */
export const stationIdOf = (stationId: string) => objectIdOf('station', stationId);
export const connectorIdOf = (stationId: string, evseId: number, connectorId: number) =>
  objectIdOf('connector', stationId, evseId, connectorId);
export const sessionIdOf = ({ stationId, transactionId }: { stationId: string; transactionId: string }) =>
  objectIdOf('transaction', stationId, transactionId);
export const reservationIdOf = (stationId: string, reservationId: number) =>
  objectIdOf('reservation', stationId, reservationId);

/** By id or OCPP identity. @throws NotFoundError */
export async function stationBy(queries: Queries, id: string): Promise<ChargingStation> {
  const stationId = isObjectId(id) ? ((await queries.stationIdOf(id)) ?? id) : id;
  const station = await queries.station(stationId);
  if (station === undefined) throw unknown('station', id);
  return station;
}

export interface ConnectorAddress {
  stationId: string;
  evseId: number;
  connectorId: number;
}

/** By id, or as `identity:evse:connector`. @throws NotFoundError */
export async function connectorBy(queries: Queries, id: string): Promise<ConnectorAddress> {
  const address = isObjectId(id) ? await queries.connectorAddressOf(id) : addressIn(id);
  const station = address && (await queries.station(address.stationId));
  const evse = station?.evses.find(({ evseId }) => evseId === address?.evseId);
  const exists = evse?.connectors.some(({ connectorId }) => connectorId === address?.connectorId);
  if (address === undefined || exists !== true) throw unknown('connector', id);
  return address;
}

function addressIn(id: string): ConnectorAddress | undefined {
  const [, stationId, evseId, connectorId] = /^(.+):(\d{1,9}):(\d{1,9})$/.exec(id) ?? [];
  if (stationId === undefined) return undefined;
  return { stationId, evseId: Number(evseId), connectorId: Number(connectorId) };
}

/** By id, or as `identity:transaction`. Both parts may hold colons, so each is tried. @throws NotFoundError */
export async function transactionBy(queries: Queries, id: string): Promise<Transaction> {
  const found = isObjectId(id) ? await queries.transactionByObjectId(id) : await transactionNamed(queries, id);
  if (found === undefined) throw unknown('session', id);
  return found;
}

async function transactionNamed(queries: Queries, id: string): Promise<Transaction | undefined> {
  const colons = [...id.matchAll(/:/g)].slice(0, 8);
  for (const { index } of colons) {
    const transaction = await queries.transaction(id.slice(0, index), id.slice(index + 1));
    if (transaction !== undefined) return transaction;
  }
  return undefined;
}

/** By id, or the id token itself. @throws NotFoundError */
export async function tokenBy(queries: Queries, id: string): Promise<Token> {
  const token = (isObjectId(id) ? await queries.tokenById(id) : undefined) ?? (await queries.token(id));
  if (token === undefined) throw unknown('token', id);
  return token;
}

export function unknown(kind: string, id: string): NotFoundError {
  return new NotFoundError(`No ${kind} '${id}'. GET the list of them for what there is.`);
}
