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
    const answer = peer.call(action, payload);
    answer.catch((error: unknown) => {
      if (error instanceof OcppTimeout && peer === this.#peer) this.#onTimeout?.();
    });
    return answer;
  }

  /** An action that only OCPP 2.1 has. Rejects as `Peer.call`, and with NotSupported where another version is spoken. */
  call21<A extends ActionOf<'2.1'>>(action: A, payload: RequestOf<'2.1', A>): Promise<ResponseOf<'2.1', A>> {
    if (!this.#peer) return Promise.reject(new OcppConnectionClosed('not connected', false));
    const peer = this.#peer.as('2.1');
    const unsupported = () => new OcppError('NotSupported', `OCPP ${this.#version} has no ${action}`);
    return peer?.call(action, payload) ?? Promise.reject(unsupported());
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
