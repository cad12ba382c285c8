import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { connectCharger } from '../support/ocpp-rpc-charger.ts';

interface Authorized16 {
  idTagInfo: { status: string };
}
interface Started16 extends Authorized16 {
  transactionId: number;
}
interface Authorized201 {
  idTokenInfo: { status: string };
}

interface Session {
  _id: string;
  status: string;
  transaction_id: string;
  stoppedReason?: string;
  metrics: { chargingStart: string; chargingStop?: string; meterStart: number; energyConsumed: number };
}

const at = (minute: number) => new Date(Date.UTC(2026, 4, 4, 8, minute)).toISOString();

const energy16 = (minute: number, wattHours: number) => ({
  timestamp: at(minute),
  sampledValue: [
    { value: `${wattHours}`, measurand: 'Energy.Active.Import.Register', unit: 'Wh' },
    { value: '7.4', measurand: 'Power.Active.Import', unit: 'kW' },
  ],
});

test('an OCPP 1.6 charger boots, authorizes, charges and is stopped from afar', async () => {
  const gateway = await startGateway();
  await gateway.api('/tokens', { body: { physicalId: 'TAG1' } });
  const client = await connectCharger(gateway.ocppUrl, 'CP16', 'ocpp1.6');
  const boot = await client.call<{ status: string }>('BootNotification', {
    chargePointVendor: 'Acme',
    chargePointModel: 'Box',
  });
  expect(boot.status).toBe('Accepted');
  await client.call('StatusNotification', { connectorId: 1, status: 'Preparing', errorCode: 'NoError' });
  expect((await client.call<Authorized16>('Authorize', { idTag: 'TAG1' })).idTagInfo.status).toBe('Accepted');
  expect((await client.call<Authorized16>('Authorize', { idTag: 'NOBODY' })).idTagInfo.status).toBe('Invalid');

  const started = await client.call<Started16>('StartTransaction', {
    connectorId: 1,
    idTag: 'TAG1',
    meterStart: 1000,
    timestamp: at(0),
  });
  expect(started.idTagInfo.status).toBe('Accepted');
  const { transactionId } = started;
  await client.call('StatusNotification', { connectorId: 1, status: 'Charging', errorCode: 'NoError' });
  await client.call('MeterValues', { connectorId: 1, transactionId, meterValue: [energy16(10, 2200)] });

  const remoteStop = Promise.withResolvers<number>();
  client.handle('RemoteStopTransaction', (params) => {
    remoteStop.resolve(Number(params['transactionId']));
    return { status: 'Accepted' };
  });
  const [session] = await gateway.api<Session[]>('/sessions?chargestation=CP16');
  expect(session?.metrics.energyConsumed).toBe(1200);
  const stop = gateway.api<{ status: string }>(`/sessions/${session?._id}/stop`, {
    method: 'POST',
    headers: { prefer: 'wait=20' },
  });
  expect(await remoteStop.promise).toBe(transactionId);
  expect((await stop).status).toBe('completed');
  await client.call('StopTransaction', {
    transactionId,
    idTag: 'TAG1',
    meterStop: 3500,
    timestamp: at(20),
    reason: 'Remote',
  });

  const ended = await gateway.api<Session>(`/sessions/${session?._id}`);
  expect(ended).toMatchObject({
    status: 'Ended',
    stoppedReason: 'Remote',
    metrics: { chargingStart: at(0), chargingStop: at(20), meterStart: 1000, energyConsumed: 2500 },
  });
});

