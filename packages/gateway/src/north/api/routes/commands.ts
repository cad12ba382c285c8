import { type Command } from '../../../domain/commands.ts';
import { issue } from '../answer.ts';
import type { Api, App } from '../context.ts';
import { connectorBy, stationBy } from '../ids.ts';
import {
  availabilityBody,
  byId,
  commandBody,
  connectorAvailabilityBody,
  connectorLimitBody,
  limitBody,
  resetBody,
  triggerBody,
  unlockBody,
} from '../requests.ts';
import { action, envelope } from '../schemas.ts';

/** What every command answers: the action, settled (200) or not yet (201). */
export const actionAnswers = { 200: envelope(action), 201: envelope(action) };

const tags = ['Commands'];
const config = { scope: 'write:actions' } as const;

const resetModes = { Immediate: 'Immediate', Hard: 'Immediate', OnIdle: 'OnIdle', Soft: 'OnIdle' } as const;

const schema = { tags, params: byId, response: actionAnswers };

export function commandRoutes(api: Api, app: App): void {
  serviceRoutes(api, app);
  upkeepRoutes(api, app);
  connectorCommandRoutes(api, app);
}

/** Commands that a driver at the station notices. */
function serviceRoutes(api: Api, app: App): void {
  const stationOf = async (id: string) => (await stationBy(api.gateway.queries, id)).stationId;

  app.post(
    '/v1.1/chargestations/:id/reset',
    { config, schema: { ...schema, summary: 'Restart a station', body: resetBody } },
    async (request, reply) => {
      const { type = 'OnIdle', evse, ...options } = request.body;
      const command: Command = { type: 'reset', mode: resetModes[type], ...(evse !== undefined && { evseId: evse }) };
      return issue({ api, request, reply }, { stationId: await stationOf(request.params.id), command }, options);
    },
  );

  app.post(
    '/v1.1/chargestations/:id/availability',
    { config, schema: { ...schema, summary: 'Put a station in or out of service', body: availabilityBody } },
    async (request, reply) => {
      const { available, evse, connector, ...options } = request.body;
      const command: Command = {
        type: 'changeAvailability',
        operationalStatus: wordOf(available),
        ...placeOf(evse, connector),
      };
      return issue({ api, request, reply }, { stationId: await stationOf(request.params.id), command }, options);
    },
  );

  app.post(
    '/v1.1/chargestations/:id/unlock',
    { config, schema: { ...schema, summary: 'Unlock a connector', body: unlockBody } },
    async (request, reply) => {
      const { evse, connector = 1, ...options } = request.body;
      const command: Command = { type: 'unlockConnector', evseId: evse, connectorId: connector };
      return issue({ api, request, reply }, { stationId: await stationOf(request.params.id), command }, options);
    },
  );

  app.post(
    '/v1.1/chargestations/:id/set_current_limit',
    { config, schema: { ...schema, summary: 'Limit the current of a station, or of an EVSE', body: limitBody } },
    async (request, reply) => {
      const { current, evse = 0, ...options } = request.body;
      const stationId = await stationOf(request.params.id);
      return issue({ api, request, reply }, { stationId, command: toLimit(evse, current) }, options);
    },
  );
}

/** Commands that keep a station in shape. */
function upkeepRoutes(api: Api, app: App): void {
  const stationOf = async (id: string) => (await stationBy(api.gateway.queries, id)).stationId;

  app.post(
    '/v1.1/chargestations/:id/trigger',
    { config, schema: { ...schema, summary: 'Ask a station for a message', body: triggerBody } },
    async (request, reply) => {
      const { message, evse, connector, ...options } = request.body;
      const command: Command = { type: 'triggerMessage', requestedMessage: message, ...placeOf(evse, connector) };
      return issue({ api, request, reply }, { stationId: await stationOf(request.params.id), command }, options);
    },
  );

  app.post(
    '/v1.1/chargestations/:id/clear_cache',
    { config, schema: { ...schema, summary: 'Clear the authorization cache', body: commandBody } },
    async (request, reply) => {
      const stationId = await stationOf(request.params.id);
      return issue({ api, request, reply }, { stationId, command: { type: 'clearCache' } }, request.body);
    },
  );
}

function connectorCommandRoutes(api: Api, app: App): void {
  const { queries } = api.gateway;

  app.post(
    '/v1.1/connectors/:id/availability',
    { config, schema: { ...schema, summary: 'Put a connector in or out of service', body: connectorAvailabilityBody } },
    async (request, reply) => {
      const { available, ...options } = request.body;
      const { stationId, ...place } = await connectorBy(queries, request.params.id);
      const command: Command = { type: 'changeAvailability', operationalStatus: wordOf(available), ...place };
      return issue({ api, request, reply }, { stationId, command }, options);
    },
  );

  app.post(
    '/v1.1/connectors/:id/unlock',
    { config, schema: { ...schema, summary: 'Unlock this connector', body: commandBody } },
    async (request, reply) => {
      const { stationId, ...place } = await connectorBy(queries, request.params.id);
      return issue(
        { api, request, reply },
        { stationId, command: { type: 'unlockConnector', ...place } },
        request.body,
      );
    },
  );

  app.post(
    '/v1.1/connectors/:id/set_current_limit',
    {
      config,
      schema: { ...schema, summary: 'Limit the current of the EVSE of a connector', body: connectorLimitBody },
    },
    async (request, reply) => {
      const { current, ...options } = request.body;
      const { stationId, evseId } = await connectorBy(queries, request.params.id);
      return issue({ api, request, reply }, { stationId, command: toLimit(evseId, current) }, options);
    },
  );
}

function toLimit(evseId: number, current: number | null): Command {
  return { type: 'setCurrentLimit', evseId, ...(current !== null && { currentLimit: current }) };
}

function wordOf(available: boolean): 'Operative' | 'Inoperative' {
  return available ? 'Operative' : 'Inoperative';
}

function placeOf(evseId: number | undefined, connectorId: number | undefined) {
  return { ...(evseId !== undefined && { evseId }), ...(connectorId !== undefined && { connectorId }) };
}
