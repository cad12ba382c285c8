import type { Iso15118 } from '../security/iso15118.ts';
import type { Station201 } from './station201.ts';

export function iso15118({ core, wire }: Station201): Iso15118 {
  return {
    async getCertificateStatus(ocspRequestData) {
      const { status, ocspResult } = await wire.ask('GetCertificateStatus', { ocspRequestData });
      return { status, ocspResult };
    },
    async getEvCertificate(request) {
      if (core.version === '2.1') return wire.ask21('Get15118EVCertificate', request);
      const { iso15118SchemaVersion, action, exiRequest } = request;
      return wire.ask('Get15118EVCertificate', { iso15118SchemaVersion, action, exiRequest });
    },
    getCertificateChainStatus: (request) => wire.ask21('GetCertificateChainStatus', request),
  };
}
