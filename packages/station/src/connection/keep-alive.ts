import type { Clock, Timer } from '../time/clock.ts';

/** What is needed of a socket. */
export interface Pingable {
  ping(): void;
  terminate(): void;
}

/** Notices that the other side of an open socket is gone: it answers no ping in time. */
export class KeepAlive {
  readonly #socket: Pingable;
  readonly #clock: Clock;
  readonly #pongTimeoutMs: number;
  #next: Timer | undefined;
  #pong: Timer | undefined;

  constructor(socket: Pingable, { clock, pongTimeoutMs }: { clock: Clock; pongTimeoutMs: number }) {
    this.#socket = socket;
    this.#clock = clock;
    this.#pongTimeoutMs = pongTimeoutMs;
  }

  /** Pings every `ms` milliseconds from now on; 0 sends none. */
  every(ms: number): void {
    this.#next?.cancel();
    this.#next = undefined;
    if (ms <= 0) return;
    this.#next = this.#clock.after(ms, () => {
      this.probe();
      this.every(ms);
    });
  }

  /** Asks now; whatever comes in is an answer. */
  probe(): void {
    if (this.#pong) return;
    this.#pong = this.#clock.after(this.#pongTimeoutMs, () => this.#socket.terminate());
    this.#socket.ping();
  }

  /** Something came in. */
  heard(): void {
    this.#pong?.cancel();
    this.#pong = undefined;
  }

  stop(): void {
    this.#next?.cancel();
    this.#next = undefined;
    this.heard();
  }
}
