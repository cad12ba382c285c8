import { follow, Http, pages, type Page, type Query } from './client-http.ts';
import type {
  Action,
  ApiKey,
  AuditEntry,
  Chargestation,
  Connector,
  Deleted,
  EnergyReport,
  Event,
  Message,
  NewApiKey,
  Reservation,
  Session,
  Summary,
  Token,
  Variable,
} from './schemas.ts';
import type * as request from './requests.ts';

export { ApiError } from './client-http.ts';
export type { Page } from './client-http.ts';
export type * from './schemas.ts';

export interface ClientOptions {
  /** `http://localhost:8080`; a path in front of `/v1.1` is kept. */
  url: string;
  apiKey?: string;
  /** Default: the global one. */
  fetch?: typeof fetch;
}

/** How a command is sent. */
export interface CommandOptions {
  /** s to wait for the station's answer, at most 60; without it the action comes back at once. */
  waitS?: number;
  /** `queue` keeps the command while the station is away. */
  offline?: 'reject' | 'queue';
  /** s until it is not sent any more. */
  expiresInS?: number;
  /** Makes repeating the request harmless. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

export interface StreamOptions {
  /** `['session.*', 'chargestation.online']`; all when absent. */
  types?: readonly string[];
  chargestations?: readonly string[];
  /** Id of the last event seen; those after it come first. */
  after?: string;
  signal?: AbortSignal;
  /** ms between attempts to connect again; default 2000. */
  retryMs?: number;
  /** Told when the stream was lost; it is opened again by itself. */
  onLost?: (error: unknown) => void;
}

type Place = { limit?: number; cursor?: string };
type Without<T> = Omit<T, 'offline' | 'expires_in'>;
type Range = { since?: Date | string; until?: Date | string };
type Listing<T, F> = {
  /** One page. */
  list(filter?: F & Place): Promise<Page<T>>;
  /** Every item of every page. */
  all(filter?: F & { limit?: number }): AsyncGenerator<T>;
};

export interface StationFilter {
  online?: boolean;
  admission?: Chargestation['admission'];
  vendor?: string;
  model?: string;
  protocol?: string;
  search?: string;
}
export interface SessionFilter extends Range {
  chargestation?: string;
  connector?: string;
  token?: string;
  status?: Session['status'];
  order?: 'asc' | 'desc';
}
export interface ActionFilter {
  chargestation?: string;
  /** `chargestation.reset` */
  type?: string;
  status?: 'requested' | 'completed' | 'rejected' | 'failed' | 'queued' | 'sent';
}
export interface MessageFilter extends Range {
  /** Id or identity; all stations when absent. */
  chargestation?: string;
  action?: string;
  direction?: 'in' | 'out';
  message_id?: string;
  search?: string;
  order?: 'asc' | 'desc';
}
export interface ReservationFilter {
  chargestation?: string;
  status?: Reservation['status'];
}
export interface EventFilter {
  types?: readonly string[];
  chargestations?: readonly string[];
  after?: string;
  tail?: number;
  limit?: number;
}

export type Client = ReturnType<typeof createClient>;

/** The public API, typed. Stations go by id or OCPP identity everywhere. Rejects with an {@link ApiError}. */
export function createClient(options: ClientOptions) {
  const http = new Http(options);
  return {
    stations: stationsOf(http),
    connectors: connectorsOf(http),
    variables: variablesOf(http),
    sessions: sessionsOf(http),
    tokens: tokensOf(http),
    actions: actionsOf(http),
    /** Any OCPP request, its payload exactly as given. */
    ocpp: (id: string, action: string, payload: object, how: CommandOptions = {}): Promise<Action> => {
      const path = `/v1.1/chargestations/${part(id)}/ocpp/${part(action)}`;
      return http.one('POST', path, { ...howOf(how), query: membersOf(how), body: payload });
    },
    reservations: listing<Reservation, ReservationFilter>(http, () => '/v1.1/reservations', same),
    events: eventsOf(http),
    messages: listing<Message, MessageFilter>(
      http,
      ({ chargestation }) =>
        chargestation === undefined ? '/v1.1/messages' : `/v1.1/chargestations/${part(chargestation)}/messages`,
      ({ since, until, order, ...rest }) => ({
        ...rest,
        chargestation: undefined,
        ...rangeOf('createdAt', { since, until }),
        sort_order: order,
      }),
    ),
    keys: keysOf(http),
    audit: listing<AuditEntry, { chargestation?: string }>(http, () => '/v1.1/audit', same),
    summary: (): Promise<Summary> => http.one('GET', '/v1.1/summary'),
    /** Whether the gateway lives and can do its work. Never rejects for want of health. */
    health: (): Promise<{ ready: boolean; problems: string[] }> => http.bare('/readyz', [200, 503]),
    /** Prometheus text. */
    metrics: (): Promise<string> => http.text('/metrics'),
  };
}

