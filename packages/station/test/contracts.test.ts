import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { ContractProof, HostEvents } from '../src/index.ts';
import { issue, publicKeyIn, type Issued } from './certificates.ts';
import { openRig, type Rig, type RigOptions } from './rig.ts';

let rig: Rig;

afterEach(() => rig.close());

const emaid = 'DE8AA1A2B3C4D5';
const vendorId = 'org.openchargealliance.iso15118pnc';
const hashData = [
  { hashAlgorithm: 'SHA256', issuerNameHash: 'a', issuerKeyHash: 'b', serialNumber: '1', responderURL: 'http://o' },
] as const;
/** The host has the root of the contract, or has none. */
const proofs = {
  Valid: { verdict: 'Valid', hashData },
  Unknown: { verdict: 'Unknown', certificate: 'PEM' },
} as const satisfies Record<string, ContractProof>;

/** How a version carries what 2.0.1 has messages for. */
const carriers = {
  '1.6': {
    authorizes: 'DataTransfer',
    begins: 'StartTransaction',
    toAnswer: (answer: object) => ({ status: 'Accepted', data: JSON.stringify(answer) }),
    toRequest: (messageId: string, request: object) => ({ vendorId, messageId, data: JSON.stringify(request) }),
    started: { idTag: emaid },
    free: { status: 'Available', connectorId: 1 },
  },
  '2.0.1': {
    authorizes: 'Authorize',
    begins: 'TransactionEvent',
    toAnswer: (answer: object) => answer,
    toRequest: (_: string, request: object) => request,
    started: { eventType: 'Started', idToken: { idToken: emaid, type: 'eMAID' } },
    free: { connectorStatus: 'Available', evseId: 1 },
  },
} as const;

describe.each(['1.6', '2.0.1'] as const)('a vehicle that gets a contract over OCPP %s', (version) => {
  const { authorizes, begins, toAnswer, toRequest, started, free } = carriers[version];
  const installation = version === '1.6' ? 'DataTransfer' : 'Get15118EVCertificate';

  /** The vehicle is plugged in, has its contract installed, and shows it. `refused` resolves when it is. */
  async function plugAndShow(proof: ContractProof, verdict: object, options: RigOptions = {}) {
    const host: { events?: HostEvents } = {};
    const answers = [{ status: 'Accepted', exiResponse: 'EXI' }, verdict];
    rig = await openRig(version, {
      ...options,
      listen: (events) => void (host.events = events),
      prepare: (csms) => {
        for (const action of new Set([installation, authorizes]))
          csms.answer(action, () => toAnswer(answers.shift() ?? {}));
      },
    });
    rig.host.plug(1);
    const request = {
      iso15118SchemaVersion: 'urn:iso:15118:2:2013:MsgDef',
      action: 'Install',
      exiRequest: 'EXI',
    } as const;
    expect(await rig.station.iso15118.getEvCertificate(request)).toMatchObject({ exiResponse: 'EXI' });
    expect(await rig.csms.next(installation)).toEqual(toRequest('Get15118EVCertificate', request));
    const refused = once(rig.station.events, 'tokenRefused');
    host.events?.contractPresented(1, emaid, proof);
    return { refused };
  }

  const centrally = (isAllowed: boolean) => ({
    settings: { 'ISO15118Ctrlr.CentralContractValidationAllowed': String(isAllowed) },
  });
  const accepted = { idTokenInfo: { status: 'Accepted' }, certificateStatus: 'Accepted' };
  const idToken = { idToken: emaid, type: 'eMAID' };

  async function chargesAndLeaves(): Promise<void> {
    expect(await rig.csms.next(begins)).toMatchObject(started);
    rig.host.unplug(1);
    await isFree();
  }

  async function isFree(): Promise<void> {
    const pattern = expect.objectContaining(free);
    while (!pattern.asymmetricMatch(await rig.csms.next('StatusNotification')));
  }

  async function leavesRefused(): Promise<void> {
    rig.host.unplug(1);
    await isFree();
    expect(rig.csms.received.map(({ action }) => action)).not.toContain(begins);
  }

  it('charges with it; only what the host has not verified itself is sent whole [contract_installation_and_authorization_01 1.6 2.0.1]', async () => {
    await plugAndShow(proofs.Valid, accepted);
    expect(await rig.csms.next(authorizes)).toEqual(
      toRequest('Authorize', { idToken, iso15118CertificateHashData: hashData }),
    );
    await chargesAndLeaves();
  });

  it('does not charge when the CSMS refuses it [contract_installation_and_authorization_02 1.6 2.0.1]', async () => {
    const { refused } = await plugAndShow(proofs.Valid, { idTokenInfo: { status: 'Blocked' } });
    await rig.csms.next(authorizes);
    expect(await refused).toMatchObject([{ evseId: 1, status: 'Blocked' }]);
    await leavesRefused();
  });

  it('charges with one whose root the host has not, where the CSMS may verify it [contract_installation_and_authorization_03 1.6 2.0.1]', async () => {
    await plugAndShow(proofs.Unknown, accepted, centrally(true));
    expect(await rig.csms.next(authorizes)).toEqual(toRequest('Authorize', { idToken, certificate: 'PEM' }));
    await chargesAndLeaves();
  });

  it('does not charge with one whose root the host has not, where the CSMS may not [contract_installation_and_authorization_04 1.6 2.0.1]', async () => {
    const { refused } = await plugAndShow(proofs.Unknown, accepted, centrally(false));
    expect(await refused).toMatchObject([{ evseId: 1, status: 'Invalid' }]);
    await leavesRefused();
    expect(rig.frames.filter((frame) => frame === `out CALL ${authorizes}`)).toHaveLength(version === '1.6' ? 1 : 0);
  });
});

