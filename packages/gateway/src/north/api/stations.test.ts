import { expect, test } from 'vitest';
import { connectStation, meter, startApi, startTransaction } from '../../../test/support/api-server.ts';

test('shows a station in the shape of eDRV, by id and by OCPP identity', async () => {
  const { core, call } = await startApi({ set: { stationUrl: 'wss://csms.example.com/ocpp' } });
  await connectStation(core, 'CP 1/a:b');
  const byIdentity = await call('GET', `/v1.1/chargestations/${encodeURIComponent('CP 1/a:b')}`);
  expect(byIdentity.status).toBe(200);
  expect(byIdentity.body.result).toMatchObject({
    endpoint: 'CP 1/a:b',
    protocol: 'ocpp1.6',
    online: true,
    active: true,
    admission: 'admitted',
    bootInfo: {
      chargePointVendor: 'Acme',
      chargePointModel: 'AC-22',
      chargePointSerialNumber: 'S-1',
      firmwareVersion: '1.2',
    },
    connection_url: 'wss://csms.example.com/ocpp/CP%201%2Fa%3Ab',
  });
  const byId = await call('GET', `/v1.1/chargestations/${byIdentity.body.result._id}`);
  expect(byId.body).toEqual(byIdentity.body);
});

test('shows live power, current and energy of a connector with their units', async () => {
  const { core, call } = await startApi();
  await connectStation(core);
  const { transactionId } = await startTransaction(core);
  core.clock.advance(600);
  await meter(core, { energy: 2200, power: 7200, current: 31.3 }, transactionId);
  const { body } = await call('GET', '/v1.1/chargestations/CP1/connectors');
  expect(body.result).toHaveLength(2);
  expect(body.result[0]).toMatchObject({
    evse: 1,
    connector: 1,
    metrics: {
      power: { value: 7200, unit: 'W' },
      current: { value: 31.3, unit: 'A' },
      energy: { value: 2200, unit: 'Wh' },
      session_energy: { value: 1200, unit: 'Wh' },
    },
  });
  expect(body.result[0].session).toMatch(/^[0-9a-f]{24}$/);
  expect(body.result[1].session).toBeNull();
  expect((await call('GET', '/v1.1/connectors/CP1:1:1')).body.result).toEqual(body.result[0]);
  expect((await call('GET', `/v1.1/connectors/${body.result[0]._id}`)).body.result).toEqual(body.result[0]);
});

test('registers, labels and removes a station', async () => {
  const { call, core } = await startApi();
  const created = await call('POST', '/v1.1/chargestations', {
    body: { endpoint: 'NEW', label: 'Yard', password: 'a-good-password-1' },
  });
  expect(created.status).toBe(201);
  expect(created.headers.get('location')).toBe(`/v1.1/chargestations/${created.body.result._id}`);
  expect(created.body.result).toMatchObject({ endpoint: 'NEW', label: 'Yard', admission: 'admitted', online: false });
  expect(created.text).not.toContain('a-good-password-1');
  const again = await call('POST', '/v1.1/chargestations', { body: { endpoint: 'NEW' } });
  expect(again).toMatchObject({ status: 409, body: { ok: false, type: '/problems/conflict' } });
  const renamed = await call('PATCH', '/v1.1/chargestations/NEW', { body: { label: null } });
  expect(renamed.body.result.label).toBeUndefined();
  expect((await core.intake.admit({ stationId: 'NEW' })).admitted).toBe(false);
  expect((await core.intake.admit({ stationId: 'NEW', password: 'a-good-password-1' })).admitted).toBe(true);
  expect((await call('DELETE', '/v1.1/chargestations/NEW')).body.result).toMatchObject({ deleted: true });
  expect((await call('GET', '/v1.1/chargestations/NEW')).status).toBe(404);
});

test('lists stations that wait, and lets them in or keeps them out', async () => {
  const { core, call } = await startApi();
  await core.intake.admit({ stationId: 'WAITING' });
  const held = await call('GET', '/v1.1/chargestations?admission=held');
  expect(held.body.result.map(({ endpoint }: { endpoint: string }) => endpoint)).toEqual(['WAITING']);
  expect((await call('POST', '/v1.1/chargestations/WAITING/admit')).body.result.admission).toBe('admitted');
  expect((await call('POST', '/v1.1/chargestations/WAITING/refuse')).body.result.admission).toBe('refused');
  expect((await call('GET', '/v1.1/chargestations?admission=held')).body.result).toEqual([]);
});