function stationsOf(http: Http) {
  const at = (id: string, more = '') => `/v1.1/chargestations/${part(id)}${more}`;
  return {
    ...listing<Chargestation, StationFilter>(http, () => '/v1.1/chargestations', same),
    get: (id: string): Promise<Chargestation> => http.one('GET', at(id)),
    create: (station: request.NewStation): Promise<Chargestation> =>
      http.one('POST', '/v1.1/chargestations', { body: station }),
    update: (id: string, changes: request.StationChanges): Promise<Chargestation> =>
      http.one('PATCH', at(id), { body: changes }),
    remove: (id: string): Promise<Deleted> => http.one('DELETE', at(id)),
    admit: (id: string): Promise<Chargestation> => http.one('POST', at(id, '/admit')),
    refuse: (id: string): Promise<Chargestation> => http.one('POST', at(id, '/refuse')),
    connectors: (id: string): Promise<Connector[]> => http.one('GET', at(id, '/connectors')),
    reset: (
      id: string,
      body: { type?: 'Immediate' | 'OnIdle' | 'Hard' | 'Soft'; evse?: number } = {},
      how?: CommandOptions,
    ) => command(http, at(id, '/reset'), body, how),
    changeAvailability: (
      id: string,
      body: { available: boolean; evse?: number; connector?: number },
      how?: CommandOptions,
    ) => command(http, at(id, '/availability'), body, how),
    unlock: (id: string, body: { evse: number; connector?: number }, how?: CommandOptions) =>
      command(http, at(id, '/unlock'), body, how),
    trigger: (id: string, body: { message: string; evse?: number; connector?: number }, how?: CommandOptions) =>
      command(http, at(id, '/trigger'), body, how),
    clearCache: (id: string, how?: CommandOptions) => command(http, at(id, '/clear_cache'), {}, how),
    /** A per phase; `null` clears the limit. Without `evse` the whole station. */
    setCurrentLimit: (id: string, body: { current: number | null; evse?: number }, how?: CommandOptions) =>
      command(http, at(id, '/set_current_limit'), body, how),
  };
}

function connectorsOf(http: Http) {
  const at = (id: string, more = '') => `/v1.1/connectors/${part(id)}${more}`;
  return {
    get: (id: string): Promise<Connector> => http.one('GET', at(id)),
    changeAvailability: (id: string, body: { available: boolean }, how?: CommandOptions) =>
      command(http, at(id, '/availability'), body, how),
    unlock: (id: string, how?: CommandOptions) => command(http, at(id, '/unlock'), {}, how),
    setCurrentLimit: (id: string, body: { current: number | null }, how?: CommandOptions) =>
      command(http, at(id, '/set_current_limit'), body, how),
  };
}

function variablesOf(http: Http) {
  const at = (id: string, more = '') => `/v1.1/chargestations/${part(id)}/variables${more}`;
  return {
    /** As the station last told them; it is not asked. */
    stored: (id: string, filter: { name?: string; limit?: number } = {}): Promise<Variable[]> =>
      http.one('GET', at(id), { query: filter }),
    get: (id: string, names: readonly string[], how?: CommandOptions) => command(http, at(id, '/get'), { names }, how),
    set: (
      id: string,
      variables: readonly { name: string; value: string }[],
      how: CommandOptions = {},
    ): Promise<Action> => http.one('PUT', at(id), { ...howOf(how), body: { variables, ...membersOf(how) } }),
    report: (
      id: string,
      base?: 'ConfigurationInventory' | 'FullInventory' | 'SummaryInventory',
      how?: CommandOptions,
    ) => command(http, at(id, '/report'), base === undefined ? {} : { base }, how),
  };
}

function sessionsOf(http: Http) {
  const at = (id: string, more = '') => `/v1.1/sessions/${part(id)}${more}`;
  return {
    ...listing<Session, SessionFilter>(
      http,
      () => '/v1.1/sessions',
      ({ since, until, order, ...rest }) => ({
        ...rest,
        ...rangeOf('startedAt', { since, until }),
        sort_order: order,
      }),
    ),
    get: (id: string): Promise<Session> => http.one('GET', at(id)),
    start: (body: Without<request.StartSession>, how?: CommandOptions) => command(http, '/v1.1/sessions', body, how),
    stop: (id: string, how?: CommandOptions) => command(http, at(id, '/stop'), {}, how),
    close: (id: string, reason: string): Promise<Session> => http.one('POST', at(id, '/close'), { body: { reason } }),
    energyReports: (id: string, filter: Range & { limit?: number } = {}): Promise<EnergyReport[]> => {
      const { limit, ...range } = filter;
      return http.one('GET', at(id, '/energy_reports'), { query: { limit, ...rangeOf('timestamp', range) } });
    },
  };
}

