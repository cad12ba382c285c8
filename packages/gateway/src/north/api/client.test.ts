import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { connectStation, startApi, startTransaction } from '../../../test/support/api-server.ts';
import { ApiError, createClient } from './client.ts';

test('does everything a session needs', async () => {
  const { core, client } = await startApi();
  const link = await connectStation(core);
  expect((await client.stations.list({ online: true })).items.map(({ endpoint }) => endpoint)).toEqual(['CP1']);
  const action = await client.sessions.start({ chargestation: 'CP1', evse: 1, token: 'TAG-1' }, { waitS: 20 });
  expect(action).toMatchObject({ type: 'chargestation.remote_start_transaction', status: 'completed' });
  await startTransaction(core);
  const [session] = (await client.sessions.list({ chargestation: 'CP1', status: 'Started', since: new Date(0) })).items;
  expect(session).toMatchObject({ token: 'TAG-1', status: 'Started' });
  const stop = await client.sessions.stop(session?._id ?? '');
  expect(await client.actions.wait(stop._id)).toMatchObject({ status: 'completed' });
  expect(link.commands.map(({ type }) => type)).toEqual(['requestStartTransaction', 'requestStopTransaction']);
  await client.sessions.close(session?._id ?? '', 'test');
  expect((await client.sessions.energyReports(session?._id ?? '')).length).toBeGreaterThan(0);
  expect(await client.summary()).toMatchObject({ stations: 1, online: 1, held: 0, activeSessions: 0 });
  expect(await client.health()).toEqual({ ready: true, problems: [] });
});

test('commands a station in every way', async () => {
  const { core, client } = await startApi();
  const link = await connectStation(core);
  const how = { waitS: 20 };
  await client.stations.reset('CP1', { type: 'Hard' }, how);
  await client.stations.changeAvailability('CP1', { available: false }, how);
  await client.stations.unlock('CP1', { evse: 1 }, how);
  await client.stations.trigger('CP1', { message: 'Heartbeat' }, how);
  await client.stations.clearCache('CP1', how);
  await client.stations.setCurrentLimit('CP1', { current: 16, evse: 1 }, how);
  await client.connectors.setCurrentLimit('CP1:1:1', { current: null }, how);
  await client.variables.get('CP1', ['HeartbeatInterval'], how);
  await client.variables.set('CP1', [{ name: 'HeartbeatInterval', value: '300' }], how);
  await client.variables.report('CP1', undefined, how);
  await client.ocpp('CP1', 'DataTransfer', { vendorId: 'v' }, { ...how, idempotencyKey: 'k', expiresInS: 10 });
  expect(link.commands.map(({ type }) => type)).toEqual([
    'reset',
    'changeAvailability',
    'unlockConnector',
    'triggerMessage',
    'clearCache',
    'setCurrentLimit',
    'setCurrentLimit',
    'getVariables',
    'setVariables',
    'getBaseReport',
    'call',
  ]);
  expect((await client.actions.list({ chargestation: 'CP1', status: 'completed' })).items).toHaveLength(11);
});

test('keeps stations, tokens and keys', async () => {
  const { client } = await startApi();
  await client.stations.create({ endpoint: 'NEW' });
  expect(await client.stations.update('NEW', { label: 'Yard' })).toMatchObject({ label: 'Yard' });
  expect(await client.stations.refuse('NEW')).toMatchObject({ admission: 'refused' });
  expect(await client.stations.admit('NEW')).toMatchObject({ admission: 'admitted' });
  expect(await client.stations.connectors('NEW')).toEqual([]);
  expect(await client.stations.remove('NEW')).toMatchObject({ deleted: true });
  const { _id } = await client.tokens.create({ physicalId: 'A' });
  expect(await client.tokens.block(_id)).toMatchObject({ blocked: true });
  expect(await client.tokens.unblock(_id)).toMatchObject({ blocked: false });
  expect(await client.tokens.update(_id, { label: 'Ada' })).toMatchObject({ label: 'Ada' });
  expect(await client.tokens.remove(_id)).toMatchObject({ deleted: true });
  const key = await client.keys.create({ name: 'x', scopes: ['read:*'] });
  expect(key.secret).toMatch(/^.{20,}$/);
  expect(await client.keys.revoke(key._id)).toMatchObject({ status: 'revoked' });
  expect((await client.keys.list()).map(({ name }) => name)).toContain('x');
  expect((await client.audit.list()).items.length).toBeGreaterThan(5);
  expect((await client.reservations.list()).items).toEqual([]);
  expect((await client.messages.list({ direction: 'in' })).items).toEqual([]);
  expect(await client.variables.stored('NEW').catch((error: unknown) => error)).toBeInstanceOf(ApiError);
});

test('walks over every page', async () => {
  const { core, client } = await startApi();
  for (let number = 0; number < 7; number += 1) {
    await core.gateway.registerStation(`CP${number}`, { actor: 'test' });
    core.clock.advance(1);
  }
  const seen: string[] = [];
  for await (const { endpoint } of client.stations.all({ limit: 2 })) seen.push(endpoint);
  expect(seen).toEqual(['CP6', 'CP5', 'CP4', 'CP3', 'CP2', 'CP1', 'CP0']);
});

test('rejects with what the API said, or with why there was no answer', async () => {
  const { client, url } = await startApi();
  const missing: unknown = await client.stations.get('NO/PE').catch((error: unknown) => error);
  expect(missing).toBeInstanceOf(ApiError);
  expect(missing).toMatchObject({ status: 404, type: 'not-found', detail: expect.stringContaining("'NO/PE'") });
  await expect(client.tokens.create({ physicalId: '' })).rejects.toMatchObject({
    status: 400,
    type: 'invalid-request',
    errors: [{ pointer: '#/physicalId' }],
  });
  const stranger = createClient({ url });
  await expect(stranger.stations.list()).rejects.toMatchObject({ status: 401, type: 'unauthorized' });
  await expect(stranger.events.stream().next()).rejects.toMatchObject({ status: 401 });
  const nowhere = createClient({ url: 'http://127.0.0.1:1/' });
  await expect(nowhere.summary()).rejects.toMatchObject({
    status: 0,
    type: 'unreachable',
    detail: expect.stringContaining('http://127.0.0.1:1'),
  });
});

test('imports nothing that a browser does not have', () => {
  const imports = ['client.ts', 'client-http.ts'].flatMap((file) =>
    [...readFileSync(new URL(file, import.meta.url), 'utf8').matchAll(/^(import|export) .*from '(.*)'/gm)].map(
      (match) => match[0],
    ),
  );
  expect(imports.filter((line) => !/^(import|export) type|client-http/.test(line))).toEqual([]);
});
