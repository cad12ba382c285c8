import { expect, test } from 'vitest';
import type { Command } from '../../domain/commands.ts';
import { connectStation, startApi, startTransaction } from '../../../test/support/api-server.ts';
import { LinkError } from '../../ports/south.ts';

const station = '/v1.1/chargestations/CP1';

const commands: [path: string, body: object, command: Command, type: string][] = [
  [`${station}/reset`, { type: 'Hard' }, { type: 'reset', mode: 'Immediate' }, 'chargestation.reset'],
  [`${station}/reset`, {}, { type: 'reset', mode: 'OnIdle' }, 'chargestation.reset'],
  [
    `${station}/availability`,
    { available: false, evse: 2 },
    { type: 'changeAvailability', operationalStatus: 'Inoperative', evseId: 2 },
    'chargestation.change_availability',
  ],
  [
    `${station}/unlock`,
    { evse: 1 },
    { type: 'unlockConnector', evseId: 1, connectorId: 1 },
    'chargestation.unlock_connector',
  ],
  [
    `${station}/trigger`,
    { message: 'MeterValues', evse: 1 },
    { type: 'triggerMessage', requestedMessage: 'MeterValues', evseId: 1 },
    'chargestation.trigger_message',
  ],
  [`${station}/clear_cache`, {}, { type: 'clearCache' }, 'chargestation.clear_cache'],
  [
    `${station}/set_current_limit`,
    { current: 16 },
    { type: 'setCurrentLimit', evseId: 0, currentLimit: 16 },
    'chargestation.set_power_limit',
  ],
  [
    `${station}/set_current_limit`,
    { current: null, evse: 1 },
    { type: 'setCurrentLimit', evseId: 1 },
    'connector.clear_power_limit',
  ],
  [
    '/v1.1/connectors/CP1:1:1/set_current_limit',
    { current: 6.5 },
    { type: 'setCurrentLimit', evseId: 1, currentLimit: 6.5 },
    'connector.set_power_limit',
  ],
  [
    '/v1.1/connectors/CP1:2:1/unlock',
    {},
    { type: 'unlockConnector', evseId: 2, connectorId: 1 },
    'chargestation.unlock_connector',
  ],
  [
    '/v1.1/connectors/CP1:1:1/availability',
    { available: true },
    { type: 'changeAvailability', operationalStatus: 'Operative', evseId: 1, connectorId: 1 },
    'chargestation.change_availability',
  ],
  [
    `${station}/variables/report`,
    {},
    { type: 'getBaseReport', reportBase: 'FullInventory' },
    'chargestation.get_configuration',
  ],
  [
    '/v1.1/sessions',
    { connector: 'CP1:1:1', token: 'TAG-1', current_limit: 10 },
    { type: 'requestStartTransaction', evseId: 1, idToken: { idToken: 'TAG-1', type: 'ISO14443' }, currentLimit: 10 },
    'chargestation.remote_start_transaction',
  ],
  [
    '/v1.1/sessions',
    { chargestation: 'CP1', token: 'TAG-1' },
    { type: 'requestStartTransaction', idToken: { idToken: 'TAG-1', type: 'ISO14443' } },
    'chargestation.remote_start_transaction',
  ],
  [
    `${station}/ocpp/ChangeConfiguration`,
    { value: '60', key: 'MeterValueSampleInterval' },
    { type: 'call', action: 'ChangeConfiguration', payload: { value: '60', key: 'MeterValueSampleInterval' } },
    'chargestation.update_configuration',
  ],
  [
    `${station}/ocpp/GetCompositeSchedule`,
    { connectorId: 1, duration: 60 },
    { type: 'call', action: 'GetCompositeSchedule', payload: { connectorId: 1, duration: 60 } },
    'chargestation.get_composite_schedule',
  ],
];

test.each(commands)('POST %s %j sends the command and answers its action', async (path, body, command, type) => {
  const { core, call } = await startApi();
  const link = await connectStation(core);
  const answer = await call('POST', path, { body, headers: { prefer: 'wait=20' } });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('preference-applied')).toBe('wait=20');
  expect(answer.headers.get('location')).toBe(`/v1.1/actions/${answer.body.result._id}`);
  expect(answer.body.result).toMatchObject({ type, status: 'completed', phase: 'done', endpoint: 'CP1' });
  expect(link.commands).toEqual([command]);
});

