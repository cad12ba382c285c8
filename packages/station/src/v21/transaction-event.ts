import type { v21 } from '@busbar/ocpp';
import type { TransactionRecord } from '../delivery/records.ts';
import { toMeterValues21 } from '../v201/metering.ts';
import { toTransactionEvent } from '../v201/transaction-event.ts';

/** In the words of OCPP 2.1, which has a trigger for everything. */
export function toTransactionEvent21(record: TransactionRecord): v21.TransactionEventRequest {
  const { meterValue: _narrow, transactionInfo, ...event } = toTransactionEvent(record);
  const meterValue = toMeterValues21(record.values, record.evseId);
  return {
    ...event,
    triggerReason: record.trigger,
    costDetails: record.costDetails,
    preconditioningStatus: record.preconditioning,
    transactionInfo: {
      ...transactionInfo,
      operationMode: record.operationMode,
      transactionLimit: record.limit,
      tariffId: record.tariffId,
    },
    meterValue: meterValue.length > 0 ? meterValue : undefined,
  };
}
