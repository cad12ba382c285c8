import { WebSocket } from 'ws';
import { nextWaitMs, type BackOff } from './back-off.ts';
import type { Clock, Timer } from '../time/clock.ts';
import type { ConnectFailure, FailureKind } from './connect-failure.ts';
import { KeepAlive } from './keep-alive.ts';
import type { Receiver } from '../protocol.ts';
import { dial, type Target } from './socket.ts';

export type { Target } from './socket.ts';

/** What those who watch a station hear of an attempt that failed. */
export interface FailedAttempt {
  kind: FailureKind;
  message: string;
  /** Where the server answered the handshake. */
  statusCode?: number;
  retryInMs: number;
}

export interface ConnectionOptions {
  /** Where the next attempt goes; asked anew for each. A rejection is a failed attempt. */
  target(): Target | Promise<Target>;
  connectTimeoutMs: number;
  clock: Clock;
  random: () => number;
  backOff(): BackOff;
  /** Between pings; 0 sends none. */
  pingIntervalMs(): number;
  /** How long a ping may stay unanswered. */
  pongTimeoutMs(): number;
  /** Takes what comes in over a socket that has just opened; `subprotocol` is what the CSMS has chosen. */
  onOpen(subprotocol: string, transmit: (text: string) => void): Receiver;
  onClose(code: number, reason: string): void;
  onFailure(failure: FailedAttempt): void;
}

/** A socket that lasted so long ends the streak of failures, whatever the CSMS said over it. */
const stableMs = 30_000;

/** How long a closing handshake may take. */
const closeTimeoutMs = 2000;

/** One try to get a socket, until that socket has closed. */
interface Attempt {
  socket: WebSocket | undefined;
  receiver: Receiver | undefined;
  keepAlive: KeepAlive | undefined;
  openedMs: number;
}

/**
 * Keeps one socket to the CSMS open. At any time it is stopped, waits for its next attempt, or has one attempt; whatever
 * ends an attempt leads to the next wait, unless it was stopped.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  #attempt: Attempt | undefined;
  #timer: Timer | undefined;
  #failures = 0;
  #waitMs = 0;
  #isWanted = false;
  #ended: (() => void)[] = [];

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#attempt?.receiver !== undefined;
  }

  start(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    if (!this.#attempt) this.#begin();
  }

  /** Closes and stays closed; resolves when no callback can fire any more. */
  async stop(reason: string): Promise<void> {
    this.#isWanted = false;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#failures = 0;
    const attempt = this.#attempt;
    if (!attempt) return;
    if (!attempt.socket) {
      this.#attempt = undefined;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ended.push(resolve);
    const { socket } = attempt;
    if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
    else socket.close(1000, reason);
    const force = setTimeout(() => socket.terminate(), closeTimeoutMs);
    await promise;
    clearTimeout(force);
  }

  /** Drops the socket without a word, as a power cut does; it is opened again as after any loss. */
  drop(): void {
    this.#attempt?.socket?.terminate();
  }

  /** The CSMS serves the station: the streak of failures is over. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** The interval may have changed. */
  pingAgain(): void {
    this.#attempt?.keepAlive?.every(this.#options.pingIntervalMs());
  }

  /** The other side seems to be gone: it is pinged, and the socket dropped when nothing comes back. */
  probe(): void {
    this.#attempt?.keepAlive?.probe();
  }

  #begin(): void {
    const attempt: Attempt = { socket: undefined, receiver: undefined, keepAlive: undefined, openedMs: 0 };
    this.#attempt = attempt;
    const target = targetOf(this.#options);
    if (target instanceof Promise) {
      target.then(
        (resolved) => this.#dial(attempt, resolved),
        (error: unknown) => this.#closed(attempt, { code: 1006, reason: '', failure: invalid(error) }),
      );
    } else this.#dial(attempt, target);
  }

  #dial(attempt: Attempt, target: Target): void {
    if (this.#attempt !== attempt) return;
    const { connectTimeoutMs, clock } = this.#options;
    const events = {
      onOpen: (subprotocol: string) => this.#opened(attempt, subprotocol),
      onText: (bytes: Uint8Array) => attempt.receiver?.receiveBytes(bytes),
      onBinary: (byteLength: number) => attempt.receiver?.receiveBinary(byteLength),
      onHeard: () => attempt.keepAlive?.heard(),
      onClose: (close: Close) => this.#closed(attempt, close),
    };
    attempt.socket = dial(target, events, { connectTimeoutMs, now: () => clock.now() });
  }

  #opened(attempt: Attempt, subprotocol: string): void {
    const { socket } = attempt;
    if (!socket) return;
    const { clock, pongTimeoutMs, onOpen } = this.#options;
    attempt.openedMs = clock.monotonicMs();
    attempt.keepAlive = new KeepAlive(socket, { clock, pongTimeoutMs: pongTimeoutMs() });
    attempt.receiver = onOpen(subprotocol, (text) => {
      if (socket.readyState !== WebSocket.OPEN) throw new Error('the socket is closing');
      socket.send(text);
    });
    this.pingAgain();
  }

  #closed(attempt: Attempt, { code, reason, failure }: Close): void {
    if (this.#attempt !== attempt) return;
    const { receiver, keepAlive, openedMs } = attempt;
    this.#attempt = undefined;
    keepAlive?.stop();
    if (receiver) {
      if (this.#options.clock.monotonicMs() - openedMs >= stableMs) this.#failures = 0;
      this.#options.onClose(code, reason);
      receiver.close(reason || `the socket closed with code ${code}`);
    }
    if (this.#isWanted) this.#retry(receiver ? undefined : failure);
    for (const resolve of this.#ended.splice(0)) resolve();
  }

  /** `failure` where no socket was open. */
  #retry(failure: ConnectFailure | undefined): void {
    const { backOff, random, clock, onFailure } = this.#options;
    this.#failures++;
    this.#waitMs = nextWaitMs(backOff(), this.#failures, { previousMs: this.#waitMs, random: random() });
    const retryInMs = Math.max(this.#waitMs, failure?.retryAfterMs ?? 0);
    this.#timer = clock.after(retryInMs, () => {
      this.#timer = undefined;
      this.#begin();
    });
    if (!failure) return;
    const { kind, message, statusCode } = failure;
    onFailure({ kind, message, retryInMs, ...(statusCode !== undefined && { statusCode }) });
  }
}

interface Close {
  code: number;
  reason: string;
  failure: ConnectFailure;
}

function targetOf({ target }: ConnectionOptions): Target | Promise<Target> {
  try {
    return target();
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }
}

function invalid(error: unknown): ConnectFailure {
  return { kind: 'invalid', message: error instanceof Error ? error.message : String(error), retryAfterMs: 0 };
}
