import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createMemoryStore,
  createSimulatedHost,
  createStation,
  ManualClock,
  type Station,
  type StationOptions,
} from '../src/index.ts';
import { openCsms, type Csms } from './csms.ts';
import { advanceUntil } from './rig.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Scene {
  csms: Csms;
  station: Station;
  host: ReturnType<typeof createSimulatedHost>;
  clock: ManualClock;
  /** Actions that the CSMS got, in order. */
  actions(): string[];
}

/** A station that has not started yet, at a CSMS that answers boots as told: the last answer for all that follow. */
async function open(
  version: '1.6' | '2.0.1',
  boots: (object | Error)[],
  options: Partial<StationOptions> = {},
  start: Date | string = new Date(),
): Promise<Scene> {
  const csms = await openCsms();
  const clock = new ManualClock(start);
  csms.answer('BootNotification', () => {
    const answer = boots.length > 1 ? boots.shift() : boots[0];
    if (answer instanceof Error) throw answer;
    return { currentTime: new Date().toISOString(), interval: 300, status: 'Accepted', ...answer };
  });
  const host = createSimulatedHost({ clock, random: () => 0.5 });
  const base = { identity: 'CP1', url: csms.url, versions: [version], host, clock, random: () => 0.5 };
  const station = createStation({ store: createMemoryStore(), ...base, ...options });
  closing.push(
    () => csms.close(),
    () => station.stop(),
  );
  return { csms, station, host, clock, actions: () => csms.received.map(({ action }) => action) };
}

/** Waits until everything that was sent before has arrived. */
const arrived = ({ csms }: Scene) => csms.call('CP1', 'GetLocalListVersion', {}).catch(() => {});

const booted = ({ station }: Scene) => once(station.events, 'booted');
const accepted = ({ station, clock }: Scene) => advanceUntil(clock, once(station.events, 'accepted'), 1000);

