import { expect, test } from 'vitest';
import { connectStation, startApi } from '../../../test/support/api-server.ts';

test('answers a station in eDRV shape by id and by OCPP identity', async () => {
  const { core, call } = await startApi();
  await connectStation(core);
  const byIdentity = await call('GET', '/v1.1/chargestations/CP1');
  expect(byIdentity.status).toBe(200);
  expect(byIdentity.body).toMatchObject({ ok: true, message: '', result: { endpoint: 'CP1', online: true, protocol: 'ocpp1.6' } });
  const byId = await call('GET', `/v1.1/chargestations/${byIdentity.body.result._id}`);
  expect(byId.body).toEqual(byIdentity.body);
});
