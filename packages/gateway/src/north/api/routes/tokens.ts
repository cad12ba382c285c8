import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Token } from '../../../domain/authorization.ts';
import { ConflictError } from '../../../domain/errors.ts';
import { actorOf, ok } from '../answer.ts';
import type { Api, App } from '../context.ts';
import { tokenBy } from '../ids.ts';
import { list } from '../lists.ts';
import { RequestError } from '../problem.ts';
import { toToken } from '../render/records.ts';
import { byId, newToken, tokenChanges, type TokenChanges, tokensQuery } from '../requests.ts';
import { deleted, envelope, listEnvelope, token as tokenSchema } from '../schemas.ts';

const tags = ['Tokens'];
const one = { 200: envelope(tokenSchema) };

export function tokenRoutes(api: Api, app: App): void {
  readRoutes(api, app);
  createRoute(api, app);
  changeRoutes(api, app);
  deleteRoute(api, app);
}

function readRoutes(api: Api, app: App): void {
  const { queries } = api.gateway;
  const shown = (token: Token) => toToken(token, api.clock.now());

  app.get(
    '/v1.1/tokens',
    {
      config: { scope: 'read:tokens' },
      schema: { tags, summary: 'List tokens', querystring: tokensQuery, response: { 200: listEnvelope(tokenSchema) } },
    },
    (request, reply) => {
      const { search } = request.query;
      const filter = { ...(search !== undefined && { search }) };
      return list({ api, request, reply }, (page) => queries.tokens({ ...page, ...filter }), shown);
    },
  );

  app.get(
    '/v1.1/tokens/:id',
    { config: { scope: 'read:tokens' }, schema: { tags, summary: 'Get a token', params: byId, response: one } },
    async (request, reply) => {
      const token = await tokenBy(queries, request.params.id);
      reply.header('etag', etagOf(token));
      return ok(shown(token));
    },
  );
}

function createRoute(api: Api, app: App): void {
  const { queries } = api.gateway;
  app.post(
    '/v1.1/tokens',
    {
      config: { scope: 'write:tokens' },
      schema: { tags, summary: 'Create a token', body: newToken, response: { 201: envelope(tokenSchema) } },
    },
    async (request, reply) => {
      const { physicalId: idToken, type = 'ISO14443', blocked = false, expiresAt, group, label } = request.body;
      if ((await queries.token(idToken)) !== undefined)
        throw new ConflictError('There is a token with this physicalId already.');
      const token = await api.gateway.putToken(
        {
          idToken,
          type,
          blocked,
          ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }),
          ...(group !== undefined && { groupId: group }),
          ...(label !== undefined && { label }),
        },
        actorOf(request),
      );
      reply.code(201).header('location', `/v1.1/tokens/${token.tokenId}`).header('etag', etagOf(token));
      return ok(toToken(token, api.clock.now()));
    },
  );
}

function changeRoutes(api: Api, app: App): void {
  const change = async (request: FastifyRequest, reply: FastifyReply, changes: TokenChanges, id: string) => {
    const token = await tokenBy(api.gateway.queries, id);
    checkUnchanged(request, token);
    const changed = await api.gateway.putToken(merged(token, changes), actorOf(request));
    reply.header('etag', etagOf(changed));
    return ok(toToken(changed, api.clock.now()));
  };

  app.patch(
    '/v1.1/tokens/:id',
    {
      config: { scope: 'write:tokens' },
      schema: { tags, summary: 'Change a token', params: byId, body: tokenChanges, response: one },
    },
    (request, reply) => change(request, reply, request.body, request.params.id),
  );

  for (const [verb, blocked, summary] of blockings) {
    app.post(
      `/v1.1/tokens/:id/${verb}`,
      { config: { scope: 'write:tokens' }, schema: { tags, summary, params: byId, response: one } },
      (request: FastifyRequest<{ Params: { id: string } }>, reply) =>
        change(request, reply, { blocked }, request.params.id),
    );
  }
}

function deleteRoute(api: Api, app: App): void {
  app.delete(
    '/v1.1/tokens/:id',
    {
      config: { scope: 'write:tokens' },
      schema: { tags, summary: 'Delete a token', params: byId, response: { 200: envelope(deleted) } },
    },
    async (request) => {
      const token = await tokenBy(api.gateway.queries, request.params.id);
      checkUnchanged(request, token);
      await api.gateway.deleteToken(token.tokenId, actorOf(request));
      return ok({ _id: token.tokenId, deleted: true as const });
    },
  );
}

const blockings: readonly (readonly [verb: string, blocked: boolean, summary: string])[] = [
  ['block', true, 'Block a token'],
  ['unblock', false, 'Unblock a token'],
];

/** What is null in the changes is removed; what is absent stays. */
function merged(token: Token, changes: TokenChanges) {
  const { tokenId, idToken } = token;
  const expiresAt =
    changes.expiresAt === undefined ? token.expiresAt : changes.expiresAt && new Date(changes.expiresAt);
  const groupId = changes.group === undefined ? token.groupId : changes.group;
  const label = changes.label === undefined ? token.label : changes.label;
  return {
    tokenId,
    idToken,
    type: changes.type ?? token.type,
    blocked: changes.blocked ?? token.blocked,
    ...(expiresAt && { expiresAt }),
    ...(groupId && { groupId }),
    ...(label && { label }),
  };
}

function etagOf(token: Token): string {
  const { active: _, ...state } = toToken(token, token.updatedAt);
  return `"${createHash('sha256').update(JSON.stringify(state)).digest('hex').slice(0, 16)}"`;
}

function checkUnchanged(request: FastifyRequest, token: Token): void {
  const wanted = request.headers['if-match'];
  if (wanted === undefined || wanted === '*') return;
  if (wanted.split(',').some((etag) => etag.trim() === etagOf(token))) return;
  throw new RequestError('precondition-failed', 'The token has changed since it was read. GET it again and repeat.');
}
