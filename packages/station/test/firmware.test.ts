import { createSign, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createMemoryStore,
  createSimulatedHost,
  createStation,
  httpTransfer,
  ManualClock,
  type StationHost,
  type StationStore,
  type StationVersion,
} from '../src/index.ts';
import { issue } from './certificates.ts';
import { openCsms, type Csms } from './csms.ts';
import { portOf } from './hostile-csms.ts';
import { advanceUntil } from './rig.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const maker = issue({ name: 'Maker root', isAuthority: true });
const signer = issue({ name: 'Maker', issuer: maker });
const file = Buffer.from('the firmware');
/** Long past: at once. */
const now = '2020-01-01T00:00:00.000Z';
const signatureBy = (key: KeyObject) => createSign('sha256').update(file).sign(key, 'base64');

async function open(
  version: StationVersion,
  more: Partial<StationHost> = {},
  {
    csms,
    store = createMemoryStore(),
    firmwareVersion = '1.0.0',
  }: { csms?: Csms; store?: StationStore; firmwareVersion?: string } = {},
) {
  const central = csms ?? (await openCsms());
  const clock = new ManualClock(new Date());
  const host = Object.assign(createSimulatedHost({ clock, random: () => 0.5, evses: 2, firmwareVersion }), more);
  const settings = { 'InternalCtrlr.AllowMFRootCertInstallWithUnsecureConnection': 'true' };
  const base = { identity: 'CP1', url: central.url, versions: [version], host, clock, random: () => 0.5 };
  const station = createStation({ ...base, store, settings });
  if (!csms) closing.push(() => central.close());
  closing.push(() => station.stop());
  const security: string[] = [];
  station.events.on('securityEvent', ({ type }) => security.push(type));
  const accepted = once(station.events, 'accepted');
  station.start();
  await accepted;
  const call = (action: string, payload: object) => central.call('CP1', action, payload);
  const certificate = { certificateType: 'ManufacturerRootCertificate', certificate: maker.pem };
  expect(await call('InstallCertificate', certificate)).toMatchObject({ status: 'Accepted' });
  return { csms: central, clock, host, station, security, call };
}

type Scene = Awaited<ReturnType<typeof open>>;

async function statuses(
  { csms, clock }: Scene,
  count: number,
  action = 'FirmwareStatusNotification',
): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (let n = 0; n < count; n++) {
    const next = await advanceUntil(clock, csms.next(action));
    seen.push('status' in next ? next.status : undefined);
  }
  return seen;
}

interface Staged {
  downloads?: boolean[];
  installs?: string[];
  keepsConnectors?: boolean;
}

/** A charger whose downloads and installations do what they are told. */
function staged({ downloads = [], installs = ['Installed'], keepsConnectors = false }: Staged = {}) {
  const tries: string[] = [];
  return {
    tries,
    downloadFirmware: (location: string) => {
      tries.push(location);
      if (downloads.shift() === false) return Promise.reject(new Error('no'));
      return Promise.resolve({ data: file, keepsConnectors });
    },
    installFirmware: () => {
      const how = installs.shift();
      return how === 'fails' ? Promise.reject(new Error('no')) : Promise.resolve('Installed' as const);
    },
  };
}

const firmware = (more: object = {}) => ({
  location: 'https://example.org/fw',
  retrieveDateTime: now,
  ...more,
});
const signed = { signingCertificate: signer.pem, signature: signatureBy(signer.key) };

