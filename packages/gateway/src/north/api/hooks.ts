import type { FastifyReply, FastifyRequest } from 'fastify';
import { RateLimitedError } from '../../domain/errors.ts';
import type { Authenticator } from './authenticate.ts';
import type { Api, App } from './context.ts';
import { allowOrigin } from './cors.ts';
import type { Idempotency } from './idempotency.ts';
import { openCursor } from './lists.ts';
import { RequestError, toProblem } from './problem.ts';
import { RateLimit } from './rate-limit.ts';

interface Parts {
  api: Api;
  authenticator: Authenticator;
  idempotency: Idempotency;
  allowedMethods: (path: string) => string[];
}

const mutating = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** What happens to every request, whatever its route. */
export function addHooks(app: App, { api, authenticator, idempotency, allowedMethods }: Parts): void {
  const reads = new RateLimit(api.options.readsPerMinute);
  const writes = new RateLimit(api.options.writesPerMinute);

  app.decorateRequest('apiKey', undefined);
  app.decorateRequest('place', undefined);
  app.decorateRequest('idempotency', undefined);

  app.addHook('onRequest', async (request, reply) => {
    setHeaders(request, reply);
    if (allowOrigin(api.options.corsOrigins, request, reply)) return reply.code(204).send();
    const { scope } = request.routeOptions.config;
    if (scope === undefined) return undefined;
    request.apiKey = await authenticator.authenticate(request, scope);
    const writing = mutating.has(request.method);
    limitRate(reply, writing ? writes : reads, {
      policy: writing ? 'write' : 'read',
      keyId: request.apiKey.keyId,
      nowMs: api.clock.now().getTime(),
    });
    return undefined;
  });

  app.addHook('preValidation', async (request) => openCursor(api, request));

  app.addHook('preHandler', async (request, reply) => {
    if (request.apiKey === undefined || !mutating.has(request.method)) return;
    if (await idempotency.begin(request, reply)) return reply;
  });

  app.addHook('onSend', async (request, reply, payload) => {
    if (request.idempotency === undefined) return;
    await idempotency.end(request, reply, storable(request, payload));
  });

  app.addHook('onResponse', async (request, reply) => {
    idempotency.abandon(request);
    api.log.debug(
      {
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        requestId: request.id,
        key: request.apiKey?.keyId,
      },
      'request answered',
    );
  });

  answerErrors(api, app, allowedMethods);
}

function answerErrors(api: Api, app: App, allowedMethods: Parts['allowedMethods']): void {
  app.setErrorHandler((error, request, reply) => refuse(api, { error, request, reply }));
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const allow = allowedMethods(path).join(', ');
    const error =
      allow === ''
        ? new RequestError('not-found', `There is nothing at ${path}. GET /openapi.json tells what there is.`)
        : new RequestError('method-not-allowed', `${path} has ${allow}.`, { headers: { allow } });
    refuse(api, { error, request, reply });
  });
}

function setHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id);
  reply.header('x-content-type-options', 'nosniff');
  reply.header('cache-control', 'no-store');
  reply.header('referrer-policy', 'no-referrer');
}

function limitRate(
  reply: FastifyReply,
  limit: RateLimit,
  { policy, keyId, nowMs }: { policy: string; keyId: string; nowMs: number },
): void {
  const { remaining, resetS, retryAfterS } = limit.take(keyId, nowMs);
  reply.header('ratelimit-policy', `"${policy}";q=${limit.perMinute};w=60`);
  reply.header('ratelimit', `"${policy}";r=${remaining};t=${resetS}`);
  if (retryAfterS > 0) throw new RateLimitedError(`More than ${limit.perMinute} ${policy}s a minute.`, retryAfterS);
}

/** The answer as it may be kept: a secret is shown once and never written down. */
function storable(request: FastifyRequest, payload: unknown): string {
  const text = typeof payload === 'string' ? payload : '';
  if (request.routeOptions.config.answersSecret !== true) return text;
  return JSON.stringify(JSON.parse(text, (name, value: unknown) => (name === 'secret' ? null : value)));
}

/** Answers an error as eDRV does and as a problem, as `application/problem+json` for those who ask for it. */
export function refuse(
  api: Api,
  { error, request, reply }: { error: unknown; request: FastifyRequest; reply: FastifyReply },
): void {
  const { kind, headers, body } = toProblem(error, { url: request.url, requestId: request.id });
  if (kind === 'internal')
    api.log.error(
      { err: error, requestId: request.id, method: request.method, route: request.routeOptions.url },
      'request failed',
    );
  const problem = (request.headers.accept ?? '').includes('application/problem+json');
  reply.code(body.status).headers(headers).header('x-request-id', request.id);
  reply.type(`application/${problem ? 'problem+json' : 'json'}; charset=utf-8`).send(body);
}
