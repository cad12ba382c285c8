import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import swagger from '@fastify/swagger';
import fastify, { type FastifyServerOptions } from 'fastify';
import { Type } from 'typebox';
import { Compile } from 'typebox/schema';
import { UnavailableError } from '../../domain/errors.ts';
import type { Adapter } from '../../ports/adapter.ts';
import type { ServiceContext } from '../../ports/north.ts';
import { collectMethods } from './allowed-methods.ts';
import { Authenticator } from './authenticate.ts';
import type { Api, App } from './context.ts';
import { Cursors } from './cursor.ts';
import { dashboardRoutes } from './dashboard.ts';
import { describeApi, descriptionRoutes } from './description.ts';
import { EventFeed } from './feed.ts';
import { addHooks, refuse } from './hooks.ts';
import { Idempotency } from './idempotency.ts';
import { parseJsonBody } from './json-body.ts';
import { collectScopes } from './operations.ts';
import type { ApiOptions } from './options.ts';
import { toProblem, RequestError } from './problem.ts';
import { actionRoutes } from './routes/actions.ts';
import { commandRoutes } from './routes/commands.ts';
import { eventRoutes } from './routes/events.ts';
import { keyRoutes } from './routes/keys.ts';
import { operationRoutes } from './routes/operations.ts';
import { recordRoutes } from './routes/records.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { stationRoutes } from './routes/stations.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { variableRoutes } from './routes/variables.ts';
import { type StreamLimits, streamLimits } from './stream.ts';
import { validatorCompiler } from './validate.ts';

/** The public API over HTTP. */
export class ApiServer implements Adapter {
  readonly #options: ApiOptions;
  readonly #context: ServiceContext;
  readonly #limits: StreamLimits;
  readonly #closing = new AbortController();
  #app: App | undefined;
  #feed: EventFeed | undefined;
  #endStreams: () => void = () => {};

  constructor(options: ApiOptions, context: ServiceContext, limits: StreamLimits = streamLimits) {
    this.#options = options;
    this.#context = context;
    this.#limits = limits;
  }

  /** `http://0.0.0.0:8080`, once it listens. */
  get address(): string | undefined {
    const bound = this.#app?.server.address();
    if (typeof bound !== 'object' || bound === null) return undefined;
    const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
    return `${this.#options.tls === undefined ? 'http' : 'https'}://${host}:${bound.port}`;
  }

  async start(): Promise<void> {
    const { gateway, clock, log } = this.#context;
    const secret = await secretOf(this.#context);
    const feed = new EventFeed(gateway, log);
    this.#feed = feed;
    await feed.start();
    const authenticator = new Authenticator({ gateway, clock }, this.#options.failedLoginsPerMinute);
    const api: Api = {
      ...this.#context,
      options: this.#options,
      cursors: new Cursors(secret),
      feed,
      closing: this.#closing.signal,
      forgetKeys: () => authenticator.forget(),
    };
    const app = await createApp(api);
    this.#app = app;
    const allowedMethods = collectMethods(app);
    addHooks(app, { api, authenticator, idempotency: new Idempotency(api, secret), allowedMethods });
    const scopes = collectScopes(app);
    this.#endStreams = this.#addRoutes(api, app, { authenticator, scopes });
    await app.listen({ host: this.#options.host, port: this.#options.port });
  }

  async stop(): Promise<void> {
    this.#closing.abort();
    this.#endStreams();
    const app = this.#app;
    this.#app = undefined;
    if (app !== undefined) {
      const cutOff = setTimeout(() => app.server.closeAllConnections(), 3000);
      await app.close();
      clearTimeout(cutOff);
    }
    await this.#feed?.stop();
    this.#feed = undefined;
  }

  #addRoutes(
    api: Api,
    app: App,
    { authenticator, scopes }: { authenticator: Authenticator; scopes: ReturnType<typeof collectScopes> },
  ): () => void {
    stationRoutes(api, app);
    commandRoutes(api, app);
    variableRoutes(api, app);
    sessionRoutes(api, app);
    tokenRoutes(api, app);
    actionRoutes(api, app);
    recordRoutes(api, app);
    keyRoutes(api, app);
    operationRoutes(api, app, async (request) => {
      request.apiKey = await authenticator.authenticate(request, 'read:metrics');
    });
    descriptionRoutes(app, scopes);
    dashboardRoutes(app);
    return eventRoutes(api, app, this.#limits);
  }
}

/** A request must have come whole within half a minute; an idle connection is kept longer than proxies do. */
const limits = { requestTimeout: 30_000, keepAliveTimeout: 72_000 };

/** Keeps fastify from loading ajv and a serializer compiler that are never asked: 4 MB less. */
const compilersFactory = { buildValidator: unused, buildSerializer: unused };

function unused(): never {
  throw new Error('Requests are validated by validate.ts, and answers are plain JSON.');
}

async function createApp(api: Api): Promise<App> {
  const { tls, bodyLimit, trustProxy } = api.options;
  const settings: FastifyServerOptions = {
    bodyLimit,
    // One proxy: the last address it was told is the one it saw itself; those before it anybody can write.
    trustProxy: trustProxy ? (_address, hop) => hop === 0 : false,
    logger: false,
    genReqId: ({ headers }) => requestIdOf(headers['x-request-id']),
    requestIdHeader: false,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 300 },
    schemaController: { compilersFactory },
    frameworkErrors: (error, request, reply) => refuse(api, { error, request, reply }),
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket),
  };
  const files = tls && { cert: await readTls('certFile', tls.certFile), key: await readTls('keyFile', tls.keyFile) };
  const serverFactory = (handler: RequestListener): Server =>
    files === undefined ? createHttpServer(limits, handler) : createHttpsServer({ ...limits, ...files }, handler);
  const app: App = fastify({ ...settings, serverFactory });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    /^application\/([\w.-]+\+)?json(;|$)/,
    { parseAs: 'string' },
    async (_: unknown, text: string) => parseJsonBody(text),
  );
  await app.register(swagger, describeApi(api));
  return app;
}

async function readTls(option: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new UnavailableError(
      `${file} cannot be read. Name a PEM file that this user may read with north.api.tls.${option}.`,
      {
        cause: error,
      },
    );
  }
}

function requestIdOf(given: unknown): string {
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
}

/** What is not even HTTP gets the same kind of answer as everything else. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable) return;
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const refusal = tooLarge
    ? new RequestError('headers-too-large', 'The request headers exceed 16 KiB.')
    : new RequestError('invalid-request', 'The request is not valid HTTP.');
  const { body } = toProblem(refusal, { url: '', requestId: randomUUID() });
  const text = JSON.stringify(body);
  const head = `HTTP/1.1 ${body.status} ${body.title}\r\nContent-Type: application/json; charset=utf-8`;
  socket.end(`${head}\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`);
}

const storedSecret = Compile(Type.Object({ secret: Type.String({ minLength: 32 }) }));

/** What cursors are signed with; the same after a restart. */
async function secretOf({ gateway }: ServiceContext): Promise<string> {
  const [entry] = await gateway.queries.state('api', 'secret', 1);
  if (entry !== undefined && storedSecret.Check(entry.value)) return entry.value.secret;
  const secret = randomBytes(32).toString('hex');
  await gateway.keepState([{ service: 'api', key: 'secret', value: { secret } }]);
  return secret;
}
