import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api, App } from '../context.ts';
import { ok } from '../answer.ts';
import { reservationIdOf, stationBy, unknown } from '../ids.ts';
import { list, rangeOf } from '../lists.ts';
import { toAuditEntry, toMessage, toReservation } from '../render/records.ts';
import { auditQuery, byId, messagesQuery, type MessagesQuery, reservationsQuery } from '../requests.ts';
import { auditEntry, envelope, listEnvelope, message, reservation } from '../schemas.ts';

/** Lists that are read only: reservations, the message log, the audit. */
export function recordRoutes(api: Api, app: App): void {
  reservationRoutes(api, app);
  messageRoutes(api, app);
  const { queries } = api.gateway;

  app.get(
    '/v1.1/audit',
    {
      config: { scope: 'read:audit' },
      schema: {
        tags: ['Audit'],
        summary: 'Who asked for what',
        querystring: auditQuery,
        response: { 200: listEnvelope(auditEntry) },
      },
    },
    async (request, reply) => {
      const filter = await stationFilter(api, request.query.chargestation);
      return list({ api, request, reply }, (page) => queries.audit({ ...page, ...filter }), toAuditEntry);
    },
  );
}

function reservationRoutes(api: Api, app: App): void {
  const { queries } = api.gateway;
  const tags = ['Reservations'];

  app.get(
    '/v1.1/reservations',
    {
      config: { scope: 'read:reservations' },
      schema: {
        tags,
        summary: 'List reservations',
        querystring: reservationsQuery,
        response: { 200: listEnvelope(reservation) },
      },
    },
    async (request, reply) => {
      const { chargestation, status } = request.query;
      const filter = { ...(await stationFilter(api, chargestation)), ...(status && { status }) };
      return list({ api, request, reply }, (page) => queries.reservations({ ...page, ...filter }), toReservation);
    },
  );

  app.get(
    '/v1.1/reservations/:id',
    {
      config: { scope: 'read:reservations' },
      schema: { tags, summary: 'Get a reservation', params: byId, response: { 200: envelope(reservation) } },
    },
    async (request) => ok(toReservation(await reservationBy(api, request.params.id))),
  );
}

/** By id, or as `identity:number`: looked for among the newest 10,000. */
async function reservationBy(api: Api, id: string) {
  let from: { at: number; id: string } | undefined;
  for (let round = 0; round < 10; round += 1) {
    const page = await api.gateway.queries.reservations({ limit: 1000, ...(from && { from }) });
    const found = page.items.find(
      ({ stationId, reservationId }) =>
        reservationIdOf(stationId, reservationId) === id || `${stationId}:${reservationId}` === id,
    );
    if (found !== undefined) return found;
    from = page.positions.at(-1);
    if (!page.hasNext || from === undefined) break;
  }
  throw unknown('reservation', id);
}

function messageRoutes(api: Api, app: App): void {
  const { queries } = api.gateway;
  const tags = ['Messages'];
  const page = (request: FastifyRequest, reply: FastifyReply, filter: object) =>
    list({ api, request, reply }, (place) => queries.messages({ ...place, ...filter }), toMessage);

  app.get(
    '/v1.1/messages',
    {
      config: { scope: 'read:messages' },
      schema: {
        tags,
        summary: 'Frames of all stations',
        querystring: messagesQuery,
        response: { 200: listEnvelope(message) },
      },
    },
    (request, reply) => page(request, reply, filterOf(request.query)),
  );

  app.get(
    '/v1.1/chargestations/:id/messages',
    {
      config: { scope: 'read:messages' },
      schema: {
        tags,
        summary: 'Frames of a station',
        params: byId,
        querystring: messagesQuery,
        response: { 200: listEnvelope(message) },
      },
    },
    async (request, reply) => {
      const { stationId } = await stationBy(queries, request.params.id);
      return page(request, reply, { ...filterOf(request.query), stationId });
    },
  );
}

function filterOf(query: MessagesQuery) {
  const { action, direction, message_id: messageId, search } = query;
  const taken = rangeOf(query['createdAt[$gte]'], query['createdAt[$lte]']);
  return {
    ...(action !== undefined && { action }),
    ...(direction && { direction }),
    ...(messageId !== undefined && { messageId }),
    ...(search !== undefined && { search }),
    ...(taken && { taken }),
  };
}

async function stationFilter(api: Api, id: string | undefined): Promise<{ stationId?: string }> {
  return id === undefined ? {} : { stationId: (await stationBy(api.gateway.queries, id)).stationId };
}
