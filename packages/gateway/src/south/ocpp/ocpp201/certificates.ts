import type { v201 } from '@busbar/ocpp';

/** The gateway signs, fetches and checks no certificates: its operator has no certificate authority in it. */
export const certificates = () => ({
  SignCertificate(): v201.SignCertificateResponse {
    return { status: 'Rejected', statusInfo: { reasonCode: 'NoAuthority' } };
  },
  Get15118EVCertificate(): v201.Get15118EVCertificateResponse {
    return { status: 'Failed', exiResponse: '', statusInfo: { reasonCode: 'NoAuthority' } };
  },
  GetCertificateStatus(): v201.GetCertificateStatusResponse {
    return { status: 'Failed', statusInfo: { reasonCode: 'NoAuthority' } };
  },
});
