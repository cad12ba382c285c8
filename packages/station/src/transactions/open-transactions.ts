import { storedToken } from '../authorization/id-token.ts';
import { stopReasons, type StopReason } from '../station-host.ts';
import { fieldsOf, type Fields } from '../store/json-fields.ts';
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
  const fields = fieldsOf(value);
  if (!fields) return undefined;
  const { number, text, date, flag, oneOf, object } = fields;
  const [evseId, seqNo, lastWh, beginWh] = [number('evseId'), number('seqNo'), number('lastWh'), number('beginWh')];
  const [beganAt, lastAt] = [date('beganAt'), date('lastAt')];
  if (evseId === undefined || seqNo === undefined || lastWh === undefined || beginWh === undefined) return undefined;
  if (!beganAt || !lastAt) return undefined;
  return {
    id,
    evseId,
    connectorId: number('connectorId') ?? 1,
    csmsId: number('csmsId'),
    seqNo,
    groupId: text('groupId'),
    idToken: storedToken(object('idToken')),
    remoteStartId: number('remoteStartId'),
    reservationId: number('reservationId'),
    chargingState: oneOf('chargingState', states) ?? 'EVConnected',
    beganAt,
    beginWh,
    lastAt,
    lastWh,
    allowedWh: number('allowedWh'),
    limit: toLimit(object('limit')),
    mayFeedBack: flag('mayFeedBack'),
    stoppedReason: oneOf('stoppedReason', stopReasons),
  };
}

function toLimit(fields: Fields | undefined): Transaction['limit'] {
  return (
    fields && {
      maxCost: fields.number('maxCost'),
      maxEnergy: fields.number('maxEnergy'),
      maxTime: fields.number('maxTime'),
      maxSoC: fields.number('maxSoC'),
    }
  );
}

const states = ['EVConnected', 'Charging', 'SuspendedEV', 'SuspendedEVSE', 'Idle'] as const;