describe('a firmware update', () => {
  it('tries a download again, so often as it is told, and says so once (case 46) [firwmare_update_retries]', async () => {
    const host = staged({ downloads: [false, false, true] });
    const scene = await open('1.6', host);
    const request = {
      location: 'https://example.org/fw',
      retrieveDate: now,
      retries: 2,
      retryInterval: 10,
    };
    expect(await scene.call('UpdateFirmware', request)).toEqual({});
    const begin = scene.clock.monotonicMs();
    expect(await statuses(scene, 2)).toEqual(['Downloading', 'Downloaded']);
    expect(scene.clock.monotonicMs() - begin).toBeGreaterThanOrEqual(20_000);
    expect(host.tries).toHaveLength(3);
    expect(await statuses(scene, 2)).toEqual(['Installing', 'Installed']);
  });

  it('that is signed is tried again just so in OCPP 1.6 [signed_update_firmware_retries]', async () => {
    const host = staged({ downloads: [false, false, false] });
    const scene = await open('1.6', host);
    const wanted = { location: 'https://e.org/f', retrieveDateTime: now, ...signed };
    const order = { requestId: 1, retries: 2, retryInterval: 10, firmware: wanted };
    expect(await scene.call('SignedUpdateFirmware', order)).toEqual({ status: 'Accepted' });
    const begin = scene.clock.monotonicMs();
    const told = await statuses(scene, 2, 'SignedFirmwareStatusNotification');
    expect(told).toEqual(['Downloading', 'DownloadFailed']);
    expect(scene.clock.monotonicMs() - begin).toBeGreaterThanOrEqual(20_000);
    expect(host.tries).toHaveLength(3);
  });

  it.each([
    ['be fetched', { downloads: [false] }, ['Downloading', 'DownloadFailed']],
    ['be installed', { installs: ['fails'] }, ['Downloading', 'Downloaded', 'Installing', 'InstallationFailed']],
  ])(
    'of OCPP 1.6 that cannot %s is told to have failed, and the connectors are in use again [firwmare_update_download_fail, firwmare_update_install_fail]',
    async (_what, how, told) => {
      const scene = await open('1.6', staged(how));
      expect(await scene.call('UpdateFirmware', { location: 'https://e.org/f', retrieveDate: now })).toEqual({});
      expect(await statuses(scene, told.length)).toEqual(told);
      expect([1, 2].map((id) => scene.station.statusOf(id))).toEqual(['Available', 'Available']);
    },
  );

  it.each([
    {
      version: '1.6',
      action: 'UpdateFirmware',
      order: { location: 'https://e.org/f', retrieveDate: now },
      told: { action: 'FirmwareStatusNotification', of: ['Downloading', 'Downloaded', 'Installing', 'Installed'] },
    },
    {
      version: '1.6',
      action: 'SignedUpdateFirmware',
      order: { requestId: 1, firmware: { location: 'https://e.org/f', retrieveDateTime: now, ...signed } },
      told: {
        action: 'SignedFirmwareStatusNotification',
        of: ['Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'Installed'],
      },
    },
    {
      version: '2.0.1',
      action: 'UpdateFirmware',
      order: { requestId: 1, firmware: firmware(signed) },
      told: {
        action: 'FirmwareStatusNotification',
        of: ['Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'Installed'],
      },
    },
  ] as const)(
    'leaves the connectors in use where the file says so, until the restart: $action of OCPP $version [firmware_update_download_install_keep_connectors_available, signed_update_firmware_keep_connectors_available, L01_secure_firmware_update_keep_connectors_available]',
    async ({ version, action, order, told }) => {
      const scene = await open(version, staged({ keepsConnectors: true }));
      const { station, host, csms, clock } = scene;
      host.plug(1, { soc: 40 });
      const began = once(station.events, 'transactionStarted');
      host.presentToken(1, 'CARD');
      await advanceUntil(clock, began);
      const wasTold = csms.received.length;
      await scene.call(action, order);
      expect(await statuses(scene, told.of.length, told.action)).toEqual(told.of);
      const since = csms.received.slice(wasTold);
      const installed = since.findIndex(({ payload }) => 'status' in payload && payload.status === 'Installed');
      expect(JSON.stringify(since.slice(0, installed))).not.toContain('"Unavailable"');
      expect(station.transactionOn(1)).toBeDefined();
      expect(station.statusOf(2)).toBe('Unavailable');
      await csms.next('BootNotification');
      host.unplug(1);
      await advanceUntil(clock, csms.next('BootNotification'));
      expect(csms.received.some(({ payload }) => JSON.stringify(payload).includes('SoftReset'))).toBe(false);
    },
  );

  it('gives up after the last try (case 46)', async () => {
    const host = staged({ downloads: [false, false, false, false] });
    const scene = await open('2.0.1', host);
    await scene.call('UpdateFirmware', { requestId: 1, retries: 2, retryInterval: 1, firmware: firmware() });
    expect(await statuses(scene, 2)).toEqual(['Downloading', 'DownloadFailed']);
    expect(host.tries).toHaveLength(3);
  });

  it('is not tried for ever, nor without a pause, whatever the CSMS asks for', async () => {
    const host = staged({ downloads: Array.from({ length: 200 }, () => false) });
    const scene = await open('2.0.1', host);
    await scene.call('UpdateFirmware', { requestId: 1, retries: 1e9, retryInterval: 0, firmware: firmware() });
    const begin = scene.clock.monotonicMs();
    expect(await statuses(scene, 2)).toEqual(['Downloading', 'DownloadFailed']);
    expect(host.tries).toHaveLength(101);
    expect(scene.clock.monotonicMs() - begin).toBeGreaterThanOrEqual(100_000);
  });

  it('that is signed is verified, waits for its times, takes the connectors, and boots as FirmwareUpdate [L01_secure_firmware_update_disable_connectors]', async () => {
    const scene = await open('2.0.1', staged());
    const later = (ms: number) => new Date(scene.clock.now().getTime() + ms).toISOString();
    const dates = { retrieveDateTime: later(10_000), installDateTime: later(60_000) };
    const order = { requestId: 8, firmware: firmware({ ...signed, ...dates }) };
    expect(await scene.call('UpdateFirmware', order)).toEqual({ status: 'Accepted' });
    expect(await statuses(scene, 7)).toEqual([
      'DownloadScheduled',
      'Downloading',
      'Downloaded',
      'SignatureVerified',
      'InstallScheduled',
      'Installing',
      'Installed',
    ]);
    const told = scene.csms.received.map(({ payload }) => JSON.stringify(payload));
    const unavailable = told.findIndex((text) => text.includes('"Unavailable"'));
    expect(unavailable).toBeGreaterThan(told.findIndex((text) => text.includes('"SignatureVerified"')));
    expect(unavailable).toBeLessThan(told.findIndex((text) => text.includes('"Installing"')));
    await scene.csms.next('BootNotification');
    expect(await advanceUntil(scene.clock, scene.csms.next('BootNotification'))).toMatchObject({
      reason: 'FirmwareUpdate',
    });
    await scene.csms.next('SecurityEventNotification');
    expect(await scene.csms.next('SecurityEventNotification')).toMatchObject({ type: 'FirmwareUpdated' });
  });

  it('with a wrong signature is not installed', async () => {
    const scene = await open('2.0.1', staged());
    const wrong = firmware({ ...signed, signature: signatureBy(maker.key) });
    await scene.call('UpdateFirmware', { requestId: 8, firmware: wrong });
    expect(await statuses(scene, 3)).toEqual(['Downloading', 'Downloaded', 'InvalidSignature']);
    expect(scene.security).toEqual(['InvalidFirmwareSignature']);
  });

  it.each([
    ['of a stranger', issue({ name: 'Stranger' }).pem],
    ['that has expired', issue({ name: 'Old', issuer: maker, from: new Date(0), to: new Date(1e12) }).pem],
    ['that cannot be read', 'x'],
  ])('with a certificate %s is refused', async (_what, signingCertificate) => {
    const scene = await open('2.0.1', staged());
    const order = { requestId: 8, firmware: firmware({ ...signed, signingCertificate }) };
    expect(await scene.call('UpdateFirmware', order)).toMatchObject({ status: 'InvalidCertificate' });
    expect(scene.security).toEqual(['InvalidFirmwareSigningCertificate']);
  });

  it('with a certificate that was revoked is refused', async () => {
    const scene = await open('2.0.1', { ...staged(), isRevoked: () => Promise.resolve(true) });
    const order = { requestId: 8, firmware: firmware(signed) };
    expect(await scene.call('UpdateFirmware', order)).toEqual({ status: 'RevokedCertificate' });
  });

  it('of the 1.6 white paper tells of its request [signed_update_firmware]', async () => {
    const scene = await open('1.6', staged());
    const order = {
      requestId: 8,
      firmware: { location: 'https://e.org/f', retrieveDateTime: now, ...signed },
    };
    expect(await scene.call('SignedUpdateFirmware', order)).toEqual({ status: 'Accepted' });
    for (const status of ['Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'Installed'])
      expect(await advanceUntil(scene.clock, scene.csms.next('SignedFirmwareStatusNotification'))).toEqual({
        status,
        requestId: 8,
      });
  });

  it('waits until nobody charges, lets nobody begin meanwhile, and gives the connectors back when it fails', async () => {
    const scene = await open('2.0.1', staged({ installs: ['fails'] }));
    const { host, station, call } = scene;
    host.plug(1, { soc: 40 });
    const began = once(station.events, 'transactionStarted');
    host.presentToken(1, 'CARD');
    await advanceUntil(scene.clock, began);
    await call('UpdateFirmware', { requestId: 9, firmware: firmware() });
    expect(await statuses(scene, 3)).toEqual(['Downloading', 'Downloaded', 'InstallScheduled']);
    expect(station.transactionOn(1)).toBeDefined();
    expect(station.statusOf(2)).toBe('Unavailable');
    host.unplug(1);
    expect(await statuses(scene, 2)).toEqual(['Installing', 'InstallationFailed']);
    expect([station.statusOf(1), station.statusOf(2)]).toEqual(['Available', 'Available']);
  });

  it('gives way to a newer one', async () => {
    const scene = await open('2.0.1', staged());
    const retrieveDateTime = new Date(scene.clock.now().getTime() + 3_600_000).toISOString();
    const order = (requestId: number, more: object = {}) =>
      scene.call('UpdateFirmware', { requestId, firmware: firmware(more) });
    expect(await order(1, { retrieveDateTime })).toEqual({ status: 'Accepted' });
    expect(await statuses(scene, 1)).toEqual(['DownloadScheduled']);
    expect(await order(2)).toEqual({ status: 'AcceptedCanceled' });
    const next = await advanceUntil(scene.clock, scene.csms.next('FirmwareStatusNotification'));
    expect(next).toEqual({ status: 'Downloading', requestId: 2 });
  });

  it('tells after the restart what has come of it [L02_non_secure_firmware_update]', async () => {
    const store = createMemoryStore();
    const rebooting = { ...staged(), installFirmware: () => Promise.resolve('InstallRebooting' as const) };
    const before = await open('2.0.1', rebooting, { store });
    await before.call('UpdateFirmware', { requestId: 5, firmware: firmware() });
    expect((await statuses(before, 4)).at(-1)).toBe('InstallRebooting');
    await before.station.stop();
    const after = await open('2.0.1', {}, { csms: before.csms, store, firmwareVersion: '9.9' });
    const next = await advanceUntil(after.clock, after.csms.next('FirmwareStatusNotification'));
    expect(next).toEqual({ status: 'Installed', requestId: 5 });
    const boots = after.csms.received.filter(({ action }) => action === 'BootNotification');
    expect(boots.at(-1)?.payload).toMatchObject({ reason: 'FirmwareUpdate' });
  });

  it('is not handed on to others', async () => {
    const scene = await open('2.0.1');
    const order = { location: 'https://e.org/f', checksum: 'a'.repeat(32), requestId: 1 };
    expect(await scene.call('PublishFirmware', order)).toMatchObject({ status: 'Rejected' });
    expect(await scene.call('UnpublishFirmware', { checksum: 'a'.repeat(32) })).toEqual({ status: 'NoFirmware' });
  });
});

describe('a log', () => {
  const log = (requestId: number, remoteLocation: string, logType = 'SecurityLog') => ({
    requestId,
    logType,
    retries: 1,
    retryInterval: 1,
    log: { remoteLocation },
  });

  async function server(answers: number[]) {
    const bodies: string[] = [];
    const http = createServer((request, response) => {
      let body = `${request.method} ${request.url}\n`;
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        bodies.push(body);
        response.writeHead(answers.shift() ?? 200).end('the firmware');
      });
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => http.close(resolve)));
    return { bodies, url: `http://127.0.0.1:${portOf(http.address())}/up/` };
  }

  it.each(['1.6', '2.0.1'] as const)(
    'of security is written by the station and put where the CSMS says, with a second try, in %s [get_security_log]',
    async (version) => {
      const { bodies, url } = await server([500]);
      const { sendLog } = httpTransfer();
      const scene = await open(version, { sendLog });
      scene.station.securityEvent({ type: 'MaintenanceLoginFailed', info: 'door' });
      expect(await scene.call('GetLog', log(3, url))).toMatchObject({
        status: 'Accepted',
        filename: expect.any(String),
      });
      for (const status of ['Uploading', 'Uploaded'])
        expect(await advanceUntil(scene.clock, scene.csms.next('LogStatusNotification'))).toEqual({
          status,
          requestId: 3,
        });
      expect(bodies).toHaveLength(2);
      expect(bodies[1]).toMatch(/^PUT \/up\/SecurityLog-.*\.log\n/);
      expect(bodies[1]).toContain('\tMaintenanceLoginFailed\tdoor\n');
    },
  );

  it('of security outlives a power cut (7.1 everything else)', async () => {
    const { bodies, url } = await server([]);
    const store = createMemoryStore();
    const host = { sendLog: httpTransfer().sendLog };
    const before = await open('2.0.1', host, { store });
    before.station.securityEvent({ type: 'MaintenanceLoginFailed', info: 'before' });
    await before.station.stop();
    const after = await open('2.0.1', host, { csms: before.csms, store });
    await after.call('GetLog', log(3, url));
    await expect.poll(() => bodies.length).toBe(1);
    expect(bodies[0]).toMatch(/\tStartupOfTheDevice\n.*\tMaintenanceLoginFailed\tbefore\n.*\tStartupOfTheDevice\n/s);
  });

  it('of diagnostics is tried again, so often as it is told, and says so once in OCPP 1.6 [get_diagnostics_retries]', async () => {
    const { bodies, url } = await server([500, 500, 500]);
    const scene = await open('1.6', { sendLog: httpTransfer().sendLog, readLog: () => 'lines' });
    const order = { location: url, retries: 2, retryInterval: 10 };
    expect(await scene.call('GetDiagnostics', order)).toEqual({ fileName: expect.stringMatching(/^DiagnosticsLog-/) });
    const begin = scene.clock.monotonicMs();
    expect(await statuses(scene, 2, 'DiagnosticsStatusNotification')).toEqual(['Uploading', 'UploadFailed']);
    expect(scene.clock.monotonicMs() - begin).toBeGreaterThanOrEqual(20_000);
    expect(bodies).toHaveLength(3);
  });

  it.each([
    [403, 'PermissionDenied'],
    [500, 'UploadFailure'],
  ])('tells why it could not be uploaded: %i [upload_security_log_retries]', async (answer, status) => {
    const { url } = await server([answer, answer]);
    const scene = await open('1.6', { sendLog: httpTransfer().sendLog });
    expect(await scene.call('GetLog', log(3, url))).toMatchObject({ status: 'Accepted' });
    await scene.csms.next('LogStatusNotification');
    expect(await advanceUntil(scene.clock, scene.csms.next('LogStatusNotification'))).toEqual({ status, requestId: 3 });
  });

  it('is not tried for ever, nor without a pause, whatever the CSMS asks for', async () => {
    const tries: string[] = [];
    const sendLog = (_file: object, location: string) => {
      tries.push(location);
      return Promise.reject(new Error('no'));
    };
    const scene = await open('2.0.1', { sendLog });
    await scene.call('GetLog', { ...log(3, 'x'), retries: 1e9, retryInterval: 0 });
    const begin = scene.clock.monotonicMs();
    expect(await scene.csms.next('LogStatusNotification')).toMatchObject({ status: 'Uploading' });
    const last = await advanceUntil(scene.clock, scene.csms.next('LogStatusNotification'));
    expect(last).toMatchObject({ status: 'UploadFailure' });
    expect(tries).toHaveLength(101);
    expect(scene.clock.monotonicMs() - begin).toBeGreaterThanOrEqual(100_000);
  });

  it('gives way to a newer one, and both are told of [N01_get_log_cancels_running_upload]', async () => {
    const sendLog = (_file: object, location: string) =>
      location === 'first' ? new Promise<void>(() => {}) : Promise.resolve();
    const scene = await open('2.0.1', { sendLog, readLog: () => 'lines' });
    expect(await scene.call('GetLog', log(1, 'first', 'DiagnosticsLog'))).toMatchObject({ status: 'Accepted' });
    expect(await scene.csms.next('LogStatusNotification')).toEqual({ status: 'Uploading', requestId: 1 });
    expect(await scene.call('GetLog', log(2, 'second'))).toMatchObject({ status: 'AcceptedCanceled' });
    const rest = [];
    for (let n = 0; n < 3; n++) rest.push(await scene.csms.next('LogStatusNotification'));
    expect(rest).toEqual([
      { status: 'AcceptedCanceled', requestId: 1 },
      { status: 'Uploading', requestId: 2 },
      { status: 'Uploaded', requestId: 2 },
    ]);
  });

  it('that is not there is refused', async () => {
    const scene = await open('2.0.1', { sendLog: () => Promise.resolve(), readLog: () => undefined });
    expect(await scene.call('GetLog', log(1, 'x', 'DiagnosticsLog'))).toEqual({ status: 'Rejected' });
  });

  it('and a firmware are transferred with limits', async () => {
    const { url } = await server([]);
    const { signal } = new AbortController();
    const { downloadFirmware } = httpTransfer();
    expect(await downloadFirmware(url, signal)).toEqual({ data: file });
    await expect(httpTransfer({ maxBytes: 5 }).downloadFirmware(url, signal)).rejects.toThrow('longer than 5 bytes');
    await expect(downloadFirmware('ftp://example.org/x', signal)).rejects.toMatchObject({
      logStatus: 'NotSupportedOperation',
    });
  });
});
