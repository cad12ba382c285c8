import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/** How a connection to a CSMS is secured, and the CSMS known. */
export interface TlsOptions {
  /** PEM; the certificates that the CSMS's must descend from. Without any, those of the system, if allowed. */
  ca?: string | Buffer | readonly (string | Buffer)[];
  /** PEM; the station's own, with its intermediates: security profile 3. */
  cert?: string | Buffer;
  /** PEM. */
  key?: string | Buffer;
  servername?: string;
  /** Default true; false also trusts a CSMS that nobody vouches for. */
  rejectUnauthorized?: boolean;
  /** Default TLSv1.2, as OCPP demands. */
  minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** Cipher suites, OpenSSL's names, with colons between. Default: the four of TLS 1.2 that OCPP demands, and those of 1.3. */
  ciphers?: string;
  /** Default true: the certificate must name the host that is dialled. OCPP 2.x `VerifyCsmsCommonName` of EVerest. */
  verifiesName?: boolean;
  /** Default true: `*.example.com` may stand for the host that is dialled. */
  allowsWildcards?: boolean;
  /** Default true: the system's certificates count where there are no others. */
  trustsSystem?: boolean;
}

/** OCPP 2.0.1 A00.FR.318 and 319, and the suites of TLS 1.3. */
const defaultCiphers = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
].join(':');

/** In the words of Node. */
export function tlsAgentOptions(tls: TlsOptions) {
  const { ca, verifiesName = true, allowsWildcards = true, trustsSystem = true, ...rest } = tls;
  const own = ca === undefined ? [] : [ca].flat().filter((pem) => pem.length > 0);
  const isClosed = own.length > 0 || !trustsSystem;
  return {
    minVersion: 'TLSv1.2' as const,
    ciphers: defaultCiphers,
    ...rest,
    ...(isClosed && { ca: own }),
    checkServerIdentity: (host: string, certificate: PeerCertificate) => {
      if (!verifiesName) return undefined;
      return checkServerIdentity(host, allowsWildcards ? certificate : withoutWildcards(certificate));
    },
  };
}

/** The certificate as if it named full hosts only. */
function withoutWildcards(certificate: PeerCertificate): PeerCertificate {
  const names = certificate.subjectaltname?.split(', ').filter((name) => !name.includes('*'));
  const commonName = [certificate.subject.CN ?? ''].flat().filter((name) => !name.includes('*'));
  return {
    ...certificate,
    subject: { ...certificate.subject, CN: commonName[0] ?? '' },
    ...(names && { subjectaltname: names.join(', ') }),
  };
}
