import {
  OcppConnectionClosed,
  Peer,
  type ActionOf,
  type Handlers,
  type MessageRecord,
  type OcppVersion,
  type RequestOf,
  type ResponseOf,
} from '@busbar/ocpp';
import type { Core } from './core.ts';

/** The way to the CSMS: a peer while a connection is open. */
export class Wire<V extends OcppVersion> {
  readonly #version: V;
  readonly #core: Core;
  readonly #handlers: Handlers<V>;
  #peer: Peer<V> | undefined;
  #told: Promise<void> | undefined;

  constructor(version: V, core: Core, handlers: Handlers<V>) {
    this.#version = version;
    this.#core = core;
    this.#handlers = handlers;
  }

  open(connection: { transmit(text: string): void; onMessage?: (record: MessageRecord) => void }): Peer<V> {
    this.#peer = new Peer({
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
    return this.#peer?.call(action, payload) ?? Promise.reject(new OcppConnectionClosed('not connected', false));
  }

  /** Tells what may be lost. Only when the CSMS has accepted the station, unless it asked for it. */
  tell<A extends ActionOf<V>>(action: A, payload: RequestOf<V, A>, cause: 'own' | 'triggered' = 'own'): void {
    if (cause === 'own' && this.#core.registration !== 'Accepted') return;
    const told = this.call(action, payload).then(
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

  /** Resolves when all that was told is answered, or lost. */
  idle(): Promise<void> {
    return this.#told ?? Promise.resolve();
  }
}
