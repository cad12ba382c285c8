import type { Station } from '../station.ts';
import type { TransactionAnswer } from '../transactions/transaction.ts';
import type { ValidationUpdate } from './neighbour-types.ts';
import { toValidationResult } from './translations.ts';

/** Tells what the CSMS thinks of a token that charges already, until the returned function is called. */
export function watchVerdicts(events: Station['events'], tell: (update: ValidationUpdate) => void): () => void {
  const listener = ({ info, record: { evseId } }: TransactionAnswer) => {
    if (info) tell({ validation_result: toValidationResult(info), connector_id: evseId });
  };
  events.on('transactionAnswered', listener);
  return () => events.off('transactionAnswered', listener);
}
