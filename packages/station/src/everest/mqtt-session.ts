import type { MqttClient } from 'mqtt';
import { Lanes } from './lanes.ts';

export type TopicHandler = (payload: string, topic: string) => void | Promise<void>;

/** Handlers by topic or filter. */
export type Routes = ReadonlyMap<string, TopicHandler>;

export type QualityOfService = 0 | 1 | 2;

/** One connection, from its opening to its loss. */
export interface MqttSession {
  readonly signal: AbortSignal;
  /** By filter. Messages of one topic are handled one after the other; a failing handler does not stop the next. */
  subscribe(routes: Routes): Promise<void>;
  /** Never retained. Does nothing once the connection is lost. */
  publish(topic: string, payload: string, qos?: QualityOfService): void;
  /** Drops the connection; the link opens another one. */
  drop(): void;
}

export class ClientSession implements MqttSession {
  readonly #client: MqttClient;
  readonly #onProblem: (problem: string) => void;
  readonly #lost = new AbortController();
  readonly #lanes = new Lanes();
  readonly #exact = new Map<string, TopicHandler>();
  readonly #patterns: { filter: RegExp; handler: TopicHandler }[] = [];

  constructor(client: MqttClient, onProblem: (problem: string) => void) {
    this.#client = client;
    this.#onProblem = onProblem;
    client.on('message', (topic, payload) => this.#receive(topic, payload));
    client.on('error', (error) => onProblem(error.message));
    client.on('close', () => this.#lost.abort());
    if (!client.connected) this.#lost.abort();
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  async subscribe(routes: Routes): Promise<void> {
    if (routes.size === 0) return;
    for (const [filter, handler] of routes) {
      if (/[+#]/.test(filter)) this.#patterns.push({ filter: toPattern(filter), handler });
      else this.#exact.set(filter, handler);
    }
    await this.#client.subscribeAsync([...routes.keys()], { qos: 2 });
  }

  publish(topic: string, payload: string, qos: QualityOfService = 2): void {
    if (this.signal.aborted) return;
    this.#client.publish(topic, payload, { qos, retain: false }, (error) => {
      if (error && !this.signal.aborted) this.#onProblem(`${topic} was not published: ${error.message}`);
    });
  }

  drop(): void {
    this.#client.end(true);
    this.#lost.abort();
  }

  async end(): Promise<void> {
    await this.#client.endAsync(this.signal.aborted);
    this.#lost.abort();
    await this.#lanes.idle();
  }

  #receive(topic: string, payload: Buffer): void {
    const handler = this.#exact.get(topic) ?? this.#patterns.find(({ filter }) => filter.test(topic))?.handler;
    if (!handler) return;
    const isTaken = this.#lanes.run(topic, async () => {
      if (this.signal.aborted) return;
      try {
        await handler(payload.toString(), topic);
      } catch (error) {
        this.#onProblem(`${topic}: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
    if (!isTaken) this.#onProblem(`${topic}: too many messages wait, one is dropped`);
  }
}

function toPattern(filter: string): RegExp {
  const levels = filter.split('/').map((level) => {
    if (level === '+') return '[^/]+';
    return level === '#' ? '.*' : level.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${levels.join('/')}$`);
}
