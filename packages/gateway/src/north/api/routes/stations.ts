import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Admission, ChargingStation } from '../../../domain/charging-station.ts';
import { actorOf, ok } from '../answer.ts';
import type { Api, App } from '../context.ts';
import { connectorBy, stationBy, stationIdOf, unknown } from '../ids.ts';
import { list, rangeOf } from '../lists.ts';
import { toConfiguration } from '../render/records.ts';
import { toChargestation, toConnector, toConnectors } from '../render/station.ts';
import { byId, newStation, stationChanges, stationsQuery, type StationsQuery } from '../requests.ts';
import { chargestation, connector, deleted, envelope, listEnvelope } from '../schemas.ts';

const tags = ['Stations'];
const one = { 200: envelope(chargestation) };

export function stationRoutes(api: Api, app: App): void {
  readRoutes(api, app);
  changeRoutes(api, app);
  admissionRoutes(api, app);
  connectorRoutes(api, app);
}

function readRoutes(api: Api, app: App): void {
  const { queries } = api.gateway;

  app.get(
    '/v1.1/chargestations',
    {
      config: { scope: 'read:stations' },
      schema: {
        tags,
        summary: 'List stations',
        querystring: stationsQuery,
        response: { 200: listEnvelope(chargestation) },
      },
    },
    (request, reply) =>
      list(
        { api, request, reply },
        (page) => queries.stations({ ...page, ...filterOf(request.query) }),
        (station) => show(api, request, station),
      ),
  );

  app.get(
    '/v1.1/chargestations/:id',
    { config: { scope: 'read:stations' }, schema: { tags, summary: 'Get a station', params: byId, response: one } },
    async (request) => ok(await showOne(api, request, await stationBy(queries, request.params.id))),
  );
}

function changeRoutes(api: Api, app: App): void {
  const { queries } = api.gateway;

  app.post(
    '/v1.1/chargestations',
    {
      config: { scope: 'write:stations' },
      schema: { tags, summary: 'Register a station', body: newStation, response: { 201: envelope(chargestation) } },
    },
    async (request, reply) => {
      const { endpoint, ...options } = request.body;
      const station = await api.gateway.registerStation(endpoint, { ...options, actor: actorOf(request) });
      reply.code(201).header('location', `/v1.1/chargestations/${stationIdOf(endpoint)}`);
      return ok(await showOne(api, request, station));
    },
  );

  app.patch(
    '/v1.1/chargestations/:id',
    {
      config: { scope: 'write:stations' },
      schema: { tags, summary: 'Change label or password', params: byId, body: stationChanges, response: one },
    },
    async (request) => {
      const { stationId } = await stationBy(queries, request.params.id);
      const { label, password } = request.body;
      const changes = {
        ...(label !== undefined && { label: label ?? '' }),
        ...(password !== undefined && { password: password ?? '' }),
      };
      return ok(await showOne(api, request, await api.gateway.updateStation(stationId, changes, actorOf(request))));
    },
  );

  app.delete(
    '/v1.1/chargestations/:id',
    {
      config: { scope: 'write:stations' },
      schema: { tags, summary: 'Remove a station and its history', params: byId, response: { 200: envelope(deleted) } },
    },
    async (request) => {
      const { stationId } = await stationBy(queries, request.params.id);
      await api.gateway.deleteStation(stationId, actorOf(request));
      return ok({ _id: stationIdOf(stationId), deleted: true as const });
    },
  );
}

const admissions: readonly (readonly [verb: string, admission: Admission, summary: string])[] = [
  ['admit', 'admitted', 'Let a station that waits, or was refused, in'],
  ['refuse', 'refused', 'Keep a station out'],
];

function admissionRoutes(api: Api, app: App): void {
  for (const [verb, admission, summary] of admissions) {
    app.post(
      `/v1.1/chargestations/:id/${verb}`,
      { config: { scope: 'write:stations' }, schema: { tags, summary, params: byId, response: one } },
      async (request: FastifyRequest<{ Params: { id: string } }>) => {
        const { stationId } = await stationBy(api.gateway.queries, request.params.id);
        const station = await api.gateway.changeAdmission(stationId, admission, actorOf(request));
        return ok(await showOne(api, request, station));
      },
    );
  }
}

function connectorRoutes(api: Api, app: App): void {
  const { queries } = api.gateway;

  app.get(
    '/v1.1/chargestations/:id/connectors',
    {
      config: { scope: 'read:stations' },
      schema: {
        tags,
        summary: 'Connectors of a station',
        params: byId,
        response: { 200: envelope(Type.Array(connector)) },
      },
    },
    async (request) => ok(toConnectors(await stationBy(queries, request.params.id))),
  );

  app.get(
    '/v1.1/connectors/:id',
    {
      config: { scope: 'read:stations' },
      schema: { tags, summary: 'Get a connector', params: byId, response: { 200: envelope(connector) } },
    },
    async (request) => {
      const { stationId, evseId, connectorId } = await connectorBy(queries, request.params.id);
      const station = await stationBy(queries, stationId);
      const evse = station.evses.find((candidate) => candidate.evseId === evseId);
      const found = evse?.connectors.find((candidate) => candidate.connectorId === connectorId);
      if (evse === undefined || found === undefined) throw unknown('connector', request.params.id);
      return ok(toConnector(station, evse, found));
    },
  );
}

function filterOf(query: StationsQuery) {
  const { online, admission, vendor, model, protocol, search } = query;
  const created = rangeOf(query['createdAt[$gte]'], query['createdAt[$lte]']);
  return {
    ...(online !== undefined && { online }),
    ...(admission && { admission }),
    ...(vendor !== undefined && { vendor }),
    ...(model !== undefined && { model }),
    ...(protocol !== undefined && { protocol }),
    ...(search !== undefined && { search }),
    ...(created && { created }),
  };
}

function show(api: Api, request: FastifyRequest, station: ChargingStation) {
  const lastSeenAt = api.gateway.lastSeenAt(station.stationId) ?? station.lastSeenAt;
  return toChargestation({ ...station, ...(lastSeenAt && { lastSeenAt }) }, stationUrlOf(api, request));
}

async function showOne(api: Api, request: FastifyRequest, station: ChargingStation) {
  const variables = await api.gateway.queries.variables(station.stationId);
  return { ...show(api, request, station), configuration: toConfiguration(variables) };
}

function stationUrlOf(api: Api, request: FastifyRequest): string {
  const { options, operations } = api;
  if (options.stationUrl !== undefined) return options.stationUrl;
  const url = new URL(operations.addressOf('ocpp') ?? 'ws://localhost:9000/ocpp');
  url.hostname = request.hostname;
  return url.href;
}