describe('a station of OCPP 1.6 that is not accepted yet', () => {
  it('sends nothing but BootNotification after Rejected, again after the interval (case 1) [boot_notification_rejected]', async () => {
    const scene = await open('1.6', [{ status: 'Rejected', interval: 10 }, { interval: 5 }]);
    scene.station.start();
    await booted(scene);
    scene.clock.advance(9999);
    await arrived(scene);
    expect(scene.actions()).toEqual(['BootNotification']);
    const next = booted(scene);
    scene.clock.advance(1);
    await next;
    expect(await scene.csms.next('StatusNotification')).toMatchObject({ status: 'Available' });
    const acceptedMs = scene.clock.monotonicMs();
    for (let beat = 1; beat <= 3; beat++) {
      await advanceUntil(scene.clock, scene.csms.next('Heartbeat'));
      const afterMs = scene.clock.monotonicMs() - acceptedMs;
      expect(afterMs).toBeGreaterThanOrEqual(beat * 5000);
      expect(afterMs).toBeLessThanOrEqual(beat * 5000 + 1000);
    }
  });

  it('boots again within 100 s after a CALLERROR (case 2) [boot_notification_callerror] [boot_notification_call_error]', async () => {
    const scene = await open('1.6', [new Error('not now'), {}]);
    const failed = once(scene.station.events, 'callFailed');
    scene.station.start();
    await failed;
    const done = once(scene.station.events, 'accepted');
    scene.clock.advance(60_000);
    await done;
    expect(scene.actions().filter((action) => action === 'BootNotification')).toHaveLength(2);
  });

  it('boots again within 100 s when nothing is answered (case 3) [boot_notification_no_response]', async () => {
    const scene = await open('1.6', [{}], { callTimeoutMs: 20 });
    scene.csms.answer('BootNotification', () => new Promise(() => {}));
    const failed = once(scene.station.events, 'callFailed');
    scene.station.start();
    await failed;
    scene.csms.answer('BootNotification', () => ({
      status: 'Accepted',
      currentTime: new Date().toISOString(),
      interval: 9,
    }));
    const before = scene.clock.monotonicMs();
    await accepted(scene);
    expect(scene.clock.monotonicMs() - before).toBeLessThan(100_000);
  });

  it('refuses remote starts and stops while Pending (case 4) [remote_start_stop_in_pending]', async () => {
    const scene = await open('1.6', [{ status: 'Pending' }]);
    scene.station.start();
    await booted(scene);
    expect(await scene.csms.call('CP1', 'RemoteStartTransaction', { idTag: 'A', connectorId: 1 })).toEqual({
      status: 'Rejected',
    });
    expect(await scene.csms.call('CP1', 'RemoteStopTransaction', { transactionId: 1 })).toEqual({ status: 'Rejected' });
  });

  it('sends what is triggered while Pending, and no security event before it is accepted (case 5) [initiate_message_in_pending]', async () => {
    const scene = await open('1.6', [{ status: 'Pending' }, { status: 'Pending' }, {}]);
    scene.station.start();
    await booted(scene);
    scene.station.securityEvent({ type: 'TamperDetectionActivated' });
    const plain = ['Heartbeat', 'StatusNotification', 'DiagnosticsStatusNotification', 'FirmwareStatusNotification'];
    for (const requestedMessage of plain) {
      await scene.csms.call('CP1', 'TriggerMessage', { requestedMessage });
      await scene.csms.next(requestedMessage);
    }
    await scene.csms.call('CP1', 'ExtendedTriggerMessage', { requestedMessage: 'SignChargePointCertificate' });
    expect(await scene.csms.next('SignCertificate')).toMatchObject({ csr: expect.stringContaining('CERTIFICATE') });
    await scene.csms.call('CP1', 'ExtendedTriggerMessage', { requestedMessage: 'LogStatusNotification' });
    expect(await scene.csms.next('LogStatusNotification')).toEqual({ status: 'Idle' });
    await scene.csms.call('CP1', 'ExtendedTriggerMessage', { requestedMessage: 'FirmwareStatusNotification' });
    expect(await scene.csms.next('SignedFirmwareStatusNotification')).toEqual({ status: 'Idle' });
    expect(scene.actions()).not.toContain('SecurityEventNotification');
    const again = booted(scene);
    await scene.csms.call('CP1', 'TriggerMessage', { requestedMessage: 'BootNotification' });
    await again;
    await arrived(scene);
    expect(scene.actions().filter((action) => action === 'BootNotification')).toHaveLength(2);
    expect(scene.actions()).not.toContain('SecurityEventNotification');
    await accepted(scene);
    for (const type of ['TamperDetectionActivated', 'StartupOfTheDevice'])
      expect(await scene.csms.next('SecurityEventNotification')).toMatchObject({ type });
  });

  it('takes a new password while Pending, and boots with it (case 6) [change_authorization_key_in_pending]', async () => {
    const scene = await open('1.6', [{ status: 'Pending' }, {}], { password: 'the-first-password' });
    scene.station.start();
    await booted(scene);
    const key = { key: 'AuthorizationKey', value: 'another-password-1' };
    expect(await scene.csms.call('CP1', 'ChangeConfiguration', key)).toEqual({ status: 'Accepted' });
    await accepted(scene);
    expect(scene.csms.passwords).toEqual(['the-first-password', 'another-password-1']);
  });

  it('does nothing that a CSMS asks for that has rejected it (case 7) [boot_notification_rejected_and_call_by_csms]', async () => {
    const scene = await open('1.6', [{ status: 'Rejected', interval: 10 }, {}]);
    scene.station.start();
    await booted(scene);
    const change = { key: 'HeartbeatInterval', value: '42' };
    await expect(scene.csms.call('CP1', 'ChangeConfiguration', change)).rejects.toMatchObject({
      rpcErrorCode: 'SecurityError',
    });
    await expect(scene.csms.call('CP1', 'TriggerMessage', { requestedMessage: 'Heartbeat' })).rejects.toMatchObject({
      rpcErrorCode: 'SecurityError',
    });
    await accepted(scene);
    expect(await scene.csms.call('CP1', 'ChangeConfiguration', change)).toEqual({ status: 'Accepted' });
  });

  it('keeps an interval of its own where the CSMS gives 0 (7.2 interval 0)', async () => {
    const scene = await open('1.6', [{ status: 'Pending', interval: 0 }, {}]);
    scene.station.start();
    await booted(scene);
    scene.clock.advance(59_999);
    await arrived(scene);
    expect(scene.actions()).toHaveLength(1);
    const next = booted(scene);
    scene.clock.advance(1);
    await next;
  });

  it('tells what it knows of modem and meter', async () => {
    const more = { iccid: '8931', imsi: '2040', meterType: 'MT', meterSerialNumber: 'M-1' };
    const scene = await open('1.6', [{}], more);
    scene.station.start();
    expect(await scene.csms.next('BootNotification')).toMatchObject(more);
  });
});

