import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { bootedStation16, RawStation } from '../support/raw-station.ts';

/** What other central systems fell over. */

interface Station {
  endpoint: string;
  online: boolean;
  connectors: { status: string }[];
}

const times = (count: number) => Array.from({ length: count }, (_, index) => index);

async function total(gateway: TestGateway, path: string): Promise<number> {
  const summary = await gateway.api<Record<string, number>>('/summary');
  return summary[path] ?? -1;
}

test('1,000 new stations boot at once with their status notifications, and all are answered and known', async () => {
  const gateway = await startGateway({ set: ['south.ocpp.handshakesPerSecond=100000'] });
  const stations = await Promise.all(times(1000).map((n) => bootedStation16(gateway.ocppUrl, `CP${n}`)));
  await Promise.all(
    stations.flatMap((station) =>
      [0, 1, 2].map((connectorId) =>
        station.call('StatusNotification', { connectorId, status: 'Available', errorCode: 'NoError' }),
      ),
    ),
  );
  expect(await total(gateway, 'online')).toBe(1000);
  const last = await gateway.api<Station>('/chargestations/CP999');
  expect(last).toMatchObject({ online: true, connectors: [{ status: 'Available' }, { status: 'Available' }] });
  await Promise.all(stations.map((station) => station.close()));
});

test('100 cars start at once on 100 stations, and each gets a transaction of its own', async () => {
  const gateway = await startGateway();
  await gateway.api('/tokens', { body: { physicalId: 'TAG' } });
  const stations = await Promise.all(times(100).map((n) => bootedStation16(gateway.ocppUrl, `CP${n}`)));
  const start = { connectorId: 1, idTag: 'TAG', meterStart: 0, timestamp: new Date().toISOString() };
  const answers = await Promise.all(
    stations.map((station) => station.call<{ idTagInfo: { status: string } }>('StartTransaction', start)),
  );
  expect(answers.every(({ idTagInfo }) => idTagInfo.status === 'Accepted')).toBe(true);
  expect(await total(gateway, 'activeSessions')).toBe(100);
  await Promise.all(stations.map((station) => station.close()));
});

test('a storm of connections that close at once leaves a gateway that serves the next station', async () => {
  const gateway = await startGateway({ set: ['south.ocpp.handshakesPerSecond=100000'] });
  for (const round of times(10)) {
    const sockets = times(50).map((n) => new WebSocket(`${gateway.ocppUrl}/STORM${round}-${n}`, ['ocpp1.6']));
    await Promise.all(
      sockets.map(async (socket, index) => {
        socket.on('error', () => {});
        const closed = new Promise((resolve) => socket.once('close', resolve));
        if (index % 2 === 0) socket.terminate();
        else socket.once('open', () => socket.terminate());
        await closed;
      }),
    );
  }
  const fresh = await bootedStation16(gateway.ocppUrl, 'FRESH');
  await expect(fresh.call('Heartbeat', {})).resolves.toHaveProperty('currentTime');
  await fresh.close();
});

test('a status notification sent in the same breath as the boot finds its station', async () => {
  const gateway = await startGateway();
  await gateway.api('/tokens', { body: { physicalId: 'TAG' } });
  for (const n of times(20)) {
    const station = await new RawStation(gateway.ocppUrl, `NEW${n}`, 'ocpp1.6').open();
    const start = { connectorId: 1, idTag: 'TAG', meterStart: 0, timestamp: new Date().toISOString() };
    const [, , started] = await Promise.all([
      station.call('BootNotification', { chargePointVendor: 'Test', chargePointModel: 'One' }),
      station.call('StatusNotification', { connectorId: 1, status: 'Preparing', errorCode: 'NoError' }),
      station.call<{ idTagInfo: { status: string } }>('StartTransaction', start),
    ]);
    expect(started.idTagInfo.status).toBe('Accepted');
    const known = await gateway.api<Station>(`/chargestations/NEW${n}`);
    expect(known.connectors).toHaveLength(1);
    await station.close();
  }
});

test('a start sent in the same breath as a stop is a second transaction', async () => {
  const gateway = await startGateway();
  await gateway.api('/tokens', { body: { physicalId: 'TAG' } });
  const station = await bootedStation16(gateway.ocppUrl, 'CP1');
  const start = (meterStart: number) =>
    station.call<{ transactionId: number; idTagInfo: { status: string } }>('StartTransaction', {
      connectorId: 1,
      idTag: 'TAG',
      meterStart,
      timestamp: new Date().toISOString(),
    });
  let { transactionId } = await start(0);
  for (const n of times(20)) {
    const meterStop = (n + 1) * 100;
    const [, next] = await Promise.all([
      station.call('StopTransaction', { transactionId, meterStop, timestamp: new Date().toISOString() }),
      start(meterStop),
    ]);
    expect(next.idTagInfo.status).toBe('Accepted');
    expect(next.transactionId).not.toBe(transactionId);
    transactionId = next.transactionId;
  }
  const sessions = await gateway.api<{ metrics: { energyConsumed: number } }[]>(
    '/sessions?chargestation=CP1&limit=100',
  );
  expect(sessions).toHaveLength(21);
  expect(sessions.reduce((sum, { metrics }) => sum + metrics.energyConsumed, 0)).toBe(2000);
  await station.close();
});

test('of two sockets of one identity the newer is served and the older is closed', async () => {
  const gateway = await startGateway();
  const older = await bootedStation16(gateway.ocppUrl, 'CP1');
  const closed = once(older.socket, 'close');
  const newer = await bootedStation16(gateway.ocppUrl, 'CP1');
  await closed;
  await expect(newer.call('Heartbeat', {})).resolves.toHaveProperty('currentTime');
  expect((await gateway.api<Station>('/chargestations/CP1')).online).toBe(true);
  await newer.close();
});

test('a station that offers no subprotocol is told so and is not served', async () => {
  const gateway = await startGateway();
  const socket = new WebSocket(`${gateway.ocppUrl}/CP1`);
  const [error] = await once(socket, 'error');
  expect(String(error)).toMatch(/400/);
  expect(await total(gateway, 'stations')).toBe(0);
});
