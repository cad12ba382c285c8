import { type Command, type CommandRecord, isSettled } from '../../../domain/commands.ts';
import type { PageRequest } from '../../../ports/store.ts';
import { actorOf, issue, ok, settledWithin } from '../answer.ts';
import type { Api, App } from '../context.ts';
import { stationBy, unknown } from '../ids.ts';
import { list, sifted } from '../lists.ts';
import { actionTypeOf, toAction } from '../render/action.ts';
import { actionsQuery, byId, ocppBody, ocppParams, ocppQuery } from '../requests.ts';
import { action, envelope, listEnvelope } from '../schemas.ts';
import { actionAnswers } from './commands.ts';

const tags = ['Actions'];

/** `requested` is two of the store's. */
const statusOf = {
  requested: undefined,
  completed: 'accepted',
  rejected: 'rejected',
  failed: 'failed',
  queued: 'pending',
  sent: 'sent',
} as const;

export function actionRoutes(api: Api, app: App): void {
  listRoute(api, app);
  recordRoutes(api, app);
  ocppRoute(api, app);
}

function listRoute(api: Api, app: App): void {
  const { queries } = api.gateway;

  app.get(
    '/v1.1/actions',
    {
      config: { scope: 'read:actions' },
      schema: { tags, summary: 'List actions', querystring: actionsQuery, response: { 200: listEnvelope(action) } },
    },
    async (request, reply) => {
      const { chargestation, type, status } = request.query;
      const station = chargestation === undefined ? undefined : await stationBy(queries, chargestation);
      const known = status && statusOf[status];
      const filter = { ...(station && { stationId: station.stationId }), ...(known && { status: known }) };
      const read = (page: PageRequest) => queries.commands({ ...page, ...filter });
      if (type === undefined && status !== 'requested') return list({ api, request, reply }, read, toAction);
      const keep = (record: CommandRecord) =>
        (type === undefined || actionTypeOf(record.command) === type) && (status !== 'requested' || !isSettled(record));
      return list({ api, request, reply }, (page) => sifted(read, page, keep), toAction);
    },
  );
}

function recordRoutes(api: Api, app: App): void {
  const recordOf = async (id: string): Promise<CommandRecord> => {
    const record = await api.gateway.queries.command(id);
    if (record === undefined) throw unknown('action', id);
    return record;
  };

  app.get(
    '/v1.1/actions/:id',
    {
      config: { scope: 'read:actions' },
      schema: {
        tags,
        summary: 'Get an action; Prefer: wait waits for its outcome',
        params: byId,
        response: { 200: envelope(action) },
      },
    },
    async (request, reply) => {
      const record = await recordOf(request.params.id);
      return ok(toAction(await settledWithin(api, { record, request, reply })));
    },
  );

  app.post(
    '/v1.1/actions/:id/cancel',
    {
      config: { scope: 'write:actions' },
      schema: {
        tags,
        summary: 'Cancel an action that was not sent yet',
        params: byId,
        response: { 200: envelope(action) },
      },
    },
    async (request) => {
      const { commandId } = await recordOf(request.params.id);
      return ok(toAction(await api.gateway.cancelCommand(commandId, actorOf(request))));
    },
  );
}

function ocppRoute(api: Api, app: App): void {
  app.post(
    '/v1.1/chargestations/:id/ocpp/:action',
    {
      config: { scope: 'write:ocpp' },
      schema: {
        tags: ['OCPP'],
        summary: 'Send any OCPP request to a station, the payload exactly as given',
        params: ocppParams,
        querystring: ocppQuery,
        body: ocppBody,
        response: actionAnswers,
      },
    },
    async (request, reply) => {
      const { stationId } = await stationBy(api.gateway.queries, request.params.id);
      const command: Command = { type: 'call', action: request.params.action, payload: request.body };
      return issue({ api, request, reply }, { stationId, command }, request.query);
    },
  );
}