describe.each(['1.6', '2.0.1'] as const)('a host of OCPP %s that wants something of a CSMS', (version) => {
  it.each(['Pending', 'Rejected'])(
    'is told that it cannot be asked while the station is %s (B02, B03)',
    async (status) => {
      const scene = await open(version, [{ status }, {}]);
      scene.station.start();
      await booted(scene);
      const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'a', issuerKeyHash: 'b', serialNumber: '1' } as const;
      const asked = scene.station.iso15118.getCertificateStatus({ ...hash, responderURL: 'http://ocsp.example.org' });
      await expect(asked).rejects.toThrow('has not accepted');
      expect(await scene.station.dataTransfer({ vendorId: 'x' })).toEqual({ status: 'Offline' });
      expect(scene.actions()).toEqual(['BootNotification']);
      await accepted(scene);
      expect(await scene.station.dataTransfer({ vendorId: 'x' })).toEqual({ status: 'Accepted' });
    },
  );
});

describe('a station of OCPP 2.0.1 that is not accepted yet', () => {
  it('keeps the last 100 ended reservations for a CSMS that makes them while Pending', async () => {
    const scene = await open('2.0.1', [{ status: 'Pending' }, {}]);
    scene.station.start();
    await booted(scene);
    for (let id = 1; id <= 110; id++) {
      const expiryDateTime = new Date(scene.clock.now().getTime() + 1000).toISOString();
      const idToken = { idToken: 'VIP', type: 'ISO14443' };
      const answer = await scene.csms.call('CP1', 'ReserveNow', { id, expiryDateTime, idToken, evseId: 1 });
      expect(answer).toEqual({ status: 'Accepted' });
      scene.clock.advance(1000);
    }
    await scene.csms.call('CP1', 'TriggerMessage', { requestedMessage: 'BootNotification' });
    await accepted(scene);
    const told = () => scene.csms.received.filter(({ action }) => action === 'ReservationStatusUpdate');
    await expect.poll(() => told().at(-1)?.payload).toMatchObject({ reservationId: 110 });
    expect(told().map(({ payload }) => payload)).toMatchObject({ 0: { reservationId: 11 }, length: 100 });
  });

  it('boots again after the interval of Pending, and sends its security event once accepted (case 50) [cold_boot_pending_01 2.0.1]', async () => {
    const scene = await open('2.0.1', [{ status: 'Pending', interval: 5 }, {}]);
    scene.station.start();
    await booted(scene);
    scene.clock.advance(4999);
    await arrived(scene);
    expect(scene.actions()).toEqual(['BootNotification']);
    scene.clock.advance(1);
    expect(await scene.csms.next('SecurityEventNotification')).toMatchObject({ type: 'StartupOfTheDevice' });
    expect(scene.actions().slice(0, 2)).toEqual(['BootNotification', 'BootNotification']);
  });

  it('tells the reason of its first boot again with each that follows (B01, B02)', async () => {
    const scene = await open('2.0.1', [
      {},
      { status: 'Pending', interval: 5 },
      { status: 'Rejected', interval: 5 },
      {},
    ]);
    scene.station.start();
    await once(scene.station.events, 'accepted');
    await scene.csms.call('CP1', 'Reset', { type: 'Immediate' });
    await advanceUntil(scene.clock, once(scene.station.events, 'booted'));
    await accepted(scene);
    const boots = scene.csms.received.filter(({ action }) => action === 'BootNotification');
    expect(boots.map(({ payload }) => 'reason' in payload && payload.reason)).toEqual([
      'PowerUp',
      'RemoteReset',
      'RemoteReset',
      'RemoteReset',
    ]);
  });

  it('answers SecurityError after Rejected, but lets itself be triggered to boot [cold_boot_rejected_01 2.0.1]', async () => {
    const scene = await open('2.0.1', [{ status: 'Rejected', interval: 300 }, {}], { iccid: '8931' });
    scene.station.start();
    await booted(scene);
    await expect(
      scene.csms.call('CP1', 'GetBaseReport', { requestId: 1, reportBase: 'FullInventory' }),
    ).rejects.toMatchObject({ rpcErrorCode: 'SecurityError' });
    const done = once(scene.station.events, 'accepted');
    expect(await scene.csms.call('CP1', 'TriggerMessage', { requestedMessage: 'BootNotification' })).toEqual({
      status: 'Accepted',
    });
    await done;
    const boots = scene.csms.received.filter(({ action }) => action === 'BootNotification');
    expect(boots.at(-1)?.payload).toMatchObject({ reason: 'Triggered', chargingStation: { modem: { iccid: '8931' } } });
    expect(await scene.csms.next('SecurityEventNotification')).toMatchObject({ type: 'StartupOfTheDevice' });
    expect(await scene.csms.call('CP1', 'TriggerMessage', { requestedMessage: 'BootNotification' })).toMatchObject({
      status: 'Rejected',
    });
  });
});