function tokensOf(http: Http) {
  const at = (id: string, more = '') => `/v1.1/tokens/${part(id)}${more}`;
  return {
    ...listing<Token, { search?: string }>(http, () => '/v1.1/tokens', same),
    get: (id: string): Promise<Token> => http.one('GET', at(id)),
    create: (token: request.NewToken): Promise<Token> => http.one('POST', '/v1.1/tokens', { body: token }),
    update: (id: string, changes: request.TokenChanges): Promise<Token> => http.one('PATCH', at(id), { body: changes }),
    block: (id: string): Promise<Token> => http.one('POST', at(id, '/block')),
    unblock: (id: string): Promise<Token> => http.one('POST', at(id, '/unblock')),
    remove: (id: string): Promise<Deleted> => http.one('DELETE', at(id)),
  };
}

function actionsOf(http: Http) {
  const at = (id: string, more = '') => `/v1.1/actions/${part(id)}${more}`;
  return {
    ...listing<Action, ActionFilter>(http, () => '/v1.1/actions', same),
    get: (id: string): Promise<Action> => http.one('GET', at(id)),
    cancel: (id: string): Promise<Action> => http.one('POST', at(id, '/cancel')),
    /** The action once it is settled, or as it is after `waitS` (default 60, at most 60). */
    wait: (id: string, waitS = 60, signal?: AbortSignal): Promise<Action> =>
      http.one('GET', at(id), howOf({ waitS, ...(signal && { signal }) })),
  };
}

function eventsOf(http: Http) {
  const textOf = (parts: readonly string[] | undefined) => parts?.join(',');
  return {
    /** In the order they happened; go on with `after: nextCursor`. */
    list: async (
      filter: EventFilter = {},
    ): Promise<{ items: Event[]; nextCursor: string | undefined; hasNext: boolean }> => {
      const { types, chargestations, ...rest } = filter;
      const query = { ...rest, types: textOf(types), chargestations: textOf(chargestations) };
      const page = await http.page<Event>('/v1.1/events', query);
      return { items: page.items, nextCursor: page.nextCursor, hasNext: page.hasNext };
    },
    /** Events as they happen. A lost connection is opened again where it broke off. Ends when `signal` aborts. */
    stream: ({ types, chargestations, ...rest }: StreamOptions = {}): AsyncGenerator<Event> =>
      follow(http, '/v1.1/events/stream', {
        ...rest,
        query: { types: textOf(types), chargestations: textOf(chargestations) },
      }),
  };
}

function keysOf(http: Http) {
  return {
    list: (): Promise<ApiKey[]> => http.one('GET', '/v1.1/keys'),
    /** The secret is in the answer and nowhere else. */
    create: (key: request.NewKey): Promise<NewApiKey> => http.one('POST', '/v1.1/keys', { body: key }),
    revoke: (id: string): Promise<ApiKey> => http.one('POST', `/v1.1/keys/${part(id)}/revoke`),
  };
}

function listing<T, F extends object>(
  http: Http,
  pathOf: (filter: Partial<F>) => string,
  toQuery: (filter: Partial<F> & Place) => Query,
): Listing<T, F> {
  const list = (filter: Partial<F> & Place = {}) => http.page<T>(pathOf(filter), toQuery(filter));
  const all = (filter: Partial<F> & Place = {}) =>
    pages((cursor) => list({ ...filter, ...(cursor !== undefined && { cursor }) }));
  return { list, all };
}

function same(filter: object): Query {
  return { ...filter };
}

function command(http: Http, path: string, body: object, how: CommandOptions = {}): Promise<Action> {
  return http.one('POST', path, { ...howOf(how), body: { ...body, ...membersOf(how) } });
}

function membersOf({ offline, expiresInS }: CommandOptions) {
  return { ...(offline && { offline }), ...(expiresInS !== undefined && { expires_in: expiresInS }) };
}

function howOf({ waitS, idempotencyKey, signal }: CommandOptions) {
  const headers: Record<string, string> = {};
  if (waitS !== undefined) headers['prefer'] = `wait=${Math.round(waitS)}`;
  if (idempotencyKey !== undefined) headers['idempotency-key'] = `"${idempotencyKey}"`;
  return { headers, ...(signal && { signal }) };
}

function rangeOf(
  name: string,
  { since, until }: { since?: Date | string | undefined; until?: Date | string | undefined },
): Query {
  const textOf = (time: Date | string | undefined) => (time instanceof Date ? time.toISOString() : time);
  return { [`${name}[$gte]`]: textOf(since), [`${name}[$lte]`]: textOf(until) };
}

function part(id: string): string {
  return encodeURIComponent(id);
}
