import { expect, test } from 'vitest';
import { connectStation, meter, startApi, startTransaction } from '../../../test/support/api-server.ts';

test('shows an open session with energy, times and live values, then the ended one', async () => {
  const { core, call } = await startApi();
  await connectStation(core);
  const { transactionId } = await startTransaction(core);
  core.clock.advance(600);
  await meter(core, { energy: 2200, power: 7200, current: 31.3 }, transactionId);
  const open = await call('GET', `/v1.1/sessions/CP1:${transactionId}`);
  expect(open.body.result).toMatchObject({
    endpoint: 'CP1',
    status: 'Started',
    token: 'TAG-1',
    transaction_id: transactionId,
    metrics: { meterStart: 1000, energyConsumed: 1200, energyUnit: 'Wh', energyPeriod: 600, timezone: 'UTC' },
    energy_report: {
      energy: { value: 1200, unit: 'Wh' },
      energy_meter: { value: 2200, unit: 'Wh' },
      power: { value: 7200, unit: 'W' },
      current: { value: 31.3, unit: 'A' },
    },
  });
  const id = open.body.result._id;
  const reports = await call('GET', `/v1.1/sessions/${id}/energy_reports`);
  expect(reports.body.result).toContainEqual(
    expect.objectContaining({ measurand: 'Power.Active.Import', value: 7200, unit: 'W' }),
  );
  core.clock.advance(60);
  const closed = await call('POST', `/v1.1/sessions/${id}/close`, { body: { reason: 'cable was cut' } });
  expect(closed.body.result).toMatchObject({
    _id: id,
    status: 'Ended',
    metrics: { energyConsumed: 1200, energyPeriod: 660 },
  });
  expect(closed.body.result.anomalies).toContain('closed-by-operator');
  expect((await call('GET', `/v1.1/sessions/${id}`)).body.result.energy_report.power).toBeUndefined();
});

test('lists sessions newest first, by station, connector, token, status and time', async () => {
  const { core, call } = await startApi();
  await connectStation(core);
  const first = await startTransaction(core, 'CP1', 'TAG-1');
  await core.gateway.closeTransaction({ stationId: 'CP1', ...first }, 'test', 'test');
  core.clock.advance(3600);
  const second = await startTransaction(core, 'CP1', 'TAG-2');
  const ids = async (query: string) =>
    (await call('GET', `/v1.1/sessions?${query}`)).body.result.map(
      (session: { transaction_id: string }) => session.transaction_id,
    );
  const [one, two] = [first.transactionId, second.transactionId];
  expect(await ids('')).toEqual([two, one]);
  expect(await ids('sort_order=asc')).toEqual([one, two]);
  expect(await ids('chargestation=CP1')).toEqual([two, one]);
  expect(await ids('connector=CP1:1:1')).toEqual([two, one]);
  expect(await ids('connector=CP1:2:1')).toEqual([]);
  expect(await ids('token=tag-2')).toEqual([two]);
  expect(await ids('status=Started')).toEqual([two]);
  expect(await ids('status=Ended')).toEqual([one]);
  expect(await ids('startedAt[$gte]=2026-05-04T09:00:00Z')).toEqual([two]);
  expect(await ids(`createdAt[$lte]=${encodeURIComponent('2026-05-04T11:00:00+02:00')}`)).toEqual([one]);
});
