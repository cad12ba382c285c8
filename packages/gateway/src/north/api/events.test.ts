import { connect } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { connectStation, meter, startApi, startTransaction, type TestApi } from '../../../test/support/api-server.ts';
import { streamLimits } from './stream.ts';
import type { Event } from './schemas.ts';

const typesOf = (events: Event[]) => events.map(({ type }) => type);

/** Reads `count` events of a stream, then leaves. */
async function read(
  api: TestApi,
  count: number,
  options: { types?: string[]; chargestations?: string[]; after?: string } = {},
) {
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const events: Event[] = [];
  for await (const event of api.client.events.stream({ ...options, signal: leaving.signal, retryMs: 20 })) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}

test('lists what happened in eDRV types, in order, from a cursor', async () => {
  const api = await startApi();
  const { core, call } = api;
  await connectStation(core, 'CP1', 1);
  await startTransaction(core);
  const all = await call('GET', '/v1.1/events');
  expect(typesOf(all.body.result)).toEqual([
    'chargestation.created',
    'chargestation.updated',
    'chargestation.online',
    'chargestation.booted',
    'chargestation.connector_status.updated',
    'session.started',
    'session.energy_report',
  ]);
  const [, , online, , status, started] = all.body.result;
  expect(online).toMatchObject({
    object: 'chargestation',
    data: { endpoint: 'CP1', online: true, protocol: 'ocpp1.6' },
  });
  expect(status.data.connectors).toEqual([expect.objectContaining({ evse: 1, status: 'Available' })]);
  expect(started).toMatchObject({ object: 'session', data: { endpoint: 'CP1', status: 'Started' } });
  const rest = await call('GET', `/v1.1/events?after=${online._id}`);
  expect(rest.body.result).toEqual(all.body.result.slice(3));
  const page = await call('GET', '/v1.1/events?types=session.started,chargestation.booted&limit=1');
  expect(typesOf(page.body.result)).toEqual(['chargestation.booted']);
  expect(page.body.hasNext).toBe(true);
  const next = await call(
    'GET',
    `/v1.1/events?types=session.started,chargestation.booted&after=${page.body.next_cursor}`,
  );
  expect(typesOf(next.body.result)).toEqual(['session.started']);
  expect(next.body.hasNext).toBe(false);
  expect(typesOf((await call('GET', '/v1.1/events?tail=2')).body.result)).toEqual([
    'session.started',
    'session.energy_report',
  ]);
  expect((await call('GET', '/v1.1/events?after=yesterday')).status).toBe(400);
});

test('lists the events of some stations only', async () => {
  const { core, call } = await startApi();
  await connectStation(core, 'CP1', 0);
  await connectStation(core, 'CP2', 0);
  const { body } = await call('GET', '/v1.1/events?chargestations=CP2');
  expect(new Set(body.result.map(({ data }: { data: { endpoint: string } }) => data.endpoint))).toEqual(
    new Set(['CP2']),
  );
  expect((await call('GET', '/v1.1/events?chargestations=CP9')).status).toBe(404);
});

test('a command makes a requested and one terminal event with the action in both', async () => {
  const { core, call } = await startApi();
  await connectStation(core, 'CP1', 0);
  const { body } = await call('POST', '/v1.1/chargestations/CP1/reset', { headers: { prefer: 'wait=20' } });
  const events = (await call('GET', '/v1.1/events?types=chargestation.reset.*')).body.result;
  expect(typesOf(events)).toEqual(['chargestation.reset.requested', 'chargestation.reset.accepted']);
  expect(events.map(({ data }: { data: { _id: string; status: string } }) => [data._id, data.status])).toEqual([
    [body.result._id, 'requested'],
    [body.result._id, 'completed'],
  ]);
});

test('streams what happens, filtered, as the same envelope the list has', async () => {
  const api = await startApi();
  const events = read(api, 3, { types: ['session.*'], after: '0' });
  await connectStation(api.core, 'CP1', 1);
  const { transactionId } = await startTransaction(api.core);
  await api.core.gateway.closeTransaction({ stationId: 'CP1', transactionId }, 'test', 'test');
  const streamed = await events;
  expect(typesOf(streamed)).toEqual(['session.started', 'session.energy_report', 'session.ended']);
  expect(streamed).toEqual((await api.call('GET', '/v1.1/events?types=session.*')).body.result);
}, 20_000);

