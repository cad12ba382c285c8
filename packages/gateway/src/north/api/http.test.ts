import { connect } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { connectStation, startApi } from '../../../test/support/api-server.ts';

const stations = '/v1.1/chargestations';

test.each([
  ['an unknown member, by its name', { endpoint: 'A', colour: 'red' }, '#/colour', 'is not known here'],
  ['a missing member, by its name', { label: 'A' }, '#/endpoint', 'is missing'],
  ['a wrong type', { endpoint: 7 }, '#/endpoint', 'must be string'],
  ['a value that is too long', { endpoint: 'x'.repeat(49) }, '#/endpoint', expect.stringContaining('48')],
  ['no object', [], '#', 'must be object'],
])('refuses %s', async (_, body, pointer, detail) => {
  const { call, core } = await startApi();
  const answer = await call('POST', stations, { body });
  expect(answer.status).toBe(400);
  expect(answer.body.errors).toContainEqual({ pointer, detail });
  expect((await core.gateway.queries.stations({ limit: 10 })).items).toEqual([]);
});

test.each([
  ['a syntax error with its place', '{"endpoint":\n  "A",}', 400, 'line 2, column 7'],
  ['a body that breaks off', '{"endpoint":"A"', 400, 'line 1'],
  ['__proto__', '{"endpoint":"A","__proto__":{"admin":true}}', 400, '__proto__'],
  ['deep nesting', `${'['.repeat(5000)}${']'.repeat(5000)}`, 400, 'nested deeper than 32'],
  ['a body that is too large', `{"endpoint":"${'x'.repeat(70_000)}"}`, 413, ''],
])('refuses %s', async (_, body, status, text) => {
  const { call } = await startApi();
  const answer = await call('POST', stations, { body });
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject({ ok: false, result: null, message: expect.stringContaining(text) });
});

