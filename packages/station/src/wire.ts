import {
  OcppConnectionClosed,
  OcppError,
  OcppTimeout,
  Peer,
  type ActionOf,
  type Handlers,
  type MessageRecord,
  type OcppVersion,
  type RequestOf,
  type ResponseOf,
} from '@busbar/ocpp';
import type { Core } from './core.ts';

/** Whether a message is the station's own or was asked for by the CSMS, which hears it also before it has accepted the station. */
export type Cause = 'own' | 'triggered';

/** What the queue repeats unchanged. It bears a time or a number, so that the same text is the same message. */
const repeated: ReadonlySet<string> = new Set([
  'StartTransaction',
  'StopTransaction',
  'MeterValues',
  'TransactionEvent',
  'SecurityEventNotification',
  'NotifyEvent',
]);

/**
 * The way to the CSMS: a peer while a connection is open. 2.0.1 and 2.1 share their functional blocks, and so a wire of
 * the type `Wire<'2.0.1' | '2.1'>`.
 */
export class Wire<V extends OcppVersion> {
  readonly #version: V;
  readonly #core: Core;
  readonly #handlers: Handlers<V>;
  #peer: Peer<V> | undefined;
  #told: Promise<void> | undefined;
  #onTimeout: (() => void) | undefined;

  constructor(version: V, core: Core, handlers: Handlers<V>) {
    this.#version = version;
    this.#core = core;
    this.#handlers = handlers;
  }

  open({
    onTimeout,
    ...connection
  }: {
    transmit(text: string): void;
    onMessage?: (record: MessageRecord) => void;
    onFlood?: () => void;
    onInvalid?: (description: string) => void;
    onTimeout?: () => void;
  }): Peer<V> {
    this.#onTimeout = onTimeout;
    this.#peer = new Peer<V>({
      version: this.#version,
      mode: 'lenient',
      handlers: this.#handlers,
      callTimeoutMs: this.#core.callTimeoutMs,
      violations: this.#core.violations,
      ...connection,
    });
    return this.#peer;
  }

  closed(): void {
    this.#peer = undefined;
  }

  /** Rejects as `Peer.call`. */
  call<A extends ActionOf<V>>(action: A, payload: RequestOf<V, A>): Promise<ResponseOf<V, A>> {
    const peer = this.#peer;
    if (!peer) return Promise.reject(new OcppConnectionClosed('not connected', false));
    return this.#awaited(peer.call(action, payload, { isRepeated: repeated.has(action) }));
  }

  /** An action that only OCPP 2.1 has. Rejects as `Peer.call`, and with NotSupported where another version is spoken. */
  call21<A extends ActionOf<'2.1'>>(action: A, payload: RequestOf<'2.1', A>): Promise<ResponseOf<'2.1', A>> {
    if (!this.#peer) return Promise.reject(new OcppConnectionClosed('not connected', false));
    const peer = this.#peer.as('2.1');
    if (peer) return this.#awaited(peer.call(action, payload, { isRepeated: repeated.has(action) }));
    return Promise.reject(new OcppError('NotSupported', `OCPP ${this.#version} has no ${action}`));
  }

  /** As {@link call}, for what the host wants: not before the CSMS has accepted the station (OCPP 2.0.1 B02, B03). */
  ask<A extends ActionOf<V>>(action: A, payload: RequestOf<V, A>): Promise<ResponseOf<V, A>> {
    return this.#mayTell('own') ? this.call(action, payload) : refused();
  }

  /** As {@link ask}, for an action that only OCPP 2.1 has. */
  ask21<A extends ActionOf<'2.1'>>(action: A, payload: RequestOf<'2.1', A>): Promise<ResponseOf<'2.1', A>> {
    return this.#mayTell('own') ? this.call21(action, payload) : refused();
  }

  /** An unanswered message of OCPP 2.1; false when it cannot be sent now. */
  send21<A extends ActionOf<'2.1'>>(action: A, payload: RequestOf<'2.1', A>): boolean {
    const peer = this.#peer?.as('2.1');
    peer?.send(action, payload);
    return peer !== undefined;
  }

  /** Tells what may be lost. Only when the CSMS has accepted the station, unless it asked for it. */
  tell<A extends ActionOf<V>>(action: A, payload: RequestOf<V, A>, cause: Cause = 'own'): void {
    if (this.#mayTell(cause)) this.#follow(action, this.call(action, payload));
  }

  /** As {@link tell}, for an action that only OCPP 2.1 has; nothing where another version is spoken. */
  tell21<A extends ActionOf<'2.1'>>(action: A, payload: RequestOf<'2.1', A>, cause: Cause = 'own'): void {
    if (this.#version === '2.1' && this.#mayTell(cause)) this.#follow(action, this.call21(action, payload));
  }

  /** Resolves when all that was told is answered, or lost. */
  idle(): Promise<void> {
    return this.#told ?? Promise.resolve();
  }

  /** A CSMS that does not answer may be gone. */
  #awaited<T>(answer: Promise<T>): Promise<T> {
    const peer = this.#peer;
    answer.catch((error: unknown) => {
      if (error instanceof OcppTimeout && peer === this.#peer) this.#onTimeout?.();
    });
    return answer;
  }

  #mayTell(cause: Cause): boolean {
    return cause === 'triggered' || this.#core.registration === 'Accepted';
  }

  #follow(action: string, answer: Promise<unknown>): void {
    const told = answer.then(
      () => {},
      (error: unknown) => {
        if (!(error instanceof OcppConnectionClosed)) this.#core.events.emit('callFailed', { action, error });
      },
    );
    this.#told = told;
    void told.finally(() => {
      if (this.#told === told) this.#told = undefined;
    });
  }
}

function refused(): Promise<never> {
  return Promise.reject(new OcppConnectionClosed('the CSMS has not accepted the station', false));
}
