import { expendable, isRecord, type QueuedRecord } from './records.ts';
import { fieldsOf } from '../store/json-fields.ts';
import type { StationStore } from '../store/store.ts';

export interface QueuedMessage {
  /** Rises with every message of the station. */
  readonly id: number;
  record: QueuedRecord;
  /** Attempts that failed. A lost connection is none. */
  attempts: number;
  /** It may have reached the CSMS: its payload must not change any more. */
  isSent: boolean;
}

const collection = 'queue';

/**
 * Where messages wait that must reach the CSMS, in order. When a method returns, its effect is in the store. At `capacity`
 * it is thinned.
 */
export class OfflineQueue {
  readonly #store: StationStore;
  readonly #capacity: () => number;
  #messages: QueuedMessage[] | undefined;
  #lastId = 0;

  constructor(store: StationStore, capacity: () => number) {
    this.#store = store;
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#messages?.length ?? 0;
  }

  /** Takes up what an earlier run has left. Anything unreadable is removed. */
  load(): void {
    for (const [key, value] of this.#store.entries(collection)) {
      const message = toMessage(Number(key), value);
      this.#lastId = Math.max(this.#lastId, Number(key) || 0);
      if (message) (this.#messages ??= []).push(message);
      else this.#store.remove(collection, key);
    }
  }

  append(record: QueuedRecord): QueuedMessage {
    if (this.size >= this.#capacity()) this.thin();
    const message = { id: ++this.#lastId, record, attempts: 0, isSent: false };
    (this.#messages ??= []).push(message);
    this.#put(message);
    return message;
  }

  /** The oldest that is meant. */
  first(isMeant: (record: QueuedRecord) => boolean): QueuedMessage | undefined {
    return this.#messages?.find(({ record }) => isMeant(record));
  }

  /** All, oldest first. */
  all(): Iterable<QueuedMessage> {
    return this.#messages ?? [];
  }

  /** Stores what was changed of a message. */
  update(message: QueuedMessage): void {
    this.#put(message);
  }

  /** Together with what else is `changed`: the store keeps both or neither. */
  remove(id: number, changed?: () => void): void {
    this.#store.atomically(() => {
      changed?.();
      this.#keep((message) => message.id !== id);
    });
  }

  clear(): void {
    this.#keep(() => false);
  }

  /** Makes room as OCPP 2.0.1 E04.FR.08 says: the 1st, 3rd, 5th … of what matters least goes. What was sent stays. */
  thin(): void {
    const waiting = [...this.all()].filter(({ isSent }) => !isSent);
    const isLeast = expendable.find((isMeant) => waiting.some(({ record }) => isMeant(record)));
    let count = 0;
    if (isLeast) this.#keep(({ isSent, record }) => isSent || !isLeast(record) || count++ % 2 === 1);
  }

  #keep(isKept: (message: QueuedMessage) => boolean): void {
    const kept: QueuedMessage[] = [];
    this.#store.atomically(() => {
      for (const message of this.#messages ?? []) {
        if (isKept(message)) kept.push(message);
        else this.#store.remove(collection, keyOf(message.id));
      }
    });
    this.#messages = kept.length > 0 ? kept : undefined;
  }

  #put({ id, ...message }: QueuedMessage): void {
    this.#store.put(collection, keyOf(id), message);
  }
}

/** Keys in the order of numbers. */
const keyOf = (id: number) => String(id).padStart(15, '0');

function toMessage(id: number, value: unknown): QueuedMessage | undefined {
  const fields = fieldsOf(value);
  const record = fields?.value('record');
  if (!fields || !isRecord(record)) return undefined;
  return { id, record, attempts: fields.number('attempts') ?? 0, isSent: fields.flag('isSent') ?? false };
}
