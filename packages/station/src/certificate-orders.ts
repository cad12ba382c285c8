import type { CertificateResult } from './certificates.ts';
import type { RootKind } from './certificate-store.ts';
import type { Core } from './core.ts';

/** These decide whom the station trusts: they must not come over a connection that anybody can write into. */
const sensitive: ReadonlySet<RootKind> = new Set(['CSMSRootCertificate', 'ManufacturerRootCertificate']);

/** An order of the CSMS to install a root. */
export function installCertificate(
  core: Core,
  kind: RootKind,
  pem: string,
): CertificateResult<'Accepted' | 'Rejected' | 'Failed'> {
  if (!core.mayInstallRoots && sensitive.has(kind)) return { status: 'Rejected', reason: 'UnsecureConnection' };
  return core.certificates.install(kind, pem);
}
