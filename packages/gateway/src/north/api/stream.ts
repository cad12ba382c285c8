import type { ServerResponse } from 'node:http';
import type { StoredFact } from '../../domain/facts.ts';
import type { Api } from './context.ts';
import { eventIdOf, seqOf } from './event-types.ts';
import { type EventFilter, goneAfter, readEvents, toWantedEvent } from './events.ts';
import type { Event } from './schemas.ts';

export interface StreamLimits {
  pingMs: number;
  maxAgeMs: number;
  /** Bytes that may wait for a client that reads too slowly; beyond it is cut off. */
  maxBuffered: number;
  /** How often the keys of open streams are looked at: a revoked or expired one ends its streams. */
  keyCheckMs: number;
}

export const streamLimits: StreamLimits = {
  pingMs: 15_000,
  maxAgeMs: 3_600_000,
  maxBuffered: 1_048_576,
  keyCheckMs: 2000,
};

/**
 * One client of the event stream: first what it missed, out of the log, then what happens. A client that reads too slowly
 * is cut off; it comes back with `Last-Event-ID` and misses nothing.
 */
export class EventStream {
  readonly #api: Api;
  readonly #out: ServerResponse;
  readonly #filter: EventFilter;
  readonly #limits: StreamLimits;
  #unlisten: () => void = () => {};
  #timers: NodeJS.Timeout[] = [];
  #live = false;
  #seq: number;

  constructor(api: Api, out: ServerResponse, options: { filter: EventFilter; afterSeq: number; limits: StreamLimits }) {
    this.#api = api;
    this.#out = out;
    this.#filter = options.filter;
    this.#limits = options.limits;
    this.#seq = options.afterSeq;
  }

  /** Runs until the client goes, is too slow or too old, or `stop` is called. */
  async run(): Promise<void> {
    this.#out.once('close', () => this.stop());
    const { pingMs, maxAgeMs } = this.#limits;
    this.#timers = [setInterval(() => this.#write(': ping\n\n'), pingMs), setTimeout(() => this.stop(), maxAgeMs)];
    this.#write('retry: 2000\n\n');
    this.#unlisten = this.#api.feed.listen((fact) => this.#hear(fact));
    await this.#resume();
  }

  stop(): void {
    this.#unlisten();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
    if (!this.#out.writableEnded && !this.#out.destroyed) this.#out.end();
  }

  /** Sends the log up to where the feed is; from then on the feed goes on by itself. */
  async #resume(): Promise<void> {
    const range = await this.#api.gateway.queries.factRange();
    if (goneAfter(this.#seq, range) !== undefined) {
      this.#seq = this.#seq > range.last ? range.last : range.first - 1;
      this.#write(`event: stream.reset\ndata: ${JSON.stringify(toReset(this.#seq, this.#api.clock.now()))}\n\n`);
    }
    while (!this.#out.destroyed && !this.#out.writableEnded) {
      if (this.#seq >= this.#api.feed.lastSeq) {
        this.#live = true;
        return;
      }
      const target = this.#api.feed.lastSeq;
      const page = await readEvents(this.#api, this.#filter, { afterSeq: this.#seq, limit: 100 });
      for (const event of page.events) this.#send(event, JSON.stringify(event));
      // What came while the log was read may be on the page already; the feed has it too.
      const read = seqOf(page.next ?? '') ?? 0;
      this.#seq = page.hasNext ? read : Math.max(target, read);
      await this.#drained();
    }
  }

  #hear(fact: StoredFact): void {
    if (!this.#live || fact.seq <= this.#seq) return;
    this.#seq = fact.seq;
    const event = toWantedEvent(fact, this.#filter);
    if (event !== undefined) this.#send(event, textOf(event));
  }

  #send(event: Event, text: string): void {
    this.#write(`id: ${event._id}\nevent: ${event.type}\ndata: ${text}\n\n`);
  }

  #write(text: string): void {
    if (this.#out.destroyed || this.#out.writableEnded) return;
    this.#out.write(text);
    if (this.#live && this.#out.writableLength > this.#limits.maxBuffered) this.#out.destroy();
  }

  /** While catching up the client sets the pace, for as long as it reads at all. */
  async #drained(): Promise<void> {
    if (!this.#out.writableNeedDrain) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => this.#out.destroy(), this.#limits.pingMs);
    this.#out.once('drain', resolve).once('close', resolve);
    await promise;
    clearTimeout(timer);
    this.#out.off('drain', resolve).off('close', resolve);
  }
}

function toReset(seq: number, at: Date): Event {
  return {
    _id: eventIdOf({ seq, at }),
    object: 'stream',
    type: 'stream.reset',
    data: { remedy },
    createdAt: at.toISOString(),
  };
}

const remedy = 'Events were missed that are not kept any more. Read the resources anew, then go on from here.';

/** Serialised once for all clients. */
const texts = new WeakMap<Event, string>();

function textOf(event: Event): string {
  const known = texts.get(event);
  if (known !== undefined) return known;
  const text = JSON.stringify(event);
  texts.set(event, text);
  return text;
}