test('resumes after Last-Event-ID without a gap or a repetition', async () => {
  const api = await startApi();
  await connectStation(api.core, 'CP1', 3);
  const [first] = (await api.call('GET', '/v1.1/events')).body.result;
  const seen = read(api, 7, { after: first._id });
  await api.core.intake.report('CP1', { type: 'StatusNotification', evseId: 1, connectorId: 1, status: 'Occupied' });
  const all = (await api.call('GET', '/v1.1/events?limit=1000')).body.result;
  expect(await seen).toEqual(all.slice(1, 8));
});

test('a stream that is closed by age is opened again by the client where it broke off', async () => {
  const api = await startApi({ limits: { ...streamLimits, maxAgeMs: 30 } });
  const seen = read(api, 4, { types: ['chargestation.connector_status.updated'], after: '0' });
  await connectStation(api.core, 'CP1', 2);
  await read(api, 1, { after: '0' });
  for (const status of ['Occupied', 'Available'] as const) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    await api.core.intake.report('CP1', { type: 'StatusNotification', evseId: 1, connectorId: 1, status });
  }
  const all = (await api.call('GET', '/v1.1/events?types=chargestation.connector_status.updated')).body.result;
  expect(await seen).toEqual(all);
});

test('pings a stream on which nothing happens', async () => {
  const api = await startApi({ limits: { ...streamLimits, pingMs: 5 } });
  const leaving = new AbortController();
  const response = await fetch(`${api.url}/v1.1/events/stream`, {
    headers: { authorization: `Bearer ${api.key}` },
    signal: leaving.signal,
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.includes(': ping\n\n')) break;
  }
  expect(text).toMatch(/^retry: 2000\n\n/);
  leaving.abort();
});

test('tells a client whose place is not kept any more to start anew', async () => {
  const api = await startApi();
  await connectStation(api.core, 'CP1', 1);
  const { queries } = api.core.gateway;
  const range = await queries.factRange();
  queries.factRange = async () => ({ ...range, first: 3 });
  expect(await api.call('GET', '/v1.1/events?after=1')).toMatchObject({
    status: 410,
    body: { type: '/problems/events-gone' },
  });
  const [reset, next] = await read(api, 2, { after: '1' });
  expect(reset).toMatchObject({ type: 'stream.reset', object: 'stream' });
  expect(Number(`0x${next?._id.slice(8)}`)).toBe(3);
});

test('cuts off a client that does not read, and serves the others', async () => {
  const api = await startApi({ limits: { ...streamLimits, maxBuffered: 20_000 } });
  await connectStation(api.core, 'CP1', 1);
  const { port } = new URL(api.url);
  const slow = connect({ port: Number(port), host: '127.0.0.1' });
  const closed = once(slow, 'close');
  slow.on('error', () => {});
  slow.write(`GET /v1.1/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${api.key}\r\n\r\n`);
  await once(slow, 'readable');
  slow.pause();
  const others = read(api, 400, { types: ['chargestation.data_transfer.received'], after: '0' });
  for (let number = 0; number < 400; number += 1) {
    await api.core.intake.report('CP1', { type: 'DataTransfer', vendorId: 'v', data: 'x'.repeat(20_000) });
  }
  expect(await others).toHaveLength(400);
  slow.resume();
  await closed;
}, 30_000);

test('does not open more streams than allowed', async () => {
  const api = await startApi({ set: { streams: 1 } });
  await connectStation(api.core, 'CP1', 0);
  const leaving = new AbortController();
  const open = api.client.events.stream({ after: '0', signal: leaving.signal });
  await open.next();
  expect(await api.call('GET', '/v1.1/events/stream')).toMatchObject({
    status: 429,
    body: { type: '/problems/rate-limited' },
  });
  leaving.abort();
});

