import type { ChargingStation } from './charging-station.ts';
import { keptTransactions } from './charging-station.ts';
import { withAnomaly } from './evolution.ts';
import { isRefused } from './transaction-identity.ts';
import type { Transaction } from './transaction.ts';

/** Open transactions a station may have; one more ends the oldest. */
export const maxOpen = 128;

/** Puts the transaction in, and forgets the ended ones that changed longest ago: they are in the store. */
export function withTransaction(station: ChargingStation, transaction: Transaction): ChargingStation {
  const { transactionId } = transaction;
  const index = station.transactions.findIndex((one) => one.transactionId === transactionId);
  const known = station.transactions[index];
  if (known === transaction) return station;
  if (known !== undefined && known.state === transaction.state) {
    return { ...station, transactions: station.transactions.with(index, transaction) };
  }
  const transactions = [...station.transactions.filter((one) => one !== known), transaction];
  let over = transactions.reduce((sum, { state }) => (state === 'ended' ? sum + 1 : sum), -keptTransactions);
  if (over <= 0) return { ...station, transactions };
  return { ...station, transactions: transactions.filter(({ state }) => state === 'active' || over-- <= 0) };
}

/**
 * Makes room for a transaction on its EVSE, which has one at a time: whichever started earlier is over, its end was
 * never reported. One that was refused ends no other that was not.
 */
export function settledAmong(
  { transactions }: ChargingStation,
  newcomer: Transaction,
  now: Date,
): { transaction: Transaction; overtaken: Transaction[] } {
  const open = transactions.filter(
    ({ state, transactionId }) => state === 'active' && transactionId !== newcomer.transactionId,
  );
  if (newcomer.state === 'ended') return { transaction: newcomer, overtaken: [] };
  const rivals = open.filter(
    (one) => newcomer.evseId > 0 && one.evseId === newcomer.evseId && (isRefused(one) || !isRefused(newcomer)),
  );
  const later = rivals.find((one) => one.startedAt > newcomer.startedAt && isRefused(one) === isRefused(newcomer));
  const transaction = later === undefined ? newcomer : overtakenBy(newcomer, later, now);
  const overtaken = rivals.filter((one) => later === undefined || one.startedAt <= newcomer.startedAt);
  const oldest = open.length >= maxOpen && overtaken.length === 0 ? open.slice(0, 1) : overtaken;
  return { transaction, overtaken: oldest.map((one) => overtakenBy(one, newcomer, now)) };
}

function overtakenBy(transaction: Transaction, next: Transaction, now: Date): Transaction {
  return {
    ...transaction,
    state: 'ended',
    endedAt: next.startedAt > transaction.startedAt ? next.startedAt : transaction.startedAt,
    anomalies: withAnomaly(transaction.anomalies, 'end-missing'),
    updatedAt: now,
  };
}
