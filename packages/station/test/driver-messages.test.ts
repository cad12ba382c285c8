import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { ContractProof, DisplayMessage, HostEvents, StationVersion } from '../src/index.ts';
import { createMemoryStore } from '../src/index.ts';
import { openRig, type Rig, type RigOptions } from './rig.ts';

let rig: Rig;

const open = async (version: StationVersion, options?: RigOptions) => (rig = await openRig(version, options));

afterEach(() => rig.close());

async function start(): Promise<string> {
  const { host, station } = rig;
  const started = once(station.events, 'transactionStarted');
  host.plug(1, { soc: 40 });
  host.presentToken(1, 'CARD1');
  await started;
  return station.transactionOn(1)?.id ?? '';
}

describe('vendors’ messages', () => {
  it.each<[string, object | (() => never)]>([
    ['another type', { status: 7 }],
    ['an unknown status', { status: 'Perhaps' }],
    [
      'an error',
      () => {
        throw new Error('the database is away');
      },
    ],
  ])(
    'that the CSMS answers with %s are rejected (case 25) [data_transfer_with_probe_module]',
    async (_what, answer) => {
      const { station } = await open('1.6', {
        checked: [],
        prepare: (central) => central.answer('DataTransfer', () => (typeof answer === 'function' ? answer() : answer)),
      });
      expect(await station.dataTransfer({ vendorId: 'org.example' })).toEqual({ status: 'Rejected' });
    },
  );

  it.each<StationVersion>(['1.6', '2.0.1'])(
    'of %s come back as the CSMS answers them, and Offline offline [p1] [p1_json]',
    async (version) => {
      const { csms, station } = await open(version, {
        prepare: (central) => central.answer('DataTransfer', () => ({ status: 'UnknownMessageId' })),
      });
      expect(await station.dataTransfer({ vendorId: 'org.example', messageId: 'x', data: 'y' })).toEqual({
        status: 'UnknownMessageId',
      });
      const gone = once(station.events, 'disconnected');
      await csms.disconnect();
      await gone;
      expect(await station.dataTransfer({ vendorId: 'org.example' })).toEqual({ status: 'Offline' });
    },
  );

  it.each<StationVersion>(['1.6', '2.0.1'])(
    'of %s are answered by the host, at once, late or never [p2] [p2_json] [p1_no_callback] [p1_no_response]',
    async (version) => {
      const { csms, clock } = await open(version, {
        charger: {
          dataTransfer: ({ messageId }) => {
            if (messageId === 'late') return Promise.resolve({ status: 'Accepted', data: { a: 1 } });
            if (messageId === 'never') return new Promise(() => {});
            if (messageId === 'broken') throw new Error('no');
            return messageId === 'known' ? { status: 'Accepted' } : { status: 'UnknownMessageId' };
          },
        },
      });
      const ask = (messageId: string) => csms.call('CP1', 'DataTransfer', { vendorId: 'org.example', messageId });
      expect(await ask('known')).toEqual({ status: 'Accepted' });
      expect(await ask('other')).toEqual({ status: 'UnknownMessageId' });
      expect(await ask('broken')).toEqual({ status: 'Rejected' });
      expect(await ask('late')).toEqual({ status: 'Accepted', data: version === '1.6' ? '{"a":1}' : { a: 1 } });
      const never = ask('never');
      await expect.poll(() => rig.frames.at(-1)).toBe('in CALL DataTransfer');
      clock.advance(10_000);
      expect(await never).toEqual({ status: 'Rejected' });
    },
  );

  it('of an unknown vendor are refused [p1_no_callback]', async () => {
    const { csms } = await open('2.0.1');
    expect(await csms.call('CP1', 'DataTransfer', { vendorId: 'org.example' })).toEqual({ status: 'UnknownVendorId' });
  });
});

