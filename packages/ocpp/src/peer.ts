import { Buffer, isAscii } from 'node:buffer';
import type { ActionOf, RequestOf, ResponseOf } from './actions.ts';
import { canonicalCodeOf, OcppConnectionClosed, OcppError } from './errors.ts';
import {
  readFrame,
  unreadableId,
  writeCall,
  type CallFrame,
  type ErrorFrame,
  type FrameRules,
  type InvalidFrame,
  type ResultFrame,
} from './frame.ts';
import { Inbox, type AnyHandlers, type HandlerContext } from './inbox.ts';
import { nextMessageId, Outbox, type CallOptions, type OutgoingCall } from './outbox.ts';
import { allRepairs, findAction, orderRepairs, repair } from './repair.ts';
import { actionTable, check, trusted, type Action, type Validator } from './validate.ts';
import type { OcppVersion } from './version.ts';
import { Wire, type MessageRecord } from './wire.ts';

/** Answers one action. It may throw an OcppError to send that CALLERROR; anything else thrown becomes InternalError. */
export type Handler<V extends OcppVersion, A extends ActionOf<V>> = (
  request: RequestOf<V, A>,
  context: HandlerContext,
) => Promise<ResponseOf<V, A>> | ResponseOf<V, A>;

/** A handler for each action that is supported. */
export type Handlers<V extends OcppVersion> = HandlersOf[V];

/** One concrete type per version: only so are literals in a handler's answer checked as what they are. */
interface HandlersOf {
  '1.6': { [A in ActionOf<'1.6'>]?: Handler<'1.6', A> };
  '2.0.1': { [A in ActionOf<'2.0.1'>]?: Handler<'2.0.1', A> };
  '2.1': { [A in ActionOf<'2.1'>]?: Handler<'2.1', A> };
}

export interface PeerOptions<V extends OcppVersion> {
  version: V;
  /** Strict refuses what breaks the schema; lenient repairs it where that is safe. Default strict. */
  mode?: 'strict' | 'lenient' | undefined;
  /** Written in place, they are checked best with an explicit version: `new Peer<'1.6'>({ ... })`. */
  handlers: Handlers<V>;
  /** Writes one text frame; may throw when the socket is gone. */
  transmit(text: string): void;
  /** From the moment a CALL is written. Default 30,000. */
  callTimeoutMs?: number | undefined;
  /** Outgoing calls that wait for their turn; one more is refused. Default 100. */
  maxQueuedCalls?: number | undefined;
  /** Incoming CALLs beyond the one being handled; one more is answered InternalError. Default 32. */
  maxWaitingRequests?: number | undefined;
  /** Longest frame that is parsed, in characters. Default 1,048,576. */
  maxFrameChars?: number | undefined;
  /** Checks what handlers answer, for development and tests: a wrong answer becomes InternalError. Default false. */
  validateResponses?: boolean | undefined;
  /**
   * What a request that breaks its schema is answered with: the code of what it breaks, or for everything FormatViolation (1.6:
   * FormationViolation), as libocpp does. Default `each`.
   */
  violations?: 'each' | 'format' | undefined;
  /** Every frame in and out. */
  onMessage?: ((record: MessageRecord) => void) | undefined;
  /** The other side sends CALLs faster than they are answered. */
  onFlood?: (() => void) | undefined;
  /** Something came in that is no frame of OCPP, with what is wrong with it. */
  onInvalid?: ((description: string) => void) | undefined;
}

/** One side of one OCPP connection. It knows no socket: text comes in by `receive`, and goes out by `transmit`. */
export class Peer<V extends OcppVersion> {
  readonly #options: PeerOptions<V>;
  readonly #handlers: AnyHandlers;
  readonly #actions: ReadonlyMap<string, Action>;
  readonly #rules: FrameRules;
  readonly #wire: Wire;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  /** The second of the newest answer to what is no frame, and how many there were in it. */
  #complaintsIn = 0;
  #complaints = 0;

  constructor(options: PeerOptions<V>) {
    this.#options = options;
    this.#handlers = options.handlers;
    this.#actions = actionTable(options.version);
    this.#rules = rulesOf(options);
    this.#wire = new Wire(options);
    this.#inbox = new Inbox(this.#wire, options);
    this.#outbox = new Outbox(this.#wire, options);
  }