it('does not charge a vehicle whose contract the CSMS finds revoked [contract_revoked]', async () => {
  const host: { events?: HostEvents } = {};
  rig = await openRig('2.0.1', {
    settings: { 'ISO15118Ctrlr.CentralContractValidationAllowed': 'true' },
    listen: (events) => void (host.events = events),
    prepare: (csms) =>
      csms.answer('Authorize', () => ({
        idTokenInfo: { status: 'Blocked' },
        certificateStatus: 'CertificateRevoked',
      })),
  });
  rig.host.plug(1);
  const refused = once(rig.station.events, 'tokenRefused');
  host.events?.contractPresented(1, emaid, proofs.Unknown);
  expect(await refused).toMatchObject([{ evseId: 1 }]);
  expect(rig.csms.received.map(({ action }) => action)).not.toContain('TransactionEvent');
});

it('charges with a card what could show a contract, and asks about the card only [eim_01]', async () => {
  rig = await openRig('1.6', { settings: { 'ISO15118Ctrlr.PnCEnabled': 'true' } });
  rig.host.presentToken(1, 'CARD1');
  await rig.csms.next('Authorize');
  rig.host.plug(1);
  expect(await rig.csms.next('StartTransaction')).toMatchObject({ connectorId: 1, idTag: 'CARD1' });
  rig.host.unplug(1);
  await rig.csms.next('StopTransaction');
  expect(rig.csms.received.map(({ action }) => action)).not.toContain('DataTransfer');
});

it('charges by the number of the vehicle, which the host presents as a token [eim_02]', async () => {
  const host: { events?: HostEvents } = {};
  rig = await openRig('1.6', { listen: (events) => void (host.events = events) });
  rig.host.plug(1);
  host.events?.tokenPresented(1, { idToken: 'VID:001122334455', type: 'MacAddress' });
  expect(await rig.csms.next('StartTransaction')).toMatchObject({ idTag: 'VID:001122334455' });
  expect(rig.csms.received.map(({ action }) => action)).not.toContain('DataTransfer');
});

it('lists the certificate for vehicles with the authorities between, and without the root (M03.FR.05) [m3_retrieve_v2g_certificate_chain]', async () => {
  const root = issue({ name: 'V2G root', isAuthority: true });
  const first = issue({ name: 'CPO 1', issuer: root, isAuthority: true });
  const second = issue({ name: 'CPO 2', issuer: first, isAuthority: true });
  rig = await openRig('2.0.1', {
    settings: { 'ISO15118Ctrlr.OrganizationName': 'Busbar', 'ISO15118Ctrlr.SeccId': 'SECC1' },
  });
  const call = (action: string, payload: object) => rig.csms.call('CP1', action, payload);
  const installed = { certificateType: 'V2GRootCertificate', certificate: root.pem };
  expect(await call('InstallCertificate', installed)).toEqual({ status: 'Accepted' });
  expect(await call('TriggerMessage', { requestedMessage: 'SignV2GCertificate' })).toMatchObject({
    status: 'Accepted',
  });
  const asked = await rig.csms.next('SignCertificate');
  const csr = 'csr' in asked ? String(asked.csr) : '';
  const leaf = issue({ name: 'SECC1', issuer: second, publicKey: publicKeyIn(csr) });
  const certificateChain = [leaf, second, first].map(({ pem }) => pem).join('');
  expect(await call('CertificateSigned', { certificateChain, certificateType: 'V2GCertificate' })).toEqual({
    status: 'Accepted',
  });
  const hashOf = ({ certificate }: Issued) =>
    expect.objectContaining({ serialNumber: certificate.serialNumber.replace(/^0+/, '') });
  expect(await call('GetInstalledCertificateIds', { certificateType: ['V2GCertificateChain'] })).toEqual({
    status: 'Accepted',
    certificateHashDataChain: [
      {
        certificateType: 'V2GCertificateChain',
        certificateHashData: hashOf(leaf),
        childCertificateHashData: [hashOf(second), hashOf(first)],
      },
    ],
  });
});

it('tells what a vehicle needs that charges by ISO 15118, and its states [charge_params_sent_dc_d20] [charge_params_sent_dc_evsev2g_d2]', async () => {
  const host: { events?: HostEvents } = {};
  rig = await openRig('2.0.1', {
    listen: (events) => void (host.events = events),
    prepare: (csms) => csms.answer('NotifyEVChargingNeeds', () => ({ status: 'Accepted' })),
  });
  rig.host.plug(1);
  rig.host.presentToken(1, 'CARD1');
  await rig.csms.next('TransactionEvent');
  const dc = { evMaxCurrent: 300, evMaxVoltage: 900 };
  host.events?.chargingNeeds({ evseId: 1, requestedEnergyTransfer: 'DC', dc });
  expect(await rig.csms.next('NotifyEVChargingNeeds')).toEqual({
    evseId: 1,
    chargingNeeds: { requestedEnergyTransfer: 'DC', dcChargingParameters: dc },
  });
  host.events?.chargingStateChanged(1, 'SuspendedEV');
  host.events?.chargingStateChanged(1, 'Charging');
  const pattern = expect.objectContaining({
    triggerReason: 'ChargingStateChanged',
    transactionInfo: expect.objectContaining({ chargingState: 'Charging' }),
  });
  while (!pattern.asymmetricMatch(await rig.csms.next('TransactionEvent')));
  rig.host.unplug(1);
  const free = expect.objectContaining({ connectorStatus: 'Available', evseId: 1 });
  while (!free.asymmetricMatch(await rig.csms.next('StatusNotification')));
});
