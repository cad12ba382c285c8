import type { Station } from '../station.ts';
import type { TransactionAnswer } from '../transactions/transaction.ts';
import type { ValidationUpdate } from './neighbour-types.ts';
import { toValidationResult } from './translations.ts';

/**
 * Tells what the CSMS thinks of a token that charges already, until the returned function is called. After the end EVerest
 * knows of no token there any more, and takes such a message for an error.
 */
export function watchVerdicts(events: Station['events'], tell: (update: ValidationUpdate) => void): () => void {
  const listener = ({ info, record: { event, evseId } }: TransactionAnswer) => {
    if (info && event !== 'Ended') tell({ validation_result: toValidationResult(info), connector_id: evseId });
  };
  events.on('transactionAnswered', listener);
  return () => events.off('transactionAnswered', listener);
}
