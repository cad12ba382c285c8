import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import type { App } from './context.ts';
import { dashboardRoutes } from './dashboard.ts';
import { toProblem } from './problem.ts';

async function serve(files: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-dashboard-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'assets'));
  const add = (more: Record<string, string>) =>
    Promise.all(Object.entries(more).map(([name, text]) => writeFile(join(folder, name), text)));
  await add(files);
  const app: App = fastify();
  app.setErrorHandler((error, { url }, reply) => {
    const { body } = toProblem(error, { url, requestId: '' });
    return reply.code(body.status).send(body);
  });
  dashboardRoutes(app, folder);
  onTestFinished(() => app.close());
  return { app, add };
}

const page = { 'index.html': '<p>page</p>', 'icon.svg': '<svg/>', 'assets/index-abc.js': '1' };

test('the page comes with a policy that allows only files of its own', async () => {
  const { app } = await serve(page);
  const { statusCode, headers, body } = await app.inject('/');
  expect(statusCode).toBe(200);
  expect(body).toBe('<p>page</p>');
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(headers['content-security-policy']).toMatch(
    /^default-src 'self'; connect-src 'self';.*frame-ancestors 'none'$/,
  );
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  });
});

test('files whose name changes with their content are kept by the browser for good', async () => {
  const { app } = await serve(page);
  const { headers, body } = await app.inject('/assets/index-abc.js');
  expect(body).toBe('1');
  expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(headers['content-type']).toMatch(/javascript/);
});

test('a page the browser has already is not sent again', async () => {
  const { app } = await serve(page);
  const { headers } = await app.inject('/');
  const again = await app.inject({ url: '/', headers: { 'if-none-match': String(headers.etag) } });
  expect(again.statusCode).toBe(304);
  expect(again.body).toBe('');
});

test.each(['/assets/nothing.js', '/assets/..%2findex.html', '/assets/%2e%2e%2f%2e%2e%2fpackage.json', '/assets/'])(
  'a file that is not there, %s, is a problem of kind not-found',
  async (url) => {
    const { app } = await serve(page);
    const response = await app.inject(url);
    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({ type: expect.stringMatching(/not-found$/) });
  },
);

test('without a built page / says how to build it, and shows it once it is there', async () => {
  const { app, add } = await serve({});
  const before = await app.inject('/');
  expect(before.statusCode).toBe(200);
  expect(before.body).toContain('npm run build -w packages/dashboard');
  expect((await app.inject('/assets/index-abc.js')).statusCode).toBe(404);
  await add(page);
  expect((await app.inject('/')).body).toBe('<p>page</p>');
});
