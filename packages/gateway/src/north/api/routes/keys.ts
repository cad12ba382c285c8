import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { ForbiddenError, InvalidError } from '../../../domain/errors.ts';
import { covers } from '../access.ts';
import { actorOf, ok } from '../answer.ts';
import type { Api, App } from '../context.ts';
import { unknown } from '../ids.ts';
import { toApiKey } from '../render/records.ts';
import { byId, newKey } from '../requests.ts';
import { apiKey, envelope, newApiKey } from '../schemas.ts';

const tags = ['Keys'];

export function keyRoutes(api: Api, app: App): void {
  listAndCreateRoutes(api, app);
  revokeRoutes(api, app);
}

function listAndCreateRoutes(api: Api, app: App): void {
  const { queries } = api.gateway;

  app.get(
    '/v1.1/keys',
    {
      config: { scope: 'read:keys' },
      schema: { tags, summary: 'List API keys', response: { 200: envelope(Type.Array(apiKey)) } },
    },
    async () => {
      const now = api.clock.now();
      return ok((await queries.apiKeys()).map((key) => toApiKey(key, now)));
    },
  );

  app.post(
    '/v1.1/keys',
    {
      config: { scope: 'write:keys', answersSecret: true },
      schema: {
        tags,
        summary: 'Create an API key; its secret is in this answer and nowhere else',
        body: newKey,
        response: { 201: envelope(newApiKey) },
      },
    },
    async (request, reply) => {
      const { name, scopes, expiresAt } = request.body;
      const missing = lackingOf(request, scopes);
      if (missing !== '') throw new ForbiddenError(`A key cannot give what it lacks itself: ${missing}.`);
      if (expiresAt !== undefined && new Date(expiresAt) <= api.clock.now()) throw expired;
      const { key, secret } = await api.gateway.createApiKey(
        { name, scopes, ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }) },
        actorOf(request),
      );
      reply.code(201).header('location', `/v1.1/keys/${key.keyId}`).header('cache-control', 'no-store');
      return ok({ ...toApiKey(key, api.clock.now()), secret });
    },
  );
}

function revokeRoutes(api: Api, app: App): void {
  const { queries } = api.gateway;
  const revoke = async (request: FastifyRequest, id: string) => {
    const known = (await queries.apiKeys()).find(({ keyId }) => keyId === id);
    if (known === undefined) throw unknown('key', id);
    const missing = lackingOf(request, known.scopes);
    if (missing !== '') throw new ForbiddenError(`A key cannot revoke one that may do more: ${missing}.`);
    await api.gateway.revokeApiKey(id, actorOf(request));
    api.forgetKeys();
    const revoked = (await queries.apiKeys()).find(({ keyId }) => keyId === id) ?? known;
    return ok(toApiKey(revoked, api.clock.now()));
  };
  const config = { scope: 'write:keys' } as const;
  const schema = { tags, params: byId, response: { 200: envelope(apiKey) } };

  app.post('/v1.1/keys/:id/revoke', { config, schema: { ...schema, summary: 'Revoke an API key' } }, (request) =>
    revoke(request, request.params.id),
  );
  app.delete('/v1.1/keys/:id', { config, schema: { ...schema, summary: 'Revoke an API key' } }, (request) =>
    revoke(request, request.params.id),
  );
}

/** The scopes that the key of the request lacks itself. */
function lackingOf(request: FastifyRequest, scopes: readonly string[]): string {
  return scopes.filter((scope) => !covers(request.apiKey?.scopes ?? [], scope)).join(', ');
}

const past = 'lies in the past; such a key would never be accepted';
const expired = new InvalidError(`#/expiresAt: ${past}.`, [{ pointer: '#/expiresAt', detail: past }]);
