import { request } from 'node:http';
import { expect, test } from 'vitest';
import { startApi } from '../../../test/support/api-server.ts';
import { covers } from './access.ts';

test.each([
  [['*'], 'write:keys', true],
  [['read:*'], 'read:stations', true],
  [['read:*'], 'write:stations', false],
  [['read:stations'], 'read:stations', true],
  [['read:stations'], 'read:*', false],
  [['read:*', 'write:*'], '*', false],
  [['write:*'], 'write:*', true],
  [[], 'read:stations', false],
])('%j covers %s: %s', (granted, wanted, expected) => {
  expect(covers(granted, wanted)).toBe(expected);
});

test('refuses a request without a key, with a wrong one, and with one that was revoked or has expired', async () => {
  const { core, call } = await startApi();
  const get = (authorization: string) => call('GET', '/v1.1/chargestations', { headers: { authorization } });
  const missing = await get('');
  expect(missing.status).toBe(401);
  expect(missing.headers.get('www-authenticate')).toBe('Bearer realm="busbar"');
  expect(missing.body).toMatchObject({ ok: false, result: null, type: '/problems/unauthorized', status: 401 });
  const wrong = await get('Bearer bb_nonsense');
  expect(wrong.status).toBe(401);
  expect(wrong.headers.get('www-authenticate')).toContain('error="invalid_token"');
  expect(wrong.text).not.toContain('bb_nonsense');
  const expiresAt = new Date(core.clock.now().getTime() + 60_000);
  const short = await core.gateway.createApiKey({ name: 'short', scopes: ['*'], expiresAt }, 'test');
  expect((await get(`Bearer ${short.secret}`)).status).toBe(200);
  core.clock.advance(61);
  expect((await get(`Bearer ${short.secret}`)).body).toMatchObject({
    ok: false,
    message: 'jwt expired',
    result: null,
    status: 401,
  });
});

test('a key does what its scopes say, and a revoked one nothing at once', async () => {
  const { call } = await startApi();
  const created = await call('POST', '/v1.1/keys', { body: { name: 'reader', scopes: ['read:stations'] } });
  expect(created.status).toBe(201);
  const { _id, secret } = created.body.result;
  const headers = { authorization: `Bearer ${secret}` };
  expect((await call('GET', '/v1.1/chargestations', { headers })).status).toBe(200);
  const refused = await call('GET', '/v1.1/sessions', { headers });
  expect(refused).toMatchObject({
    status: 403,
    body: { message: 'This API key lacks the scope read:sessions.', type: '/problems/forbidden' },
  });
  expect((await call('GET', '/v1.1/keys')).text).not.toContain(secret);
  expect((await call('POST', `/v1.1/keys/${_id}/revoke`)).body.result).toMatchObject({ _id, status: 'revoked' });
  expect((await call('GET', '/v1.1/chargestations', { headers })).status).toBe(401);
});

test('a key cannot make a stronger one', async () => {
  const { core, call } = await startApi();
  const { secret } = await core.gateway.createApiKey({ name: 'k', scopes: ['write:keys', 'read:*'] }, 'test');
  const headers = { authorization: `Bearer ${secret}` };
  const make = (scopes: string[]) => call('POST', '/v1.1/keys', { headers, body: { name: 'x', scopes } });
  expect((await make(['*'])).status).toBe(403);
  expect((await make(['write:stations'])).status).toBe(403);
  expect((await make(['read:audit'])).status).toBe(201);
  expect((await make(['read:everything'])).status).toBe(400);
});

test('refuses an address that keeps trying wrong keys, and nobody else', async () => {
  const { call } = await startApi({ set: { failedLoginsPerMinute: 3 } });
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 5; attempt += 1) {
    statuses.push((await call('GET', '/v1.1/audit', { headers: { authorization: `Bearer wrong${attempt}` } })).status);
  }
  expect(statuses).toEqual([401, 401, 401, 429, 429]);
});

test('health, readiness, metrics for this machine and the description are open', async () => {
  const { call, problems } = await startApi();
  const headers = { authorization: '' };
  expect(await call('GET', '/healthz', { headers })).toMatchObject({ status: 200, body: { status: 'ok' } });
  expect(await call('GET', '/readyz', { headers })).toMatchObject({ status: 200, body: { ready: true } });
  problems.push('The disk is full.');
  expect(await call('GET', '/readyz', { headers })).toMatchObject({
    status: 503,
    body: { ready: false, problems: ['The disk is full.'] },
  });
  expect((await call('GET', '/metrics', { headers })).status).toBe(200);
  expect((await call('GET', '/metrics', { headers: { ...headers, 'x-forwarded-for': '1.2.3.4' } })).status).toBe(401);
  expect((await call('GET', '/openapi.json', { headers })).status).toBe(200);
  const docs = await call('GET', '/docs/', { headers });
  expect(docs.status).toBe(200);
  expect(docs.text).toContain('js/scalar.js');
  expect((await call('GET', '/docs/js/scalar.js', { headers })).text.length).toBeGreaterThan(100_000);
});

test('the audit tells who did what', async () => {
  const { call } = await startApi();
  await call('POST', '/v1.1/chargestations', { body: { endpoint: 'CP1', password: 'a-good-password-1' } });
  const { body, text } = await call('GET', '/v1.1/audit?chargestation=CP1');
  expect(body.result[0]).toMatchObject({
    operation: 'station.register',
    endpoint: 'CP1',
    actor: expect.stringMatching(/^[0-9a-f]{24}$/),
  });
  expect(text).not.toContain('a-good-password-1');
});

test('a key cannot be made that has expired already, nor one revoked that may do more', async () => {
  const { core, call } = await startApi();
  const past = new Date(core.clock.now().getTime() - 1000).toISOString();
  const made = await call('POST', '/v1.1/keys', { body: { name: 'x', scopes: ['*'], expiresAt: past } });
  expect(made).toMatchObject({ status: 422, body: { errors: [{ pointer: '#/expiresAt' }] } });
  const strong = await core.gateway.createApiKey({ name: 'strong', scopes: ['*'] }, 'test');
  const weak = await core.gateway.createApiKey({ name: 'weak', scopes: ['write:keys', 'read:*'] }, 'test');
  const headers = { authorization: `Bearer ${weak.secret}` };
  const refused = await call('POST', `/v1.1/keys/${strong.key.keyId}/revoke`, { headers });
  expect(refused).toMatchObject({ status: 403, body: { type: '/problems/forbidden' } });
  expect((await call('DELETE', `/v1.1/keys/${weak.key.keyId}`, { headers })).status).toBe(200);
});

test('a web page that has this machine for its name is not this machine', async () => {
  const { url } = await startApi();
  const get = async (host: string) => {
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    request(`${url}/metrics`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).end();
    return promise;
  };
  expect(await get('rebound.example.com')).toBe(401);
  expect(await get('localhost:8080')).toBe(200);
  expect(await get('[::1]:8080')).toBe(200);
});
