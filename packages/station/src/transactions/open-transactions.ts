import { toIdTokenType } from '../authorization/id-token.ts';
import { stopReasons, type StopReason } from '../station-host.ts';
import type { StationStore } from '../store/store.ts';
import type { Transaction } from './transaction.ts';

const collection = 'transactions';

/** What is kept of a running transaction, so that it can be ended, or go on, after a power cut. */
export interface OpenTransaction {
  id: string;
  evseId: number;
  connectorId: number;
  csmsId: number | undefined;
  seqNo: number;
  groupId: string | undefined;
  idToken: Transaction['idToken'];
  remoteStartId: number | undefined;
  reservationId: number | undefined;
  chargingState: Transaction['chargingState'];
  beganAt: Date;
  beginWh: number;
  lastAt: Date;
  lastWh: number;
  allowedWh: number | undefined;
  limit: Transaction['limit'];
  mayFeedBack: boolean | undefined;
  /** Why the supply ended, where only the transaction went on. */
  stoppedReason: StopReason | undefined;
}

export function keepTransaction(store: StationStore, transaction: Transaction): void {
  const { id, evseId, connectorId, csmsId, seqNo, idToken, groupId, remoteStartId, reservationId } = transaction;
  store.put(collection, id, {
    evseId,
    connectorId,
    csmsId,
    seqNo,
    idToken,
    groupId,
    remoteStartId,
    reservationId,
    chargingState: transaction.chargingState,
    beganAt: transaction.begin.at.toISOString(),
    beginWh: transaction.begin.reading.energyWh,
    lastAt: transaction.lastAt.toISOString(),
    lastWh: transaction.lastWh,
    allowedWh: transaction.allowedWh,
    limit: transaction.limit,
    mayFeedBack: transaction.mayFeedBack,
    stoppedReason: transaction.stopping?.reason,
  });
}

export function forgetTransaction(store: StationStore, id: string): void {
  store.remove(collection, id);
}

/** Those that a power cut has interrupted, oldest first. What cannot be read is removed. */
export function openTransactions(store: StationStore): OpenTransaction[] {
  const open: OpenTransaction[] = [];
  for (const [id, value] of store.entries(collection)) {
    const transaction = toOpenTransaction(id, value);
    if (transaction) open.push(transaction);
    else store.remove(collection, id);
  }
  return open.toSorted((a, b) => a.beganAt.getTime() - b.beganAt.getTime());
}

function toOpenTransaction(id: string, value: unknown): OpenTransaction | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const number = (name: string) => numberOf(fields.get(name));
  const text = (name: string) => textOf(fields.get(name));
  const [evseId, seqNo, lastWh, beginWh] = [number('evseId'), number('seqNo'), number('lastWh'), number('beginWh')];
  const [beganAt, lastAt] = [new Date(text('beganAt') ?? ''), new Date(text('lastAt') ?? '')];
  if (evseId === undefined || seqNo === undefined || lastWh === undefined || beginWh === undefined) return undefined;
  if (Number.isNaN(beganAt.getTime()) || Number.isNaN(lastAt.getTime())) return undefined;
  return {
    id,
    evseId,
    connectorId: number('connectorId') ?? 1,
    csmsId: number('csmsId'),
    seqNo,
    groupId: text('groupId'),
    idToken: toIdToken(fields.get('idToken')),
    remoteStartId: number('remoteStartId'),
    reservationId: number('reservationId'),
    chargingState: states.find((state) => state === text('chargingState')) ?? 'EVConnected',
    beganAt,
    beginWh,
    lastAt,
    lastWh,
    allowedWh: number('allowedWh'),
    limit: toLimit(fields.get('limit')),
    mayFeedBack: flagOf(fields.get('mayFeedBack')),
    stoppedReason: stopReasons.find((reason) => reason === text('stoppedReason')),
  };
}

function toLimit(value: unknown): Transaction['limit'] {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const most = (name: string) => numberOf(fields.get(name));
  return {
    maxCost: most('maxCost'),
    maxEnergy: most('maxEnergy'),
    maxTime: most('maxTime'),
    maxSoC: most('maxSoC'),
  };
}

const states = ['EVConnected', 'Charging', 'SuspendedEV', 'SuspendedEVSE', 'Idle'] as const;

const numberOf = (value: unknown) => (typeof value === 'number' ? value : undefined);
const flagOf = (value: unknown) => (typeof value === 'boolean' ? value : undefined);
const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

function toIdToken(value: unknown): Transaction['idToken'] {
  if (typeof value !== 'object' || value === null || !('idToken' in value) || !('type' in value)) return undefined;
  const { idToken, type } = value;
  return typeof idToken === 'string' && typeof type === 'string' ? { idToken, type: toIdTokenType(type) } : undefined;
}
