import type { Core } from '../core.ts';
import type { Evse } from '../evse.ts';
import { openTransactions, type OpenTransaction } from './open-transactions.ts';
import type { Transaction } from './transaction.ts';

/** Takes up the transactions that a power cut has interrupted: each goes on, if the host says so, or ends with its last value. */
export function recoverTransactions(core: Core): void {
  for (const open of openTransactions(core.store)) {
    const evse = core.evse(open.evseId);
    const { id, evseId, connectorId } = open;
    const goesOn = evse && !evse.transaction && core.host.resumes?.({ id, evseId, connectorId });
    if (evse && goesOn) goOn(core, evse, open);
    else {
      core.transactions.lostPower(open);
      evse?.interrupted();
    }
  }
}

function goOn(core: Core, evse: Evse, open: OpenTransaction): void {
  const transaction = toTransaction(core, open);
  core.costs.lost(evse, transaction);
  core.transactions.resumed(transaction, open);
  evse.resume(transaction);
}

function toTransaction(core: Core, open: OpenTransaction): Transaction {
  const { beganAt, beginWh, stoppedReason, ...rest } = open;
  const reading = { ...core.host.meter(open.evseId), energyWh: beginWh };
  const reached = open.idToken
    ? (['EVConnected', 'Authorized', 'PowerPathClosed'] as const)
    : (['EVConnected'] as const);
  return {
    ...rest,
    begin: { at: beganAt, context: 'Transaction.Begin', reading },
    reached: new Set(reached),
    isAuthorized: open.idToken !== undefined && stoppedReason === undefined,
    stopping: stoppedReason && { reason: stoppedReason, trigger: 'AbnormalCondition' },
    forEnd: core.transactions.collectedOf(open.id),
  };
}