test('shows meter values as energy reports of the session they belong to', async () => {
  const api = await startApi();
  await connectStation(api.core, 'CP1', 1);
  const { transactionId } = await startTransaction(api.core);
  api.core.clock.advance(60);
  await meter(api.core, { energy: 1100, power: 6000, current: 26 }, transactionId);
  const { result } = (await api.call('GET', '/v1.1/events?types=session.energy_report')).body;
  const session = (await api.call('GET', '/v1.1/sessions')).body.result[0];
  expect(result.at(-1)).toMatchObject({ object: 'session', data: { _id: session._id, transaction_id: transactionId } });
  expect(result.at(-1).data.reports).toContainEqual(
    expect.objectContaining({ evse: 1, measurand: 'Power.Active.Import', value: 6000, unit: 'W' }),
  );
});

test('a place beyond the log, left by another database, is told and not waited for', async () => {
  const api = await startApi();
  await connectStation(api.core, 'CP1', 1);
  const beyond = '6b01248800000000000f4240';
  expect(await api.call('GET', `/v1.1/events?after=${beyond}`)).toMatchObject({
    status: 410,
    body: { type: '/problems/events-gone' },
  });
  expect(typesOf(await read(api, 1, { after: beyond }))).toEqual(['stream.reset']);
});

test('sends an event once that comes while the log is read', async () => {
  const api = await startApi();
  await connectStation(api.core, 'CP1', 1);
  const { queries } = api.core.gateway;
  const facts = queries.facts.bind(queries);
  const status = (word: 'Occupied' | 'Available') =>
    api.core.intake.report('CP1', { type: 'StatusNotification', evseId: 1, connectorId: 1, status: word });
  queries.facts = async (query) => {
    queries.facts = facts;
    await status('Occupied');
    return facts(query);
  };
  const [first] = (await api.call('GET', '/v1.1/events')).body.result;
  queries.facts = async (query) => {
    queries.facts = facts;
    await status('Available');
    return facts(query);
  };
  const seen = read(api, 8, { after: first._id });
  await expect.poll(async () => (await queries.factRange()).last).toBe(7);
  await status('Occupied');
  await status('Available');
  const all = (await api.call('GET', '/v1.1/events?limit=1000')).body.result;
  expect((await seen).map(({ _id }) => _id)).toEqual(all.slice(1).map(({ _id }: Event) => _id));
});

test.each(['is revoked', 'expires'])('ends the streams of a key that %s, and no others', async (how) => {
  const api = await startApi({ limits: { ...streamLimits, keyCheckMs: 10 } });
  const { core } = api;
  const expiresAt = new Date(core.clock.now().getTime() + 60_000);
  const { key, secret } = await core.gateway.createApiKey({ name: 'k', scopes: ['read:*'], expiresAt }, 'test');
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const open = async (apiKey: string) => {
    const headers = { authorization: `Bearer ${apiKey}` };
    const { body } = await fetch(`${api.url}/v1.1/events/stream`, { headers, signal: leaving.signal });
    const reader = body?.getReader();
    await reader?.read();
    return reader;
  };
  const [ended, kept] = [await open(secret), await open(api.key)];
  if (how === 'expires') core.clock.advance(61);
  else await core.gateway.revokeApiKey(key.keyId, 'test');
  expect(await ended?.read()).toMatchObject({ done: true });
  await connectStation(core, 'CP1', 1);
  expect(await kept?.read()).toMatchObject({ done: false });
});

test('masks secrets in what stations tell by themselves', async () => {
  const { core, call } = await startApi();
  await connectStation(core, 'CP1', 0);
  await core.intake.report('CP1', { type: 'DataTransfer', vendorId: 'v', data: '{"password":"geheim"}' });
  const event = {
    eventId: 1,
    trigger: 'Delta',
    actualValue: 'geheim',
    component: { name: 'SecurityCtrlr' },
    variable: { name: 'BasicAuthPassword' },
    occurredAt: core.clock.now(),
  };
  await core.intake.report('CP1', { type: 'NotifyEvent', events: [event] });
  const { body, text } = await call('GET', '/v1.1/events');
  expect(typesOf(body.result)).toContain('chargestation.event.notified');
  expect(text).not.toContain('geheim');
});