describe('Plug & Charge over OCPP 1.6', () => {
  const vendorId = 'org.openchargealliance.iso15118pnc';

  it('asks the CSMS about a contract, and refuses one whose certificate it finds wrong', async () => {
    const answers = ['Accepted', 'CertificateRevoked'];
    const host: { events?: HostEvents } = {};
    const { csms, station } = await open('1.6', {
      settings: { 'ISO15118Ctrlr.CentralContractValidationAllowed': 'true' },
      listen: (events) => void (host.events = events),
      prepare: (central) =>
        central.answer('DataTransfer', () => ({
          status: 'Accepted',
          data: JSON.stringify({ idTokenInfo: { status: 'Accepted' }, certificateStatus: answers.shift() }),
        })),
    });
    const proof: ContractProof = { verdict: 'Unknown', certificate: 'PEM' };
    rig.host.plug(1);
    const started = once(station.events, 'transactionStarted');
    host.events?.contractPresented(1, 'DE8AA1A2B3C4D5', proof);
    await started;
    expect(await csms.next('DataTransfer')).toMatchObject({
      vendorId,
      messageId: 'Authorize',
      data: JSON.stringify({ idToken: { idToken: 'DE8AA1A2B3C4D5', type: 'eMAID' }, certificate: 'PEM' }),
    });
    rig.host.requestStop(1, 'Local');
    const refused = once(station.events, 'tokenRefused');
    host.events?.contractPresented(1, 'DE8AA1A2B3C4D6', proof);
    expect(await refused).toMatchObject([{ status: 'Invalid' }]);
  });

  it('answers the messages about certificates as 2.0.1 does, and what it cannot read with Rejected [pnc_get_installed_certificate_ids_empty_not_found] [pnc_delete_certificate] [pnc_install_certificate] [pnc_certificate_signed_01]', async () => {
    const { csms } = await open('1.6', { settings: { 'ISO15118Ctrlr.PnCEnabled': 'true' } });
    const ask = (messageId: string, data: unknown) =>
      csms.call('CP1', 'DataTransfer', { vendorId, messageId, data: JSON.stringify(data) });
    const says = (data: object) => ({ status: 'Accepted', data: JSON.stringify(data) });
    const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'a', issuerKeyHash: 'b', serialNumber: '1' };
    expect(await ask('GetInstalledCertificateIds', { certificateType: ['V2GRootCertificate'] })).toEqual(
      says({ status: 'NotFound' }),
    );
    expect(await ask('DeleteCertificate', { certificateHashData: hash })).toEqual(says({ status: 'NotFound' }));
    expect(await ask('InstallCertificate', { certificateType: 'V2GRootCertificate', certificate: 'x' })).toMatchObject({
      status: 'Accepted',
      data: expect.stringContaining('Rejected'),
    });
    expect(await ask('CertificateSigned', { certificateChain: 'x' })).toMatchObject({
      status: 'Accepted',
      data: expect.stringContaining('Rejected'),
    });
    expect(await ask('DeleteCertificate', { certificateHashData: 7 })).toEqual({ status: 'Rejected' });
    expect(await ask('Nonsense', {})).toEqual({ status: 'UnknownMessageId' });
  });

  it('has a certificate for vehicles signed when it is told to [pnc_sign_certificate_and_trigger_message]', async () => {
    const { csms } = await open('1.6', {
      settings: { 'ISO15118Ctrlr.PnCEnabled': 'true' },
      prepare: (central) =>
        central.answer('DataTransfer', () => ({ status: 'Accepted', data: JSON.stringify({ status: 'Accepted' }) })),
    });
    const data = JSON.stringify({ requestedMessage: 'SignV2GCertificate' });
    expect(await csms.call('CP1', 'DataTransfer', { vendorId, messageId: 'TriggerMessage', data })).toEqual({
      status: 'Accepted',
      data: JSON.stringify({ status: 'Accepted' }),
    });
    expect(await csms.next('DataTransfer')).toMatchObject({
      vendorId,
      messageId: 'SignCertificate',
      data: expect.stringContaining('V2GCertificate'),
    });
  });
});

