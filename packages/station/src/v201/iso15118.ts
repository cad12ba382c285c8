import type { Iso15118 } from '../security/iso15118.ts';
import type { Station201 } from './station201.ts';

export function iso15118({ core, wire }: Station201): Iso15118 {
  return {
    async getCertificateStatus(ocspRequestData) {
      const { status, ocspResult } = await wire.call('GetCertificateStatus', { ocspRequestData });
      return { status, ocspResult };
    },
    async getEvCertificate(request) {
      if (core.version === '2.1') return wire.call21('Get15118EVCertificate', request);
      const { iso15118SchemaVersion, action, exiRequest } = request;
      return wire.call('Get15118EVCertificate', { iso15118SchemaVersion, action, exiRequest });
    },
    getCertificateChainStatus: (request) => wire.call21('GetCertificateChainStatus', request),
  };
}
