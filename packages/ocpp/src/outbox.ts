import { randomBytes } from 'node:crypto';
import { OcppConnectionClosed, OcppQueueFull, OcppTimeout } from './errors.ts';
import { writeCall } from './frame.ts';
import type { Validator } from './validate.ts';
import type { Wire } from './wire.ts';

export interface CallOptions {
  /** From the moment the CALL is written. Default: the peer's `callTimeoutMs`. */
  timeoutMs?: number | undefined;
  /** Longest wait for calls before this one. Default: no limit. */
  queueTimeoutMs?: number | undefined;
  /** Rejects the promise with the signal's reason. A CALL already written keeps its turn until answered or timed out. */
  signal?: AbortSignal | undefined;
  /** An urgent call overtakes the normal ones that wait. */
  priority?: 'normal' | 'urgent' | undefined;
  /**
   * It is repeated unchanged until it is answered. An answer to one attempt that comes after its time is then the answer to the
   * next one, which need not go out. Over one connection.
   */
  isRepeated?: boolean | undefined;
}

/** A call that waits, or is in flight. */
export interface OutgoingCall {
  readonly id: string;
  readonly action: string;
  readonly text: string;
  readonly response: Validator | undefined;
  readonly timeoutMs: number;
  readonly isUrgent: boolean;
  readonly isRepeated: boolean;
  resolve(payload: unknown): void;
  reject(reason: unknown): void;
  /** Whoever asked is gone (aborted). */
  isAbandoned: boolean;
  queueTimer: NodeJS.Timeout | undefined;
  stopListening: (() => void) | undefined;
}

export interface OutboxOptions {
  callTimeoutMs?: number | undefined;
  maxQueuedCalls?: number | undefined;
}

const idPrefix = `${randomBytes(12).toString('base64url')}.`;
let idCount = 0;

/** Unique for ever, on any connection: 96 random bits of this process and a count. At most 36 characters. */
export function nextMessageId(): string {
  return idPrefix + (idCount++).toString(36);
}

/** How many calls that ended without an answer are remembered, to tell a late answer from an unknown one. */
const maxUnanswered = 32;

/** Our CALLs: one in flight, the others in order. */
export class Outbox {
  readonly #wire: Wire;
  readonly #options: OutboxOptions;
  #inFlight: OutgoingCall | undefined;
  #timer: NodeJS.Timeout | undefined;
  #queue: OutgoingCall[] | undefined;
  #unanswered: Map<string, OutgoingCall> | undefined;
  /** Answers that came too late, by what was asked. */
  #late: Map<string, unknown> | undefined;
  #lastAnswered: string | undefined;

  constructor(wire: Wire, options: OutboxOptions) {
    this.#wire = wire;
    this.#options = options;
  }

