import type { v201 } from '@busbar/ocpp';
import { installCertificate } from '../security/certificate-orders.ts';
import type { CertificateResult, InstalledHash } from '../security/certificates.ts';
import type { SigningRequest } from '../protocol.ts';
import type { Handlers201, Station201 } from './station201.ts';

/** 2.1 tells by the request id which answer belongs to which request. */
export async function signCertificate(
  { core, wire }: Station201,
  { csr, kind: certificateType, requestId }: SigningRequest,
): Promise<'Accepted' | 'Rejected'> {
  if (core.version === '2.1') return (await wire.call21('SignCertificate', { csr, certificateType, requestId })).status;
  const known = certificateType === 'V2G20Certificate' ? 'V2GCertificate' : certificateType;
  return (await wire.call('SignCertificate', { csr, certificateType: known })).status;
}

export const certificates = ({ core }: Pick<Station201, 'core'>): Handlers201 => ({
  CertificateSigned({ certificateChain, requestId }) {
    return toResponse(core.signing.signed(certificateChain, requestId));
  },

  InstallCertificate({ certificateType, certificate }) {
    return toResponse(installCertificate(core, certificateType, certificate));
  },

  DeleteCertificate({ certificateHashData }) {
    return toResponse(core.certificates.remove(certificateHashData));
  },

  /** 2.0.1 has no word for the manufacturer's roots of vehicles. */
  GetInstalledCertificateIds({ certificateType = [] }) {
    return toList(core.certificates.hashes(certificateType).filter(isKnown).map(toChain));
  },
});

function toResponse<Status>({ status, reason }: CertificateResult<Status>) {
  return { status, ...(reason !== undefined && { statusInfo: { reasonCode: reason.slice(0, 20) } }) };
}

export function toList<Chain>(
  chains: Chain[],
): { status: 'NotFound' } | { status: 'Accepted'; certificateHashDataChain: Chain[] } {
  return chains.length === 0 ? { status: 'NotFound' } : { status: 'Accepted', certificateHashDataChain: chains };
}

export function toChain<Kind extends InstalledHash['kind']>({ kind, hash, children }: InstalledHash & { kind: Kind }) {
  const childCertificateHashData = children.length > 0 ? children.slice(0, 4) : undefined;
  return { certificateType: kind, certificateHashData: hash, childCertificateHashData };
}

type Kind201 = v201.CertificateHashDataChainType['certificateType'];

function isKnown(installed: InstalledHash): installed is InstalledHash & { kind: Kind201 } {
  return installed.kind !== 'OEMRootCertificate';
}