test('tells of an unknown station and nothing else', async () => {
  const { call } = await startApi();
  for (const path of ['', '/connectors', '/variables', '/messages']) {
    const { status, body } = await call('GET', `/v1.1/chargestations/NOPE${path}`);
    expect(status).toBe(404);
    expect(body).toMatchObject({
      ok: false,
      result: null,
      status: 404,
      type: '/problems/not-found',
      message: expect.stringContaining("'NOPE'"),
    });
  }
});

test('shows the stored variables with secrets masked, and asks the station on request', async () => {
  const { core, call } = await startApi();
  const station = await connectStation(core);
  const variables = [
    { component: { name: 'ConfigurationKey' }, variable: { name: 'HeartbeatInterval' }, value: '300', writable: true },
    {
      component: { name: 'ConfigurationKey' },
      variable: { name: 'AuthorizationKey' },
      value: 'geheim',
      writable: true,
    },
  ];
  await core.intake.report('CP1', { type: 'NotifyReport', seqNo: 0, toBeContinued: false, variables });
  const stored = await call('GET', '/v1.1/chargestations/CP1/variables');
  expect(stored.text).not.toContain('geheim');
  expect(stored.body.result).toEqual([
    expect.objectContaining({ name: 'AuthorizationKey', value: '***' }),
    expect.objectContaining({ name: 'HeartbeatInterval', value: '300', writable: true }),
  ]);
  station.reply = () => ({
    accepted: true,
    status: 'Accepted',
    variables: [
      {
        component: { name: 'ConfigurationKey' },
        variable: { name: 'HeartbeatInterval' },
        status: 'Accepted',
        value: '301',
        writable: true,
      },
      { component: { name: 'ConfigurationKey' }, variable: { name: 'Foo' }, status: 'UnknownVariable' },
    ],
  });
  const read = await call('POST', '/v1.1/chargestations/CP1/variables/get', {
    body: { names: ['HeartbeatInterval', 'Foo'] },
    headers: { prefer: 'wait=10' },
  });
  expect(read.status).toBe(200);
  expect(read.body.result).toMatchObject({
    type: 'chargestation.get_configuration',
    status: 'completed',
    data: { keys: ['HeartbeatInterval', 'Foo'] },
    response_data: {
      configurationKey: [{ key: 'HeartbeatInterval', value: '301', readonly: false }],
      unknownKey: ['Foo'],
    },
  });
});

test('a station has its stored variables as a flat configuration, secrets masked, in its own words', async () => {
  const { core, call } = await startApi();
  await connectStation(core);
  expect((await call('GET', '/v1.1/chargestations/CP1')).body.result.configuration).toEqual({});
  const component = { name: 'ConfigurationKey' };
  const variables = [
    { component, variable: { name: 'BlinkRepeat' }, value: '3' },
    { component, variable: { name: 'AuthorizationKey' }, value: 'geheim' },
    { component, variable: { name: 'Unset' } },
    {
      component: { name: 'OCPPCommCtrlr' },
      variable: { name: 'HeartbeatInterval' },
      key: 'HeartbeatInterval',
      value: '300',
    },
    { component: { name: 'EVSE', evseId: 1 }, variable: { name: 'Power' }, attribute: 'MaxSet' as const, value: '22' },
  ];
  await core.intake.report('CP1', { type: 'NotifyReport', seqNo: 0, toBeContinued: false, variables });
  const { body } = await call('GET', '/v1.1/chargestations/CP1');
  expect(body.result.configuration).toEqual({
    AuthorizationKey: '***',
    BlinkRepeat: '3',
    'EVSE;1/Power;MaxSet': '22',
    HeartbeatInterval: '300',
    Unset: '',
  });
  expect((await call('GET', '/v1.1/chargestations')).body.result[0].configuration).toBeUndefined();
});

test('changes a variable as eDRV words it', async () => {
  const { core, call } = await startApi();
  const station = await connectStation(core);
  const address = { component: { name: 'ConfigurationKey' }, variable: { name: 'AuthorizationKey' } };
  station.reply = () => ({
    accepted: false,
    status: 'Rejected',
    variables: [{ ...address, status: 'UnknownVariable' }],
  });
  const { status, body, text } = await call('PUT', '/v1.1/chargestations/CP1/variables', {
    body: { variables: [{ name: 'AuthorizationKey', value: 'geheim' }] },
    headers: { prefer: 'wait=10' },
  });
  expect(status).toBe(200);
  expect(body.result).toMatchObject({
    type: 'chargestation.update_configuration',
    status: 'rejected',
    data: { key: 'AuthorizationKey', value: '***' },
    response_data: { status: 'NotSupported', ocppStatus: 'UnknownVariable' },
  });
  expect(text).not.toContain('geheim');
  expect(station.commands).toEqual([{ type: 'setVariables', variables: [{ ...address, value: 'geheim' }] }]);
});
