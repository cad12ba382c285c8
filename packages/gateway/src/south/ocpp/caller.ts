import {
  OcppConnectionClosed,
  OcppError,
  OcppQueueFull,
  OcppTimeout,
  validate,
  type ActionOf,
  type OcppVersion,
  type Peer,
  type RequestOf,
  type ResponseOf,
} from '@busbar/ocpp';
import type { ChargingStation } from '../../domain/charging-station.ts';
import type { NotifyReportReport } from '../../domain/reports.ts';
import { Serial } from '../../lib/serial.ts';
import { LinkError, type SendOptions } from '../../ports/south.ts';
import type { Session } from './session.ts';

/** What a caller needs of its connection. */
export interface CallerWiring<V extends OcppVersion> {
  version: V;
  peer: Peer<V>;
  session: Session;
}

/**
 * The calls to one station: one after the other, none before the gate is open, every failure a {@link LinkError}.
 * The gate is shut while the station boots, because many stations cannot bear a CALL before their boot is answered.
 */
export class Caller<V extends OcppVersion> {
  readonly #wiring: CallerWiring<V>;
  #serial: Serial | undefined;
  #gate: PromiseWithResolvers<void> | undefined;
  #onSent: (() => void) | undefined;
  #learned: Map<string, string> | undefined;
  /** Commands whose first CALL was written: one that takes several is told once. */
  #told: WeakSet<SendOptions> | undefined;

  constructor(wiring: CallerWiring<V>) {
    this.#wiring = wiring;
  }

  get stationId(): string {
    return this.#wiring.session.stationId;
  }

  /** Values read from the station that hold as long as it is connected. */
  get learned(): Map<string, string> {
    return (this.#learned ??= new Map());
  }

  now(): Date {
    return this.#wiring.session.now();
  }

  station(): Promise<ChargingStation | undefined> {
    return this.#wiring.session.station();
  }

  async report(report: NotifyReportReport): Promise<void> {
    await this.#wiring.session.report(report);
  }

  /** No call goes out until {@link open}. */
  shut(): void {
    this.#gate ??= Promise.withResolvers();
  }

  open(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  /** A CALL was written. */
  wrote(): void {
    const onSent = this.#onSent;
    this.#onSent = undefined;
    onSent?.();
  }

  call<A extends ActionOf<V>>(action: A, payload: RequestOf<V, A>, options: SendOptions): Promise<ResponseOf<V, A>> {
    return this.#run(action, payload, options, () => this.#wiring.peer.call(action, payload, callOptions(options)));
  }

  /** Any action, with its payload as it is. */
  callRaw(action: string, payload: unknown, options: SendOptions): Promise<unknown> {
    return this.#run(action, payload, options, () => this.#wiring.peer.callRaw(action, payload, callOptions(options)));
  }

  #run<T>(action: string, payload: unknown, options: SendOptions, send: () => Promise<T>): Promise<T> {
    const mistake = validate(this.#wiring.version, { action, side: 'request' }, payload);
    if (mistake !== undefined) return Promise.reject(invalid(`${action} was not sent: ${mistake.message}.`));
    this.#serial ??= new Serial();
    return this.#serial.run(() => this.#send(action, options, send));
  }

  #tell(options: SendOptions): void {
    if (options.onSent === undefined) return;
    this.#told ??= new WeakSet();
    if (this.#told.has(options)) return;
    this.#told.add(options);
    options.onSent();
  }

  async #send<T>(action: string, options: SendOptions, send: () => Promise<T>): Promise<T> {
    let sent = false;
    try {
      while (this.#gate !== undefined) await unlessAborted(this.#gate.promise, options.signal);
      options.signal?.throwIfAborted();
      this.#onSent = () => {
        sent = true;
        this.#tell(options);
      };
      return await send();
    } catch (error) {
      this.#onSent = undefined;
      if (error instanceof OcppTimeout) this.#wiring.session.timedOut();
      throw toLinkError(action, error, sent);
    }
  }
}

export function invalid(message: string): LinkError {
  return new LinkError('Invalid', message, { sent: false });
}

function callOptions({ timeoutMs, signal }: SendOptions): { timeoutMs?: number; signal?: AbortSignal } {
  return { ...(timeoutMs !== undefined && { timeoutMs }), ...(signal !== undefined && { signal }) };
}

async function unlessAborted(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<void>();
  const onAbort = () => aborted.resolve();
  signal.addEventListener('abort', onAbort, { once: true });
  await Promise.race([promise, aborted.promise]);
  signal.removeEventListener('abort', onAbort);
  signal.throwIfAborted();
}

function toLinkError(action: string, error: unknown, sent: boolean): LinkError {
  if (error instanceof LinkError) return error;
  if (error instanceof OcppTimeout) return new LinkError('Timeout', `${error.message}.`, { sent: error.sent });
  if (error instanceof OcppConnectionClosed)
    return new LinkError('ConnectionLost', `${action}: ${error.message}.`, { sent: error.sent });
  if (error instanceof OcppQueueFull) return invalid(`${action} was not sent: ${error.message}.`);
  if (error instanceof OcppError) {
    const callError = { errorCode: error.code, errorDescription: error.message, errorDetails: error.details };
    const why = error.message === '' ? error.code : `${error.code}: ${error.message}`;
    return new LinkError('CallError', `${action} was answered with an error, ${why}`, { sent, callError });
  }
  return new LinkError(
    'Timeout',
    `${action} was given up${sent ? ' after it had been sent' : ' before it was sent'}.`,
    { sent },
  );
}
