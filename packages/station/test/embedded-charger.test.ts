import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openCsms } from './csms.ts';

const example = fileURLToPath(new URL('../../../examples/embedded-charger.ts', import.meta.url));

it('runs the example of a charger from the cable to the end, and again with what it remembers', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'charger-'));
  const csms = await openCsms(0, ['ocpp2.0.1']);
  const start = () =>
    spawn(process.execPath, [example, csms.url, 'CP1', join(folder, 'charger.db')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
  const charger = start();
  const closed = once(charger, 'close');
  let output = '';
  charger.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await csms.next('BootNotification');
  charger.stdin.write('meter 1000\nplug\ncard CARD1\n');
  expect(await csms.next('TransactionEvent')).toMatchObject({ eventType: 'Started', evse: { id: 1, connectorId: 1 } });
  charger.stdin.write('meter 1500\nunplug\n');
  let event: object = {};
  while (!('eventType' in event && event.eventType === 'Ended')) event = await csms.next('TransactionEvent');
  expect(JSON.stringify(event)).toContain('"value":1500');
  charger.stdin.write('quit\n');
  await closed;
  expect(output).toContain('"connected":true');
  expect(output).toContain('"transaction_event":"Ended"');

  const again = start();
  const ended = once(again, 'close');
  await csms.next('BootNotification');
  again.stdin.write('quit\n');
  await ended;
  await csms.close();
  rmSync(folder, { recursive: true });
  expect(csms.violations).toEqual([]);
});
