import type { Event } from './schemas.ts';

/** What the API answered instead of what was asked for. */
export class ApiError extends Error {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Kind of problem: `not-found`, `station-offline` ... `unreachable` when there was no answer. */
  readonly type: string;
  readonly detail: string;
  readonly errors: readonly { pointer: string; detail: string }[];
  readonly requestId: string | undefined;
  /** s to wait before trying again, when the API said so. */
  readonly retryAfterS: number | undefined;

  constructor(
    about: { status: number; type: string; detail: string } & Partial<
      Pick<ApiError, 'errors' | 'requestId' | 'retryAfterS'>
    >,
    options?: ErrorOptions,
  ) {
    super(about.detail, options);
    this.name = 'ApiError';
    this.status = about.status;
    this.type = about.type;
    this.detail = about.detail;
    this.errors = about.errors ?? [];
    this.requestId = about.requestId;
    this.retryAfterS = about.retryAfterS;
  }
}

export interface Page<T> {
  items: T[];
  /** Undefined on the last page. */
  nextCursor: string | undefined;
  prevCursor: string | undefined;
  hasNext: boolean;
}

export type Query = Record<string, string | number | boolean | undefined>;

interface Sending {
  query?: Query;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Sends requests and reads answers. Web APIs only, so that it works in a browser. */
export class Http {
  readonly #base: string;
  readonly #apiKey: string | undefined;
  readonly #fetch: typeof fetch;

  constructor({ url, apiKey, fetch: given }: { url: string; apiKey?: string; fetch?: typeof fetch }) {
    this.#base = url.replace(/\/+$/, '');
    this.#apiKey = apiKey;
    this.#fetch = given ?? globalThis.fetch.bind(globalThis);
  }

  /** The `result` of eDRV's envelope. */
  async one<T>(method: string, path: string, sending: Sending = {}): Promise<T> {
    const response = await this.send(method, path, sending);
    const { result }: { result: T } = JSON.parse(await response.text());
    return result;
  }

  async page<T>(path: string, query: Query): Promise<Page<T>> {
    const response = await this.send('GET', path, { query });
    const page: { result: T[]; next_cursor?: string | null; prev_cursor?: string | null; hasNext: boolean } =
      JSON.parse(await response.text());
    return {
      items: page.result,
      nextCursor: page.next_cursor ?? undefined,
      prevCursor: page.prev_cursor ?? undefined,
      hasNext: page.hasNext,
    };
  }

  /** A body without envelope. */
  async bare<T>(path: string, statuses: readonly number[]): Promise<T> {
    const response = await this.send('GET', path, {}, statuses);
    return JSON.parse(await response.text());
  }

  async text(path: string): Promise<string> {
    return (await this.send('GET', path)).text();
  }

  /** @throws ApiError unless the status is 2xx or among `statuses` */
  async send(
    method: string,
    path: string,
    { query = {}, body, headers = {}, signal }: Sending = {},
    statuses: readonly number[] = [],
  ): Promise<Response> {
    const response = await this.#request(`${this.#base}${path}${textOf(query)}`, {
      method,
      headers: {
        ...(this.#apiKey !== undefined && { authorization: `Bearer ${this.#apiKey}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    if (response.ok || statuses.includes(response.status)) return response;
    throw await toApiError(response);
  }

  async #request(url: string, init: RequestInit): Promise<Response> {
    try {
      return await this.#fetch(url, init);
    } catch (cause) {
      if (init.signal?.aborted === true) throw cause;
      const detail = `No answer from ${this.#base}. Is the gateway running, and is this its address?`;
      throw new ApiError({ status: 0, type: 'unreachable', detail }, { cause });
    }
  }
}

function textOf(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
  return parameters.size === 0 ? '' : `?${parameters}`;
}

async function toApiError(response: Response): Promise<ApiError> {
  const text = await response.text();
  const retryAfterS = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retry = Number.isFinite(retryAfterS) ? { retryAfterS } : {};
  try {
    const body: { type?: string; detail?: string; errors?: ApiError['errors']; requestId?: string } = JSON.parse(text);
    return new ApiError({
      status: response.status,
      type: body.type?.split('/').at(-1) ?? 'unknown',
      detail: body.detail ?? response.statusText,
      ...(body.errors && { errors: body.errors }),
      ...(body.requestId !== undefined && { requestId: body.requestId }),
      ...retry,
    });
  } catch {
    const detail = `The answer ${response.status} is not from a Busbar gateway: ${text.slice(0, 100)}`;
    return new ApiError({ status: response.status, type: 'unknown', detail, ...retry });
  }
}

/** Every item of every page. */
export async function* pages<T>(read: (cursor: string | undefined) => Promise<Page<T>>): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

interface Following {
  query: Query;
  after?: string;
  signal?: AbortSignal;
  retryMs?: number;
  onLost?: (error: unknown) => void;
}

/** Events of a stream, opened again from the last one seen whenever it is lost. Rejects only when it is refused. */
export async function* follow(http: Http, path: string, options: Following): AsyncGenerator<Event> {
  const { query, signal, retryMs = 2000, onLost } = options;
  let after = options.after;
  while (!isAborted(signal)) {
    try {
      const headers = { accept: 'text/event-stream', ...(after !== undefined && { 'last-event-id': after }) };
      const response = await http.send('GET', path, { query, headers, ...(signal && { signal }) });
      for await (const { id, data } of readStream(response)) {
        if (id !== undefined) after = id;
        const event: Event = JSON.parse(data);
        yield event;
      }
    } catch (error) {
      if (isAborted(signal)) return;
      if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429) throw error;
      onLost?.(error);
    }
    await pause(retryMs, signal);
  }
}

/** The messages of a server-sent event stream. Comments and `retry` are passed over. */
async function* readStream(response: Response): AsyncGenerator<{ id: string | undefined; data: string }> {
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      text += chunk.value;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const fields = new Map(
          block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
        );
        const data = fields.get('data');
        if (data !== undefined) yield { id: fields.get('id'), data };
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener('abort', () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