  get size(): number {
    return (this.#inFlight ? 1 : 0) + (this.#queue?.length ?? 0);
  }

  /** Sends, or queues. Throws when closed, full or already aborted. */
  add(
    { action, payload, response }: { action: string; payload: unknown; response: Validator | undefined },
    options: CallOptions,
  ): Promise<unknown> {
    if (this.#wire.closed !== undefined) throw new OcppConnectionClosed(this.#wire.closed, false);
    options.signal?.throwIfAborted();
    const { maxQueuedCalls = 100, callTimeoutMs = 30_000 } = this.#options;
    if (this.#inFlight && (this.#queue?.length ?? 0) >= maxQueuedCalls) {
      throw new OcppQueueFull(`${maxQueuedCalls} calls already wait`);
    }
    const id = nextMessageId();
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const call: OutgoingCall = {
      id,
      action,
      text: writeCall(2, id, action, payload),
      response,
      timeoutMs: options.timeoutMs ?? callTimeoutMs,
      isUrgent: options.priority === 'urgent',
      isRepeated: options.isRepeated === true,
      resolve,
      reject,
      isAbandoned: false,
      queueTimer: undefined,
      stopListening: undefined,
    };
    if (call.isRepeated && this.#late?.has(questionOf(call))) return Promise.resolve(this.#takeLate(call));
    if (options.signal) this.#listen(call, options.signal);
    if (this.#inFlight) this.#enqueue(call, options.queueTimeoutMs);
    else this.#send(call);
    return promise;
  }

  /** Ends the call in flight if `id` is its id. The caller settles its promise and then calls {@link next}. */
  take(id: string): OutgoingCall | undefined {
    const call = this.#inFlight;
    if (call?.id !== id) return undefined;
    this.#release();
    this.#lastAnswered = id;
    return call;
  }

  /** Sends the next call, if it is its turn. */
  next(): void {
    while (!this.#inFlight) {
      const call = this.#queue?.shift();
      if (!call) return;
      this.#send(call);
    }
  }

  /** The call that was not answered in time, if `id` was its id; once. */
  takeUnanswered(id: string): OutgoingCall | undefined {
    const call = this.#unanswered?.get(id);
    this.#unanswered?.delete(id);
    return call;
  }

  /** A good answer to a repeated call that was not answered in time. */
  answeredLate(call: OutgoingCall, payload: unknown): void {
    this.#late ??= new Map();
    this.#late.set(questionOf(call), payload);
    const [oldest] = this.#late.keys();
    if (this.#late.size > maxUnanswered && oldest !== undefined) this.#late.delete(oldest);
  }

  /** What an answer is to which there is no call. */
  verdictOf(id: string): 'duplicate' | 'unknown' {
    return this.#lastAnswered === id ? 'duplicate' : 'unknown';
  }

  /** The call in flight was not answered in time: it fails, and the next one goes out. */
  expire(call: OutgoingCall): void {
    if (this.#inFlight !== call) return;
    this.#release();
    this.#unanswered ??= new Map();
    this.#unanswered.set(call.id, call);
    const [oldest] = this.#unanswered.keys();
    if (this.#unanswered.size > maxUnanswered && oldest !== undefined) this.#unanswered.delete(oldest);
    call.reject(new OcppTimeout(call.action, call.timeoutMs, true));
    this.next();
  }

  close(reason: string): void {
    const sent = this.#inFlight;
    const queued = this.#queue;
    this.#release();
    this.#queue = undefined;
    sent?.reject(new OcppConnectionClosed(reason, true));
    for (const call of queued ?? []) {
      detach(call);
      call.reject(new OcppConnectionClosed(reason, false));
    }
  }

  #takeLate(call: OutgoingCall): unknown {
    const payload = this.#late?.get(questionOf(call));
    this.#late?.delete(questionOf(call));
    return payload;
  }

  #send(call: OutgoingCall): void {
    clearTimeout(call.queueTimer);
    this.#inFlight = call;
    this.#timer = setTimeout(expire, call.timeoutMs, this, call);
    if (this.#wire.write(call.text, { kind: 'CALL', messageId: call.id, action: call.action })) return;
    if (this.#inFlight === call) this.#release();
    call.reject(new OcppConnectionClosed(this.#wire.closed ?? 'the connection takes no more frames', false));
  }

  #enqueue(call: OutgoingCall, queueTimeoutMs: number | undefined): void {
    this.#queue ??= [];
    if (call.isUrgent) {
      const normal = this.#queue.findIndex((other) => !other.isUrgent);
      this.#queue.splice(normal < 0 ? this.#queue.length : normal, 0, call);
    } else this.#queue.push(call);
    if (queueTimeoutMs !== undefined) {
      call.queueTimer = setTimeout(() => {
        this.#withdraw(call, new OcppTimeout(call.action, queueTimeoutMs, false));
      }, queueTimeoutMs);
    }
  }

  #listen(call: OutgoingCall, signal: AbortSignal): void {
    const abort = () => {
      this.#withdraw(call, signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    call.stopListening = () => {
      signal.removeEventListener('abort', abort);
    };
  }

  #withdraw(call: OutgoingCall, reason: unknown): void {
    detach(call);
    call.isAbandoned = true;
    this.#queue = this.#queue?.filter((other) => other !== call);
    call.reject(reason);
  }

  #release(): void {
    if (this.#inFlight) detach(this.#inFlight);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#inFlight = undefined;
  }
}

/** All of its text but the id. */
function questionOf({ id, text }: OutgoingCall): string {
  return text.slice(text.indexOf(id) + id.length);
}

function expire(outbox: Outbox, call: OutgoingCall): void {
  outbox.expire(call);
}

function detach(call: OutgoingCall): void {
  clearTimeout(call.queueTimer);
  call.stopListening?.();
  call.stopListening = undefined;
}
