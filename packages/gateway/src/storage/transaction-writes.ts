import { normalizedIdToken } from '../domain/authorization.ts';
import type { Transaction } from '../domain/transaction.ts';
import { objectIdOf } from '../lib/object-id.ts';
import type { Span } from './log-writes.ts';
import type { Column, Operations } from './writes.ts';
import { defineUpdate, defineUpsert, flag, jsonOrNull, orNull, push, timeOrNull } from './writes.ts';

const key: readonly Column<'transactions', Transaction>[] = [
  ['station_id', (transaction) => transaction.stationId],
  ['transaction_id', (transaction) => transaction.transactionId],
];

/** What changes while it is open. None of it is part of an index. */
const progress: readonly Column<'transactions', Transaction>[] = [
  ['charging_state', (transaction) => orNull(transaction.chargingState)],
  ['meter_last', (transaction) => orNull(transaction.meterLast)],
  ['meter_last_at', (transaction) => timeOrNull(transaction.meterLastAt)],
  ['energy', (transaction) => transaction.energy],
  ['soc', (transaction) => orNull(transaction.soc)],
  ['events', (transaction) => jsonOrNull(transaction.events)],
  ['offline', (transaction) => flag(transaction.offline)],
  ['anomalies', (transaction) => JSON.stringify(transaction.anomalies)],
  ['updated_at', (transaction) => transaction.updatedAt.getTime()],
];

const whole: readonly Column<'transactions', Transaction>[] = [
  ...key,
  ['object_id', (transaction) => objectIdOf('transaction', transaction.stationId, transaction.transactionId)],
  ['evse_id', (transaction) => transaction.evseId],
  ['connector_id', (transaction) => transaction.connectorId],
  ['state', (transaction) => transaction.state],
  ['id_token', ({ idToken }) => orNull(idToken?.idToken)],
  ['id_token_key', ({ idToken }) => (idToken === undefined ? null : normalizedIdToken(idToken.idToken))],
  ['id_token_type', ({ idToken }) => orNull(idToken?.type)],
  ['authorization_status', (transaction) => orNull(transaction.authorization)],
  ['started_at', (transaction) => transaction.startedAt.getTime()],
  ['ended_at', (transaction) => timeOrNull(transaction.endedAt)],
  ['stopped_reason', (transaction) => orNull(transaction.stoppedReason)],
  ['meter_start', (transaction) => orNull(transaction.meterStart)],
  ['remote_start_id', (transaction) => orNull(transaction.remoteStartId)],
  ['reservation_id', (transaction) => orNull(transaction.reservationId)],
  ['start_key', (transaction) => orNull(transaction.startKey)],
  ['end_key', (transaction) => orNull(transaction.endKey)],
  ...progress,
];

const upsertTransaction = defineUpsert('transactions', whole, {
  key: ['station_id', 'transaction_id'],
  keep: ['object_id'],
});

const progressTransaction = defineUpdate('transactions', { set: progress, key });

/** Times of the readings of a transaction, by which they are found again. */
const span: readonly Column<'transactions', Span>[] = [
  ['first_taken_at', ({ first }) => first, 'least'],
  ['last_taken_at', ({ last }) => last, 'greatest'],
];

const widenTransaction = defineUpdate<'transactions', Span>('transactions', {
  set: span,
  key: [
    ['station_id', ({ stationId }) => stationId],
    ['transaction_id', ({ transactionId }) => transactionId],
  ],
  mustFind: false,
});

/** Both at once, as nearly every reading needs it. */
const progressAndWiden = defineUpdate<'transactions', { transaction: Transaction; taken: Span }>('transactions', {
  set: [...columnsOf(progress, 'transaction'), ...columnsOf(span, 'taken')],
  key: columnsOf(key, 'transaction'),
});

/** Columns of an item that is part of another. */
function columnsOf<K extends string, T>(
  columns: readonly Column<'transactions', T>[],
  part: K,
): Column<'transactions', Record<K, T>>[] {
  return columns.map(([name, valueOf, keep]) => [name, (item) => valueOf(item[part]), keep]);
}

/** Fields beyond the key that {@link progress} leaves alone. */
const settledFields = [
  'evseId',
  'connectorId',
  'state',
  'idToken',
  'authorization',
  'startedAt',
  'endedAt',
  'stoppedReason',
  'meterStart',
  'remoteStartId',
  'reservationId',
  'startKey',
  'endKey',
] as const satisfies readonly (keyof Transaction)[];

/** Whether no transaction is new, gone or changed beyond its progress. */
export function areSameButProgress(before: readonly Transaction[], after: readonly Transaction[]): boolean {
  if (before === after) return true;
  if (before.length !== after.length) return false;
  for (const [index, transaction] of after.entries()) {
    const old = before[index];
    if (old === transaction) continue;
    if (old === undefined || old.transactionId !== transaction.transactionId) return false;
    for (const field of settledFields) if (old[field] !== transaction[field]) return false;
  }
  return true;
}

/** Those that are new or changed, and the times of their readings. One that is gone from `after` stays in the table. */
export function writeTransactions(
  operations: Operations,
  { before, after }: { before: readonly Transaction[]; after: readonly Transaction[] },
  spans: readonly Span[],
): void {
  const widened = new Set<Span>();
  for (const transaction of before === after ? [] : after) {
    if (before.includes(transaction)) continue;
    const old = before.find((other) => other.transactionId === transaction.transactionId);
    const taken = spans.find((one) => one.transactionId === transaction.transactionId);
    if (old === undefined || settledFields.some((field) => old[field] !== transaction[field])) {
      push(operations, upsertTransaction, transaction);
    } else if (taken === undefined) {
      push(operations, progressTransaction, transaction);
    } else {
      push(operations, progressAndWiden, { transaction, taken });
      widened.add(taken);
    }
  }
  for (const taken of spans) if (!widened.has(taken)) push(operations, widenTransaction, taken);
}
