import type { Core } from './core.ts';
import { openTransactions, type OpenTransaction } from './open-transactions.ts';
import type { Transaction } from './transaction.ts';

/** Takes up the transactions that a power cut has interrupted: each goes on, if the host says so, or ends with its last value. */
export function recoverTransactions(core: Core): void {
  for (const open of openTransactions(core.store)) {
    const evse = core.evse(open.evseId);
    const { id, evseId, connectorId } = open;
    const goesOn = evse && !evse.transaction && core.host.resumes?.({ id, evseId, connectorId });
    if (evse && goesOn) evse.resume(toTransaction(core, open));
    else core.transactions.lostPower(open);
  }
}

function toTransaction(core: Core, open: OpenTransaction): Transaction {
  const { beganAt, beginWh, ...rest } = open;
  const reading = { ...core.host.meter(open.evseId), energyWh: beginWh };
  const reached = open.idToken
    ? (['EVConnected', 'Authorized', 'PowerPathClosed'] as const)
    : (['EVConnected'] as const);
  return {
    ...rest,
    begin: { at: beganAt, context: 'Transaction.Begin', reading },
    reached: new Set(reached),
    forEnd: [],
  };
}
