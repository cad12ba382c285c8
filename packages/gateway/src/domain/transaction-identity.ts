import { normalizedIdToken } from './authorization.ts';
import type { ChargingStation } from './charging-station.ts';
import { earliestTimeMs } from './clocks.ts';
import type { TransactionEventReport } from './reports.ts';
import type { Transaction } from './transaction.ts';

/** The largest 1.6 transaction id is below this: stations keep it in 32 bits with a sign. */
const transactionNumberLimit = 2 ** 31;

/** Ids that a 1.6 station uses for a transaction that it never got an id for. */
const placeholders = new Set(['-1', '0']);

/** The id by which a report names its transaction; `undefined` when it names none. */
export function namedId(report: { transactionId?: string; seqNo?: number }): string | undefined {
  const { transactionId, seqNo } = report;
  if (transactionId === undefined || seqNo !== undefined) return transactionId;
  return placeholders.has(transactionId) ? undefined : transactionId;
}

/** What makes a repeated event recognisable where nothing numbers it: its kind, connector, tag, meter and time. */
export function eventKeyOf(report: TransactionEventReport): string {
  const { eventType, evseId = '', connectorId = '', idToken, occurredAt } = report;
  const tag = idToken === undefined ? '' : normalizedIdToken(idToken.idToken);
  return [eventType, evseId, connectorId, tag, meterOf(report) ?? '', occurredAt.getTime()].join('|');
}

/** The register reading that a start begins with or an end ends with. */
function meterOf({ eventType, measurements }: TransactionEventReport): number | undefined {
  const context = eventType === 'Started' ? 'Transaction.Begin' : 'Transaction.End';
  const registers = measurements.filter(({ measurand }) => measurand === 'Energy.Active.Import.Register');
  return (registers.find((register) => register.context === context) ?? registers.at(-1))?.value;
}

/**
 * The transaction a report is about, if it is in memory. One without an id is found by its key; else an end or an
 * update is that of the open transaction it fits.
 */
export function knownTransaction(station: ChargingStation, report: TransactionEventReport): Transaction | undefined {
  const id = namedId(report);
  if (id !== undefined) return transactionOf(station, id);
  const key = eventKeyOf(report);
  const known = station.transactions.find(({ startKey, endKey }) => startKey === key || endKey === key);
  return known ?? (report.eventType === 'Started' ? undefined : fittingTransaction(station, report));
}

export function transactionOf(station: ChargingStation, transactionId: string): Transaction | undefined {
  for (const transaction of station.transactions) if (transaction.transactionId === transactionId) return transaction;
  return undefined;
}

/** The open transaction of an EVSE that was not refused, or else one that was. */
export function liveTransactionOf(station: ChargingStation, evseId: number): Transaction | undefined {
  let refused: Transaction | undefined;
  for (const transaction of station.transactions) {
    if (transaction.state !== 'active' || transaction.evseId !== evseId) continue;
    if (!isRefused(transaction)) return transaction;
    refused ??= transaction;
  }
  return refused;
}

/** The station was told not to charge for the token; many do all the same. */
export function isRefused({ authorization }: Transaction): boolean {
  return authorization !== undefined && authorization !== 'Accepted';
}

/** The one open transaction an event without an id can be about: of its EVSE, or of its tag, or the only EVSE's. */
function fittingTransaction(station: ChargingStation, report: TransactionEventReport): Transaction | undefined {
  const { evseId, idToken, occurredAt } = report;
  if (evseId !== undefined) return liveTransactionOf(station, evseId);
  const open = station.transactions.filter(({ state, startedAt }) => state === 'active' && startedAt <= occurredAt);
  const tag = idToken && normalizedIdToken(idToken.idToken);
  const ofTag = open.filter(
    (one) => tag !== undefined && one.idToken && normalizedIdToken(one.idToken.idToken) === tag,
  );
  if (ofTag.length === 1) return ofTag[0];
  const hasOneEvse = station.evses.filter((evse) => evse.evseId > 0).length <= 1;
  return hasOneEvse && open.length === 1 ? open[0] : undefined;
}

/**
 * The integer for a new 1.6 transaction. Seconds since 2020 keep it from repeating even if the record is lost, as long
 * as a station starts less than one transaction per second.
 */
export function nextTransactionNumber(station: ChargingStation, now: Date): number {
  const seconds = Math.floor((now.getTime() - earliestTimeMs) / 1000);
  let next = Math.max(station.lastTransactionNumber + 1, seconds, 1);
  for (;;) {
    if (next >= transactionNumberLimit) next = 1;
    if (transactionOf(station, String(next)) === undefined) return next;
    next++;
  }
}
