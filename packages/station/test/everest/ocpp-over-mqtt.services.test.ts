import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OcppApi } from '../../src/everest/index.ts';
import { openInterface, type InterfaceRig } from '../interface-rig.ts';
import { hasMosquitto, openMosquitto, type TestBroker } from './brokers.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../../../examples/ocpp-over-mqtt.sh', import.meta.url));
const hasClients = hasMosquitto && spawnSync('mosquitto_rr', ['--help']).error === undefined;
if (!hasClients) console.log('ocpp-over-mqtt.services.test.ts: mosquitto-clients is not installed, nothing is tested');

describe.skipIf(!hasClients)('the shell example, on a station at a CSMS', () => {
  let broker: TestBroker;
  let rig: InterfaceRig;
  let api: OcppApi;

  beforeEach(async () => {
    broker = await openMosquitto();
    rig = await openInterface({ versions: ['2.0.1'] });
    api = new OcppApi({ broker: { host: '127.0.0.1', port: broker.port }, ocpp: rig.ocpp, identity: 'CP1' });
    api.start();
    await rig.start();
    await heartbeat();
  });

  afterEach(async () => {
    await api.stop();
    await rig.close();
    await broker.close();
  });

  /** The interface is there when its first heartbeat comes. */
  const heartbeat = () =>
    run('mosquitto_sub', ['-p', String(broker.port), '-t', 'busbar/ocpp/CP1/e2m/heartbeat', '-C', '1', '-W', '30']);

  const shell = async (...args: string[]): Promise<unknown> => {
    const env = { ...process.env, BROKER: '127.0.0.1', PORT: String(broker.port), STATION: 'CP1' };
    const { stdout } = await run('sh', [script, ...args], { env });
    return JSON.parse(stdout);
  };

  it('reads, sets and watches variables', async () => {
    expect(await shell('get', 'OCPPCommCtrlr', 'HeartbeatInterval')).toMatchObject({ items: [{ value: '300' }] });
    expect(await shell('monitor', 'OCPPCommCtrlr', 'HeartbeatInterval')).toBeNull();
    expect(await shell('set', 'OCPPCommCtrlr', 'HeartbeatInterval', '60')).toMatchObject({
      items: [{ status: 'Accepted' }],
    });
    expect(await shell('last', 'event_data')).toMatchObject({ actual_value: '60', event_id: 1 });
  });

  it('takes an EVSE out of use, and raises security events', async () => {
    expect(await shell('availability', 'Inoperative', '1')).toEqual({ status: 'Accepted' });
    expect(await shell('availability', 'Inoperative', '9')).toEqual({
      status: 'Rejected',
      status_info: { reason_code: 'InvalidInput' },
    });
    await rig.csms.next('SecurityEventNotification');
    expect(await shell('event', 'TamperDetectionActivated')).toBeNull();
    expect(await rig.csms.next('SecurityEventNotification')).toMatchObject({ type: 'TamperDetectionActivated' });
  });

  it('ends with 1 where the station answers with an error, and with 2 where it is not used as its head says', async () => {
    await expect(shell('availability', 'Broken', '1')).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining('must be one of Inoperative, Operative'),
    });
    await expect(shell('get', 'OCPPCommCtrlr')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^Interface `ocpp`[^]* last connection_status/),
    });
  });

  it('stops and restarts, and shows that in the connection', async () => {
    expect(await shell('stop')).toBe(true);
    expect(await shell('last', 'connection_status')).toMatchObject({ connected: false, identity: 'CP1' });
    const accepted = once(rig.station.events, 'accepted');
    expect(await shell('restart')).toBe(true);
    await accepted;
    expect(await shell('restart')).toBe(false);
    expect(await shell('last', 'is_connected')).toBe(true);
  });
});
