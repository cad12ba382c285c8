import { afterEach, describe, expect, it } from 'vitest';
import { hashOf } from '../src/security/certificate-chain.ts';
import { issue, publicKeyIn } from './certificates.ts';
import { openRig, type Rig } from './rig.ts';

let rig: Rig;

afterEach(() => rig.close());

const vendorId = 'org.openchargealliance.iso15118pnc';
const root = issue({ name: 'V2G root', isAuthority: true });

async function open(): Promise<void> {
  rig = await openRig('1.6', {
    prepare: (csms) => csms.answer('DataTransfer', () => ({ status: 'Accepted', data: '{"status":"Accepted"}' })),
    settings: {
      'ISO15118Ctrlr.PnCEnabled': 'true',
      'ISO15118Ctrlr.OrganizationName': 'Busbar',
      'ISO15118Ctrlr.SeccId': 'SECC1',
    },
  });
}

/** What the message of 2.0.1 in a DataTransfer is answered with. */
async function carried(messageId: string, message: object): Promise<unknown> {
  const answer = await rig.csms.call('CP1', 'DataTransfer', { vendorId, messageId, data: JSON.stringify(message) });
  if (typeof answer !== 'object' || answer === null || !('data' in answer)) return answer;
  expect(answer).toMatchObject({ status: 'Accepted' });
  return JSON.parse(String(answer.data));
}

const listed = () => carried('GetInstalledCertificateIds', { certificateType: ['V2GRootCertificate'] });

describe('certificates of Plug & Charge over OCPP 1.6', () => {
  it('are not there at first [pnc_get_installed_certificate_ids_empty_not_found]', async () => {
    await open();
    expect(await listed()).toEqual({ status: 'NotFound' });
  });

  it('are installed, listed and deleted [pnc_install_certificate, pnc_get_installed_certificate_ids, pnc_delete_certificate]', async () => {
    await open();
    const install = { certificateType: 'V2GRootCertificate', certificate: root.pem };
    expect(await carried('InstallCertificate', install)).toEqual({ status: 'Accepted' });
    const answer = await listed();
    expect(answer).toMatchObject({
      status: 'Accepted',
      certificateHashDataChain: [{ certificateType: 'V2GRootCertificate' }],
    });
    const [, hash = '{}'] = /"certificateHashData":(\{[^}]*\})/.exec(JSON.stringify(answer)) ?? [];
    const certificateHashData: unknown = JSON.parse(hash);
    expect(await carried('DeleteCertificate', { certificateHashData })).toEqual({ status: 'Accepted' });
    expect(await carried('DeleteCertificate', { certificateHashData })).toEqual({ status: 'NotFound' });
  });

  it('are asked for when that is triggered, and taken when they are signed [pnc_sign_certificate_and_trigger_message, pnc_certificate_signed_01]', async () => {
    await open();
    await carried('InstallCertificate', { certificateType: 'V2GRootCertificate', certificate: root.pem });
    expect(await carried('TriggerMessage', { requestedMessage: 'SignV2GCertificate' })).toEqual({ status: 'Accepted' });
    const request = await rig.csms.next('DataTransfer');
    expect(request).toMatchObject({ vendorId, messageId: 'SignCertificate' });
    const asked: { csr: string; certificateType: string } = JSON.parse('data' in request ? String(request.data) : '{}');
    expect(asked).toMatchObject({ certificateType: 'V2GCertificate' });
    const { pem } = issue({ name: 'SECC1', issuer: root, publicKey: publicKeyIn(asked.csr) });
    const signed = { certificateChain: pem, certificateType: 'V2GCertificate' };
    expect(await carried('CertificateSigned', signed)).toEqual({ status: 'Accepted' });
  });

  it('are asked for and updated for a vehicle [pnc_get_15118_ev_certificate]', async () => {
    await open();
    const answer = { status: 'Accepted', exiResponse: 'bmV3' };
    rig.csms.answer('DataTransfer', () => ({ status: 'Accepted', data: JSON.stringify(answer) }));
    const request = {
      iso15118SchemaVersion: 'urn:iso:15118:2:2013:MsgDef',
      action: 'Install',
      exiRequest: 'ZXhp',
    } as const;
    expect(await rig.station.iso15118.getEvCertificate(request)).toEqual(answer);
    expect(await asked()).toEqual({ vendorId, messageId: 'Get15118EVCertificate', data: request });
  });

  it('are asked about, whether they were revoked [pnc_get_certificate_status]', async () => {
    await open();
    const answer = { status: 'Accepted', ocspResult: 'b2NzcA==' };
    rig.csms.answer('DataTransfer', () => ({ status: 'Accepted', data: JSON.stringify(answer) }));
    const { certificate } = root;
    const data = { ...hashOf(certificate, certificate), responderURL: 'http://ocsp.example.org' };
    expect(await rig.station.iso15118.getCertificateStatus(data)).toEqual(answer);
    const expected = { vendorId, messageId: 'GetCertificateStatus', data: { ocspRequestData: data } };
    expect(await asked()).toEqual(expected);
    rig.csms.answer('DataTransfer', () => ({ status: 'Rejected' }));
    const other = { ...data, serialNumber: '77' };
    expect(await rig.station.iso15118.getCertificateStatus(other)).toMatchObject({ status: 'Failed' });
  });
});

/** The next DataTransfer, with what it carries. */
async function asked(): Promise<object> {
  const request = await rig.csms.next('DataTransfer');
  const data: unknown = JSON.parse('data' in request ? String(request.data) : '{}');
  return { ...request, data };
}

describe('names of Plug & Charge in OCPP 1.6', () => {
  const change = (key: string, value: string) => rig.csms.call('CP1', 'ChangeConfiguration', { key, value });
  const valueOf = async (key: string) => {
    const answer = await rig.csms.call('CP1', 'GetConfiguration', { key: [key] });
    expect(answer).toMatchObject({ configurationKey: [{ key, readonly: false }] });
    return /"value":"([^"]*)"/.exec(JSON.stringify(answer))?.[1];
  };

  it('are taken in the form that ISO 15118 asks for, and in no other [set_connector_evse_ids]', async () => {
    const settings = {
      'InternalCtrlr.ConnectorEvseIds': 'test_value',
      'InternalCtrlr.SeccLeafSubjectCommonName': 'DEPNX100001',
      'InternalCtrlr.SeccLeafSubjectOrganization': 'test_value',
      'InternalCtrlr.SeccLeafSubjectCountry': 'DE',
      'OCPP16LegacyCtrlr.ISO15118CertificateManagementEnabled': 'true',
    };
    rig = await openRig('1.6', { settings });
    for (const [key, initial, refused, taken] of [
      ['ConnectorEvseIds', 'test_value', ['WRONG,DE*PNX*100001', '', 'DE*PNX*1,'], 'DE*PNX*100001,DE*PNX*100002'],
      ['SeccLeafSubjectCommonName', 'DEPNX100001', ['short', 'w'.repeat(65)], 'valid_common_name'],
      ['SeccLeafSubjectOrganization', 'test_value', ['w'.repeat(65)], 'valid_organization'],
      ['SeccLeafSubjectCountry', 'DE', ['GER', 'D'], 'GB'],
      ['ISO15118CertificateManagementEnabled', 'true', ['perhaps'], 'false'],
    ] as const) {
      for (const value of refused) expect(await change(key, value)).toEqual({ status: 'Rejected' });
      expect(await valueOf(key)).toBe(initial);
      expect(await change(key, taken)).toEqual({ status: 'Accepted' });
      expect(await valueOf(key)).toBe(taken);
    }
  });
});
