import { createPublicKey, generateKeyPairSync, verify, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createMemoryStore,
  createSimulatedHost,
  createStation,
  ManualClock,
  type StationStore,
  type VariableName,
} from '../src/index.ts';
import { readDer } from '../src/security/der.ts';
import { hashOf } from '../src/security/certificate-chain.ts';
import { createCertificateStore } from '../src/security/certificate-store.ts';
import { issue, type Issued } from './certificates.ts';
import { openCsms } from './csms.ts';
import { advanceUntil } from './rig.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const root = issue({ name: 'CSMS root', isAuthority: true });
const dayMs = 86_400_000;

async function open(
  version: '1.6' | '2.0.1',
  settings: Partial<Record<VariableName, string>> = {},
  store = createMemoryStore(),
) {
  const csms = await openCsms();
  const clock = new ManualClock(new Date());
  const host = createSimulatedHost({ clock, random: () => 0.5 });
  const certificates = createCertificateStore(store);
  let reads = 0;
  const certificateStore = { ...certificates, list: () => (reads++, certificates.list()) };
  const station = createStation({
    identity: 'CP1',
    url: csms.url,
    versions: [version],
    host,
    clock,
    random: () => 0.5,
    serialNumber: 'SN-77',
    store,
    certificateStore,
    tls: { ca: root.pem },
    settings: {
      'InternalCtrlr.AllowCSMSRootCertInstallWithUnsecureConnection': 'true',
      'InternalCtrlr.AllowMFRootCertInstallWithUnsecureConnection': 'true',
      'SecurityCtrlr.OrganizationName': 'Busbar CPO',
      ...settings,
    },
  });
  closing.push(
    () => csms.close(),
    () => station.stop(),
  );
  const security: { type: string; info?: string | undefined }[] = [];
  station.events.on('securityEvent', ({ type, info }) => security.push({ type, info }));
  const accepted = once(station.events, 'accepted');
  station.start();
  await accepted;
  return {
    csms,
    clock,
    station,
    security,
    reads: () => reads,
    call: (action: string, payload: object) => csms.call('CP1', action, payload),
  };
}

/** The parts of a PKCS#10 request: what is signed, by which key, and how it is signed. */
function partsOf(csr: string) {
  const [request] = readDer(Buffer.from(csr.replace(/-----.*-----|\s/g, ''), 'base64'));
  const [info, , signature] = readDer(request?.content ?? Buffer.alloc(0));
  const [, subject, key] = readDer(info?.content ?? Buffer.alloc(0));
  if (!info || !signature || !subject || !key) throw new Error('no certificate request');
  const publicKey = createPublicKey({ key: key.raw, type: 'spki', format: 'der' });
  return { info: info.raw, signature: signature.content.subarray(1), subject: subject.content.toString(), publicKey };
}

const csrIn = (payload: object) => ('csr' in payload && typeof payload.csr === 'string' ? payload.csr : '');

function signedFor(csr: string, more: { issuer?: Issued; from?: Date; to?: Date } = {}): string {
  return issue({ name: 'SN-77', issuer: root, publicKey: partsOf(csr).publicKey, ...more }).pem;
}