test('answers 201 at once without Prefer, and the outcome later', async () => {
  const { core, call } = await startApi();
  const link = await connectStation(core);
  const { promise, resolve } = Promise.withResolvers<void>();
  link.reply = async () => {
    await promise;
    return { accepted: false, status: 'Rejected', reason: 'not now' };
  };
  const issued = await call('POST', `${station}/reset`);
  expect(issued.status).toBe(201);
  expect(issued.body.result).toMatchObject({ status: 'requested' });
  expect(issued.body.result.response_data).toBeUndefined();
  resolve();
  const settled = await call('GET', issued.headers.get('location') ?? '', { headers: { prefer: 'wait=20' } });
  expect(settled.body.result).toMatchObject({
    status: 'rejected',
    response_data: { status: 'Rejected', reason: 'not now' },
  });
});

test('answers a raw call with the payload of the station, and keeps the order of members', async () => {
  const { core, call } = await startApi();
  const link = await connectStation(core);
  link.reply = () => ({ accepted: true, status: 'Accepted', response: { status: 'Accepted', data: 'ok' } });
  const body = '{"vendorId":"com.example","z":1,"messageId":"m","a":{"y":[1,2.50],"x":null}}';
  const answer = await call('POST', `${station}/ocpp/DataTransfer`, { body, headers: { prefer: 'wait=20' } });
  expect(answer.body.result).toMatchObject({
    type: 'chargestation.data_transfer',
    response_data: { status: 'Accepted', data: 'ok' },
  });
  const [sent] = link.commands;
  expect(JSON.stringify(sent?.type === 'call' && sent.payload)).toBe(body.replace('2.50', '2.5'));
});

test('says how a command failed', async () => {
  const { core, call } = await startApi();
  const link = await connectStation(core);
  link.reply = () => {
    throw new LinkError('ConnectionLost', 'The connection closed before an answer came.', { sent: true });
  };
  const { body } = await call('POST', `${station}/clear_cache`, { headers: { prefer: 'wait=20' } });
  expect(body.result).toMatchObject({
    status: 'failed',
    reason: 'ConnectionLost',
    response_data: { status: 'ConnectionLost', outcomeUnknown: true },
  });
});

test('refuses a command to a station that is away, or keeps it and lets it be cancelled', async () => {
  const { core, call } = await startApi();
  await core.gateway.registerStation('CP1', { actor: 'test' });
  expect(await call('POST', `${station}/reset`)).toMatchObject({
    status: 409,
    body: { type: '/problems/station-offline' },
  });
  const queued = await call('POST', `${station}/reset`, { body: { offline: 'queue', expires_in: 3600 } });
  expect(queued).toMatchObject({ status: 201, body: { result: { status: 'requested', phase: 'queued' } } });
  const path = `/v1.1/actions/${queued.body.result._id}`;
  expect((await call('POST', `${path}/cancel`)).body.result).toMatchObject({ status: 'failed', reason: 'Cancelled' });
  expect((await call('POST', `${path}/cancel`)).status).toBe(409);
  const failed = await call('GET', '/v1.1/actions?chargestation=CP1&status=failed');
  expect(failed.body.result).toHaveLength(1);
});

test('refuses what the station cannot do', async () => {
  const { core, call } = await startApi();
  const link = await connectStation(core);
  delete link.clearCache;
  expect(await call('POST', `${station}/clear_cache`)).toMatchObject({
    status: 422,
    body: { type: '/problems/not-supported' },
  });
});

test('stops a session by POST and by the GET of eDRV, but not twice and not by HEAD', async () => {
  const { core, call } = await startApi();
  const link = await connectStation(core);
  const { transactionId } = await startTransaction(core);
  const session = `/v1.1/sessions/CP1:${transactionId}`;
  await call('POST', `${session}/stop`, { headers: { prefer: 'wait=20' } });
  await call('GET', `${session}/stop`, { headers: { prefer: 'wait=20' } });
  expect(link.commands).toEqual([
    { type: 'requestStopTransaction', transactionId },
    { type: 'requestStopTransaction', transactionId },
  ]);
  expect((await call('HEAD', `${session}/stop`)).status).toBe(405);
  expect(link.commands).toHaveLength(2);
  await call('POST', `${session}/close`, { body: { reason: 'cable was cut' } });
  expect(await call('POST', `${session}/stop`)).toMatchObject({ status: 409, body: { type: '/problems/conflict' } });
});

test('wants either a connector or a station to start a session at', async () => {
  const { core, call } = await startApi();
  const link = await connectStation(core);
  for (const body of [
    { token: 'A' },
    { token: 'A', connector: 'CP1:1:1', chargestation: 'CP1' },
    { chargestation: 'CP1' },
  ]) {
    expect((await call('POST', '/v1.1/sessions', { body })).status).toBe(400);
  }
  expect((await call('POST', '/v1.1/sessions', { body: { token: 'A', connector: 'CP1:9:1' } })).status).toBe(404);
  expect(link.commands).toEqual([]);
});
