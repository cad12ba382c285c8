import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { ok } from '../answer.ts';
import type { Api, App } from '../context.ts';
import { eventIdOf } from '../event-types.ts';
import { unknown } from '../ids.ts';
import { problems } from '../problem.ts';
import { byId } from '../requests.ts';
import { envelope, summary } from '../schemas.ts';

const tags = ['Operations'];

/** `authenticate` is asked for `/metrics` when the caller is not on this machine. */
export function operationRoutes(api: Api, app: App, authenticate: (request: FastifyRequest) => Promise<void>): void {
  aboutRoutes(api, app);
  app.get(
    '/healthz',
    {
      schema: {
        tags,
        summary: 'Whether the process lives',
        security: [],
        response: { 200: Type.Object({ status: Type.Literal('ok') }) },
      },
    },
    () => ({ status: 'ok' as const }),
  );

  const readiness = Type.Object({ ready: Type.Boolean(), problems: Type.Array(Type.String()) });
  app.get(
    '/readyz',
    {
      schema: {
        tags,
        summary: 'Whether it can do its work',
        security: [],
        response: { 200: readiness, 503: readiness },
      },
    },
    (_, reply) => {
      const found = [...api.operations.problems()];
      reply.code(found.length === 0 ? 200 : 503);
      return { ready: found.length === 0, problems: found };
    },
  );

  app.get(
    '/metrics',
    { schema: { tags, summary: 'Metrics for Prometheus', produces: ['text/plain'] } },
    async (request, reply) => {
      if (!api.options.metricsPublic && !isLocal(request)) await authenticate(request);
      return reply.type('text/plain; version=0.0.4; charset=utf-8').send(await api.operations.metricsText());
    },
  );
}

function aboutRoutes(api: Api, app: App): void {
  app.get(
    '/v1.1/summary',
    {
      config: { scope: 'read:stations' },
      schema: { tags, summary: 'Counts, newest event and problems at a glance', response: { 200: envelope(summary) } },
    },
    async () => {
      const { activeTransactions: activeSessions, ...counts } = await api.gateway.queries.counts();
      const { last } = await api.gateway.queries.factRange();
      const [newest] = last === 0 ? [] : await api.gateway.queries.facts({ afterSeq: last - 1, limit: 1 });
      const found = [...api.operations.problems()];
      const lastEvent = newest === undefined ? null : eventIdOf(newest);
      return ok({ ...counts, activeSessions, lastEvent, problems: found, version: api.operations.version });
    },
  );

  app.get(
    '/problems/:id',
    { schema: { tags, summary: 'What a problem type means', security: [], params: byId } },
    (request, reply) => {
      const found = Object.entries(problems).find(([kind]) => kind === request.params.id)?.[1];
      if (found === undefined) throw unknown('problem type', request.params.id);
      return reply.send({ type: `/problems/${request.params.id}`, ...found });
    },
  );
}

/**
 * On this machine, and not through a proxy on it, nor from a web page whose name was made to lead here: such a request has that
 * name as its host.
 */
function isLocal(request: FastifyRequest): boolean {
  if (request.headers['x-forwarded-for'] !== undefined || request.headers.forwarded !== undefined) return false;
  if (!/^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(request.hostname)) return false;
  return /^(127\.|::1$|::ffff:127\.)/.test(request.ip);
}
