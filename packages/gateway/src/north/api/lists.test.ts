import { expect, test } from 'vitest';
import { startApi, type TestApi } from '../../../test/support/api-server.ts';

async function withStations(count: number): Promise<TestApi> {
  const api = await startApi();
  for (let number = 1; number <= count; number += 1) {
    await api.core.gateway.registerStation(`CP${number}`, { actor: 'test', label: number % 2 === 0 ? 'even' : 'odd' });
    api.core.clock.advance(1);
  }
  return api;
}

const namesOf = (body: { result: { endpoint: string }[] }) => body.result.map(({ endpoint }) => endpoint);

test('walks a list by cursors, both ways, while stations come and go', async () => {
  const { call, core } = await withStations(5);
  const first = await call('GET', '/v1.1/chargestations?limit=2');
  expect(namesOf(first.body)).toEqual(['CP5', 'CP4']);
  expect(first.body).toMatchObject({ hasNext: true, hasPrevious: false, prev_cursor: null });
  expect(first.headers.get('link')).toBe(`</v1.1/chargestations?limit=2&cursor=${first.body.next_cursor}>; rel="next"`);
  await core.gateway.registerStation('CP6', { actor: 'test' });
  const second = await call('GET', `/v1.1/chargestations?limit=2&cursor=${first.body.next_cursor}`);
  expect(namesOf(second.body)).toEqual(['CP3', 'CP2']);
  const last = await call('GET', `/v1.1/chargestations?limit=2&cursor=${second.body.next_cursor}`);
  expect(namesOf(last.body)).toEqual(['CP1']);
  expect(last.body).toMatchObject({ hasNext: false, hasPrevious: true, next_cursor: null });
  const back = await call('GET', `/v1.1/chargestations?limit=2&cursor=${last.body.prev_cursor}`);
  expect(namesOf(back.body)).toEqual(['CP3', 'CP2']);
});

test('a cursor carries filter and order, and refuses others', async () => {
  const { call } = await withStations(6);
  const first = await call('GET', '/v1.1/chargestations?limit=1&search=even&sort_order=asc');
  expect(namesOf(first.body)).toEqual(['CP2']);
  const cursor = first.body.next_cursor;
  expect(namesOf((await call('GET', `/v1.1/chargestations?limit=5&cursor=${cursor}`)).body)).toEqual(['CP4', 'CP6']);
  const changed = await call('GET', `/v1.1/chargestations?cursor=${cursor}&search=odd`);
  expect(changed).toMatchObject({ status: 400, body: { errors: [{ pointer: 'query/search' }] } });
  expect((await call('GET', `/v1.1/tokens?cursor=${cursor}`)).status).toBe(400);
  expect((await call('GET', `/v1.1/chargestations?cursor=${cursor.slice(0, -2)}xx`)).status).toBe(400);
  expect((await call('GET', '/v1.1/chargestations?cursor=nonsense')).status).toBe(400);
});

test("understands eDRV's page parameters", async () => {
  const { call } = await withStations(5);
  expect(namesOf((await call('GET', '/v1.1/chargestations?paginate_limit=2&paginate_page=2')).body)).toEqual([
    'CP3',
    'CP2',
  ]);
  expect(namesOf((await call('GET', '/v1.1/chargestations?paginate_limit=2&paginate_page=9')).body)).toEqual([]);
  expect(
    namesOf((await call('GET', '/v1.1/chargestations?paginate_enabled=false&sort_order=asc&sort_by=createdAt')).body),
  ).toHaveLength(5);
  expect((await call('GET', '/v1.1/chargestations?paginate_limit=1000')).status).toBe(200);
  expect((await call('GET', '/v1.1/chargestations?paginate_limit=1001')).status).toBe(400);
  expect((await call('GET', '/v1.1/chargestations?limit=abc')).body.errors).toEqual([
    { pointer: 'query/limit', detail: 'must be integer' },
  ]);
  const since = await call('GET', '/v1.1/chargestations?createdAt[$gte]=2026-05-04T08:15:03Z');
  expect(namesOf(since.body)).toEqual(['CP5', 'CP4']);
  expect((await call('GET', '/v1.1/chargestations?createdAt[$gte]=yesterday')).body.errors[0].pointer).toBe(
    'query/createdAt[$gte]',
  );
});