describe('a certificate of the station', () => {
  it('is requested with a proper request, checked and kept [A02_update_charging_station_certificate_by_csms_request]', async () => {
    const { csms, call, security, station } = await open('2.0.1');
    await call('TriggerMessage', { requestedMessage: 'SignChargingStationCertificate' });
    const request = await csms.next('SignCertificate');
    expect(request).toMatchObject({ certificateType: 'ChargingStationCertificate' });
    const { info, signature, subject, publicKey } = partsOf(csrIn(request));
    expect(subject).toContain('Busbar CPO');
    expect(subject).toContain('SN-77');
    expect(verify('sha256', info, publicKey, signature)).toBe(true);
    expect(station.requestCertificate('ChargingStationCertificate')).toBe(false);
    const certificateChain = signedFor(csrIn(request));
    expect(await call('CertificateSigned', { certificateChain })).toEqual({ status: 'Accepted' });
    expect(security).toEqual([]);
    expect(await call('CertificateSigned', { certificateChain })).toMatchObject({ status: 'Rejected' });
  });

  it('is updated in OCPP 1.6, with the name of the operator in the request [chargepoint_update_certificate]', async () => {
    const { csms, call, security } = await open('1.6', { 'SecurityCtrlr.OrganizationName': 'Before' });
    expect(await call('ChangeConfiguration', { key: 'CpoName', value: 'VENID' })).toEqual({ status: 'Accepted' });
    const trigger = { requestedMessage: 'SignChargePointCertificate' };
    expect(await call('ExtendedTriggerMessage', trigger)).toEqual({ status: 'Accepted' });
    const csr = csrIn(await csms.next('SignCertificate'));
    expect(partsOf(csr).subject).toContain('VENID');
    expect(await call('CertificateSigned', { certificateChain: signedFor(csr) })).toEqual({ status: 'Accepted' });
    expect(security).toEqual([]);
  });

  it.each([
    ['ChargingStationCertificate', 'Failed', 1],
    ['V2GCertificate', 'Accepted', 0],
  ] as const)(
    'is never deleted, one for vehicles is: %s (OCPP 2.0.1 M04.FR.06) [m4_reject_deletion_of_charging_station_certificate, m4_allow_deletion_of_secc_leaf_certificate]',
    async (kind, status, left) => {
      const store = createMemoryStore();
      const { csms, call } = await open('2.0.1', {}, store);
      await call('TriggerMessage', { requestedMessage: `Sign${kind}` });
      const certificateChain = signedFor(csrIn(await csms.next('SignCertificate')));
      const certificateType = kind;
      expect(await call('CertificateSigned', { certificateChain, certificateType })).toEqual({ status: 'Accepted' });
      const certificateHashData = hashOf(new X509Certificate(certificateChain), root.certificate);
      expect(await call('DeleteCertificate', { certificateHashData })).toMatchObject({ status });
      expect([...store.entries('keys')]).toHaveLength(left);
    },
  );

  it.each([
    ['has expired', 'Expired', { from: new Date(Date.now() - 2 * dayMs), to: new Date(Date.now() - dayMs) }],
    ['is not valid yet', 'NotYetValid', { from: new Date(Date.now() + dayMs) }],
    ['is of another authority', 'InvalidSignature', { issuer: issue({ name: 'Other root', isAuthority: true }) }],
  ] as const)(
    'is refused when it %s, and not asked for again (case 66) (7.3 certificates) [A02_update_charging_station_certificate_by_csms_request_invalid_as_expired, A02_update_charging_station_certificate_by_csms_request_invalid_due_to_wrong_ca, A04_rejected_security_event_notification]',
    async (_why, info, more) => {
      const { csms, call, clock, security } = await open('2.0.1');
      await call('TriggerMessage', { requestedMessage: 'SignChargingStationCertificate' });
      const request = await csms.next('SignCertificate');
      expect(await call('CertificateSigned', { certificateChain: signedFor(csrIn(request), more) })).toMatchObject({
        status: 'Rejected',
      });
      expect(security).toEqual([{ type: 'InvalidChargingStationCertificate', info }]);
      await csms.next('SecurityEventNotification');
      const told = { type: 'InvalidChargingStationCertificate', techInfo: info };
      expect(await csms.next('SecurityEventNotification')).toMatchObject(told);
      clock.advance(3_600_000);
      expect(await call('GetLocalListVersion', {})).toEqual({ versionNumber: 0 });
      expect(csms.received.filter(({ action }) => action === 'SignCertificate')).toHaveLength(1);
    },
  );

  it('is refused with the names of 1.6 (case 38) [chargepoint_invalid_certificate_security_event] [subscribe_security_event]', async () => {
    const { csms, call, security } = await open('1.6');
    await call('ExtendedTriggerMessage', { requestedMessage: 'SignChargePointCertificate' });
    const request = await csms.next('SignCertificate');
    const stranger = issue({ name: 'Stranger', isAuthority: true });
    const certificateChain = signedFor(csrIn(request), { issuer: stranger });
    expect(await call('CertificateSigned', { certificateChain })).toEqual({ status: 'Rejected' });
    expect(security).toEqual([{ type: 'InvalidChargePointCertificate', info: 'InvalidSignature' }]);
    await csms.next('SecurityEventNotification');
    const told = { type: 'InvalidChargePointCertificate', techInfo: 'InvalidSignature' };
    expect(await csms.next('SecurityEventNotification')).toMatchObject(told);
  });

  it('is refused when it is for another key, unreadable or too long', async () => {
    const { csms, call } = await open('2.0.1', { 'SecurityCtrlr.MaxCertificateChainSize': '2000' });
    const ask = async () => {
      await call('TriggerMessage', { requestedMessage: 'SignChargingStationCertificate' });
      return csrIn(await csms.next('SignCertificate'));
    };
    const reasonOf = async (certificateChain: string) => call('CertificateSigned', { certificateChain });
    await ask();
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const foreign = issue({ name: 'SN-77', issuer: root, publicKey }).pem;
    expect(await reasonOf(foreign)).toMatchObject({ statusInfo: { reasonCode: 'InvalidPublicKey' } });
    await ask();
    expect(await reasonOf('garbage')).toMatchObject({ statusInfo: { reasonCode: 'InvalidFormat' } });
    const csr = await ask();
    const long = `${signedFor(csr)}${root.pem.repeat(4)}`;
    expect(await reasonOf(long)).toMatchObject({ statusInfo: { reasonCode: 'TooLong' } });
  });

  it('is asked for again after a wait that doubles, so often as the settings say (case 66) [A02_update_charging_station_certificate_by_csms_request_retry]', async () => {
    const { csms, clock, station } = await open('2.0.1', {
      'SecurityCtrlr.CertSigningWaitMinimum': '0',
      'SecurityCtrlr.CertSigningRepeatTimes': '2',
    });
    station.requestCertificate('ChargingStationCertificate');
    await csms.next('SignCertificate');
    const begin = clock.monotonicMs();
    const at: number[] = [];
    for (let repeat = 0; repeat < 2; repeat++) {
      await advanceUntil(clock, csms.next('SignCertificate'), 1000);
      at.push(Math.floor((clock.monotonicMs() - begin) / 10_000));
    }
    expect(at).toEqual([1, 3]);
    const ask = () => station.requestCertificate('ChargingStationCertificate');
    await advanceUntil(clock, expect.poll(ask, { interval: 1 }).toBe(true), 1000);
    expect(clock.monotonicMs() - begin).toBeGreaterThanOrEqual(70_000);
    await csms.next('SignCertificate');
    expect(csms.received.filter(({ action }) => action === 'SignCertificate')).toHaveLength(4);
  });

  it('is renewed 30 days before its end, looked at a minute after the boot and twice a day [A03_install_new_if_expired]', async () => {
    const { csms, call, clock, station } = await open('2.0.1');
    station.requestCertificate('ChargingStationCertificate');
    const csr = csrIn(await csms.next('SignCertificate'));
    const to = new Date(clock.now().getTime() + 30 * dayMs + 6 * 3_600_000);
    expect(await call('CertificateSigned', { certificateChain: signedFor(csr, { to }) })).toEqual({
      status: 'Accepted',
    });
    clock.advance(60_000);
    expect(csms.received.filter(({ action }) => action === 'SignCertificate')).toHaveLength(1);
    clock.advance(12 * 3_600_000);
    await csms.next('SignCertificate');
  });
});

