import { isRecord } from '../../lib/is-record.ts';
import type { Scope } from './access.ts';
import type { App } from './context.ts';
import { problems, toProblem, RequestError } from './problem.ts';

/** What the description says of every operation beside its own schemas: name, scope, headers and errors. */

type Scopes = ReadonlyMap<string, Scope | undefined>;

/** Collects what API keys must allow for each route of `app`: `GET /v1.1/chargestations/{id}`. */
export function collectScopes(app: App): Scopes {
  const scopes = new Map<string, Scope | undefined>();
  app.addHook('onRoute', ({ url, method, config }) => {
    for (const verb of [method].flat()) scopes.set(`${verb} ${url.replaceAll(/:(\w+)/g, '{$1}')}`, config?.scope);
  });
  return scopes;
}

/** An OpenAPI document with what is the same for many operations added to each of them. */
export function completed(document: unknown, scopes: Scopes): unknown {
  if (!isRecord(document) || !isRecord(document['paths'])) return document;
  const paths = Object.entries(document['paths']).map(([path, methods]) => {
    const operations = Object.entries(isRecord(methods) ? methods : {}).map(([method, operation]) => {
      const verb = method.toUpperCase();
      const place = { verb, path, scope: scopes.get(`${verb} ${path}`) };
      return [method, isRecord(operation) ? completedOperation(operation, place) : operation];
    });
    return [path, Object.fromEntries(operations)];
  });
  const components = isRecord(document['components']) ? document['components'] : {};
  const shared = { ...components, schemas: { Problem: problem }, parameters, responses: errors };
  return { ...document, tags, components: shared, paths: Object.fromEntries(paths) };
}

interface Place {
  verb: string;
  path: string;
  scope: Scope | undefined;
}

function completedOperation(operation: Record<string, unknown>, place: Place): Record<string, unknown> {
  const { verb, path, scope } = place;
  const responses = isRecord(operation['responses']) ? operation['responses'] : {};
  const own = Array.isArray(operation['parameters']) ? operation['parameters'] : [];
  const headers = headersOf(place, responses).map((name) => ({ $ref: `#/components/parameters/${name}` }));
  const refusals = statusesOf(place, responses).map((status) => [status, { $ref: `#/components/responses/${status}` }]);
  return {
    operationId: nameOf(verb, path),
    ...operation,
    ...(scope !== undefined && { description: `Needs an API key with the scope \`${scope}\`.` }),
    ...(path === '/metrics' && { description: metricsAccess, security: [{}, { apiKey: [] }] }),
    ...(own.length + headers.length > 0 && { parameters: [...own, ...headers] }),
    responses: {
      ...responses,
      ...(path.endsWith('/stream') && { 200: streamAnswer }),
      ...Object.fromEntries(refusals),
    },
  };
}

const metricsAccess = 'Open to this machine; to others with the scope `read:metrics`, or when `metricsPublic` is set.';

