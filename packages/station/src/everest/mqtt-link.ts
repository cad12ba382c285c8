import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { systemClock, type Clock, type Timer } from '../time/clock.ts';
import { ClientSession, type MqttSession } from './mqtt-session.ts';

/** Where the broker is: a socket's path, or host and port. */
export interface BrokerAddress {
  /** Default localhost. */
  host?: string | undefined;
  /** Default 1883. */
  port?: number | undefined;
  /** A Unix socket; host and port then do not count. */
  socketPath?: string | undefined;
}

export interface MqttLinkOptions {
  broker?: BrokerAddress | undefined;
  /** More for MQTT.js, such as `username`, `password`, `ca`. Default MQTT 3.1.1, a clean session. */
  client?: IClientOptions | undefined;
  /** Between a lost or refused connection and the next attempt. Default 1000 ms. */
  retryMs?: number | undefined;
  clock?: Clock | undefined;
  /** What could not be read or handled. */
  onProblem?: ((problem: string) => void) | undefined;
}

/** Keeps one connection to a broker. Every opening starts from nothing: whoever uses it subscribes anew. */
export class MqttLink {
  readonly #options: MqttLinkOptions;
  readonly #clock: Clock;
  #onSession: ((session: MqttSession) => Promise<void>) | undefined;
  #session: ClientSession | undefined;
  #dialling: Promise<void> | undefined;
  #connecting: MqttClient | undefined;
  #timer: Timer | undefined;

  constructor(options: MqttLinkOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** `onSession` is called for every connection. When it rejects, the connection is dropped and another one is made. */
  start(onSession: (session: MqttSession) => Promise<void>): void {
    if (this.#onSession) return;
    this.#onSession = onSession;
    this.#dial();
  }

  /** Resolves when no callback can fire any more. What was published before is delivered first. */
  async stop(): Promise<void> {
    this.#onSession = undefined;
    this.#timer?.cancel();
    this.#connecting?.end(true);
    await this.#dialling;
    await this.#session?.end();
    this.#session = undefined;
  }

  #dial(): void {
    this.#dialling = this.#open().catch((error: unknown) => {
      this.#report(`no connection to the broker: ${error instanceof Error ? error.message : String(error)}`);
      this.#retry();
    });
  }

  async #open(): Promise<void> {
    const { broker = {}, client } = this.#options;
    const { host = 'localhost', port = 1883, socketPath } = broker;
    const address = socketPath === undefined ? { host, port } : { path: socketPath, unixSocket: true };
    this.#connecting = connect({
      protocol: 'mqtt',
      protocolVersion: 4,
      ...client,
      ...address,
      clean: true,
      reconnectPeriod: 0,
      resubscribe: false,
    });
    const session = new ClientSession(await connected(this.#connecting), (problem) => this.#report(problem));
    this.#connecting = undefined;
    this.#session = session;
    if (session.signal.aborted) return this.#retry();
    session.signal.addEventListener('abort', () => this.#retry(), { once: true });
    this.#begin(session);
  }

  #begin(session: ClientSession): void {
    this.#onSession?.(session).catch((error: unknown) => {
      if (session.signal.aborted) return;
      this.#report(error instanceof Error ? error.message : String(error));
      session.drop();
    });
  }

  #retry(): void {
    if (!this.#onSession) return;
    this.#timer?.cancel();
    this.#timer = this.#clock.after(this.#options.retryMs ?? 1000, () => this.#dial());
  }

  #report(problem: string): void {
    if (this.#onSession) this.#options.onProblem?.(problem);
  }
}

/** Rejects when the broker cannot be reached or refuses. */
function connected(client: MqttClient): Promise<MqttClient> {
  return new Promise((resolve, reject) => {
    let cause: Error | undefined;
    const closed = () => reject(new Error(cause?.message || 'the connection closed', { cause }));
    client.once('close', closed);
    client.once('error', (error) => {
      cause = error;
      client.end(true);
    });
    client.once('connect', () => {
      client.off('close', closed);
      resolve(client);
    });
  });
}