describe('what a vehicle asks the CSMS for', () => {
  it.each(['Install', 'Update'] as const)(
    'is handed on, and the answer too: %s of a contract certificate (OCPP 2.0.1 M01, M02) [m1_m2_certificate_request_ev]',
    async (action) => {
      const { csms, station } = await open('2.0.1');
      const request = { iso15118SchemaVersion: 'urn:iso:15118:2:2013:MsgDef', action, exiRequest: 'ZXhp' };
      for (const status of ['Accepted', 'Failed'] as const) {
        csms.answer('Get15118EVCertificate', () => ({ status, exiResponse: `${status} by the CSMS` }));
        expect(await station.iso15118.getEvCertificate(request)).toEqual({
          status,
          exiResponse: `${status} by the CSMS`,
        });
        expect(await csms.next('Get15118EVCertificate')).toEqual(request);
      }
    },
  );
});

describe('the keys of the station', () => {
  const keysIn = (store: StationStore) => [...store.entries('keys')].length;

  it('are kept for the certificate in use and two more, however often the CSMS has one made', async () => {
    const store = createMemoryStore();
    const { csms, call } = await open('2.0.1', {}, store);
    for (let n = 0; n < 6; n++) {
      await call('TriggerMessage', { requestedMessage: 'SignChargingStationCertificate' });
      const certificateChain = signedFor(csrIn(await csms.next('SignCertificate')));
      expect(await call('CertificateSigned', { certificateChain })).toEqual({ status: 'Accepted' });
    }
    expect([...store.entries('certificates')]).toHaveLength(3);
    expect(keysIn(store)).toBe(3);
  });

  it('of requests that a restart has interrupted are deleted with the next one', async () => {
    const store = createMemoryStore();
    for (let n = 0; n < 4; n++) {
      const { csms, call, station } = await open('2.0.1', {}, store);
      await call('TriggerMessage', { requestedMessage: 'SignChargingStationCertificate' });
      await csms.next('SignCertificate');
      await station.stop();
    }
    expect(keysIn(store)).toBe(1);
  });
});