describe('contracts in OCPP 2.0.1 (C07)', () => {
  const present = async (proof: ContractProof, options: RigOptions = {}) => {
    const host: { events?: HostEvents } = {};
    await open('2.0.1', { ...options, listen: (events) => void (host.events = events) });
    rig.host.plug(1);
    return (idToken = 'DE8AA1A2B3C4D5') => host.events?.contractPresented(1, idToken, proof);
  };

  const hashData = [
    { hashAlgorithm: 'SHA256', issuerNameHash: 'a', issuerKeyHash: 'b', serialNumber: '1', responderURL: 'http://o' },
  ] as const;

  it('are told with their hashes, and with the certificate only where the CSMS is to verify it', async () => {
    const show = await present(
      { verdict: 'Valid', certificate: 'PEM', hashData },
      {
        prepare: (central) =>
          central.answer('Authorize', () => ({ idTokenInfo: { status: 'Accepted' }, certificateStatus: 'Accepted' })),
      },
    );
    const started = once(rig.station.events, 'transactionStarted');
    show();
    await started;
    expect(await rig.csms.next('Authorize')).toEqual({
      idToken: { idToken: 'DE8AA1A2B3C4D5', type: 'eMAID' },
      iso15118CertificateHashData: hashData,
    });
  });

  it.each<[string, ContractProof['verdict'], string]>([
    ['that the host finds wrong', 'Invalid', 'true'],
    ['that nobody may verify', 'Unknown', 'false'],
  ])('%s are refused without a question', async (_what, verdict, mayAsk) => {
    const show = await present(
      { verdict, certificate: 'PEM' },
      { settings: { 'ISO15118Ctrlr.CentralContractValidationAllowed': mayAsk } },
    );
    const refused = once(rig.station.events, 'tokenRefused');
    show();
    expect(await refused).toMatchObject([{ status: 'Invalid' }]);
    expect(rig.csms.received.map(({ action }) => action)).not.toContain('Authorize');
  });

  it.each([
    ['true', true],
    ['false', false],
  ])('offline count where ContractValidationOffline is %s', async (isAllowed, starts) => {
    const show = await present(
      { verdict: 'Valid' },
      { settings: { 'ISO15118Ctrlr.ContractValidationOffline': isAllowed } },
    );
    const gone = once(rig.station.events, 'disconnected');
    await rig.csms.disconnect();
    await gone;
    const done = once(rig.station.events, starts ? 'transactionStarted' : 'tokenRefused');
    show();
    await done;
    expect(rig.station.transactionOn(1) !== undefined).toBe(starts);
  });
});

