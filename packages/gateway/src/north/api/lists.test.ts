import { expect, test } from 'vitest';
import { connectStation, startApi, type TestApi } from '../../../test/support/api-server.ts';

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

test('lists actions by station, type and status, the newest first, page by page both ways', async () => {
  const { core, call } = await startApi();
  const station = await connectStation(core, 'CP1');
  await connectStation(core, 'CP2');
  const wait = { headers: { prefer: 'wait=10' } };
  const done: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const { body } = await call('POST', '/v1.1/chargestations/CP1/reset', wait);
    done.push(body.result._id);
    core.clock.advance(1);
    await call('POST', '/v1.1/chargestations/CP2/clear_cache', wait);
    core.clock.advance(1);
  }
  const raw = await call('POST', '/v1.1/chargestations/CP1/ocpp/Reset', { ...wait, body: { type: 'Soft' } });
  done.push(raw.body.result._id);
  core.clock.advance(1);
  station.reply = () => new Promise(() => {});
  const open = (await call('POST', '/v1.1/chargestations/CP1/unlock', { body: { evse: 1 } })).body.result._id;
  const idsOf = async (query: string) => {
    const { body } = await call('GET', `/v1.1/actions?${query}`);
    return body.result.map(({ _id }: { _id: string }) => _id);
  };
  expect(await idsOf('type=chargestation.reset')).toEqual(done.toReversed());
  expect(await idsOf('type=chargestation.reset&status=completed&chargestation=CP2')).toEqual([]);
  expect(await idsOf('status=requested')).toEqual([open]);
  expect(await idsOf('chargestation=CP2&sort_order=asc')).toHaveLength(3);
  const first = (await call('GET', '/v1.1/actions?type=chargestation.reset&limit=2')).body;
  expect(first).toMatchObject({ hasNext: true, hasPrevious: false });
  const second = (await call('GET', `/v1.1/actions?limit=2&cursor=${first.next_cursor}`)).body;
  expect(second).toMatchObject({ hasNext: false, hasPrevious: true, next_cursor: null });
  expect([...first.result, ...second.result].map(({ _id }) => _id)).toEqual(done.toReversed());
  const back = (await call('GET', `/v1.1/actions?limit=2&cursor=${second.prev_cursor}`)).body;
  expect(back.result).toEqual(first.result);
  expect(back).toMatchObject({ hasNext: true, hasPrevious: false });
  expect((await call('GET', '/v1.1/actions?status=done')).status).toBe(400);
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
