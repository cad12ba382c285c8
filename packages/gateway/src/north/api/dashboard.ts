import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { App } from './context.ts';
import { RequestError } from './problem.ts';

const built = fileURLToPath(new URL('../../../../dashboard/dist', import.meta.url));

/** The dashboard at `/`: files that anybody may read, as they hold nothing of the gateway. `folder` is where they are. */
export function dashboardRoutes(app: App, folder: string = built): void {
  const isBuilt = () => existsSync(join(folder, 'index.html'));
  let files: Promise<FastifyInstance> | undefined;

  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    if (!isBuilt()) throw missing(path);
    files ??= openFiles(folder);
    const file = await (await files).inject({ method: 'GET', url: path, headers: conditionOf(request) });
    if (file.statusCode >= 400) throw missing(path);
    for (const name of passedOn) {
      const value = file.headers[name];
      if (value !== undefined) reply.header(name, value);
    }
    return reply.code(file.statusCode).send(file.rawPayload);
  };

  app.get('/', async (request, reply) => {
    reply.headers(pageHeaders);
    if (isBuilt()) return answer(request, reply);
    return reply.type('text/html; charset=utf-8').send(notBuilt);
  });
  app.get('/icon.svg', answer);
  app.get('/assets/:file', answer);
}

const passedOn = ['content-type', 'cache-control', 'etag', 'last-modified'] as const;

/** Everything the page needs comes from here; nothing may be written into it, and it may be shown in no other page. */
const pageHeaders = {
  'content-security-policy':
    "default-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

function missing(path: string): RequestError {
  return new RequestError(
    'not-found',
    `The dashboard has no file ${path}. Load its page anew: its files change with each build.`,
  );
}

function conditionOf({ headers }: FastifyRequest): Record<string, string> {
  const etag = headers['if-none-match'];
  return etag === undefined ? {} : { 'if-none-match': etag };
}

/** The library that serves files takes 20 ms to load, so it is loaded with the first visitor, into a server that never listens. */
async function openFiles(folder: string): Promise<FastifyInstance> {
  const { default: files } = await import('@fastify/static');
  const server = fastify({ exposeHeadRoutes: false });
  await server.register(files, {
    root: folder,
    index: 'index.html',
    cacheControl: false,
    setHeaders: (reply, path) => {
      // Names in assets/ change with their content.
      reply.header(
        'cache-control',
        path.startsWith(join(folder, 'assets')) ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
  return server;
}

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Busbar</title>
<h1>Busbar is running</h1>
<p>Its dashboard has not been built. In the folder of the checkout, run</p>
<pre>npm ci
npm run build -w packages/dashboard</pre>
<p>and load this page again. The gateway needs no restart. The API is described at <a href="/docs">/docs</a>.</p>
</html>
`;
