import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { ConflictError } from '../../../domain/errors.ts';
import type { Transaction } from '../../../domain/transaction.ts';
import { actorOf, issue, ok } from '../answer.ts';
import type { Api, App } from '../context.ts';
import { connectorBy, stationBy, transactionBy } from '../ids.ts';
import { list, rangeOf } from '../lists.ts';
import { RequestError } from '../problem.ts';
import { toEnergyReport, toSession } from '../render/session.ts';
import {
  byId,
  closeBody,
  commandBody,
  type CommandOptions,
  energyReportsQuery,
  sessionsQuery,
  type SessionsQuery,
  startBody,
  type StartSession,
} from '../requests.ts';
import { energyReport, envelope, listEnvelope, session } from '../schemas.ts';
import { actionAnswers } from './commands.ts';

const tags = ['Sessions'];

export function sessionRoutes(api: Api, app: App): void {
  readRoutes(api, app);
  startRoute(api, app);
  endRoutes(api, app);
}

function startRoute(api: Api, app: App): void {
  app.post(
    '/v1.1/sessions',
    {
      config: { scope: 'write:sessions' },
      schema: {
        tags,
        summary: 'Start charging; the session appears when the station starts it',
        body: startBody,
        response: actionAnswers,
      },
    },
    async (request, reply) => {
      const { stationId, evseId } = await placeOf(api, request.body);
      const { token, current_limit: currentLimit, offline, expires_in } = request.body;
      const known = await api.gateway.queries.token(token);
      const command = {
        type: 'requestStartTransaction' as const,
        idToken: { idToken: token, type: known?.type ?? 'ISO14443' },
        ...(evseId !== undefined && { evseId }),
        ...(currentLimit !== undefined && { currentLimit }),
      };
      const options = { ...(offline && { offline }), ...(expires_in !== undefined && { expires_in }) };
      return issue({ api, request, reply }, { stationId, command }, options);
    },
  );
}

function endRoutes(api: Api, app: App): void {
  app.post(
    '/v1.1/sessions/:id/stop',
    {
      config: { scope: 'write:sessions' },
      schema: { tags, summary: 'Stop charging', params: byId, body: commandBody, response: actionAnswers },
    },
    (request, reply) => stop({ api, request, reply }, request.params.id, request.body),
  );

  app.get(
    '/v1.1/sessions/:id/stop',
    {
      config: { scope: 'write:sessions' },
      exposeHeadRoute: false,
      schema: {
        tags,
        summary: "Stop charging, eDRV's way; POST is the better verb",
        params: byId,
        response: actionAnswers,
      },
    },
    (request, reply) => stop({ api, request, reply }, request.params.id, {}),
  );

  app.post(
    '/v1.1/sessions/:id/close',
    {
      config: { scope: 'write:sessions' },
      schema: {
        tags,
        summary: 'End a session that its station will never end',
        params: byId,
        body: closeBody,
        response: { 200: envelope(session) },
      },
    },
    async (request) => {
      const transaction = await transactionBy(api.gateway.queries, request.params.id);
      const closed = await api.gateway.closeTransaction(transaction, request.body.reason, actorOf(request));
      return ok(toSession(closed, api.clock.now()));
    },
  );
}

function readRoutes(api: Api, app: App): void {
  const { queries } = api.gateway;

  app.get(
    '/v1.1/sessions',
    {
      config: { scope: 'read:sessions' },
      schema: { tags, summary: 'List sessions', querystring: sessionsQuery, response: { 200: listEnvelope(session) } },
    },
    async (request, reply) => {
      const filter = await filterOf(api, request.query);
      return list(
        { api, request, reply },
        (page) => queries.transactions({ ...page, ...filter }),
        (transaction) => shown(api, transaction),
      );
    },
  );

  app.get(
    '/v1.1/sessions/:id',
    {
      config: { scope: 'read:sessions' },
      schema: { tags, summary: 'Get a session', params: byId, response: { 200: envelope(session) } },
    },
    async (request) => ok(await shown(api, await transactionBy(queries, request.params.id))),
  );

  app.get(
    '/v1.1/sessions/:id/energy_reports',
    {
      config: { scope: 'read:sessions' },
      schema: {
        tags,
        summary: 'Meter values of a session, oldest first',
        params: byId,
        querystring: energyReportsQuery,
        response: { 200: envelope(Type.Array(energyReport)) },
      },
    },
    async (request) => {
      const { stationId, transactionId } = await transactionBy(queries, request.params.id);
      const taken = rangeOf(request.query['timestamp[$gte]'], request.query['timestamp[$lte]']);
      const { limit } = request.query;
      const query = { stationId, transactionId, ...(taken && { taken }), ...(limit !== undefined && { limit }) };
      return ok((await queries.measurements(query)).map(toEnergyReport));
    },
  );
}

async function shown(api: Api, transaction: Transaction) {
  const open = transaction.state === 'active';
  const station = open ? await api.gateway.queries.station(transaction.stationId) : undefined;
  return toSession(transaction, api.clock.now(), station);
}

async function filterOf(api: Api, query: SessionsQuery) {
  const { queries } = api.gateway;
  const started = rangeOf(
    query['startedAt[$gte]'] ?? query['createdAt[$gte]'],
    query['startedAt[$lte]'] ?? query['createdAt[$lte]'],
  );
  const updated = rangeOf(query['updatedAt[$gte]'], query['updatedAt[$lte]']);
  const station = query.chargestation === undefined ? undefined : await stationBy(queries, query.chargestation);
  const connector = query.connector === undefined ? undefined : await connectorBy(queries, query.connector);
  return {
    ...(station && { stationId: station.stationId }),
    ...connector,
    ...(query.token !== undefined && { idToken: query.token }),
    ...(query.status && { state: query.status === 'Started' ? ('active' as const) : ('ended' as const) }),
    ...(started && { started }),
    ...(updated && { updated }),
  };
}

/** Where to start: a connector, or a station with or without an EVSE. */
async function placeOf(api: Api, body: StartSession): Promise<{ stationId: string; evseId?: number }> {
  const { queries } = api.gateway;
  if (body.connector !== undefined && body.chargestation === undefined && body.evse === undefined) {
    return connectorBy(queries, body.connector);
  }
  if (body.connector === undefined && body.chargestation !== undefined) {
    const { stationId } = await stationBy(queries, body.chargestation);
    return { stationId, ...(body.evse !== undefined && { evseId: body.evse }) };
  }
  const detail = 'give either connector, or chargestation with or without evse';
  throw new RequestError('invalid-request', `#: ${detail}.`, { mistakes: [{ pointer: '#', detail }] });
}

async function stop(
  call: { api: Api; request: FastifyRequest; reply: FastifyReply },
  id: string,
  options: CommandOptions,
) {
  const { stationId, transactionId, state } = await transactionBy(call.api.gateway.queries, id);
  if (state === 'ended') throw new ConflictError(`Session '${id}' has ended already.`);
  return issue(call, { stationId, command: { type: 'requestStopTransaction', transactionId } }, options);
}
