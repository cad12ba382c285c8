import type { v16, v201 } from '@busbar/ocpp';

/**
 * A message that must reach the CSMS, however long that takes. In OCPP 1.6 `localId` stands for the transaction until
 * the CSMS has given its id; then it is taken out of the messages that wait.
 */
export type TransactionMessage =
  | { action: 'StartTransaction'; payload: v16.StartTransactionRequest; localId: number }
  | { action: 'StopTransaction'; payload: v16.StopTransactionRequest; localId?: number | undefined }
  | { action: 'MeterValues'; payload: v16.MeterValuesRequest; localId?: number | undefined }
  | { action: 'TransactionEvent'; payload: v201.TransactionEventRequest }
  | { action: 'SecurityEventNotification'; payload: v201.SecurityEventNotificationRequest }
  | { action: 'NotifyEvent'; payload: v201.NotifyEventRequest };

export interface QueuedMessage {
  /** Rises with every message of the station. */
  readonly id: number;
  message: TransactionMessage;
  /** Attempts that failed. A lost connection is none. */
  attempts: number;
  /** It may have reached the CSMS: its payload must not change any more. */
  isSent: boolean;
}

/** Where such messages wait, in order. When a method returns, its effect is kept. */
export interface OfflineQueue {
  readonly size: number;
  append(message: TransactionMessage): QueuedMessage;
  head(): QueuedMessage | undefined;
  /** All, oldest first. */
  all(): Iterable<QueuedMessage>;
  /** Stores what was changed of a message. */
  update(message: QueuedMessage): void;
  remove(id: number): void;
}

/** A queue that lasts as long as the process. Above `capacity` it drops every second intermediate message, oldest first. */
export class MemoryQueue implements OfflineQueue {
  readonly #capacity: number;
  #messages: QueuedMessage[] | undefined;
  #lastId = 0;

  constructor(capacity = 1000) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#messages?.length ?? 0;
  }

  append(message: TransactionMessage): QueuedMessage {
    this.#messages ??= [];
    if (this.#messages.length >= this.#capacity) this.#messages = thinned(this.#messages);
    const queued = { id: ++this.#lastId, message, attempts: 0, isSent: false };
    this.#messages.push(queued);
    return queued;
  }

  head(): QueuedMessage | undefined {
    return this.#messages?.[0];
  }

  all(): Iterable<QueuedMessage> {
    return this.#messages ?? [];
  }

  update(): void {
    // The messages handed out are the stored ones.
  }

  remove(id: number): void {
    const index = this.#messages?.findIndex((queued) => queued.id === id) ?? -1;
    if (index >= 0) this.#messages?.splice(index, 1);
    if (this.#messages?.length === 0) this.#messages = undefined;
  }
}

/** OCPP 2.0.1 E04.FR.08: the 1st, 3rd, 5th … intermediate message goes; starts, ends and what was sent stay. */
export function thinned(messages: readonly QueuedMessage[]): QueuedMessage[] {
  let intermediate = 0;
  return messages.filter((queued) => queued.isSent || !isIntermediate(queued.message) || intermediate++ % 2 === 1);
}

function isIntermediate({ action, payload }: TransactionMessage): boolean {
  return (
    action === 'MeterValues' ||
    action === 'NotifyEvent' ||
    (action === 'TransactionEvent' && payload.eventType === 'Updated')
  );
}
