import { computed, signal } from '@preact/signals';
import { ApiError, type Chargestation, type Client, type Event, type Summary } from 'busbar/client';
import { stationIdOf } from './event-words.ts';
import { createRefresher } from './refresher.ts';

/** `live`: events come in as they happen. `lost`: what is shown may be old. */
export type Link = 'opening' | 'live' | 'lost';

const keptEvents = 200;
/** Stations that are read one by one; when more changed, the whole list is read. */
const fewStations = 8;
/** How often the list is read whatever happens, ms: a heartbeat makes no event. */
const lookMs = 15_000;
/** Events that change which stations there are. */
const listEvents = new Set(['chargestation.created', 'chargestation.updated', 'chargestation.deleted', 'stream.reset']);

/** Every station the page knows, kept as the gateway has them: events say what changed, the resource is then read. */
export class Fleet {
  readonly link = signal<Link>('opening');
  readonly summary = signal<Summary | undefined>(undefined);
  /** By id. Undefined until they were read for the first time. */
  readonly stations = signal<ReadonlyMap<string, Chargestation> | undefined>(undefined);
  /** Newest first, without meter values: the list of stations shows those. */
  readonly events = signal<readonly Event[]>([]);
  /** Why there are no events: the key may not read them. */
  readonly eventsRefused = signal<string | undefined>(undefined);
  readonly search = signal('');
  readonly hasMore = signal(false);
  /** Stations of the list, by identity; without those that wait. */
  readonly listed = computed(() => this.#inList());
  readonly waiting = computed(() =>
    [...(this.stations.value?.values() ?? [])].filter(({ admission }) => admission === 'held'),
  );

  readonly #client: Client;
  readonly #onRefused: (error: ApiError) => void;
  readonly #ids = signal<readonly string[]>([]);
  readonly #changed = new Set<string>();
  readonly #refresher = createRefresher(() => this.#read());
  readonly #listeners = new Set<(event: Event) => void>();
  readonly #closing = new AbortController();
  #limit = 200;
  #isListStale = true;
  #pinned: string | undefined;

  /** `onRefused` is told when the key is not accepted any more. */
  constructor(client: Client, onRefused: (error: ApiError) => void) {
    this.#client = client;
    this.#onRefused = onRefused;
  }

  start(): void {
    this.readAll();
    void this.#follow();
    const timer = setInterval(() => document.hidden || this.readAll(), lookMs);
    const { signal: closing } = this.#closing;
    closing.addEventListener('abort', () => clearInterval(timer));
    document.addEventListener('visibilitychange', () => document.hidden || this.readAll(), { signal: closing });
  }

  stop(): void {
    this.#closing.abort();
    this.#refresher.stop();
    this.#listeners.clear();
  }

  /** Told of every event. Returns what ends it. */
  listen(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The event stream is open, perhaps again: what happened meanwhile is read. */
  opened(): void {
    this.link.value = 'live';
    this.readAll();
  }

  readAll(): void {
    this.#isListStale = true;
    this.#refresher.want();
  }

  find(text: string): void {
    this.search.value = text;
    this.readAll();
  }

  /** Keeps a station, by identity, whether or not it is in the list. */
  pin(endpoint: string | undefined): void {
    this.#pinned = endpoint;
    if (endpoint !== undefined && this.stationOf(endpoint) === undefined) this.readAll();
  }

  showMore(): void {
    this.#limit = Math.min(this.#limit + 200, 1000);
    this.readAll();
  }

  /** Takes on what the gateway answered. */
  put(station: Chargestation): void {
    this.stations.value = new Map(this.stations.value).set(station._id, station);
  }

  /** By id or OCPP identity. */
  stationOf(id: string): Chargestation | undefined {
    return (
      this.stations.value?.get(id) ?? [...(this.stations.value?.values() ?? [])].find(({ endpoint }) => endpoint === id)
    );
  }

  /** Reports a request that failed elsewhere: a key that is not accepted ends the visit. */
  failed(error: unknown): void {
    if (error instanceof ApiError && error.status === 401) this.#onRefused(error);
    else if (error instanceof ApiError && error.status === 0) this.link.value = 'lost';
  }

  #inList(): Chargestation[] {
    const stations = this.#ids.value
      .map((id) => this.stations.value?.get(id))
      .filter((station) => station !== undefined);
    return stations
      .filter(({ admission }) => admission !== 'held')
      .sort((a, b) => a.endpoint.localeCompare(b.endpoint, undefined, { numeric: true }));
  }

  async #read(): Promise<void> {
    const ids = [...this.#changed];
    this.#changed.clear();
    const isAll = this.#isListStale || ids.length > fewStations;
    this.#isListStale = false;
    try {
      await (isAll ? this.#readList() : this.#readSome(ids));
      this.summary.value = await this.#client.summary();
    } catch (error) {
      this.#isListStale = true;
      this.failed(error);
    }
  }

  async #readList(): Promise<void> {
    const search = this.search.value.trim();
    const [page, held] = await Promise.all([
      this.#client.stations.list({ limit: this.#limit, ...(search !== '' && { search }) }),
      this.#client.stations.list({ limit: 50, admission: 'held' }),
    ]);
    const found = new Map([...held.items, ...page.items].map((station) => [station._id, station]));
    const pinned = this.#pinned;
    if (pinned !== undefined && ![...found.values()].some(({ endpoint }) => endpoint === pinned)) {
      const station = await this.#stationIfAny(pinned);
      if (station !== undefined) found.set(station._id, station);
    }
    this.stations.value = found;
    this.#ids.value = page.items.map(({ _id }) => _id);
    this.hasMore.value = page.hasNext && this.#limit < 1000;
  }

  async #readSome(ids: readonly string[]): Promise<void> {
    const stations = await Promise.all(ids.map((id) => this.#stationIfAny(id)));
    const next = new Map(this.stations.value);
    for (const station of stations) if (station !== undefined) next.set(station._id, station);
    this.stations.value = next;
  }

  async #stationIfAny(id: string): Promise<Chargestation | undefined> {
    try {
      return await this.#client.stations.get(id);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  async #follow(): Promise<void> {
    const { signal: closing } = this.#closing;
    try {
      const { items, nextCursor } = await this.#newest();
      this.events.value = items.filter((event) => !isReading(event)).toReversed();
      const from = nextCursor === undefined ? {} : { after: nextCursor };
      const onLost = () => (this.link.value = 'lost');
      for await (const event of this.#client.events.stream({ ...from, signal: closing, onLost })) this.#hear(event);
    } catch (error) {
      if (closing.aborted) return;
      this.failed(error);
      if (error instanceof ApiError) this.eventsRefused.value = error.detail;
    }
  }

  /** The newest events, however often the gateway has to be asked until it answers. */
  async #newest(): ReturnType<Client['events']['list']> {
    for (;;) {
      try {
        return await this.#client.events.list({ tail: 50 });
      } catch (error) {
        if (!(error instanceof ApiError) || (error.status >= 400 && error.status < 500 && error.status !== 429))
          throw error;
        this.link.value = 'lost';
      }
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }

  #hear(event: Event): void {
    if (!isReading(event)) this.events.value = [event, ...this.events.value].slice(0, keptEvents);
    const id = stationIdOf(event);
    const isKnown = id !== undefined && this.stations.value?.has(id) === true && event.type !== 'chargestation.deleted';
    if (isKnown) this.#changed.add(id);
    else if (listEvents.has(event.type)) this.#isListStale = true;
    if (isKnown || this.#isListStale) this.#refresher.want();
    for (const listener of this.#listeners) listener(event);
  }
}

function isReading({ type }: Event): boolean {
  return type.endsWith('.energy_report');
}
