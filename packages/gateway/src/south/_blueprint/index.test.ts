import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { FakeIntake } from '../../../test/support/fake-intake.ts';
import { CountingMetrics } from '../../../test/support/ocpp-server.ts';
import { silentLog } from '../../lib/silent-log.ts';
import { blueprint } from './index.ts';

test('a station says hello, is metered, takes a limit, and leaves', async () => {
  const intake = new FakeIntake();
  const context = { intake, log: silentLog, metrics: new CountingMetrics(), clock: { now: () => intake.now } };
  const driver = blueprint.create({ host: '127.0.0.1', port: 0, answerTimeoutS: 5 }, context);
  await driver.start();
  const { hostname, port } = new URL(driver.address ?? '');
  const socket = connect(Number(port), hostname);
  socket.write('{"hello":"CP1"}\nnonsense\n{"kW":7.2}\n');
  const link = await intake.linkOf('CP1');
  await intake.until(() => intake.reportsOf('MeterValues').length > 0);
  expect(intake.reportsOf('MeterValues')[0]?.measurements).toMatchObject([{ value: 7200 }]);

  const limited = link.setCurrentLimit?.({ type: 'setCurrentLimit', evseId: 1, currentLimit: 10 }, {});
  const [line] = await once(socket, 'data');
  expect(String(line)).toBe('{"limitA":10}\n');
  socket.write('{"accepted":true}\n');
  expect(await limited).toEqual({ accepted: true, status: 'Accepted' });

  const lost = link.setCurrentLimit?.({ type: 'setCurrentLimit', evseId: 1 }, {});
  lost?.catch(() => {});
  await driver.stop();
  await expect(lost).rejects.toMatchObject({ failure: 'ConnectionLost' });
  expect(intake.reports.at(-1)?.report).toMatchObject({ type: 'Disconnected' });
  expect(intake.links.size).toBe(0);
});
