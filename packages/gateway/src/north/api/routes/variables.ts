import { Type } from 'typebox';
import { type Command } from '../../../domain/commands.ts';
import { toVariableAddress } from '../../../domain/device-model.ts';
import { issue, ok } from '../answer.ts';
import type { Api, App } from '../context.ts';
import { stationBy } from '../ids.ts';
import { toVariable } from '../render/records.ts';
import { byId, getVariablesBody, reportBody, setVariablesBody, variablesQuery } from '../requests.ts';
import { envelope, variable } from '../schemas.ts';
import { actionAnswers } from './commands.ts';

const tags = ['Variables'];

export function variableRoutes(api: Api, app: App): void {
  readRoute(api, app);
  askRoutes(api, app);
  changeRoutes(api, app);
}

function readRoute(api: Api, app: App): void {
  const { queries } = api.gateway;

  app.get(
    '/v1.1/chargestations/:id/variables',
    {
      config: { scope: 'read:variables' },
      schema: {
        tags,
        summary: 'Variables as the station last told them; it is not asked',
        params: byId,
        querystring: variablesQuery,
        response: { 200: envelope(Type.Array(variable)) },
      },
    },
    async (request) => {
      const { stationId } = await stationBy(queries, request.params.id);
      return ok((await queries.variables(stationId, request.query)).map(toVariable));
    },
  );
}

function askRoutes(api: Api, app: App): void {
  const stationOf = async (id: string) => (await stationBy(api.gateway.queries, id)).stationId;

  app.post(
    '/v1.1/chargestations/:id/variables/get',
    {
      config: { scope: 'read:variables' },
      schema: {
        tags,
        summary: 'Ask the station for variables',
        params: byId,
        body: getVariablesBody,
        response: actionAnswers,
      },
    },
    async (request, reply) => {
      const { names, ...options } = request.body;
      const command: Command = { type: 'getVariables', variables: names.map(toVariableAddress) };
      return issue({ api, request, reply }, { stationId: await stationOf(request.params.id), command }, options);
    },
  );

  app.post(
    '/v1.1/chargestations/:id/variables/report',
    {
      config: { scope: 'read:variables' },
      schema: {
        tags,
        summary: 'Ask the station for all it has',
        params: byId,
        body: reportBody,
        response: actionAnswers,
      },
    },
    async (request, reply) => {
      const { base = 'FullInventory', ...options } = request.body;
      const command: Command = { type: 'getBaseReport', reportBase: base };
      return issue({ api, request, reply }, { stationId: await stationOf(request.params.id), command }, options);
    },
  );
}

function changeRoutes(api: Api, app: App): void {
  app.put(
    '/v1.1/chargestations/:id/variables',
    {
      config: { scope: 'write:variables' },
      schema: { tags, summary: 'Change variables', params: byId, body: setVariablesBody, response: actionAnswers },
    },
    async (request, reply) => {
      const { variables, ...options } = request.body;
      const wanted = variables.map(({ name, value }) => ({ ...toVariableAddress(name), value }));
      const command: Command = { type: 'setVariables', variables: wanted };
      const { stationId } = await stationBy(api.gateway.queries, request.params.id);
      return issue({ api, request, reply }, { stationId, command }, options);
    },
  );
}
