import { expect, test } from 'vitest';
import { connectStation, startApi } from '../../../test/support/api-server.ts';

test('creates, finds, changes, blocks and deletes a token', async () => {
  const { core, call } = await startApi();
  await connectStation(core);
  const created = await call('POST', '/v1.1/tokens', {
    body: { physicalId: 'Tag-1', label: 'Ada', expiresAt: '2027-01-01T00:00:00Z' },
  });
  expect(created).toMatchObject({
    status: 201,
    body: { result: { physicalId: 'Tag-1', type: 'ISO14443', active: true, blocked: false } },
  });
  const id = created.body.result._id;
  expect(created.headers.get('location')).toBe(`/v1.1/tokens/${id}`);
  expect((await call('GET', '/v1.1/tokens/TAG-1')).body.result).toEqual(created.body.result);
  expect((await call('POST', '/v1.1/tokens', { body: { physicalId: 'TAG-1' } })).status).toBe(409);
  expect((await call('GET', '/v1.1/tokens?search=ada')).body.result).toHaveLength(1);
  expect((await call('POST', `/v1.1/tokens/${id}/block`)).body.result).toMatchObject({
    blocked: true,
    active: false,
    label: 'Ada',
  });
  expect(
    (await core.intake.report('CP1', { type: 'Authorize', idToken: { idToken: 'tag-1', type: 'ISO14443' } }))
      .idTokenInfo.status,
  ).toBe('Blocked');
  expect((await call('POST', `/v1.1/tokens/${id}/unblock`)).body.result).toMatchObject({
    blocked: false,
    active: true,
  });
  const changed = await call('PATCH', `/v1.1/tokens/${id}`, {
    body: { expiresAt: '2026-01-01T00:00:00Z', label: null, group: 'G' },
  });
  expect(changed.body.result).toMatchObject({ active: false, group: 'G' });
  expect(changed.body.result.label).toBeUndefined();
  expect((await call('DELETE', `/v1.1/tokens/${id}`)).body.result).toEqual({ _id: id, deleted: true });
  expect((await call('GET', `/v1.1/tokens/${id}`)).status).toBe(404);
});

test('refuses to change a token that has changed since it was read', async () => {
  const { call } = await startApi();
  const created = await call('POST', '/v1.1/tokens', { body: { physicalId: 'A' } });
  const etag = created.headers.get('etag') ?? '';
  expect((await call('GET', '/v1.1/tokens/A')).headers.get('etag')).toBe(etag);
  const first = await call('PATCH', '/v1.1/tokens/A', { body: { label: 'one' }, headers: { 'if-match': etag } });
  expect(first.status).toBe(200);
  const second = await call('PATCH', '/v1.1/tokens/A', { body: { label: 'two' }, headers: { 'if-match': etag } });
  expect(second).toMatchObject({ status: 412, body: { type: '/problems/precondition-failed' } });
  expect((await call('GET', '/v1.1/tokens/A')).body.result.label).toBe('one');
});
