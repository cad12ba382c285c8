import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Page, PageRequest, Position, TimeRange } from '../../ports/store.ts';
import type { Api } from './context.ts';
import type { CursorContent } from './cursor.ts';
import { RequestError } from './problem.ts';

/** Query members that choose a place in the list, not its content. */
const placeMembers = new Set(['cursor', 'limit', 'paginate_limit', 'paginate_page', 'paginate_enabled']);

/**
 * Puts the filters of the cursor into the query, before it is validated, and the place into the request.
 * @throws RequestError when a filter differs from the cursor's
 */
export function openCursor(api: Api, request: FastifyRequest): void {
  const query = textsOf(request.query);
  const text = query.get('cursor');
  if (text === undefined || text === '') return;
  const cursor = api.cursors.read(text, request.routeOptions.url ?? '');
  for (const [name, value] of query) {
    if (placeMembers.has(name) || cursor.q[name] === value) continue;
    const detail = 'differs from what the cursor was made for';
    throw new RequestError('invalid-request', `query/${name}: ${detail}. Start again without the cursor.`, {
      mistakes: [{ pointer: `query/${name}`, detail }],
    });
  }
  request.place = { from: { at: cursor.at, id: cursor.id }, towards: cursor.t };
  request.query = { ...cursor.q, ...Object.fromEntries(query) };
}

function textsOf(query: unknown): Map<string, string> {
  const entries = typeof query === 'object' && query !== null ? Object.entries(query) : [];
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

interface ListQuery {
  limit?: number;
  cursor?: string;
  paginate_limit?: number;
  paginate_page?: number;
  paginate_enabled?: boolean;
  sort_order?: 'asc' | 'desc';
}

interface ListReply<U> {
  ok: true;
  message: string;
  result: U[];
  hasNext: boolean;
  hasPrevious: boolean;
  next_cursor: string | null;
  prev_cursor: string | null;
}

type Read<T> = (page: PageRequest) => Promise<SiftedPage<T>>;

/** A page that was looked for: how far, where that is beyond its items. */
type SiftedPage<T> = Page<T> & { reached?: Position };

/** Reads the page a request asks for and answers it with its cursors. */
export async function list<T, U>(
  { api, request, reply }: { api: Api; request: FastifyRequest; reply: FastifyReply },
  read: Read<T>,
  render: (item: T) => U | Promise<U>,
): Promise<ListReply<U>> {
  const query: ListQuery = request.query ?? {};
  const limit = query.limit ?? query.paginate_limit ?? (query.paginate_enabled === false ? 1000 : 50);
  const base: PageRequest = { limit, ...(query.sort_order && { order: query.sort_order }) };
  const page = request.place
    ? await read({ ...base, ...request.place })
    : await pageNumbered(read, base, query.paginate_page ?? 1);
  const backwards = request.place?.towards === 'previous';
  const last = (!backwards && page.reached) || page.positions.at(-1);
  const first = (backwards && page.reached) || page.positions[0];
  const next = page.hasNext ? cursorAt(api, request, { position: last, towards: 'next' }) : null;
  const previous = page.hasPrevious ? cursorAt(api, request, { position: first, towards: 'previous' }) : null;
  link(request, reply, { limit, next, prev: previous });
  return {
    ok: true,
    message: '',
    result: await Promise.all(page.items.map(render)),
    hasNext: next !== null,
    hasPrevious: previous !== null,
    next_cursor: next,
    prev_cursor: previous,
  };
}

const itemsARound = 1000;
const rounds = 20;

/**
 * A page of the items that `keep` lets through, for filters the store does not have. Looks at no more than 20,000 items:
 * the page is short then, and its cursor goes on from there.
 */
export async function sifted<T>(
  read: (page: PageRequest) => Promise<Page<T>>,
  page: PageRequest,
  keep: (item: T) => boolean,
): Promise<SiftedPage<T>> {
  const backwards = page.towards === 'previous';
  const found: { item: T; position: Position }[] = [];
  let reached = page.from;
  let more = true;
  for (let round = 0; round < rounds && more && found.length <= page.limit; round += 1) {
    const some = await read({ ...page, limit: itemsARound, ...(reached && { from: reached }) });
    const rows = some.items.flatMap((item, index) => {
      const position = some.positions[index];
      return position === undefined ? [] : [{ item, position }];
    });
    const walked = backwards ? rows.toReversed() : rows;
    found.push(...walked.filter(({ item }) => keep(item)));
    reached = walked.at(-1)?.position ?? reached;
    more = backwards ? some.hasPrevious : some.hasNext;
  }
  const overfull = found.length > page.limit;
  const taken = backwards ? found.slice(0, page.limit).toReversed() : found.slice(0, page.limit);
  const beyond = overfull || more;
  const behind = page.from !== undefined;
  return {
    items: taken.map(({ item }) => item),
    positions: taken.map(({ position }) => position),
    hasNext: backwards ? behind : beyond,
    hasPrevious: backwards ? beyond : behind,
    ...(!overfull && more && reached && { reached }),
  };
}

/** eDRV's page numbers: walks there, at most 10,000 items. */
async function pageNumbered<T>(read: Read<T>, base: PageRequest, number: number): Promise<SiftedPage<T>> {
  if ((number - 1) * base.limit > 10_000) {
    const detail = 'reaches beyond item 10,000; follow next_cursor instead';
    throw new RequestError('invalid-request', `query/paginate_page: ${detail}.`, {
      mistakes: [{ pointer: 'query/paginate_page', detail }],
    });
  }
  let page = await read(base);
  for (let at = 1; at < number; at += 1) {
    const from = page.reached ?? page.positions.at(-1);
    if (!page.hasNext || from === undefined)
      return { items: [], positions: [], hasNext: false, hasPrevious: page.items.length > 0 };
    page = await read({ ...base, from, towards: 'next' });
  }
  return page;
}

function cursorAt(
  api: Api,
  request: FastifyRequest,
  { position, towards }: { position: Position | undefined; towards: CursorContent['t'] },
): string | null {
  if (position === undefined) return null;
  const query = filtersOf(request).filter(([name]) => !placeMembers.has(name));
  const { at, id } = position;
  return api.cursors.toText({ l: request.routeOptions.url ?? '', q: Object.fromEntries(query), t: towards, at, id });
}

/** The filters as text; numbers and booleans were read from text, and become the same text again. */
function filtersOf(request: FastifyRequest): [string, string][] {
  const query = typeof request.query === 'object' && request.query !== null ? Object.entries(request.query) : [];
  return query.map(([name, value]) => [name, String(value)]);
}

function link(
  request: FastifyRequest,
  reply: FastifyReply,
  { limit, next, prev }: { limit: number; next: string | null; prev: string | null },
): void {
  const path = request.url.split('?', 1)[0] ?? '';
  const links = Object.entries({ next, prev }).flatMap(([rel, cursor]) =>
    cursor === null ? [] : [`<${path}?limit=${limit}&cursor=${cursor}>; rel="${rel}"`],
  );
  if (links.length > 0) reply.header('link', links.join(', '));
}

/** `{ since, until }` of `name[$gte]` and `name[$lte]`; undefined when neither is given. */
export function rangeOf(since: string | undefined, until: string | undefined): TimeRange | undefined {
  if (since === undefined && until === undefined) return undefined;
  return {
    ...(since !== undefined && { since: new Date(since) }),
    ...(until !== undefined && { until: new Date(until) }),
  };
}