describe('display messages (block O)', () => {
  let seen: string[];

  const display = (options: RigOptions = {}): RigOptions => {
    seen = [];
    const displayMessage = ({ id }: DisplayMessage, what: string) => void seen.push(`${what} ${id}`);
    return { ...options, charger: { displayMessage } };
  };

  const set = (message: object) =>
    rig.csms.call('CP1', 'SetDisplayMessage', {
      message: { id: 1, priority: 'NormalCycle', message: { format: 'UTF8', content: 'hello' }, ...message },
    });

  it('are shown, replaced by id, listed and cleared [set_display_message] [get_display_messages] [clear_display_messages]', async () => {
    const { csms } = await open('2.0.1', display());
    expect(await set({})).toEqual({ status: 'Accepted' });
    expect(await set({ priority: 'InFront', state: 'Charging' })).toEqual({ status: 'Accepted' });
    expect(await set({ id: 2 })).toEqual({ status: 'Accepted' });
    expect(await csms.call('CP1', 'GetDisplayMessages', { requestId: 5, priority: 'InFront' })).toEqual({
      status: 'Accepted',
    });
    expect(await csms.next('NotifyDisplayMessages')).toMatchObject({
      requestId: 5,
      messageInfo: [{ id: 1, priority: 'InFront', state: 'Charging', message: { content: 'hello', format: 'UTF8' } }],
    });
    expect(await csms.call('CP1', 'GetDisplayMessages', { requestId: 6, id: [9] })).toEqual({ status: 'Unknown' });
    expect(await csms.call('CP1', 'ClearDisplayMessage', { id: 1 })).toEqual({ status: 'Accepted' });
    expect(await csms.call('CP1', 'ClearDisplayMessage', { id: 1 })).toEqual({ status: 'Unknown' });
    expect(seen).toEqual(['show 1', 'hide 1', 'show 1', 'show 2', 'hide 1']);
  });

  it('go with their transaction [set_display_message_with_transaction]', async () => {
    const { host } = await open('2.0.1', display());
    expect(await set({ transactionId: 'other' })).toEqual({ status: 'UnknownTransaction' });
    const transactionId = await start();
    expect(await set({ transactionId })).toEqual({ status: 'Accepted' });
    host.unplug(1);
    expect(seen).toEqual(['show 1', 'hide 1']);
  });

  it('are seen from their start to their end, one in front of all', async () => {
    const { clock } = await open('2.0.1', display());
    const at = (ms: number) => new Date(clock.now().getTime() + ms).toISOString();
    expect(await set({ endDateTime: at(-1) })).toEqual({ status: 'Rejected' });
    expect(await set({ startDateTime: at(60_000), endDateTime: at(120_000) })).toEqual({ status: 'Accepted' });
    expect(await set({ id: 2, priority: 'AlwaysFront' })).toEqual({ status: 'Accepted' });
    expect(await set({ id: 3, priority: 'AlwaysFront' })).toEqual({ status: 'Accepted' });
    expect(seen.splice(0)).toEqual(['show 2', 'hide 2', 'show 3']);
    clock.advance(60_000);
    clock.advance(60_000);
    expect(seen).toEqual(['show 1', 'hide 1']);
  });

  it.each([
    [{ message: { format: 'HTML', content: '<b>' } }, 'NotSupportedMessageFormat'],
    [{ priority: 'InFront' }, 'NotSupportedPriority'],
    [{ state: 'Faulted' }, 'NotSupportedState'],
  ])('are refused when the display cannot: %o', async (message, status) => {
    await open(
      '2.0.1',
      display({
        settings: {
          'DisplayMessageCtrlr.SupportedPriorities': 'NormalCycle',
          'DisplayMessageCtrlr.SupportedStates': 'Charging',
        },
      }),
    );
    expect(await set(message)).toEqual({ status });
  });

  it('outlive a power cut (7.1 everything else)', async () => {
    const store = createMemoryStore();
    await open('2.0.1', display({ store }));
    await set({});
    await rig.close();
    await open('2.0.1', display({ store }));
    expect(seen).toEqual(['show 1']);
  });

  it('need a display', async () => {
    await open('2.0.1');
    await expect(set({})).rejects.toMatchObject({ rpcErrorCode: 'NotSupported' });
  });
});

describe('what is known of a customer (N09, N10)', () => {
  it('is told in parts, and forgotten', async () => {
    const { csms, station } = await open('2.0.1', { charger: { customerInformation: () => 'x'.repeat(1000) } });
    await start();
    await expect.poll(() => station.queuedMessages).toBe(0);
    const idToken = { idToken: 'CARD1', type: 'ISO14443' };
    const ask = (parts: object) =>
      csms.call('CP1', 'CustomerInformation', { requestId: 3, report: true, clear: false, ...parts });
    expect(await ask({})).toMatchObject({ status: 'Invalid' });
    expect(await ask({ idToken, customerIdentifier: 'me' })).toMatchObject({ status: 'Invalid' });
    expect(await ask({ idToken, report: false })).toMatchObject({ status: 'Rejected' });
    expect(await ask({ idToken, clear: true })).toEqual({ status: 'Accepted' });
    const parts: string[] = [];
    for (let tbc = true; tbc;) {
      const part = await csms.next('NotifyCustomerInformation');
      expect(part).toMatchObject({ requestId: 3, seqNo: parts.length, data: expect.any(String) });
      tbc = 'tbc' in part;
      parts.push('data' in part ? String(part.data) : '');
    }
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(512);
    const text = parts.join('');
    expect(text).toContain('authorization: {"idToken":"CARD1"');
    expect(text).toContain('transaction: {"id"');
    expect(text).toContain('x'.repeat(1000));
    await ask({ idToken });
    expect(JSON.stringify(await csms.next('NotifyCustomerInformation'))).not.toContain('authorization');
  });

  it('is one empty part when there is nothing', async () => {
    const { csms } = await open('2.0.1');
    const request = { requestId: 4, report: true, clear: false, customerIdentifier: 'me' };
    expect(await csms.call('CP1', 'CustomerInformation', request)).toEqual({ status: 'Accepted' });
    expect(await csms.next('NotifyCustomerInformation')).toMatchObject({ requestId: 4, seqNo: 0, data: '' });
  });
});
