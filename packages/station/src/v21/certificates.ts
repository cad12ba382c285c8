import type { Handlers } from '@busbar/ocpp';
import { toChain, toList } from '../v201/certificates.ts';
import type { Station201 } from '../v201/station201.ts';

/** OCPP 2.1 has a word for every kind of root. */
export const certificates = ({ core }: Station201): Handlers<'2.1'> => ({
  GetInstalledCertificateIds({ certificateType = [] }) {
    return toList(core.certificates.hashes(certificateType).map(toChain));
  },
});
