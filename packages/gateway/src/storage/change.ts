import type { Change } from '../ports/store.ts';
import { writeAudit, writeFacts } from './log-writes.ts';
import { deleteToken, writeApiKey, writeCommand, writeCredential, writeState, writeToken } from './record-writes.ts';
import { deleteStation, writeStation } from './station-writes.ts';
import { writeTransactions } from './transaction-writes.ts';
import type { Operations } from './writes.ts';

/** Adds what the writer has to do so that a change is stored. Facts come in the order of the change. */
export function writeChange(operations: Operations, change: Change): void {
  if (change.deletedStation !== undefined) deleteStation(operations, change.deletedStation);
  writeFacts(operations, change.facts);
  if (change.station !== undefined) writeStation(operations, change.station);
  const { before, after } = change.station ?? {};
  const transactions = { before: before?.transactions ?? [], after: after?.transactions ?? [] };
  writeTransactions(operations, transactions, []);
  writeRecords(operations, change);
}

function writeRecords(operations: Operations, change: Change): void {
  for (const tokenId of change.deletedTokens ?? []) deleteToken(operations, tokenId);
  for (const token of change.tokens ?? []) writeToken(operations, token);
  for (const record of change.commands ?? []) writeCommand(operations, record);
  for (const apiKey of change.apiKeys ?? []) writeApiKey(operations, apiKey);
  for (const credential of change.credentials ?? []) writeCredential(operations, credential);
  for (const entry of change.audit ?? []) writeAudit(operations, entry);
  for (const entry of change.state ?? []) writeState(operations, entry);
}