test('an OCPP 1.6 charger that was offline hands in what it kept, twice, and it counts once', async () => {
  const gateway = await startGateway();
  await gateway.api('/tokens', { body: { physicalId: 'TAG1' } });
  const start = { connectorId: 1, idTag: 'TAG1', meterStart: 500, timestamp: at(0) };
  const first = await connectCharger(gateway.ocppUrl, 'CP16', 'ocpp1.6');
  await first.call('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'Box' });
  const { transactionId } = await first.call<Started16>('StartTransaction', start);
  await first.cut();

  const second = await connectCharger(gateway.ocppUrl, 'CP16', 'ocpp1.6');
  for (const round of [1, 2]) {
    expect((await second.call<Started16>('StartTransaction', start)).transactionId, `round ${round}`).toBe(
      transactionId,
    );
    for (const minute of [5, 10]) {
      await second.call('MeterValues', {
        connectorId: 1,
        transactionId,
        meterValue: [energy16(minute, 500 + minute * 100)],
      });
    }
    await second.call('StopTransaction', {
      transactionId,
      meterStop: 2500,
      timestamp: at(20),
      reason: 'EVDisconnected',
    });
  }

  const sessions = await gateway.api<Session[]>('/sessions?chargestation=CP16');
  expect(sessions).toHaveLength(1);
  expect(sessions[0]).toMatchObject({ status: 'Ended', metrics: { energyConsumed: 2000 } });
  const reports = await gateway.api<unknown[]>(`/sessions/${sessions[0]?._id}/energy_reports`);
  expect(reports).toHaveLength(new Set(reports.map((report) => JSON.stringify(report))).size);
});

test.each(['2.0.1', '2.1'])('an OCPP %s charger boots, charges and is stopped from afar', async (version) => {
  const gateway = await startGateway();
  await gateway.api('/tokens', { body: { physicalId: 'TAG2' } });
  const client = await connectCharger(gateway.ocppUrl, 'CP201', `ocpp${version}`);
  const boot = await client.call<{ status: string }>('BootNotification', {
    reason: 'PowerUp',
    chargingStation: { vendorName: 'Acme', model: 'Pro' },
  });
  expect(boot.status).toBe('Accepted');
  await client.call('StatusNotification', { evseId: 1, connectorId: 1, connectorStatus: 'Occupied', timestamp: at(0) });
  const idToken = { idToken: 'TAG2', type: 'ISO14443' };
  expect((await client.call<Authorized201>('Authorize', { idToken })).idTokenInfo.status).toBe('Accepted');

  const energy = (minute: number, kiloWattHours: number, context: string) => ({
    timestamp: at(minute),
    sampledValue: [
      { value: kiloWattHours, context, measurand: 'Energy.Active.Import.Register', unitOfMeasure: { unit: 'kWh' } },
    ],
  });
  const event = (seqNo: number, minute: number, rest: object) =>
    client.call<Authorized201>('TransactionEvent', {
      seqNo,
      timestamp: at(minute),
      transactionInfo: { transactionId: 'tx-1' },
      ...rest,
    });
  const started = await event(0, 0, {
    eventType: 'Started',
    triggerReason: 'Authorized',
    evse: { id: 1, connectorId: 1 },
    idToken,
    meterValue: [energy(0, 100, 'Transaction.Begin')],
  });
  expect(started.idTokenInfo.status).toBe('Accepted');
  await event(1, 10, {
    eventType: 'Updated',
    triggerReason: 'MeterValuePeriodic',
    transactionInfo: { transactionId: 'tx-1', chargingState: 'Charging' },
    meterValue: [energy(10, 101.2, 'Sample.Periodic')],
  });

  const remoteStop = Promise.withResolvers<string>();
  client.handle('RequestStopTransaction', (params) => {
    remoteStop.resolve(String(params['transactionId']));
    return { status: 'Accepted' };
  });
  const [session] = await gateway.api<Session[]>('/sessions?chargestation=CP201');
  const stop = gateway.api<{ status: string }>(`/sessions/${session?._id}/stop`, {
    method: 'POST',
    headers: { prefer: 'wait=20' },
  });
  expect(await remoteStop.promise).toBe('tx-1');
  expect((await stop).status).toBe('completed');
  await event(2, 20, {
    eventType: 'Ended',
    triggerReason: 'RemoteStop',
    transactionInfo: { transactionId: 'tx-1', stoppedReason: 'Remote' },
    meterValue: [energy(20, 102.5, 'Transaction.End')],
  });

  expect(await gateway.api<Session>(`/sessions/${session?._id}`)).toMatchObject({
    status: 'Ended',
    stoppedReason: 'Remote',
    metrics: { chargingStart: at(0), chargingStop: at(20), meterStart: 100_000, energyConsumed: 2500 },
  });
});
