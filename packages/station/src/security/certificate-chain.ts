import { createHash, X509Certificate } from 'node:crypto';
import { readDer, type DerValue } from './der.ts';

/** OCPP 2.0.1 CertificateHashDataType. */
export interface CertificateHash {
  hashAlgorithm: 'SHA256' | 'SHA384' | 'SHA512';
  issuerNameHash: string;
  issuerKeyHash: string;
  /** Hexadecimal, without leading zeros. */
  serialNumber: string;
}

/** The certificates in a text of PEM blocks, in their order; empty when one of them cannot be read, or there is none. */
export function readChain(pem: string): X509Certificate[] {
  const chain = readCertificates(pem);
  return chain.length === blocksOf(pem).length ? chain : [];
}

/** Those of the PEM blocks in a text that can be read. */
export function readCertificates(pem: string): X509Certificate[] {
  return blocksOf(pem).flatMap((block) => readCertificate(block) ?? []);
}

const blocksOf = (pem: string) => pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];

/** OpenSSL also takes what is not DER (RFC 5280 4.1), and keys that it does not know: nobody could name or use those. */
function readCertificate(block: string): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(block);
    publicKeyOf(certificate);
    return certificate.publicKey.type === 'public' ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** The hashes by which a CSMS names a certificate: RFC 6960 4.1.1. `issuer` is itself for a root. */
export function hashOf(
  certificate: X509Certificate,
  issuer: X509Certificate,
  hashAlgorithm: CertificateHash['hashAlgorithm'] = 'SHA256',
): CertificateHash {
  const hash = (bytes: Buffer) => createHash(hashAlgorithm).update(bytes).digest('hex');
  return {
    hashAlgorithm,
    issuerNameHash: hash(partsOf(certificate).issuer.raw),
    issuerKeyHash: hash(publicKeyOf(issuer)),
    serialNumber: certificate.serialNumber.replace(/^0+(?=.)/, ''),
  };
}

/** True when both name the same certificate; hexadecimal digits have no case, and leading zeros say nothing. */
export function isSameHash(a: CertificateHash, b: CertificateHash): boolean {
  const plain = (hex: string) => hex.toLowerCase().replace(/^0+(?=.)/, '');
  return (
    a.hashAlgorithm === b.hashAlgorithm &&
    a.issuerNameHash.toLowerCase() === b.issuerNameHash.toLowerCase() &&
    a.issuerKeyHash.toLowerCase() === b.issuerKeyHash.toLowerCase() &&
    plain(a.serialNumber) === plain(b.serialNumber)
  );
}

/** The fields of a certificate that Node does not give as they are encoded: RFC 5280 4.1. */
function partsOf({ raw }: X509Certificate): { issuer: DerValue; publicKey: DerValue } {
  const [certificate] = readDer(raw);
  const [toBeSigned] = readDer(certificate?.content ?? raw);
  const fields = readDer(toBeSigned?.content ?? raw);
  const hasVersion = fields[0]?.tag === 0xa0;
  const [, , issuer, , , publicKey] = hasVersion ? fields.slice(1) : fields;
  if (!issuer || !publicKey) throw new RangeError('DER: not a certificate');
  return { issuer, publicKey };
}

/** The bits of the public key, without tag, length and number of unused bits. */
function publicKeyOf(certificate: X509Certificate): Buffer {
  const [, bits] = readDer(partsOf(certificate).publicKey.content);
  if (!bits) throw new RangeError('DER: not a public key');
  return bits.content.subarray(1);
}

export function isValidAt({ validFromDate, validToDate }: X509Certificate, at: Date): boolean {
  return validFromDate <= at && at <= validToDate;
}

export function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

export type ChainFault = 'unreadable' | 'expired' | 'notYetValid' | 'wrongIssuer' | 'noAuthority';

/**
 * What is wrong with a chain, leaf first: every certificate is issued by the next, all are valid now, and the last is issued
 * by one of `roots`, or is one. Without `roots`, nobody vouches for the last. Undefined when nothing is.
 */
export function chainFault(
  chain: readonly X509Certificate[],
  { roots, at }: { roots: readonly X509Certificate[]; at: Date },
): ChainFault | undefined {
  const [leaf] = chain;
  const last = chain.at(-1);
  if (!leaf || !last) return 'unreadable';
  if (chain.some(({ validToDate }) => validToDate < at)) return 'expired';
  if (chain.some(({ validFromDate }) => validFromDate > at)) return 'notYetValid';
  for (const [index, issuer] of chain.slice(1).entries()) {
    if (!issuer.ca) return 'noAuthority';
    if (!isIssuedBy(chain[index] ?? leaf, issuer)) return 'wrongIssuer';
  }
  const isAnchored = roots.some((root) => root.fingerprint256 === last.fingerprint256 || isIssuedBy(last, root));
  return roots.length === 0 || isAnchored ? undefined : 'wrongIssuer';
}