/** `postChargestationsByIdReset` */
function nameOf(verb: string, path: string): string {
  const words = path.replace(/^\/v1\.1/, '').split(/[/_.-]/);
  const named = words.map((word) => (word.startsWith('{') ? `By${capital(word.slice(1, -1))}` : capital(word)));
  return verb.toLowerCase() + named.join('');
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

const isChange = (verb: string) => verb !== 'GET';
const makesAction = (responses: object) => Object.hasOwn(responses, '200') && Object.hasOwn(responses, '201');

function headersOf({ verb, path }: Place, responses: object): (keyof typeof parameters)[] {
  const isToken = path === '/v1.1/tokens/{id}';
  return [
    ...(makesAction(responses) || path === '/v1.1/actions/{id}' ? (['Prefer'] as const) : []),
    ...(isChange(verb) ? (['IdempotencyKey'] as const) : []),
    ...(isChange(verb) && isToken ? (['IfMatch'] as const) : []),
    ...(path.endsWith('/stream') ? (['LastEventId'] as const) : []),
  ];
}

/** HTTP statuses of the refusals that an operation may answer. */
function statusesOf(place: Place, responses: object): number[] {
  const { verb, path, scope } = place;
  const always = scope === undefined ? [] : [400, 401, 403, 429, 503];
  return [
    ...always,
    ...(path.includes('{') ? [404] : []),
    ...(isChange(verb) || makesAction(responses) ? [409, 422] : []),
    ...(isChange(verb) ? [413, 415] : []),
    ...(path === '/v1.1/events' ? [410] : []),
    ...(headersOf(place, responses).includes('IfMatch') ? [412] : []),
    ...(path === '/metrics' ? [401] : []),
  ].toSorted((a, b) => a - b);
}

const problem = {
  type: 'object',
  description: "A refusal: eDRV's envelope, and RFC 9457's members in the same object",
  required: ['ok', 'message', 'result', 'type', 'title', 'status', 'detail', 'instance', 'requestId'],
  properties: {
    ok: { const: false },
    message: { type: 'string', description: 'The same as detail' },
    result: { type: 'null' },
    type: { type: 'string', description: '/problems/<kind>; GET it for what it means' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What was wrong, where, and what to do' },
    instance: { type: 'string', description: 'Path of the request' },
    errors: {
      type: 'array',
      description: 'Every mistake and its place: #/member of the body, query/name, path/name',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
      },
    },
    requestId: { type: 'string', description: 'Also in X-Request-Id, and in the log of the gateway' },
  },
} as const;

const schema = { $ref: '#/components/schemas/Problem' };

/** One response per status; its examples are the kinds of problem that have it. */
const errors = Object.fromEntries(
  [...new Set(Object.values(problems).map(({ status }) => status))].map((status) => {
    const kinds = Object.entries(problems).filter(([, known]) => known.status === status);
    const description = kinds.map(([, { title }]) => title).join('; ');
    const examples = Object.fromEntries(kinds.map(([kind, { title }]) => [kind, { value: exampleOf(kind, title) }]));
    const headers = status === 429 ? { 'Retry-After': { schema: { type: 'integer' }, description: 's to wait' } } : {};
    const content = { 'application/json': { schema, examples }, 'application/problem+json': { schema, examples } };
    return [status, { description, ...(status === 429 && { headers }), content }];
  }),
);

function exampleOf(kind: string, title: string): unknown {
  const known = Object.keys(problems).find((name): name is keyof typeof problems => name === kind) ?? 'internal';
  const place = { url: '/v1.1/chargestations/CP-0001', requestId: '5b2c9c1e-6f0e-4d53-9a53-1f2a3b4c5d6e' };
  return toProblem(new RequestError(known, `${title}.`), place).body;
}

const header = (name: string, description: string, example: string) => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: { type: 'string' },
  example,
});

const parameters = {
  Prefer: header('Prefer', 'Wait so many seconds, at most 60, for the outcome: 200 with it, else 201', 'wait=30'),
  IdempotencyKey: header(
    'Idempotency-Key',
    'Makes a repetition harmless: for 24 hours the same key gets the first answer again',
    '"5f1c7c52-reset-1"',
  ),
  IfMatch: header(
    'If-Match',
    'ETag of the token as it was read; refused with 412 when it has changed',
    '"9f86d081884c7d65"',
  ),
  LastEventId: header(
    'Last-Event-ID',
    'Id of the newest event seen; those after it come first',
    '69f85b5c0000000000000042',
  ),
};

const streamAnswer = {
  description: 'Server-sent events: id is the _id, event the type, data the event as the list has it',
  content: {
    'text/event-stream': {
      schema: { type: 'string' },
      example:
        'id: 69f85b5c0000000000000042\nevent: chargestation.online\ndata: {"_id":"69f85b5c0000000000000042","object":"chargestation","type":"chargestation.online","data":{"endpoint":"CP-0001"},"createdAt":"2026-05-04T08:45:00.920Z"}\n\n',
    },
  },
};

const tags = [
  { name: 'Stations', description: 'Charging stations and their connectors, with live values' },
  { name: 'Commands', description: 'What can be asked of a station; each answers an action' },
  { name: 'Variables', description: 'Settings of a station: OCPP 1.6 keys and 2.x variables' },
  { name: 'Sessions', description: 'Charging sessions: list, start, stop, close' },
  { name: 'Tokens', description: 'Who may charge' },
  { name: 'Actions', description: 'What became of commands' },
  { name: 'OCPP', description: 'Any OCPP request, as it is' },
  { name: 'Reservations', description: 'Reservations and their state' },
  { name: 'Events', description: 'What happened: as a list from a cursor, and as a stream' },
  { name: 'Messages', description: 'Every frame, as it went over the wire' },
  { name: 'Keys', description: 'API keys and what they may do' },
  { name: 'Audit', description: 'Who asked for what' },
  { name: 'Operations', description: 'Health, metrics and problem types' },
];