describe('a station that is made to boot again', () => {
  it('takes what the CSMS of 1.6 answers to a boot that it has triggered: another interval, or no registration any more', async () => {
    const scene = await open('1.6', [{}, { interval: 7 }, { status: 'Rejected', interval: 20 }, { interval: 9 }]);
    const trigger = async () => {
      const next = booted(scene);
      await scene.csms.call('CP1', 'TriggerMessage', { requestedMessage: 'BootNotification' });
      await next;
    };
    scene.station.start();
    await once(scene.station.events, 'accepted');
    await trigger();
    scene.clock.advance(7000);
    await scene.csms.next('Heartbeat');
    await trigger();
    const before = scene.actions().length;
    scene.clock.advance(19_999);
    await arrived(scene);
    expect(scene.actions().slice(before)).toEqual([]);
    const done = once(scene.station.events, 'accepted');
    scene.clock.advance(1);
    await done;
    scene.clock.advance(9000);
    await scene.csms.next('Heartbeat');
  });

  it('tells why it boots until it is accepted', async () => {
    const scene = await open('2.0.1', [
      {},
      { status: 'Pending', interval: 5 },
      { status: 'Rejected', interval: 5 },
      {},
    ]);
    scene.station.start();
    await once(scene.station.events, 'accepted');
    const again = once(scene.station.events, 'accepted');
    await scene.csms.call('CP1', 'Reset', { type: 'Immediate' });
    await advanceUntil(scene.clock, again);
    const boots = scene.csms.received.filter(({ action }) => action === 'BootNotification');
    const reasons = ['PowerUp', 'RemoteReset', 'RemoteReset', 'RemoteReset'];
    expect(boots.map(({ payload }) => payload)).toMatchObject(reasons.map((reason) => ({ reason })));
  });
});

