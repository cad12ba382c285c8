import type { v201, v21 } from '@busbar/ocpp';
import { learn } from '../authorization/authorization.ts';
import { isSameToken } from '../authorization/tokens.ts';
import type { Consequences } from '../delivery/delivery.ts';
import type { QueuedRecord, SecurityRecord, TransactionRecord } from '../delivery/records.ts';
import { thinned } from '../metering/thin-values.ts';
import type { TransactionAnswer } from '../transactions/transaction.ts';
import { limitTransaction } from '../transactions/transaction-limits.ts';
import { deliverGrid } from '../v21/grid.ts';
import { toTransactionEvent21 } from '../v21/transaction-event.ts';
import { toTokenInfo } from './authorization.ts';
import { showCost } from './cost.ts';
import type { Handlers201, Station201 } from './station201.ts';
import { toTransactionEvent } from './transaction-event.ts';

/** Sends a queued message; resolves with what its answer asks for. */
export async function deliver(station: Station201, record: QueuedRecord): Promise<Consequences> {
  if (record.kind !== 'transaction') {
    await deliverNotice(station, record);
    return () => {};
  }
  const response = await sendEvent(station, record);
  return () => answered(station, record, response);
}

async function deliverNotice({ wire }: Station201, record: Exclude<QueuedRecord, TransactionRecord>): Promise<void> {
  switch (record.kind) {
    case 'security':
      await wire.call('SecurityEventNotification', toSecurityEvent(record));
      return;
    case 'notice':
      await wire.call('NotifyEvent', record.payload);
      return;
    case 'grid':
      await deliverGrid(wire, record);
  }
}

/** Cut to what fits into one message. */
function sendEvent({ core, wire }: Station201, record: TransactionRecord) {
  const most = core.variables.number('InternalCtrlr.MaxMessageSize');
  const render = core.version === '2.1' ? toTransactionEvent21 : toTransactionEvent;
  const values = thinned(record.values, (left) => {
    return left.length <= 2 || Buffer.byteLength(JSON.stringify(render({ ...record, values: [...left] }))) <= most;
  });
  const event = { ...record, values: [...values] };
  if (core.version === '2.1') return wire.call21('TransactionEvent', toTransactionEvent21(event));
  return wire.call('TransactionEvent', toTransactionEvent(event));
}

function toSecurityEvent({ type, at, info }: SecurityRecord): v201.SecurityEventNotificationRequest {
  return { type, timestamp: at, techInfo: info };
}

type EventResponse = v201.TransactionEventResponse | v21.TransactionEventResponse;

function answered(station: Station201, record: TransactionRecord, response: EventResponse): void {
  const { core } = station;
  const { totalCost, chargingPriority, updatedPersonalMessage: personalMessage, idTokenInfo } = response;
  const info = idTokenInfo && toTokenInfo(idTokenInfo);
  const answer = { record, totalCost, chargingPriority, personalMessage, info };
  if (info && record.idToken) learn(core, record.idToken, info);
  try {
    core.events.emit('transactionAnswered', answer);
    showCost(station, answer, response);
  } finally {
    obey(station, answer, response);
  }
}

/** What holds for the transaction from now on. */
function obey({ core }: Station201, { record, totalCost, info }: TransactionAnswer, response: EventResponse): void {
  const evse = core.evses.find(({ transaction }) => transaction?.id === record.transactionId);
  if (!evse?.transaction) return;
  evse.transaction.cost = totalCost ?? evse.transaction.cost;
  if ('transactionLimit' in response && response.transactionLimit)
    limitTransaction(core, evse, response.transactionLimit);
  const isOfOther = record.idToken && !isSameToken(record.idToken, evse.transaction.idToken);
  if (!info || isOfOther) return;
  evse.transaction.groupId ??= info.groupId;
  if (info.status !== 'Accepted') evse.deauthorized(record.transactionId);
}

export const transactions = ({ core }: Station201): Handlers201 => ({
  GetTransactionStatus({ transactionId }) {
    if (transactionId === undefined)
      return { messagesInQueue: core.delivery.holds(({ kind }) => kind === 'transaction') };
    return {
      ongoingIndicator: core.evses.some(({ transaction }) => transaction?.id === transactionId),
      messagesInQueue: core.delivery.holds((record) => isOf(record, transactionId)),
    };
  },
});

const isOf = (record: QueuedRecord, transactionId: string) =>
  record.kind === 'transaction' && record.transactionId === transactionId;