describe('root certificates', () => {
  const more = issue({ name: 'Another root', isAuthority: true });

  it.each(['1.6', '2.0.1'] as const)(
    'are installed, listed by their hashes, and deleted, in %s [chargepoint_install_certificate, chargepoint_delete_certificate, m3_get_installed_certificates, m3_get_installed_certificates_not_found, m4_delete, m5_install, m5_install_ca_certificate, m3_retrieve_installed_certificates, m3_retrieve_installed_certificates_not_found, m4_delete_and_retrieve_certificates, m4_delete_installed_certificates]',
    async (version) => {
      const { call } = await open(version);
      const certificateType = version === '1.6' ? 'CentralSystemRootCertificate' : 'CSMSRootCertificate';
      const listed = () =>
        call('GetInstalledCertificateIds', {
          certificateType: version === '1.6' ? certificateType : [certificateType],
        });
      expect(await listed()).toEqual({ status: 'NotFound' });
      const install = () => call('InstallCertificate', { certificateType, certificate: more.pem });
      expect(await install()).toEqual({ status: 'Accepted' });
      expect(await install()).toEqual({ status: 'Accepted' });
      const certificateHashData = {
        hashAlgorithm: 'SHA256',
        issuerNameHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        issuerKeyHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        serialNumber: more.certificate.serialNumber.replace(/^0+/, ''),
      };
      const answer = await listed();
      expect(answer).toEqual(
        version === '1.6'
          ? { status: 'Accepted', certificateHashData: [certificateHashData] }
          : { status: 'Accepted', certificateHashDataChain: [{ certificateType, certificateHashData }] },
      );
      const [hash] = JSON.stringify(answer).match(/\{"hashAlgorithm".*?\}/) ?? ['{}'];
      const remove = (): Promise<unknown> => call('DeleteCertificate', { certificateHashData: JSON.parse(hash) });
      expect(await remove()).toEqual({ status: 'Accepted' });
      expect(await listed()).toEqual({ status: 'NotFound' });
      expect(await remove()).toEqual({ status: 'NotFound' });
    },
  );

  it.each([
    ['has expired', issue({ name: 'Old', isAuthority: true, from: new Date(0), to: new Date(1e12) }).pem],
    ['is no authority', issue({ name: 'Leaf' }).pem],
    ['cannot be read', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
    ['is in BER', issue({ name: 'BER', isAuthority: true, encoding: 'BER' }).pem],
  ])('are refused when one %s [m5_reject_installation_of_expired_certificate]', async (_why, certificate) => {
    const { call } = await open('2.0.1');
    const answer = call('InstallCertificate', { certificateType: 'V2GRootCertificate', certificate });
    expect(await answer).toMatchObject({ status: 'Rejected' });
  });

  it('that cannot be read, as an older version may have taken them, do not stand in the way of the others', async () => {
    const store = createMemoryStore();
    const { pem: chain } = issue({ name: 'BER', isAuthority: true, encoding: 'BER' });
    store.put('certificates', '000001', { kind: 'CSMSRootCertificate', chain });
    store.put('certificates', '000002', { kind: 'CSMSRootCertificate', chain: 'garbage' });
    const { call } = await open('2.0.1', {}, store);
    const certificateType = 'CSMSRootCertificate';
    expect(await call('InstallCertificate', { certificateType, certificate: more.pem })).toEqual({
      status: 'Accepted',
    });
    const answer = await call('GetInstalledCertificateIds', {});
    expect(answer).toMatchObject({ certificateHashDataChain: { length: 1 } });
    const [hash = ''] = JSON.stringify(answer).match(/\{"hashAlgorithm".*?\}/) ?? [];
    const certificateHashData: unknown = JSON.parse(hash);
    expect(await call('DeleteCertificate', { certificateHashData })).toEqual({ status: 'Accepted' });
  });

  it('of all types are listed when none is named [m3_retrieve_installed_certificates_all_types]', async () => {
    const { csms, call } = await open('2.0.1');
    const kinds = [
      'V2GRootCertificate',
      'MORootCertificate',
      'CSMSRootCertificate',
      'ManufacturerRootCertificate',
    ] as const;
    for (const certificateType of kinds) {
      const certificate = issue({ name: certificateType, isAuthority: true }).pem;
      expect(await call('InstallCertificate', { certificateType, certificate })).toEqual({ status: 'Accepted' });
    }
    const v2g = issue({ name: 'V2G root', isAuthority: true });
    const sub = issue({ name: 'V2G sub', isAuthority: true, issuer: v2g });
    await call('InstallCertificate', { certificateType: 'V2GRootCertificate', certificate: v2g.pem });
    await call('TriggerMessage', { requestedMessage: 'SignV2GCertificate' });
    const leaf = signedFor(csrIn(await csms.next('SignCertificate')), { issuer: sub });
    const signed = { certificateChain: leaf + sub.pem, certificateType: 'V2GCertificate' };
    expect(await call('CertificateSigned', signed)).toEqual({ status: 'Accepted' });
    const answer = await call('GetInstalledCertificateIds', {});
    const leafHash = hashOf(new X509Certificate(leaf), sub.certificate);
    const subHash = hashOf(sub.certificate, v2g.certificate);
    expect(answer).toMatchObject({
      status: 'Accepted',
      certificateHashDataChain: [
        ...[...kinds, 'V2GRootCertificate'].map((certificateType) => ({ certificateType })),
        {
          certificateType: 'V2GCertificateChain',
          certificateHashData: leafHash,
          childCertificateHashData: [subHash],
        },
      ],
    });
  });

  it('do not come over a connection that anybody can write into, unless that is allowed', async () => {
    const { call } = await open('2.0.1', { 'InternalCtrlr.AllowCSMSRootCertInstallWithUnsecureConnection': 'false' });
    const install = (certificateType: string) => call('InstallCertificate', { certificateType, certificate: more.pem });
    expect(await install('CSMSRootCertificate')).toMatchObject({
      status: 'Rejected',
      statusInfo: { reasonCode: 'UnsecureConnection' },
    });
    expect(await install('V2GRootCertificate')).toEqual({ status: 'Accepted' });
  });

  it('must be signed by the one before where AdditionalRootCertificateCheck is on', async () => {
    const { call } = await open('2.0.1', { 'SecurityCtrlr.AdditionalRootCertificateCheck': 'true' });
    const install = ({ pem }: Issued) =>
      call('InstallCertificate', { certificateType: 'CSMSRootCertificate', certificate: pem });
    expect(await install(more)).toMatchObject({ status: 'Rejected' });
    const second = issue({ name: 'Second', isAuthority: true, issuer: root });
    const third = issue({ name: 'Third', isAuthority: true, issuer: second });
    const fourth = issue({ name: 'Fourth', isAuthority: true, issuer: third });
    for (const next of [second, third, fourth]) expect(await install(next)).toEqual({ status: 'Accepted' });
    const listed = await call('GetInstalledCertificateIds', { certificateType: ['CSMSRootCertificate'] });
    expect(listed).toMatchObject({ certificateHashDataChain: { length: 2 } });
  });

  it('are read once to be listed, and once to delete one, however many there are', async () => {
    const { call, reads } = await open('2.0.1');
    for (let n = 1; n < 5; n++) {
      const certificate = issue({ name: `Root ${n}`, isAuthority: true }).pem;
      await call('InstallCertificate', { certificateType: 'MORootCertificate', certificate });
    }
    const before = reads();
    const answer = await call('GetInstalledCertificateIds', {});
    expect(answer).toMatchObject({ status: 'Accepted', certificateHashDataChain: { length: 4 } });
    expect(reads() - before).toBe(1);
    const certificateHashData = hashOf(more.certificate, more.certificate);
    expect(await call('DeleteCertificate', { certificateHashData })).toMatchObject({ status: 'NotFound' });
    expect(reads() - before).toBe(2);
  });

  it('are refused when the store is full, and the own certificate is never deleted', async () => {
    const { call, csms, station } = await open('2.0.1');
    station.requestCertificate('ChargingStationCertificate');
    const pem = signedFor(csrIn(await csms.next('SignCertificate')));
    await call('CertificateSigned', { certificateChain: pem });
    expect(await call('GetInstalledCertificateIds', {})).toEqual({ status: 'NotFound' });
    for (let n = 1; n < 100; n++) {
      const certificate = issue({ name: `Root ${n}`, isAuthority: true }).pem;
      expect(await call('InstallCertificate', { certificateType: 'MORootCertificate', certificate })).toEqual({
        status: 'Accepted',
      });
    }
    const certificate = more.pem;
    expect(await call('InstallCertificate', { certificateType: 'MORootCertificate', certificate })).toMatchObject({
      status: 'Rejected',
      statusInfo: { reasonCode: 'CertificateStoreFull' },
    });
  });
});
