import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryStore, type StationVersion } from '../src/index.ts';
import { hashOf } from '../src/security/certificate-chain.ts';
import { issue, ocspResponse } from './certificates.ts';
import { openRig, type Rig, type RigOptions } from './rig.ts';

let rig: Rig;

afterEach(() => rig.close());

const hourMs = 3_600_000;
const { certificate } = issue({ name: 'Sub CA' });
const hash = hashOf(certificate, certificate);
const question = (serialNumber = 'ABC') => ({ ...hash, serialNumber, responderURL: 'http://ocsp.example.org' });

async function open(version: StationVersion = '2.0.1', options: RigOptions = {}): Promise<void> {
  rig = await openRig(version, { store: createMemoryStore(), ...options });
}

const inHours = (hours: number) => new Date(Math.floor(rig.clock.now().getTime() / 1000) * 1000 + hours * hourMs);

function answer(nextUpdate: Date | undefined): string {
  const ocspResult = ocspResponse(nextUpdate);
  rig.csms.answer('GetCertificateStatus', () => ({ status: 'Accepted', ocspResult }));
  return ocspResult;
}

const ask = (serialNumber?: string) => rig.station.iso15118.getCertificateStatus(question(serialNumber));
const asked = (action = 'GetCertificateStatus') => rig.csms.received.filter((each) => each.action === action);

describe('whether a certificate was revoked (OCPP 2.0.1 M06)', () => {
  it('is asked once until the next update, and then again', async () => {
    await open();
    const ocspResult = answer(inHours(2));
    expect(await ask()).toEqual({ status: 'Accepted', ocspResult });
    rig.clock.advance(hourMs);
    expect(await ask('0abc')).toEqual({ status: 'Accepted', ocspResult });
    expect(asked()).toHaveLength(1);
    rig.clock.advance(hourMs);
    const later = answer(inHours(2));
    expect(await ask()).toEqual({ status: 'Accepted', ocspResult: later });
    expect(asked()).toHaveLength(2);
  });

  it('is known over a restart, and while the CSMS is away', async () => {
    const store = createMemoryStore();
    await open('2.0.1', { store });
    const ocspResult = answer(inHours(2));
    await ask();
    await rig.close();
    await open('2.0.1', { store });
    await rig.station.stop();
    expect(await ask()).toEqual({ status: 'Accepted', ocspResult });
    expect(asked()).toEqual([]);
  });

  it('is asked again after OcspRequestInterval, however far the next update is', async () => {
    await open('2.0.1', { settings: { 'InternalCtrlr.OcspRequestInterval': '86400' } });
    answer(inHours(24 * 365));
    await ask();
    rig.clock.advance(24 * hourMs);
    await ask();
    expect(asked()).toHaveLength(2);
  });

  it.each([
    ['failed', { status: 'Failed' }],
    ['does not say until when it holds', { status: 'Accepted', ocspResult: ocspResponse(undefined) }],
    ['is past', { status: 'Accepted', ocspResult: ocspResponse(new Date(0)) }],
    ['cannot be read', { status: 'Accepted', ocspResult: 'garbage' }],
  ])('is asked every time where the answer %s', async (_what, response) => {
    await open();
    rig.csms.answer('GetCertificateStatus', () => response);
    expect(await ask()).toMatchObject(response);
    expect(await ask()).toMatchObject(response);
    expect(asked()).toHaveLength(2);
  });

  it('is kept for 50 certificates, and what ends first makes room', async () => {
    const store = createMemoryStore();
    await open('2.0.1', { store });
    for (let n = 1; n <= 60; n++) {
      answer(inHours(n));
      await ask(`F${n}`);
    }
    expect([...store.entries('certificateStatuses')]).toHaveLength(50);
    await ask('F60');
    expect(asked()).toHaveLength(60);
    await ask('F10');
    expect(asked()).toHaveLength(61);
  });
});

describe('the status of a chain (OCPP 2.1 M07)', () => {
  const request = (serialNumber: string) => ({
    certificateHashData: { ...hash, serialNumber },
    source: 'OCSP' as const,
    urls: ['http://ocsp.example.org'],
  });

  it('is asked for those certificates only that are not known', async () => {
    await open('2.1');
    const nextUpdate = inHours(2).toISOString();
    const statuses = new Map([
      ['1', 'Good'],
      ['2', 'Revoked'],
      ['3', 'Failed'],
    ]);
    rig.csms.answer('GetCertificateChainStatus', (payload) => ({
      certificateStatus: requestsIn(payload).map(({ certificateHashData, source }) => ({
        certificateHashData,
        source,
        status: statuses.get(certificateHashData.serialNumber),
        nextUpdate,
      })),
    }));
    const statusOf = async (...serials: string[]) => {
      const certificateStatusRequests = serials.map(request);
      const { certificateStatus } = await rig.station.iso15118.getCertificateChainStatus({ certificateStatusRequests });
      return certificateStatus.map(({ certificateHashData, status }) => [certificateHashData.serialNumber, status]);
    };
    expect(await statusOf('1', '3')).toEqual([
      ['1', 'Good'],
      ['3', 'Failed'],
    ]);
    expect(await statusOf('2', '1', '3')).toEqual([
      ['2', 'Revoked'],
      ['1', 'Good'],
      ['3', 'Failed'],
    ]);
    expect(await statusOf('1', '2')).toEqual([
      ['1', 'Good'],
      ['2', 'Revoked'],
    ]);
    const serials = asked('GetCertificateChainStatus').map(({ payload }) =>
      requestsIn(payload).map(({ certificateHashData }) => certificateHashData.serialNumber),
    );
    expect(serials).toEqual([
      ['1', '3'],
      ['2', '3'],
    ]);
  });

  const requestsIn = (payload: object): ReturnType<typeof request>[] =>
    'certificateStatusRequests' in payload ? JSON.parse(JSON.stringify(payload.certificateStatusRequests)) : [];
});

describe('the manufacturer’s roots of vehicles', () => {
  it('are installed, listed and deleted in OCPP 2.1 (M03.FR.05)', async () => {
    await open('2.1');
    const call = (action: string, payload: object) => rig.csms.call('CP1', action, payload);
    const { pem, certificate: root } = issue({ name: 'OEM root', isAuthority: true });
    const certificateType = 'OEMRootCertificate';
    expect(await call('InstallCertificate', { certificateType, certificate: pem })).toEqual({ status: 'Accepted' });
    const certificateHashData = hashOf(root, root);
    const listed = { status: 'Accepted', certificateHashDataChain: [{ certificateType, certificateHashData }] };
    expect(await call('GetInstalledCertificateIds', {})).toEqual(listed);
    expect(await call('GetInstalledCertificateIds', { certificateType: [certificateType] })).toEqual(listed);
    expect(await call('DeleteCertificate', { certificateHashData })).toEqual({ status: 'Accepted' });
    expect(await call('GetInstalledCertificateIds', {})).toEqual({ status: 'NotFound' });
  });
});