test('refuses a body that is not JSON', async () => {
  const { call } = await startApi();
  const answer = await call('POST', stations, {
    body: 'endpoint=A',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(answer).toMatchObject({
    status: 415,
    body: { type: '/problems/unsupported-media-type', detail: expect.stringContaining('application/json') },
  });
});

test('answers 404 and 405 as problems', async () => {
  const { call } = await startApi();
  expect(await call('GET', '/v1.1/nothing')).toMatchObject({
    status: 404,
    body: { ok: false, type: '/problems/not-found' },
  });
  const wrong = await call('PUT', `${stations}/CP1`);
  expect(wrong).toMatchObject({ status: 405, body: { type: '/problems/method-not-allowed' } });
  expect(wrong.headers.get('allow')).toBe('DELETE, GET, HEAD, PATCH');
  const type = await call('GET', wrong.body.type);
  expect(type.body).toMatchObject({ status: 405, type: '/problems/method-not-allowed' });
});

test('answers application/problem+json to those who ask for it', async () => {
  const { call } = await startApi();
  const plain = await call('GET', `${stations}/NOPE`);
  expect(plain.headers.get('content-type')).toBe('application/json; charset=utf-8');
  const problem = await call('GET', `${stations}/NOPE?x=1`, { headers: { accept: 'application/problem+json' } });
  expect(problem.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(
    (
      await call('GET', `${stations}/NOPE`, {
        headers: { accept: 'application/problem+json', 'x-request-id': 'abc-1' },
      })
    ).body,
  ).toMatchObject({
    instance: `${stations}/NOPE`,
    requestId: 'abc-1',
  });
});

test('takes over X-Request-Id, or makes one', async () => {
  const { call } = await startApi();
  expect((await call('GET', '/healthz', { headers: { 'x-request-id': 'abc-1' } })).headers.get('x-request-id')).toBe(
    'abc-1',
  );
  expect(
    (await call('GET', '/healthz', { headers: { 'x-request-id': 'a b\u00e9' } })).headers.get('x-request-id'),
  ).toMatch(/^[0-9a-f-]{36}$/);
});

test.each([
  '/v1.1/chargestations/%zz',
  '/v1.1/chargestations/%',
  '/v1.1/chargestations/%00',
  '/v1.1/chargestations?limit=%zz',
  '//',
  '/..%2f',
])('answers the odd path %s with 4xx', async (path) => {
  const { call } = await startApi();
  const { status, body } = await call('GET', path);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(body.ok).toBe(false);
});

test.each([
  ['GET / HTTP/1.1\r\nHost: x\r\nX-Large: ', 'x'.repeat(20_000), 431],
  ['NONSENSE\r\n\r\n', '', 400],
])('answers what is hardly HTTP in the same shape', async (head, filler, status) => {
  const { url } = await startApi();
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(`${head}${filler}\r\n\r\n`);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, 'close');
  expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(JSON.parse(text.slice(text.indexOf('{')))).toMatchObject({ ok: false, status });
});

test('repeats the answer of a request with the same Idempotency-Key', async () => {
  const { call, core } = await startApi();
  const link = await connectStation(core);
  const send = (key: string, body: object) =>
    call('POST', `${stations}/CP1/reset`, { body, headers: { 'idempotency-key': key, prefer: 'wait=20' } });
  const first = await send('"k1"', { type: 'Hard' });
  const again = await send('k1', { type: 'Hard' });
  expect(again.body).toEqual(first.body);
  expect(again.status).toBe(first.status);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(again.headers.get('location')).toBe(first.headers.get('location'));
  expect(link.commands).toHaveLength(1);
  expect(await send('k1', { type: 'Soft' })).toMatchObject({
    status: 422,
    body: { type: '/problems/idempotency-mismatch' },
  });
  expect((await send('k2', { type: 'Hard' })).headers.get('idempotent-replayed')).toBeNull();
  core.clock.advance(24 * 3600 + 1);
  await send('k1', { type: 'Soft' });
  expect(link.commands).toHaveLength(3);
});

test('refuses the second request while the first with its Idempotency-Key is running', async () => {
  const { call, core } = await startApi();
  const link = await connectStation(core);
  const asked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  link.reply = async () => {
    asked.resolve();
    await release.promise;
    return { accepted: true, status: 'Accepted' };
  };
  const send = () => call('POST', `${stations}/CP1/reset`, { headers: { 'idempotency-key': 'k', prefer: 'wait=20' } });
  const first = send();
  await asked.promise;
  expect(await send()).toMatchObject({ status: 409, body: { type: '/problems/idempotency-in-progress' } });
  release.resolve();
  expect((await first).status).toBe(200);
  expect((await send()).headers.get('idempotent-replayed')).toBe('true');
  expect(link.commands).toHaveLength(1);
});

test('does not keep a refusal that may pass, nor the secret of an API key', async () => {
  const { call, core } = await startApi();
  const create = () =>
    call('POST', '/v1.1/keys', { body: { name: 'x', scopes: ['*'] }, headers: { 'idempotency-key': 'k' } });
  const first = await create();
  const again = await create();
  expect(again.body.result).toEqual({ ...first.body.result, secret: null });
  const kept = await core.gateway.queries.state('api', '', 100);
  expect(JSON.stringify(kept)).not.toContain(first.body.result.secret);
});

test('limits the requests of a key, tells how many are left, and when to come back', async () => {
  const { call, core } = await startApi({ set: { readsPerMinute: 3 } });
  const left: (string | null)[] = [];
  for (let request = 0; request < 3; request += 1) left.push((await call('GET', stations)).headers.get('ratelimit'));
  expect(left).toEqual(['"read";r=2;t=20', '"read";r=1;t=40', '"read";r=0;t=60']);
  const refused = await call('GET', stations);
  expect(refused).toMatchObject({ status: 429, body: { type: '/problems/rate-limited' } });
  expect(refused.headers.get('ratelimit-policy')).toBe('"read";q=3;w=60');
  expect(refused.headers.get('retry-after')).toBe('20');
  expect((await call('POST', stations, { body: { endpoint: 'A' } })).status).toBe(201);
  core.clock.advance(20);
  expect((await call('GET', stations)).status).toBe(200);
});

test('lets web pages of the origins it was told call, and no others', async () => {
  const { url } = await startApi({ set: { corsOrigins: ['https://ops.example.com'] } });
  const ask = (origin: string) =>
    fetch(`${url}${stations}`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } });
  const allowed = await ask('https://ops.example.com');
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://ops.example.com');
  expect((await ask('https://evil.example.com')).headers.get('access-control-allow-origin')).toBeNull();
});

test('stops while a request waits and a stream is open', async () => {
  const { call, core, server, client } = await startApi();
  const link = await connectStation(core);
  await call('GET', '/v1.1/summary');
  const asked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<{ accepted: boolean; status: string }>();
  link.reply = () => {
    asked.resolve();
    return release.promise;
  };
  const leaving = new AbortController();
  const stream = client.events.stream({ signal: leaving.signal }).next();
  const waiting = call('POST', `${stations}/CP1/reset`, { headers: { prefer: 'wait=60' } });
  await asked.promise;
  expect((await stream).value.type).toBe('chargestation.reset.requested');
  await server.stop();
  expect((await waiting).body.result.status).toBe('requested');
  await server.stop();
  leaving.abort();
  release.resolve({ accepted: true, status: 'Accepted' });
});

test('says which TLS file cannot be read, and by which option to name another', async () => {
  const tls = { certFile: '/nowhere/cert.pem', keyFile: '/nowhere/key.pem' };
  await expect(startApi({ set: { tls } })).rejects.toThrow(
    '/nowhere/cert.pem cannot be read. Name a PEM file that this user may read with north.api.tls.certFile.',
  );
});
