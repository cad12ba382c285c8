import type { CertificateResult } from './certificates.ts';
import type { RootKind } from './certificate-store.ts';
import type { Core } from '../core.ts';
import { ownSecurityEvent } from './security-events.ts';
import type { VariableName } from '../device-model/standard-variables.ts';

/** These decide whom the station trusts: over a connection that anybody can write into they come only where allowed. */
const permissions: Partial<Record<RootKind, VariableName>> = {
  CSMSRootCertificate: 'InternalCtrlr.AllowCSMSRootCertInstallWithUnsecureConnection',
  ManufacturerRootCertificate: 'InternalCtrlr.AllowMFRootCertInstallWithUnsecureConnection',
};

/** An order of the CSMS to install a root. */
export function installCertificate(
  core: Core,
  kind: RootKind,
  pem: string,
): CertificateResult<'Accepted' | 'Rejected' | 'Failed'> {
  const { network, variables, certificates } = core;
  const permission = permissions[kind];
  if (permission && !network.isSecure && !variables.isOn(permission))
    return { status: 'Rejected', reason: 'UnsecureConnection' };
  const result = certificates.install(kind, pem);
  if (kind === 'CSMSRootCertificate' && faults.includes(result.reason))
    ownSecurityEvent(core, { type: 'InvalidCsmsCertificate', info: result.reason });
  return result;
}

/** What is wrong with the certificate itself, and so a security event. */
const faults: readonly (string | undefined)[] = ['InvalidFormat', 'InvalidCertificate', 'NoCertificateAuthority'];
