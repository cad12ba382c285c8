import type { Handlers, v16 } from '@busbar/ocpp';
import type { CertificateHash } from '../certificate-chain.ts';
import type { RootKind } from '../certificate-store.ts';
import { installCertificate } from '../certificate-orders.ts';
import type { SigningRequest } from '../protocol.ts';
import { askCarried, statusOf } from './iso15118.ts';
import type { Station16 } from './station16.ts';

/** The words of the 1.6 security white paper. */
const kinds: Record<v16.CertificateUseEnumType, RootKind> = {
  CentralSystemRootCertificate: 'CSMSRootCertificate',
  ManufacturerRootCertificate: 'ManufacturerRootCertificate',
};

/** 1.6 signs the station's own certificate only; those of Plug & Charge are asked for in words of 2.0.1. */
export async function signCertificate(
  station: Station16,
  { csr, kind }: SigningRequest,
): Promise<'Accepted' | 'Rejected'> {
  if (kind === 'ChargingStationCertificate') return (await station.wire.call('SignCertificate', { csr })).status;
  const answer = await askCarried(station, 'SignCertificate', { csr, certificateType: 'V2GCertificate' });
  return statusOf(answer) === 'Accepted' ? 'Accepted' : 'Rejected';
}

export const certificates = ({ core }: Station16): Handlers<'1.6'> => ({
  CertificateSigned({ certificateChain }) {
    return { status: core.signing.signed(certificateChain).status };
  },

  InstallCertificate({ certificateType, certificate }) {
    return { status: installCertificate(core, kinds[certificateType], certificate).status };
  },

  DeleteCertificate({ certificateHashData }) {
    return { status: core.certificates.remove(certificateHashData).status };
  },

  GetInstalledCertificateIds({ certificateType }) {
    const hashes = core.certificates.hashes([kinds[certificateType]]).map(({ hash }): CertificateHash => hash);
    if (hashes.length === 0) return { status: 'NotFound' };
    return { status: 'Accepted', certificateHashData: hashes };
  },
});
