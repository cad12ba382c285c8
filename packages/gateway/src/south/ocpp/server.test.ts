import { afterEach, describe, expect, test } from 'vitest';
import { OcppSocket } from '../../../test/support/ocpp-socket.ts';
import { startOcpp } from '../../../test/support/ocpp-server.ts';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

async function start(...given: Parameters<typeof startOcpp>) {
  const started = await startOcpp(...given);
  running.push(started.server);
  return started;
}

describe('a station', () => {
  test('boots over 1.6 and is answered after its report was taken', async () => {
    const { url, intake } = await start();
    const station = new OcppSocket(`${url}/CP1`);
    const answer = await station.opened.then(() => station.call('1', 'BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }));
    expect(answer).toEqual([3, '1', { status: 'Accepted', interval: 300, currentTime: '2026-05-04T08:15:00.000Z' }]);
    expect(intake.reports.map(({ report }) => report.type)).toEqual(['Connected', 'BootNotification']);
    await station.end();
  });
});
