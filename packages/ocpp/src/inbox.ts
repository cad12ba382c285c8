import { hash } from 'node:crypto';
import { OcppError } from './errors.ts';
import { writeResult, type CallFrame } from './frame.ts';
import { check, trusted, type Action } from './validate.ts';
import type { Wire } from './wire.ts';

export interface HandlerContext {
  messageId: string;
  /** What a lenient peer had to repair in the request. */
  notes: readonly string[];
}

export type AnyHandler = (request: never, context: HandlerContext) => unknown;
export type AnyHandlers = Readonly<Record<string, AnyHandler | undefined>>;

/** A valid request and who handles it. */
export interface Job {
  frame: CallFrame;
  text: string;
  action: Action;
  handler: AnyHandler;
}

export interface InboxOptions {
  handlers: AnyHandlers;
  maxWaitingRequests?: number | undefined;
  validateResponses?: boolean | undefined;
}

/** Requests that change nothing when they are handled twice, and whose answer holds only for the moment. */
const askedAnew: ReadonlySet<string> = new Set(['Authorize', 'BootNotification', 'Heartbeat']);

const noNotes: readonly string[] = Object.freeze([]);

/** Their CALLs: handled strictly one after the other, each answered once. */
export class Inbox {
  readonly #wire: Wire;
  readonly #options: InboxOptions;
  #current: Job | undefined;
  #waiting: Job[] | undefined;
  #answeredKey: string | undefined;
  #answeredLength = 0;
  #answer = '';
  #succeed: ((response: unknown) => void) | undefined;
  #fail: ((reason: unknown) => void) | undefined;

  constructor(wire: Wire, options: InboxOptions) {
    this.#wire = wire;
    this.#options = options;
  }

  /** No further request may wait. */
  isFull(): boolean {
    return this.#current !== undefined && (this.#waiting?.length ?? 0) >= (this.#options.maxWaitingRequests ?? 32);
  }

  add(job: Job): void {
    if (this.#current) (this.#waiting ??= []).push(job);
    else this.#work(job);
  }

  /**
   * True when this very frame is being handled or was the last one answered; then it gets that answer and no handler
   * runs. What is asked anew each time is handled when it was answered before: some chargers repeat their message id.
   */
  isRepetition(frame: CallFrame, text: string): boolean {
    if (frame.action === 'Heartbeat' || frame.kind === 'SEND') return false;
    if (this.#current?.text === text || this.#waiting?.some((job) => job.text === text)) return true;
    if (askedAnew.has(frame.action)) return false;
    return this.#answeredLength === text.length && this.#answeredKey === keyOf(text);
  }

  /** Sends the last answer again if it is the one to `text`; else the answer is still to come. */
  repeatAnswer(frame: CallFrame, text: string): void {
    if (this.#answeredKey !== keyOf(text)) return;
    const messageId = String(frame.id);
    this.#wire.write(this.#answer, { kind: 'CALLRESULT', messageId, action: frame.action, verdict: 'duplicate' });
  }

  /** Forgets everything; what a running handler still answers goes nowhere. */
  close(): void {
    this.#current = undefined;
    this.#waiting = undefined;
    this.#answeredKey = undefined;
    this.#answer = '';
  }

  /** Handles jobs until one has to be waited for, or none is left. */
  #work(job: Job | undefined): void {
    for (let next = job; next; next = this.#waiting?.shift()) {
      this.#current = next;
      if (!this.#handle(next)) return;
    }
    this.#current = undefined;
  }

  /** True when done; false when the handler's promise will continue the work. */
  #handle(job: Job): boolean {
    try {
      const { id, payload, notes = noNotes } = job.frame;
      const response = job.handler.call(this.#options.handlers, trusted(payload), { messageId: String(id), notes });
      if (isThenable(response)) {
        this.#succeed ??= this.#continueWith((current, value) => this.#onResponse(current, value));
        this.#fail ??= this.#continueWith((current, reason) => this.#onFailure(current, reason));
        Promise.resolve(response).then(this.#succeed, this.#fail);
        return false;
      }
      this.#onResponse(job, response);
    } catch (reason) {
      this.#onFailure(job, reason);
    }
    return true;
  }

  /** One function for all jobs of this inbox, as only one of them is being handled. */
  #continueWith(answer: (job: Job, outcome: unknown) => void): (outcome: unknown) => void {
    return (outcome) => {
      if (!this.#current) return;
      answer(this.#current, outcome);
      this.#work(this.#waiting?.shift());
    };
  }

  #onResponse(job: Job, response: unknown): void {
    if (job.frame.kind === 'SEND' || this.#current !== job) return;
    const error = this.#options.validateResponses ? check(job.action.response, response) : undefined;
    const text = error ? undefined : resultText(job.frame.id, response);
    if (text === undefined) {
      const notes = [`the handler's answer: ${error?.message ?? 'no JSON object'}`];
      this.#wire.writeError(4, job.frame.id, new OcppError('InternalError'), { action: job.action.name, notes });
      return;
    }
    this.#answeredKey = keyOf(job.text);
    this.#answeredLength = job.text.length;
    this.#answer = text;
    this.#wire.write(text, { kind: 'CALLRESULT', messageId: String(job.frame.id), action: job.action.name });
  }

  /** Not remembered for repetitions: nothing was done, so the next attempt may succeed. */
  #onFailure(job: Job, reason: unknown): void {
    if (job.frame.kind === 'SEND' || this.#current !== job) return;
    const error = reason instanceof OcppError ? reason : new OcppError('InternalError');
    this.#wire.writeError(4, job.frame.id, error, { action: job.action.name });
  }
}

/** Longer frames are remembered by their hash, as an idle peer shall be small. */
const maxRememberedChars = 4096;

const keyOf = (text: string) => (text.length <= maxRememberedChars ? text : hash('sha256', text, 'base64'));

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** Undefined for what JSON cannot say as an object: no object, a cycle, a bigint. */
function resultText(id: string | number, response: unknown): string | undefined {
  if (typeof response !== 'object' || response === null || Array.isArray(response)) return undefined;
  try {
    return writeResult(id, response);
  } catch {
    return undefined;
  }
}
