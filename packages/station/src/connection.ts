import { WebSocket } from 'ws';
import { nextWaitMs, type BackOff } from './back-off.ts';
import type { Clock, Timer } from './clock.ts';
import type { TlsOptions } from './options.ts';
import type { Receiver } from './protocol.ts';

/** One way to a CSMS. */
export interface Target {
  url: string;
  /** Best first. */
  subprotocols: readonly string[];
  /** The Authorization header. */
  authorization?: string | undefined;
  tls?: TlsOptions | undefined;
}

export interface ConnectionOptions {
  /** Where the next attempt goes; asked anew for each. */
  target(): Target;
  connectTimeoutMs: number;
  clock: Clock;
  random: () => number;
  backOff(): BackOff;
  /** Between pings; 0 sends none. */
  pingIntervalMs(): number;
  /** Takes what comes in over a socket that has just opened; `subprotocol` is what the CSMS has chosen. */
  onOpen(subprotocol: string, transmit: (text: string) => void): Receiver;
  onClose(code: number, reason: string): void;
  onFailure(failure: { message: string; statusCode?: number; retryInMs: number }): void;
}

/** Longest Retry-After that is heeded. */
const maxRetryAfterMs = 3_600_000;

/** How long a closing handshake may take. */
const closeTimeoutMs = 2000;

/** Keeps one socket to the CSMS open, and opens it again after a growing wait. */
export class Connection {
  readonly #options: ConnectionOptions;
  #socket: WebSocket | undefined;
  #receiver: Receiver | undefined;
  #timer: Timer | undefined;
  #ping: Timer | undefined;
  #failures = 0;
  #waitMs = 0;
  #isWanted = false;
  #ended: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#receiver !== undefined;
  }

  start(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    if (!this.#socket) this.#dial();
  }

  /** Closes and stays closed; resolves when no callback can fire any more. */
  async stop(reason: string): Promise<void> {
    this.#isWanted = false;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#failures = 0;
    const socket = this.#socket;
    if (!socket) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#ended;
    this.#ended = () => {
      before?.();
      resolve();
    };
    if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
    else socket.close(1000, reason);
    const force = setTimeout(() => socket.terminate(), closeTimeoutMs);
    await promise;
    clearTimeout(force);
  }

  /** Drops the socket without a word, as a power cut does; it is opened again as after any loss. */
  drop(): void {
    this.#socket?.terminate();
  }

  #dial(): void {
    const { target, connectTimeoutMs } = this.#options;
    const { url, subprotocols, authorization, tls } = target();
    const socket = new WebSocket(url, [...subprotocols], {
      perMessageDeflate: false,
      skipUTF8Validation: true,
      handshakeTimeout: connectTimeoutMs,
      maxPayload: 1 << 20,
      ...(authorization !== undefined && { headers: { authorization } }),
      ...tls,
    });
    this.#socket = socket;
    const failure: { message: string; statusCode?: number; retryAfterMs?: number } = { message: 'the socket closed' };
    socket.on('open', () => this.#opened(socket));
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.#receiver?.receiveBinary(data.byteLength);
      else this.#receiver?.receiveBytes(data);
    });
    socket.on('unexpected-response', (_request, response) => {
      failure.statusCode = response.statusCode ?? 0;
      failure.message =
        `the CSMS answered the handshake with ${response.statusCode} ${response.statusMessage ?? ''}`.trim();
      failure.retryAfterMs = retryAfterMsOf(response.headers['retry-after']);
      socket.terminate();
    });
    socket.on('error', (error) => {
      if (failure.statusCode === undefined) failure.message = error.message || String(error);
    });
    socket.on('close', (code, reason) => this.#closed(code, reason.toString(), failure));
  }

  #opened(socket: WebSocket): void {
    this.#failures = 0;
    this.#receiver = this.#options.onOpen(socket.protocol, (text) => {
      if (socket.readyState !== WebSocket.OPEN) throw new Error('the socket is closing');
      socket.send(text);
    });
    this.pingAgain();
  }

  /** The interval may have changed. */
  pingAgain(): void {
    this.#ping?.cancel();
    this.#ping = undefined;
    const ms = this.#options.pingIntervalMs();
    const socket = this.#socket;
    if (ms <= 0 || !socket || !this.isOpen) return;
    let isAnswered = true;
    socket.removeAllListeners('pong').on('pong', () => (isAnswered = true));
    const ping = () => {
      if (!isAnswered) return socket.terminate();
      isAnswered = false;
      socket.ping();
      this.#ping = this.#options.clock.after(ms, ping);
    };
    this.#ping = this.#options.clock.after(ms, ping);
  }

  #closed(
    code: number,
    reason: string,
    failure: { message: string; statusCode?: number; retryAfterMs?: number },
  ): void {
    const receiver = this.#receiver;
    this.#socket = undefined;
    this.#receiver = undefined;
    this.#ping?.cancel();
    this.#ping = undefined;
    if (receiver) {
      this.#options.onClose(code, reason);
      receiver.close(reason || `the socket closed with code ${code}`);
    }
    if (this.#isWanted) this.#retry(receiver === undefined, failure);
    const ended = this.#ended;
    this.#ended = undefined;
    ended?.();
  }

  #retry(
    hasFailed: boolean,
    { message, statusCode, retryAfterMs = 0 }: { message: string; statusCode?: number; retryAfterMs?: number },
  ): void {
    const { backOff, random, clock, onFailure } = this.#options;
    this.#failures++;
    this.#waitMs = nextWaitMs(backOff(), this.#failures, { previousMs: this.#waitMs, random: random() });
    const retryInMs = Math.max(this.#waitMs, retryAfterMs);
    this.#timer = clock.after(retryInMs, () => {
      this.#timer = undefined;
      this.#dial();
    });
    if (hasFailed) onFailure({ message, retryInMs, ...(statusCode !== undefined && { statusCode }) });
  }
}

function retryAfterMsOf(header: string | undefined): number {
  const seconds = Number(header ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1000, maxRetryAfterMs) : 0;
}
