import type { Handlers, v16 } from '@busbar/ocpp';
import type { CertificateHash } from '../security/certificate-chain.ts';
import type { RootKind } from '../security/certificate-store.ts';
import { installCertificate } from '../security/certificate-orders.ts';
import type { Station16 } from './station16.ts';

/** The words of the 1.6 security white paper. */
const kinds: Record<v16.CertificateUseEnumType, RootKind> = {
  CentralSystemRootCertificate: 'CSMSRootCertificate',
  ManufacturerRootCertificate: 'ManufacturerRootCertificate',
};

export async function signCertificate({ wire }: Station16, csr: string): Promise<'Accepted' | 'Rejected'> {
  return (await wire.call('SignCertificate', { csr })).status;
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
