import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';
import type { Scope } from './access.ts';
import type { Api, App } from './context.ts';
import { completed } from './operations.ts';

/** The OpenAPI 3.1 description, made from the routes when somebody asks for it, and the page that shows it. */
export function describeApi(api: Api): FastifyDynamicSwaggerOptions {
  const { publicUrl } = api.options;
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Busbar',
        version: api.operations.version,
        description:
          'Charging stations, sessions and commands. Every answer is {ok, message, result}; errors are RFC 9457 problem details in the same object. Wherever an id is asked for, the OCPP identity does as well.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      ...(publicUrl !== undefined && { servers: [{ url: publicUrl }] }),
      components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key' } } },
      security: [{ apiKey: [] }],
    },
    hideUntagged: true,
  };
}

/** `/openapi.json` and `/docs`. */
export function descriptionRoutes(app: App, scopes: ReadonlyMap<string, Scope | undefined>): void {
  let text: string | undefined;
  app.get('/openapi.json', (_, reply) => {
    text ??= JSON.stringify(completed(app.swagger(), scopes));
    return reply.type('application/json; charset=utf-8').send(text);
  });

  let reference: Promise<FastifyInstance> | undefined;
  for (const url of ['/docs', '/docs/', '/docs/js/scalar.js']) {
    app.get(url, async (request, reply) => {
      reference ??= openReference();
      const page = await (await reference).inject({ method: 'GET', url, headers: { host: request.host } });
      for (const name of ['content-type', 'location']) {
        const value = page.headers[name];
        if (value !== undefined) reply.header(name, value);
      }
      reply.header('cache-control', url.endsWith('.js') ? 'public, max-age=86400' : 'no-cache');
      return reply.code(page.statusCode).header('content-security-policy', csp).send(page.rawPayload);
    });
  }
}

/** The page's library takes 30 MB, so it is loaded with the first request for it, into a server that never listens. */
async function openReference(): Promise<FastifyInstance> {
  const { default: reference } = await import('@scalar/fastify-api-reference');
  const server = fastify();
  await server.register(reference, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      pageTitle: 'Busbar API',
      // Nothing of the page may ask for anything but this gateway.
      withDefaultFonts: false,
      telemetry: false,
      agent: { disabled: true },
      mcp: { disabled: true },
      hideClientButton: true,
      showDeveloperTools: 'never',
    },
  });
  return server;
}

const csp =
  "default-src 'self' 'unsafe-inline' data: blob:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
