import type { CertificateResult } from './certificates.ts';
import type { RootKind } from './certificate-store.ts';
import type { Core } from './core.ts';
import type { VariableName } from './standard-variables.ts';

/** These decide whom the station trusts: over a connection that anybody can write into they come only where allowed. */
const permissions: Partial<Record<RootKind, VariableName>> = {
  CSMSRootCertificate: 'InternalCtrlr.AllowCSMSRootCertInstallWithUnsecureConnection',
  ManufacturerRootCertificate: 'InternalCtrlr.AllowMFRootCertInstallWithUnsecureConnection',
};

/** An order of the CSMS to install a root. */
export function installCertificate(
  { network, variables, certificates }: Core,
  kind: RootKind,
  pem: string,
): CertificateResult<'Accepted' | 'Rejected' | 'Failed'> {
  const permission = permissions[kind];
  if (permission && !network.isSecure && !variables.isOn(permission))
    return { status: 'Rejected', reason: 'UnsecureConnection' };
  return certificates.install(kind, pem);
}