describe('a station that was away', () => {
  it.each(['1.6', '2.0.1'] as const)(
    'goes on with its heartbeats without a boot, in %s (case 21) [idle_charge_point]',
    async (version) => {
      const scene = await open(version, [{ interval: 10 }]);
      scene.station.start();
      await once(scene.station.events, 'accepted');
      await advanceUntil(scene.clock, scene.csms.next('Heartbeat'), 1000);
      scene.station.drop();
      await once(scene.station.events, 'disconnected');
      await accepted(scene);
      await advanceUntil(scene.clock, scene.csms.next('Heartbeat'), 1000);
      expect(scene.actions().filter((action) => action === 'BootNotification')).toHaveLength(1);
    },
  );

  it('tells of all connectors after more than OfflineThreshold, else of what changed (case 51) (7.1 normal queue) [B04]', async () => {
    const clock = new ManualClock(new Date());
    const host = createSimulatedHost({ clock, random: () => 0.5, evses: 2 });
    const settings = {
      'OCPPCommCtrlr.OfflineThreshold': '10',
      'OCPPCommCtrlr.RetryBackOffRandomRange': '0',
      'OCPPCommCtrlr.RetryBackOffWaitMinimum': '5',
    } as const;
    const scene = await open('2.0.1', [{ interval: 3 }], { clock, host, settings });
    const { csms, station } = scene;
    const statuses = () => scene.actions().filter((action) => action === 'StatusNotification').length;
    station.start();
    await once(station.events, 'accepted');
    await expect.poll(statuses).toBe(2);
    const away = async (afterMs: number) => {
      const gone = once(station.events, 'disconnected');
      station.drop();
      await gone;
      if (afterMs > 5000) {
        await csms.refuse(true);
        clock.advance(5000);
        await once(station.events, 'connectFailed');
        await csms.refuse(false);
      }
      const done = once(station.events, 'accepted');
      host.plug(1);
      clock.setTime('2032-02-02T00:00:00Z');
      await advanceUntil(clock, done);
    };
    await away(5000);
    await expect.poll(statuses).toBe(3);
    host.unplug(1);
    await expect.poll(statuses).toBe(4);
    await away(15_000);
    await expect.poll(statuses).toBe(6);
    const beats = () => scene.actions().filter((action) => action === 'Heartbeat').length;
    for (let beat = 0; beat < 3; beat++) {
      const before = beats();
      clock.advance(3000);
      await expect.poll(beats).toBe(before + 1);
    }
  });

  it('lets the CSMS ask first: what waits is sent after the delay', async () => {
    const scene = await open('1.6', [{}], { resumeDelayMs: 5000 });
    scene.station.start();
    await once(scene.station.events, 'accepted');
    await scene.csms.next('SecurityEventNotification');
    await expect.poll(() => scene.station.queuedMessages).toBe(0);
    const gone = once(scene.station.events, 'disconnected');
    scene.station.drop();
    await gone;
    scene.station.securityEvent({ type: 'TamperDetectionActivated' });
    await accepted(scene);
    const before = scene.clock.monotonicMs();
    expect(await advanceUntil(scene.clock, scene.csms.next('SecurityEventNotification'))).toMatchObject({
      type: 'TamperDetectionActivated',
    });
    expect(scene.clock.monotonicMs() - before).toBeGreaterThan(3000);
  });

  it('sends a critical security event of the time without connection afterwards (case 14) [security_event_delivery_after_reconnect]', async () => {
    const scene = await open('1.6', [{}]);
    scene.station.start();
    await once(scene.station.events, 'accepted');
    await scene.csms.next('SecurityEventNotification');
    await expect.poll(() => scene.station.queuedMessages).toBe(0);
    const gone = once(scene.station.events, 'disconnected');
    scene.station.drop();
    await gone;
    scene.station.securityEvent({ type: 'SecurityLogWasCleared', info: 'by hand' });
    await accepted(scene);
    expect(await scene.csms.next('SecurityEventNotification')).toMatchObject({
      type: 'SecurityLogWasCleared',
      techInfo: 'by hand',
    });
  });

  it('cuts a security event that is too long (case 31) [command_security_event]', async () => {
    const scene = await open('1.6', [{}]);
    scene.station.start();
    await once(scene.station.events, 'accepted');
    await scene.csms.next('SecurityEventNotification');
    scene.station.securityEvent({ type: 'T'.repeat(2550), info: 'I'.repeat(2550), isCritical: true });
    expect(await scene.csms.next('SecurityEventNotification')).toMatchObject({
      type: 'T'.repeat(50),
      techInfo: 'I'.repeat(255),
    });
  });

  it('says nothing of security where the CSMS of 1.6 does not want to hear of it', async () => {
    const settings = { 'OCPP16LegacyCtrlr.DisableSecurityEventNotifications': 'true' } as const;
    const scene = await open('1.6', [{}], { settings });
    scene.station.start();
    await once(scene.station.events, 'accepted');
    scene.station.securityEvent({ type: 'TamperDetectionActivated' });
    expect(scene.station.queuedMessages).toBe(0);
  });
});

