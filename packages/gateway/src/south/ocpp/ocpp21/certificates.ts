import type { v21 } from '@busbar/ocpp';

/** The gateway has no certificate authority whose answers it could pass on. */
export const certificates = () => ({
  GetCertificateChainStatus({ certificateStatusRequests }: v21.GetCertificateChainStatusRequest) {
    const nextUpdate = new Date(0).toISOString();
    const certificateStatus = certificateStatusRequests.map(
      ({ certificateHashData, source }): v21.CertificateStatusType => ({
        certificateHashData,
        source,
        status: 'Failed',
        nextUpdate,
      }),
    );
    return { certificateStatus };
  },
});
