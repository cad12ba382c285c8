import { signal } from '@preact/signals';
import type { Client, Event, Message, Session, Token } from 'busbar/client';
import { stationIdOf } from './event-words.ts';
import type { Fleet } from './fleet.ts';
import { toSentence } from './notices.ts';
import { createRefresher } from './refresher.ts';

/** How often sessions and messages are read whatever happens, ms: the log is written a moment after the event. */
const lookMs = 2000;
const keptEvents = 100;

/** What the page of one station shows beside the station itself, for as long as it is open. */
export class StationWatch {
  /** Newest first; a text says why they cannot be read. */
  readonly sessions = signal<readonly Session[] | string>([]);
  readonly messages = signal<readonly Message[] | string>([]);
  readonly events = signal<readonly Event[]>([]);
  /** To choose from when a session is started by hand. */
  readonly tokens = signal<readonly Token[]>([]);
  readonly #account: { client: Client; fleet: Fleet };
  readonly #stationId: string;
  readonly #refresher = createRefresher(() => this.#read());
  #release: () => void = () => {};

  constructor(account: { client: Client; fleet: Fleet }, stationId: string) {
    this.#account = account;
    this.#stationId = stationId;
  }

  start(): void {
    const unlisten = this.#account.fleet.listen((event) => this.#hear(event));
    const timer = setInterval(() => document.hidden || this.#refresher.want(), lookMs);
    this.#release = () => {
      unlisten();
      clearInterval(timer);
      this.#refresher.stop();
    };
    this.#refresher.want();
    void this.#readOnce();
  }

  stop(): void {
    this.#release();
  }

  #hear(event: Event): void {
    if (stationIdOf(event) !== this.#stationId) return;
    this.events.value = [event, ...this.events.value].slice(0, keptEvents);
    this.#refresher.want();
  }

  async #read(): Promise<void> {
    const { client } = this.#account;
    const chargestation = this.#stationId;
    this.sessions.value = await this.#itemsOf(client.sessions.list({ chargestation, limit: 10 }));
    this.messages.value = await this.#itemsOf(client.messages.list({ chargestation, limit: 50 }));
  }

  async #itemsOf<T>(page: Promise<{ items: T[] }>): Promise<T[] | string> {
    try {
      return (await page).items;
    } catch (error) {
      this.#account.fleet.failed(error);
      return toSentence(error);
    }
  }

  /** A key that may not read one of these is told so where the fleet's events are shown. */
  async #readOnce(): Promise<void> {
    const { client } = this.#account;
    const events = await this.#itemsOf(client.events.list({ chargestations: [this.#stationId], tail: 40 }));
    const heard = new Set(this.events.value.map(({ _id }) => _id));
    if (typeof events !== 'string')
      this.events.value = [...this.events.value, ...events.toReversed().filter(({ _id }) => !heard.has(_id))];
    const tokens = await this.#itemsOf(client.tokens.list({ limit: 100 }));
    if (typeof tokens !== 'string') this.tokens.value = tokens.filter(({ active }) => active);
  }
}
