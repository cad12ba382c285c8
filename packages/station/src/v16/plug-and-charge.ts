import { nextMessageId, Peer, type Handlers, type v16, type v201 } from '@busbar/ocpp';
import type { Core } from '../core.ts';
import { parseFields } from '../store/json-fields.ts';
import type { IdToken, VendorAnswer } from '../station-host.ts';
import type { ContractProof } from '../authorization/contract.ts';
import type { TokenInfo } from '../authorization/tokens.ts';
import { certificates } from '../v201/certificates.ts';
import type { Station16 } from './station16.ts';

/** OCA's ISO 15118 Plug & Charge with OCPP 1.6: messages of 2.0.1 as text in DataTransfer. */
export const plugAndChargeVendor = 'org.openchargealliance.iso15118pnc';

/** Answers a message of OCPP 2.0.1 that came in another one. */
export type Carrier = (action: string, payload: unknown) => Promise<VendorAnswer>;

const carried: readonly string[] = [
  'CertificateSigned',
  'DeleteCertificate',
  'GetInstalledCertificateIds',
  'InstallCertificate',
  'TriggerMessage',
];

/** Hands it to what answers it in 2.0.1. Undefined, and so the host's, where Plug & Charge is off. */
export async function plugAndChargeMessage(
  { core, carrier }: Station16,
  { messageId = '', data }: v16.DataTransferRequest,
): Promise<VendorAnswer | undefined> {
  if (!core.variables.isOn('ISO15118Ctrlr.PnCEnabled')) return undefined;
  if (!carried.includes(messageId)) return { status: 'UnknownMessageId' };
  return carrier(messageId, parse(data));
}

function parse(data: string | undefined): unknown {
  try {
    return data === undefined ? undefined : JSON.parse(data);
  } catch {
    return undefined;
  }
}

/** What answers the messages that are carried: the certificates of 2.0.1, and orders to have one signed. */
export function carriedHandlers(core: Core): Handlers<'2.0.1'> {
  const kinds = {
    SignChargingStationCertificate: 'ChargingStationCertificate',
    SignV2GCertificate: 'V2GCertificate',
  } as const;
  return {
    ...certificates({ core }),
    TriggerMessage({ requestedMessage }) {
      if (requestedMessage !== 'SignV2GCertificate' && requestedMessage !== 'SignChargingStationCertificate')
        return { status: 'NotImplemented' };
      core.later(() => {
        core.signing.request(kinds[requestedMessage]);
      });
      return { status: 'Accepted' };
    },
  };
}

/** A certificate for vehicles, which SignCertificate of 1.6 does not know. */
export async function signV2GCertificate({ wire }: Station16, csr: string): Promise<'Accepted' | 'Rejected'> {
  const data = JSON.stringify({ csr, certificateType: 'V2GCertificate' });
  const answer = await wire.call('DataTransfer', { vendorId: plugAndChargeVendor, messageId: 'SignCertificate', data });
  const isAccepted = answer.status === 'Accepted' && parseFields(answer.data)?.text('status') === 'Accepted';
  return isAccepted ? 'Accepted' : 'Rejected';
}

/** The handlers of 2.0.1 behind a peer of their own, which checks what comes and what goes. */
export function createCarrier(handlers: Handlers<'2.0.1'>): Carrier {
  const waiting = new Map<string, (answer: VendorAnswer) => void>();
  const peer = new Peer<'2.0.1'>({
    version: '2.0.1',
    handlers,
    transmit: (text) => {
      const [, id, body]: unknown[] = JSON.parse(text);
      if (typeof id !== 'string') return;
      waiting.get(id)?.(text.startsWith('[3') ? { status: 'Accepted', data: JSON.stringify(body) } : toRefusal(body));
      waiting.delete(id);
    },
  });
  return (action, payload) =>
    new Promise((resolve) => {
      const id = nextMessageId();
      waiting.set(id, resolve);
      peer.receive(JSON.stringify([2, id, action, payload ?? null]));
    });
}

const toRefusal = (code: unknown): VendorAnswer => ({
  status: code === 'NotImplemented' || code === 'NotSupported' ? 'UnknownMessageId' : 'Rejected',
});

/** OCPP 2.0.1 C07 over 1.6: undefined when the CSMS's answer cannot be read. */
export async function authorizeContract(
  { wire }: Station16,
  { idToken, type }: IdToken,
  { certificate, hashData }: ContractProof,
): Promise<TokenInfo | undefined> {
  const request: v201.AuthorizeRequest = {
    idToken: { idToken, type: type === 'eMAID' ? type : 'Central' },
    certificate,
    iso15118CertificateHashData: hashData && [...hashData],
  };
  const data = JSON.stringify(request);
  const answer = await wire.call('DataTransfer', { vendorId: plugAndChargeVendor, messageId: 'Authorize', data });
  const fields = answer.status === 'Accepted' ? parseFields(answer.data) : undefined;
  const info = fields?.object('idTokenInfo');
  const status = info?.text('status');
  const certificateStatus = fields?.text('certificateStatus');
  if (status === undefined) return undefined;
  const isRefused = status === 'Accepted' && certificateStatus !== undefined && certificateStatus !== 'Accepted';
  return {
    status: isRefused ? 'Invalid' : status,
    expiresAt: info?.date('cacheExpiryDateTime'),
    groupId: info?.object('groupIdToken')?.text('idToken'),
  };
}
