import { Connection } from './connection.ts';
import type { Answered, Trouble } from './connection.ts';
import type { Step, Version } from './frames.ts';

export interface FleetOptions {
  /** `ws://127.0.0.1:9000/ocpp` */
  url: string;
  version: Version;
  count: number;
  /** What all identities begin with; two fleets of one server differ in it. */
  prefix: string;
}

/** So many handshakes and first calls at a time; a listening socket's queue holds 511. */
const atOnce = 250;
const drainTimeoutMs = 30_000;

/** The stations of one measurement, all with the same server. */
export class Fleet {
  readonly prefix: string;
  readonly version: Version;
  readonly connections: readonly Connection[];
  readonly trouble: Trouble = { errors: 0, lost: 0, first: undefined };
  /** Answers so far, by what was asked. CALLERRORs count, and are in `trouble` too. */
  readonly answered: Record<Step, number> = {
    boot: 0,
    status: 0,
    heartbeat: 0,
    authorize: 0,
    start: 0,
    meter: 0,
    stop: 0,
  };
  readonly #url: string;

  constructor({ url, version, count, prefix }: FleetOptions) {
    this.#url = url;
    this.prefix = prefix;
    this.version = version;
    this.connections = Array.from({ length: count }, (_, n) => new Connection(`${prefix}${n}`, version, this.trouble));
  }

  /** Connects all and sends `steps` on each, one after the other. Resolves when the last is answered. */
  async connect(steps: readonly Step[]): Promise<void> {
    await this.#onEach(this.connections, async (connection) => {
      await connection.open(this.#url);
      await this.#follow(connection, steps);
    });
  }

  /** Sends `steps` on each of `connections`, one after the other. */
  async walk(connections: readonly Connection[], steps: readonly Step[]): Promise<void> {
    await this.#onEach(connections, (connection) => this.#follow(connection, steps));
  }

  onAnswered(answered: Answered): void {
    const count: Answered = (connection, step, latencyMs) => {
      this.answered[step] += 1;
      answered(connection, step, latencyMs);
    };
    for (const connection of this.connections) connection.onAnswered = count;
  }

  /** Waits until nothing is in flight any more. @throws Error when answers are missing after 30 s */
  async drain(): Promise<void> {
    const deadline = performance.now() + drainTimeoutMs;
    while (this.connections.some((connection) => !connection.isIdle) && this.trouble.lost === 0) {
      if (performance.now() > deadline)
        throw new Error(`${this.prefix}: calls are unanswered after ${drainTimeoutMs / 1000} s.`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  async #follow(connection: Connection, steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      await connection.call(step);
      this.answered[step] += 1;
    }
  }

  async #onEach(connections: readonly Connection[], act: (connection: Connection) => Promise<void>): Promise<void> {
    const waiting = connections.values();
    const lane = async () => {
      for (const connection of waiting) await act(connection);
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, connections.length) }, lane));
  }
}
