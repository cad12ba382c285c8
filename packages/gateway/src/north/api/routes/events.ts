import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { Api, App } from '../context.ts';
import { filterOf, goneAfter, newestEvents, placeOf, readEvents } from '../events.ts';
import { RequestError } from '../problem.ts';
import { eventsQuery, streamQuery } from '../requests.ts';
import { event } from '../schemas.ts';
import { EventStream, type StreamLimits, streamLimits } from '../stream.ts';

const tags = ['Events'];

const eventList = Type.Object({
  ok: Type.Literal(true),
  message: Type.String(),
  result: Type.Array(event),
  hasNext: Type.Boolean({ description: 'More are in the log already' }),
  next_cursor: Type.Union([Type.String(), Type.Null()], { description: 'Give it as after to go on' }),
});

/** Returns what ends every open stream. */
export function eventRoutes(api: Api, app: App, limits: StreamLimits = streamLimits): () => void {
  listRoute(api, app);
  return streamRoute(api, app, limits);
}

function listRoute(api: Api, app: App): void {
  app.get(
    '/v1.1/events',
    {
      config: { scope: 'read:events' },
      schema: {
        tags,
        summary: 'Events in the order they happened',
        querystring: eventsQuery,
        response: { 200: eventList },
      },
    },
    async (request) => {
      const { after, tail, limit = 100 } = request.query;
      const filter = await filterOf(api, request.query);
      const page =
        tail === undefined ? await readFrom(api, filter, { after, limit }) : await newestEvents(api, filter, tail);
      return {
        ok: true as const,
        message: '',
        result: page.events,
        hasNext: page.hasNext,
        next_cursor: page.next ?? after ?? null,
      };
    },
  );
}

function streamRoute(api: Api, app: App, limits: StreamLimits): () => void {
  const streams: OpenStreams = new Map();
  const unwatch = watchKeys(api, streams, limits.keyCheckMs);
  app.get(
    '/v1.1/events/stream',
    {
      config: { scope: 'read:events' },
      exposeHeadRoute: false,
      schema: {
        tags,
        summary: 'Events as they happen (server-sent events); Last-Event-ID resumes',
        querystring: streamQuery,
        produces: ['text/event-stream'],
      },
    },
    async (request, reply) => {
      if (streams.size >= api.options.streams) {
        throw new RequestError('rate-limited', `All ${api.options.streams} event streams are in use.`, {
          headers: { 'retry-after': '30' },
        });
      }
      const filter = await filterOf(api, request.query);
      const lastEventId = request.headers['last-event-id'];
      const afterSeq = lastEventId === undefined ? api.feed.lastSeq : placeOf(String(lastEventId));
      beginStream(reply);
      const stream = new EventStream(api, reply.raw, { filter, afterSeq, limits });
      streams.set(stream, request.apiKey?.keyId);
      reply.raw.once('close', () => streams.delete(stream));
      await stream.run().catch((error: unknown) => {
        api.log.warn({ error, requestId: request.id }, 'event stream ended');
        stream.stop();
      });
    },
  );

  return () => {
    unwatch();
    for (const stream of streams.keys()) stream.stop();
    streams.clear();
  };
}

/** Open streams, each with the id of the key that opened it. */
type OpenStreams = Map<EventStream, string | undefined>;

function beginStream(reply: FastifyReply): void {
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value);
  reply.raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
}

function watchKeys(api: Api, streams: OpenStreams, everyMs: number): () => void {
  const check = setInterval(() => {
    if (streams.size === 0) return;
    endRefused(api, streams).catch((error: unknown) =>
      api.log.warn({ error }, 'the keys of open event streams could not be looked at; that is tried again'),
    );
  }, everyMs);
  return () => clearInterval(check);
}

/** Ends the streams whose key is revoked or has expired since it opened them. */
async function endRefused(api: Api, streams: OpenStreams): Promise<void> {
  const now = api.clock.now();
  const keys = await api.gateway.queries.apiKeys();
  const valid = keys.filter(
    (key) => key.revokedAt === undefined && (key.expiresAt === undefined || key.expiresAt > now),
  );
  const ids = new Set<string | undefined>(valid.map(({ keyId }) => keyId));
  for (const [stream, keyId] of streams) if (!ids.has(keyId)) stream.stop();
}

async function readFrom(
  api: Api,
  filter: Awaited<ReturnType<typeof filterOf>>,
  { after, limit }: { after: string | undefined; limit: number },
) {
  const afterSeq = after === undefined ? 0 : placeOf(after);
  const detail = after === undefined ? undefined : goneAfter(afterSeq, await api.gateway.queries.factRange());
  if (detail !== undefined)
    throw new RequestError('events-gone', detail, { mistakes: [{ pointer: 'query/after', detail }] });
  return readEvents(api, filter, { afterSeq, limit });
}