describe('the time', () => {
  it('is set from the CSMS with half of the round trip, and that is a security event', async () => {
    const clock = new ManualClock('2026-03-01T00:00:00Z');
    const times: Date[] = [];
    const host = Object.assign(createSimulatedHost({ clock, random: () => 0.5 }), {
      setTime: (time: Date) => {
        times.push(time);
        clock.setTime(time);
      },
    });
    const scene = await open('2.0.1', [{ currentTime: '2026-03-01T01:00:00Z' }], { clock, host });
    scene.station.start();
    const types = [
      await scene.csms.next('SecurityEventNotification'),
      await scene.csms.next('SecurityEventNotification'),
    ];
    expect(types).toMatchObject([{ type: 'SettingSystemTime' }, { type: 'StartupOfTheDevice' }]);
    expect(times).toEqual([new Date('2026-03-01T01:00:00Z')]);
    scene.csms.answer('Heartbeat', async () => {
      clock.advance(8000);
      return { currentTime: new Date(clock.now().getTime() + 60_000).toISOString() };
    });
    clock.advance(300_000);
    await expect.poll(() => times.length).toBe(2);
    const [, second] = times;
    expect(Math.abs((second?.getTime() ?? 0) - clock.now().getTime())).toBeLessThan(5000);
  });

  it.each(['1970-01-01T00:00:00Z', '2019-12-31T23:59:59Z'])(
    'is not taken from a CSMS that thinks it is %s (7.2 absurd time)',
    async (currentTime) => {
      const clock = new ManualClock('2026-03-01T00:00:00Z');
      const host = Object.assign(createSimulatedHost({ clock, random: () => 0.5 }), {
        setTime: () => expect.unreachable(),
      });
      const scene = await open('1.6', [{ currentTime }], { clock, host });
      scene.station.start();
      await once(scene.station.events, 'accepted');
    },
  );

  it('is not taken where Heartbeat is no source of it', async () => {
    const clock = new ManualClock('2026-03-01T00:00:00Z');
    const host = Object.assign(createSimulatedHost({ clock, random: () => 0.5 }), {
      setTime: () => expect.unreachable(),
    });
    const settings = { 'ClockCtrlr.TimeSource': 'NTP' } as const;
    const scene = await open('1.6', [{ currentTime: '2027-01-01T00:00:00Z' }], { clock, host, settings });
    scene.station.start();
    await once(scene.station.events, 'accepted');
  });

  it('of what happened before it was known is found afterwards: 1970 is never sent (7.2 before the first time)', async () => {
    const clock = new ManualClock('1970-01-01T00:00:10Z');
    const currentTime = '2026-05-05T12:00:00.000Z';
    const scene = await open(
      '2.0.1',
      [{ status: 'Pending', interval: 60, currentTime: '1999-01-01T00:00:00Z' }, { currentTime }],
      {
        clock,
        host: createSimulatedHost({ clock, random: () => 0.5 }),
      },
    );
    scene.station.securityEvent({ type: 'TamperDetectionActivated' });
    scene.station.start();
    await booted(scene);
    clock.advance(60_000);
    const event = await scene.csms.next('SecurityEventNotification');
    expect(event).toMatchObject({ type: 'TamperDetectionActivated', timestamp: '2026-05-05T11:59:00.000Z' });
    await scene.csms.next('SecurityEventNotification');
    expect(JSON.stringify(scene.csms.received)).not.toContain('"1970');
  });
});

describe('heartbeats', () => {
  it('are left out while other messages go out, if the station is told so', async () => {
    const scene = await open('1.6', [{ interval: 10 }], { heartbeats: 'idle' });
    scene.station.start();
    await once(scene.station.events, 'accepted');
    for (let second = 0; second < 60; second += 5) {
      scene.clock.advance(5000);
      await scene.station.dataTransfer({ vendorId: 'x' });
    }
    expect(scene.actions()).not.toContain('Heartbeat');
    await advanceUntil(scene.clock, scene.csms.next('Heartbeat'), 1000);
  });

  it('come at least once a day', async () => {
    const scene = await open('1.6', [{ interval: 200_000 }]);
    scene.station.start();
    await once(scene.station.events, 'accepted');
    scene.clock.advance(86_400_000);
    expect(await scene.csms.next('Heartbeat')).toEqual({});
  });

  it('do not pile up at a CSMS that does not answer', async () => {
    const scene = await open('1.6', [{ interval: 5 }]);
    scene.csms.answer('Heartbeat', () => new Promise(() => {}));
    scene.station.start();
    await once(scene.station.events, 'accepted');
    scene.clock.advance(5000);
    await scene.csms.next('Heartbeat');
    scene.clock.advance(3_600_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(scene.actions().filter((action) => action === 'Heartbeat')).toHaveLength(1);
  });
});
