import type { EventEmitter } from 'node:events';
import type {
  MessageFormat,
  OcppTransactionEvent,
  OcppTransactionEventResponse,
  OcppVariables,
} from './ocpp-interface.ts';
import type { TransactionRecord } from '../delivery/records.ts';
import type { Station } from '../station.ts';
import type { TransactionAnswer } from '../transactions/transaction.ts';

/** What is known of a transaction until its end is delivered. */
interface Known {
  sessionId: string;
  csmsId: number | undefined;
}

/**
 * Publishes what happens to transactions, and what the CSMS answers. OCPP 1.6 has no message for what changes meanwhile:
 * there, the one `Updated` tells the id that the CSMS has given.
 */
export function publishTransactions(station: Station, events: EventEmitter<OcppVariables>): void {
  const known = new Map<string, Known>();
  const eventOf = (record: TransactionRecord, csmsId?: number) =>
    toEvent(record, { version: station.version, ...know(station, known, { record, csmsId }) });
  const forget = ({ event, transactionId }: TransactionRecord) => {
    if (event === 'Ended') known.delete(transactionId);
  };
  station.events.on('transactionRecorded', (record) => {
    const event = eventOf(record);
    if (station.version !== '1.6' || record.event !== 'Updated') events.emit('ocpp_transaction_event', event);
  });
  station.events.on('transactionAnswered', (answer) => {
    const { record, csmsId } = answer;
    const original = eventOf(record, csmsId);
    if (csmsId !== undefined) events.emit('ocpp_transaction_event', { ...original, transaction_event: 'Updated' });
    events.emit('ocpp_transaction_event_response', toResponse(original, answer));
    forget(record);
  });
  station.events.on('messageDiscarded', (record) => {
    if (record.kind === 'transaction') forget(record);
  });
}

function know(
  { inside }: Station,
  known: Map<string, Known>,
  { record, csmsId }: { record: TransactionRecord; csmsId: number | undefined },
): Known {
  const { transactionId, evseId } = record;
  const before = known.get(transactionId);
  const now = {
    sessionId: before?.sessionId ?? inside.host.sessionIdOf?.(evseId) ?? transactionId,
    csmsId: csmsId ?? before?.csmsId ?? inside.csmsIdOf(transactionId),
  };
  known.set(transactionId, now);
  return now;
}

function toEvent(
  { event, evseId, connectorId, transactionId }: TransactionRecord,
  { version, sessionId, csmsId }: Known & { version: string },
): OcppTransactionEvent {
  const own = version === '1.6' ? undefined : transactionId;
  const id = csmsId === undefined ? own : String(csmsId);
  return {
    transaction_event: event,
    session_id: sessionId,
    evse: { id: evseId, connector_id: connectorId },
    ...(id !== undefined && { transaction_id: id }),
  };
}

function toResponse(
  original: OcppTransactionEvent,
  { totalCost, chargingPriority, personalMessage: message }: TransactionAnswer,
): OcppTransactionEventResponse {
  const format = formats.find((known) => known === message?.format);
  return {
    original_transaction_event: original,
    ...(totalCost !== undefined && { total_cost: totalCost }),
    ...(chargingPriority !== undefined && { charging_priority: chargingPriority }),
    ...(message && {
      personal_message: {
        content: message.content,
        ...(format && { format }),
        ...(message.language !== undefined && { language: message.language }),
      },
    }),
  };
}

const formats: readonly MessageFormat[] = ['ASCII', 'HTML', 'URI', 'UTF8', 'QRCODE'];