  /** Our calls in flight and waiting. */
  get pendingCalls(): number {
    return this.#outbox.size;
  }

  /** This peer with the types of the version it speaks; undefined when it speaks another one. */
  as<W extends OcppVersion>(version: W): Peer<W> | undefined {
    const spoken: OcppVersion = this.#options.version;
    return spoken === version ? trusted(this) : undefined;
  }

  /** Takes one text frame from the other side. Never throws. */
  receive(text: string): void {
    if (this.#wire.closed !== undefined) return;
    const frame = readFrame(text, this.#rules);
    switch (frame.kind) {
      case 'CALL':
      case 'SEND':
        this.#onCall(frame, text);
        return;
      case 'CALLRESULT':
        this.#onResult(frame, text);
        return;
      case 'CALLERROR':
        this.#onError(frame, text);
        return;
      case 'CALLRESULTERROR':
        this.#wire.recordIn(frame, text, { errorCode: canonicalCodeOf(frame.code) });
        return;
      case 'INVALID':
        this.#onInvalid(frame, text);
    }
  }

  /** Takes a text frame as bytes: what is not UTF-8 is an invalid frame. Never throws. */
  receiveBytes(bytes: Uint8Array): void {
    const text = decode(bytes);
    if (text === undefined) this.#onNoText(`<${bytes.byteLength} bytes that are not UTF-8>`, 'not UTF-8');
    else this.receive(text);
  }

  /** A binary frame, which OCPP-J does not have: recorded, and answered with one CALLERROR. Never throws. */
  receiveBinary(byteLength: number): void {
    this.#onNoText(`<binary frame of ${byteLength} bytes>`, 'binary frames are not part of OCPP-J');
  }

  /**
   * Sends a CALL when those before it are answered. Rejects with OcppError (the other side's CALLERROR, or a request or
   * response that breaks its schema), OcppTimeout, OcppConnectionClosed, OcppQueueFull or the signal's reason.
   */
  call<A extends ActionOf<V>>(
    action: A,
    payload: RequestOf<V, A>,
    options: CallOptions = {},
  ): Promise<ResponseOf<V, A>> {
    return trusted(this.#call(action, payload, options));
  }

  /**
   * As {@link call}, for any action and payload; members keep their order. `validate: false` sends what breaks the schema.
   * An action that the version does not know is sent too, and neither side of it is validated.
   */
  callRaw(
    action: string,
    payload: unknown,
    options: CallOptions & { validate?: boolean | undefined } = {},
  ): Promise<unknown> {
    return this.#call(action, payload, options);
  }

  /** Sends an unanswered message (OCPP 2.1), also while a CALL is in flight. Throws OcppError or OcppConnectionClosed. */
  send<A extends ActionOf<V>>(action: A, payload: RequestOf<V, A>): void {
    const { closed } = this.#wire;
    if (closed !== undefined) throw new OcppConnectionClosed(closed, false);
    const known = this.#actions.get(action);
    if (known?.from !== 'send') throw new OcppError('NotSupported', `${action} is not an action to SEND`);
    const error = check(known.request, payload);
    if (error) throw error;
    const messageId = nextMessageId();
    if (!this.#wire.write(writeCall(6, messageId, action, payload), { kind: 'SEND', messageId, action })) {
      throw new OcppConnectionClosed('the connection takes no more frames', false);
    }
  }

  /** Rejects all calls; frames are ignored from now on, and answers of running handlers dropped. Idempotent. */
  close(reason = 'the connection was closed'): void {
    this.#wire.close(reason);
    this.#inbox.close();
    this.#outbox.close(reason);
  }

  /** Not async: that would cost another promise for each call. */
  #call(action: string, payload: unknown, options: CallOptions & { validate?: boolean | undefined }): Promise<unknown> {
    try {
      const known = this.#actions.get(action);
      if (known?.from === 'send') throw new OcppError('NotSupported', `${action} has no answer: use send`);
      const error = options.validate === false ? undefined : check(known?.request, payload);
      if (error) throw error;
      return this.#outbox.add({ action, payload, response: known?.response }, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #onCall(frame: CallFrame, text: string): void {
    if (this.#inbox.isRepetition(frame, text)) {
      this.#wire.recordIn(frame, text, { action: frame.action, verdict: 'duplicate' });
      this.#inbox.repeatAnswer(frame, text);
      return;
    }
    const action = this.#actions.get(frame.action) ?? this.#similarAction(frame);
    if (!action) {
      const description = `OCPP ${this.#options.version} has no action ${frame.action.slice(0, 50)}`;
      this.#refuse(frame, text, { error: new OcppError('NotImplemented', description), action: frame.action });
      return;
    }
    const error = this.#objection(action, frame);
    if (error) {
      this.#refuse(frame, text, { error, action: action.name });
      return;
    }
    const handler = this.#handlers[action.name];
    if (!handler) {
      const unsupported = new OcppError('NotSupported', `${action.name} is not supported here`);
      this.#refuse(frame, text, { error: unsupported, action: action.name });
      return;
    }
    this.#wire.recordIn(frame, text, { action: action.name });
    this.#inbox.add({ frame, text, action, handler });
  }

  #similarAction(frame: CallFrame): Action | undefined {
    if (!this.#rules.lenient) return undefined;
    const action = findAction(this.#actions, frame.action);
    if (action) frame.notes = [...(frame.notes ?? []), `action ${frame.action} read as ${action.name}`];
    return action;
  }

  #objection(action: Action, frame: CallFrame): OcppError | undefined {
    if ((action.from === 'send') !== (frame.kind === 'SEND')) {
      return new OcppError('MessageTypeNotSupported', `${action.name} cannot be a ${frame.kind}`);
    }
    if (!this.#inbox.isFull())
      return this.#checkOrRepair(action.request, frame, action.from === 'csms' ? orderRepairs : allRepairs);
    heard(this.#options.onFlood);
    return new OcppError('InternalError', 'too many requests wait for their answer');
  }

  #onResult(frame: ResultFrame, text: string): void {
    const call = this.#take(frame, text);
    if (!call) return;
    const error = this.#checkOrRepair(call.response, frame);
    if (error) {
      this.#wire.recordIn(frame, text, { action: call.action, verdict: 'invalid', errorCode: error.code });
      if (this.#options.version === '2.1') this.#wire.writeError(5, frame.id, error, { action: call.action });
      call.reject(error);
    } else {
      this.#wire.recordIn(frame, text, { action: call.action });
      call.resolve(frame.payload);
    }
    this.#outbox.next();
  }

  #onError(frame: ErrorFrame, text: string): void {
    const call = this.#take(frame, text);
    if (!call) return;
    const errorCode = canonicalCodeOf(frame.code);
    this.#wire.recordIn(frame, text, { action: call.action, errorCode });
    call.reject(new OcppError(errorCode, frame.description, frame.details));
    this.#outbox.next();
  }

  /** The call that an answer is for. One that comes too late is recorded, and may answer the call's repetition. */
  #take(frame: ResultFrame | ErrorFrame, text: string): OutgoingCall | undefined {
    const id = String(frame.id);
    const call = this.#outbox.take(id);
    if (call && !call.isAbandoned) return call;
    const unanswered = call ?? this.#outbox.takeUnanswered(id);
    if (unanswered?.isRepeated && frame.kind === 'CALLRESULT' && !this.#checkOrRepair(unanswered.response, frame))
      this.#outbox.answeredLate(unanswered, frame.payload);
    const verdict = unanswered ? 'late' : this.#outbox.verdictOf(id);
    this.#wire.recordIn(frame, text, { verdict, ...(unanswered && { action: unanswered.action }) });
    this.#outbox.next();
    return undefined;
  }

  /** Only what may have been a request is answered: an answer to an answer could go on for ever. */
  #onInvalid(frame: InvalidFrame, text: string): void {
    this.#wire.record({
      direction: 'in',
      kind: 'INVALID',
      text: text.length <= 4096 ? text : `${text.slice(0, 4096)}…`,
      verdict: 'invalid',
      errorCode: frame.code,
      notes: [frame.description],
      ...(frame.id !== undefined && { messageId: String(frame.id) }),
    });
    heard(this.#options.onInvalid, frame.description);
    const error = new OcppError(frame.code, frame.description);
    if (frame.type === 3 || frame.type === 4) this.#onInvalidAnswer(frame, error);
    else if (this.#isAnswerable(frame) && this.#mayComplain())
      this.#wire.writeError(4, frame.id ?? unreadableId, error);
  }

  /** Whoever sends rubbish without end is not answered without end. */
  #mayComplain(): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#complaintsIn) this.#complaints = 0;
    this.#complaintsIn = second;
    return ++this.#complaints <= maxComplaints;
  }

  /** 2.1 answers neither CALLRESULTERROR nor SEND; 1.6 ignores message types it does not know (OCPP-J 1.6, 4.1.3). */
  #isAnswerable({ type, code }: InvalidFrame): boolean {
    if (this.#options.version === '1.6') return code !== 'MessageTypeNotSupported';
    return this.#options.version === '2.0.1' || (type !== 5 && type !== 6);
  }

  #onInvalidAnswer(frame: InvalidFrame, error: OcppError): void {
    const call = frame.id === undefined ? undefined : this.#outbox.take(String(frame.id));
    if (!call) return;
    if (frame.type === 3 && this.#options.version === '2.1')
      this.#wire.writeError(5, call.id, error, { action: call.action });
    call.reject(error);
    this.#outbox.next();
  }

  #onNoText(text: string, description: string): void {
    if (this.#wire.closed !== undefined) return;
    this.#onInvalid({ kind: 'INVALID', type: undefined, id: undefined, code: 'RpcFrameworkError', description }, text);
  }

  #checkOrRepair(
    validator: Validator | undefined,
    frame: CallFrame | ResultFrame,
    repairs = allRepairs,
  ): OcppError | undefined {
    if (!validator || validator(frame.payload)) return undefined;
    if (!this.#rules.lenient) return check(validator, frame.payload);
    const { error, notes } = repair(validator, frame.payload, repairs);
    if (notes.length > 0) frame.notes = [...(frame.notes ?? []), ...notes];
    return error;
  }

  /** Records a request that no handler will see, and answers it unless it is a SEND. */
  #refuse(frame: CallFrame, text: string, { error: exact, action: name }: { error: OcppError; action: string }): void {
    const action = name.slice(0, 50);
    const error = this.#options.violations === 'format' && specific.has(exact.code) ? formatViolation(exact) : exact;
    const verdict = verdicts[error.code] ?? 'invalid';
    this.#wire.recordIn(frame, text, { action, verdict, errorCode: error.code });
    if (frame.kind === 'CALL') this.#wire.writeError(4, frame.id, error, { action });
  }
}

/** Whoever listens may have a problem of its own; the frame is answered all the same. */
function heard<A extends unknown[]>(listener: ((...args: A) => void) | undefined, ...args: A): void {
  try {
    listener?.(...args);
  } catch {
    // As above.
  }
}

const specific: ReadonlySet<string> = new Set([
  'OccurrenceConstraintViolation',
  'PropertyConstraintViolation',
  'TypeConstraintViolation',
]);

const formatViolation = ({ message, details }: OcppError) => new OcppError('FormatViolation', message, details);

/** Answers to what is no frame, within a second. */
const maxComplaints = 20;

/** Refusals that say nothing against the frame. */
const verdicts: Record<string, MessageRecord['verdict'] | undefined> = {
  NotImplemented: 'unknown',
  NotSupported: 'ok',
  InternalError: 'ok',
};

const sharedRules = new Map<string, FrameRules>();

/** One object for all peers of a kind: an idle peer shall be small. */
function rulesOf({ version, mode, maxFrameChars: maxChars = 1 << 20 }: PeerOptions<OcppVersion>): FrameRules {
  const lenient = mode === 'lenient';
  const key = `${version} ${lenient} ${maxChars}`;
  const rules = sharedRules.get(key) ?? { version, lenient, maxChars };
  sharedRules.set(key, rules);
  return rules;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Nearly every frame is ASCII, which is told and read much faster. */
function decode(bytes: Uint8Array): string | undefined {
  if (bytes instanceof Buffer && isAscii(bytes)) return bytes.toString('latin1');
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
