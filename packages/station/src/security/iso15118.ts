import type { v21 } from '@busbar/ocpp';

/** What the vehicle's side needs of the CSMS; handed on as it is. Rejects as `Peer.call`, and with NotSupported where the version has none. */
export interface Iso15118 {
  /** Whether a certificate was revoked, as a base64 OCSP response: OCPP 2.0.1 M06. */
  getCertificateStatus(
    data: v21.OCSPRequestDataType,
  ): Promise<{ status: 'Accepted' | 'Failed'; ocspResult?: string | undefined }>;
  /** Installs or updates a contract certificate, as EXI: OCPP 2.0.1 M01, M02. */
  getEvCertificate(request: v21.Get15118EVCertificateRequest): Promise<{
    status: 'Accepted' | 'Failed';
    exiResponse: string;
    /** OCPP 2.1. */
    remainingContracts?: number | undefined;
  }>;
  /** OCPP 2.1 M07: a whole chain. */
  getCertificateChainStatus(
    request: v21.GetCertificateChainStatusRequest,
  ): Promise<v21.GetCertificateChainStatusResponse>;
}
