import { OcppConnectionClosed, OcppQueueFull, OcppTimeout } from '@busbar/ocpp';
import type { Clock, Timer } from '../time/clock.ts';
import type { OfflineQueue, QueuedMessage } from './offline-queue.ts';
import type { QueuedRecord, TransactionRecord } from './records.ts';
import type { IdToken } from '../station-host.ts';
import { isSameToken } from '../authorization/tokens.ts';

export interface DeliveryOptions {
  queue: OfflineQueue;
  clock: Clock;
  /** How often a message is tried, and the wait after its first failure; after the nth it is n times as long. */
  rules(): { attempts: number; intervalMs: number };
  /** False while the version that is spoken has no word for it: it waits, and what comes after it overtakes. */
  canSend(record: QueuedRecord): boolean;
  /** Resolves when the CSMS has answered, with what the answer asks for; rejects as `Peer.call`. */
  send(record: QueuedRecord): Promise<Consequences>;
  /** What an answer asked for went wrong. The message is delivered all the same. */
  onFault(record: QueuedRecord, error: unknown): void;
  /** True when no further attempt can help. */
  isFinal(record: QueuedRecord, error: unknown): boolean;
  /** A message was given up. */
  onDiscard(record: QueuedRecord, error: unknown): void;
}

/** What the answer to a message asks for: done, and kept, together with the removal of the message. */
export type Consequences = () => void;

/** Brings transaction messages to the CSMS: in order, one at a time, at least once, unchanged once sent. */
export class Delivery {
  readonly #options: DeliveryOptions;
  #isOpen = false;
  #isBusy = false;
  /** Counts connections: an attempt over an old one says nothing about the new one. */
  #round = 0;
  #retry: Timer | undefined;
  #drained: (() => void)[] | undefined;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#options.queue.size;
  }

  /** Sends it once the change of the store that it is a part of is kept. */
  add(record: QueuedRecord): void {
    this.#options.queue.append(record);
    queueMicrotask(() => this.#next());
  }

  /** The CSMS is reachable and has accepted the station; what waits is sent after `delayMs`. */
  open(delayMs = 0): void {
    this.#isOpen = true;
    this.#round++;
    if (delayMs > 0) this.#later(delayMs);
    else this.#next();
  }

  /** The connection is gone, or the station not accepted. What was on its way goes first next time. */
  close(): void {
    this.#isOpen = false;
    this.#retry?.cancel();
    this.#retry = undefined;
    this.#settle();
  }

  /** OCPP 2.0.1 E11.FR.07: what still waits when the connection is lost is offline too. What may have arrived stays as it was. */
  markOffline(): void {
    this.rewrite(asOffline);
  }

  /** Changes what waits and was not sent yet; `change` answers the same record to leave it. */
  rewrite(change: (record: QueuedRecord) => QueuedRecord): void {
    for (const queued of this.#options.queue.all()) {
      const record = queued.isSent ? queued.record : change(queued.record);
      if (record === queued.record) continue;
      queued.record = record;
      this.#options.queue.update(queued);
    }
  }

  /** Gives up what is meant, except what is on its way. */
  discard(isMeant: (record: QueuedRecord) => boolean): void {
    const meant = [...this.#options.queue.all()].filter(({ record, isSent }) => !isSent && isMeant(record));
    for (const { id } of meant) this.#options.queue.remove(id);
  }

  /** True when such a record waits, or is on its way. */
  holds(isMeant: (record: QueuedRecord) => boolean): boolean {
    for (const { record } of this.#options.queue.all()) {
      if (isMeant(record)) return true;
    }
    return false;
  }

  /** What waits of transactions that somebody began or ended. */
  transactionsOf(idToken: IdToken): TransactionRecord[] {
    const records = Array.from(this.#options.queue.all(), ({ record }) => record);
    return records.filter(
      (record): record is TransactionRecord => record.kind === 'transaction' && isSameToken(record.idToken, idToken),
    );
  }

  /** Gives up everything that waits; answers what that was. */
  clear(): QueuedRecord[] {
    const records = Array.from(this.#options.queue.all(), ({ record }) => record);
    this.#options.queue.clear();
    this.#settle();
    return records;
  }

  /** Resolves when nothing waits any more, or nothing can be sent now. */
  drained(): Promise<void> {
    if (!this.#isOpen || (!this.#head() && !this.#isBusy)) return Promise.resolve();
    return new Promise((resolve) => (this.#drained ??= []).push(resolve));
  }

  #head(): QueuedMessage | undefined {
    return this.#options.queue.first((record) => this.#options.canSend(record));
  }

  #next(): void {
    if (!this.#isOpen || this.#isBusy || this.#retry) return;
    const head = this.#head();
    if (!head) return this.#settle();
    this.#isBusy = true;
    void this.#attempt(head).finally(() => {
      this.#isBusy = false;
      this.#next();
    });
  }

  async #attempt(queued: QueuedMessage): Promise<void> {
    const { queue, send, rules } = this.#options;
    const round = this.#round;
    const isFirst = !queued.isSent;
    if (isFirst) {
      queued.isSent = true;
      queue.update(queued);
    }
    try {
      this.#answered(queued, await send(queued.record));
    } catch (error) {
      if (isFirst && isUnsent(error)) this.#takeBack(queued, error);
      if (error instanceof OcppConnectionClosed) {
        if (round === this.#round) this.close();
      } else if (isUnsent(error)) this.#later(rules().intervalMs);
      else this.#failed(queued, error);
    }
  }

  /** Its first attempt never went out: it still waits, and may change. */
  #takeBack(queued: QueuedMessage, error: unknown): void {
    queued.isSent = false;
    if (error instanceof OcppConnectionClosed) queued.record = asOffline(queued.record);
    this.#options.queue.update(queued);
  }

  /** It is delivered, whatever becomes of the answer here. */
  #answered(queued: QueuedMessage, consequences: Consequences): void {
    const { queue, onFault } = this.#options;
    queue.remove(queued.id, () => {
      try {
        consequences();
      } catch (error) {
        onFault(queued.record, error);
      }
    });
  }

  #failed(queued: QueuedMessage, error: unknown): void {
    const { queue, rules, isFinal, onDiscard } = this.#options;
    const { attempts, intervalMs } = rules();
    queued.attempts++;
    queue.update(queued);
    if (queued.attempts >= attempts || isFinal(queued.record, error)) {
      queue.remove(queued.id);
      onDiscard(queued.record, error);
      return;
    }
    this.#later(intervalMs * queued.attempts);
  }

  #later(ms: number): void {
    if (!this.#isOpen) return;
    this.#retry?.cancel();
    this.#retry = this.#options.clock.after(ms, () => {
      this.#retry = undefined;
      this.#next();
    });
  }

  #settle(): void {
    const waiting = this.#drained;
    this.#drained = undefined;
    for (const resolve of waiting ?? []) resolve();
  }
}

function asOffline(record: QueuedRecord): QueuedRecord {
  return record.kind !== 'transaction' || record.isOffline ? record : { ...record, isOffline: true };
}

/** Nothing of it went over the wire. */
function isUnsent(error: unknown): boolean {
  const mayTell =
    error instanceof OcppConnectionClosed || error instanceof OcppTimeout || error instanceof OcppQueueFull;
  return mayTell && !error.sent;
}
