import type { StoredFact } from '../../domain/facts.ts';
import type { Log } from '../../ports/adapter.ts';
import type { Gateway } from '../../ports/north.ts';
import { Serial } from '../../lib/serial.ts';

type FeedListener = (fact: StoredFact) => void;

/**
 * Every fact from now on, once and in order of the log, whatever order the bus brings them in: what is missing is read
 * from the log. All streams share one.
 */
export class EventFeed {
  readonly #gateway: Gateway;
  readonly #log: Log;
  readonly #listeners = new Set<FeedListener>();
  readonly #serial = new Serial();
  #unsubscribe: (() => void) | undefined;
  #lastSeq = 0;
  #newestHeard = 0;

  constructor(gateway: Gateway, log: Log) {
    this.#gateway = gateway;
    this.#log = log;
  }

  async start(): Promise<void> {
    this.#lastSeq = (await this.#gateway.queries.factRange()).last;
    this.#newestHeard = this.#lastSeq;
    this.#unsubscribe = this.#gateway.subscribe((fact) => this.#hear(fact));
    await this.#catchUp();
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#listeners.clear();
    await this.#serial.run(() => Promise.resolve());
  }

  /** The newest fact that was handed out. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  listen(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #hear(fact: StoredFact): void {
    this.#newestHeard = Math.max(this.#newestHeard, fact.seq);
    if (fact.seq <= this.#lastSeq) return;
    if (fact.seq === this.#lastSeq + 1 && this.#serial.idle) this.#hand(fact);
    else void this.#serial.run(() => this.#catchUp());
  }

  async #catchUp(): Promise<void> {
    try {
      for (;;) {
        const facts = await this.#gateway.queries.facts({ afterSeq: this.#lastSeq, limit: 500 });
        for (const fact of facts) if (fact.seq > this.#lastSeq) this.#hand(fact);
        if (facts.length === 0 || this.#lastSeq >= this.#newestHeard || this.#unsubscribe === undefined) return;
      }
    } catch (error) {
      this.#log.warn({ error }, 'event feed could not read the log; it tries again with the next event');
    }
  }

  #hand(fact: StoredFact): void {
    this.#lastSeq = fact.seq;
    for (const listener of this.#listeners) listener(fact);
  }
}
