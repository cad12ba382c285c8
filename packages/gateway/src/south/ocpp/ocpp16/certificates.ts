import type { v16 } from '@busbar/ocpp';

export const certificates = () => ({
  /** The gateway signs no certificates: its operator has no certificate authority in it. */
  SignCertificate(): v16.SignCertificateResponse {
    return { status: 'Rejected' };
  },
});
