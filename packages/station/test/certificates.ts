import { createPublicKey, generateKeyPairSync, sign, type KeyObject, X509Certificate } from 'node:crypto';
import { bitString, nameOf, signatureAlgorithmOf, toPem } from '../src/security/certificate-request.ts';
import { der, derOid, derTag, readDer } from '../src/security/der.ts';

export interface Issued {
  certificate: X509Certificate;
  pem: string;
  key: KeyObject;
  keyPem: string;
}

export interface CertificateRequest {
  name: string;
  issuer?: Issued;
  /** Whose certificate it is; default: a new key. */
  publicKey?: KeyObject;
  isAuthority?: boolean;
  from?: Date;
  to?: Date;
  /** DNS names. */
  hosts?: readonly string[];
  serial?: number;
  /** Default: DER. In BER a length may be left open. */
  encoding?: 'BER';
}

const dayMs = 86_400_000;
let serials = 0x1000;

/** Makes an X.509 certificate, by itself or by another. */
export function issue(request: CertificateRequest): Issued {
  const { name, issuer, isAuthority = false, hosts = [], serial = ++serials } = request;
  const { from = new Date(Date.now() - dayMs), to = new Date(Date.now() + 365 * dayMs) } = request;
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = request.publicKey ?? pair.publicKey;
  const signer = issuer?.key ?? pair.privateKey;
  const subject = der(derTag.sequence, nameOf('2.5.4.3', name));
  const issuerName = issuer ? subjectOf(issuer.certificate) : subject;
  const algorithm = signatureAlgorithmOf(signer);
  const info = sequenceIn(
    request.encoding,
    der(derTag.context0, der(derTag.integer, Buffer.from([2]))),
    der(derTag.integer, serialOf(serial)),
    algorithm,
    issuerName,
    der(derTag.sequence, timeOf(from), timeOf(to)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(derTag.sequence, ...extensionsOf(isAuthority, hosts))),
  );
  const pem = toPem('CERTIFICATE', der(derTag.sequence, info, algorithm, bitString(sign('sha256', info, signer))));
  const keyPem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { certificate: new X509Certificate(pem), pem, key: pair.privateKey, keyPem };
}

function sequenceIn(encoding: CertificateRequest['encoding'], ...parts: Buffer[]): Buffer {
  if (!encoding) return der(derTag.sequence, ...parts);
  return Buffer.concat([Buffer.from([derTag.sequence, 0x80]), ...parts, Buffer.from([0, 0])]);
}

function subjectOf({ subject }: X509Certificate): Buffer {
  const [, commonName = ''] = /CN=(.*)/.exec(subject) ?? [];
  return der(derTag.sequence, nameOf('2.5.4.3', commonName));
}

function serialOf(serial: number): Buffer {
  const hex = serial.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.from([0]), bytes]);
}

function timeOf(time: Date): Buffer {
  return der(0x18, Buffer.from(`${time.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));
}

function extensionsOf(isAuthority: boolean, hosts: readonly string[]): Buffer[] {
  const isTrue = der(0x01, Buffer.from([0xff]));
  const constraints = der(derTag.sequence, ...(isAuthority ? [isTrue] : []));
  const extensions = [der(derTag.sequence, derOid('2.5.29.19'), isTrue, der(derTag.octetString, constraints))];
  if (hosts.length === 0) return extensions;
  const alternatives = der(derTag.sequence, ...hosts.map((host) => der(0x82, Buffer.from(host))));
  return [...extensions, der(derTag.sequence, derOid('2.5.29.17'), der(derTag.octetString, alternatives))];
}

/** The key that a PKCS#10 request is for. */
export function publicKeyIn(csr: string): KeyObject {
  const [request] = readDer(Buffer.from(csr.replace(/-----.*-----|\s/g, ''), 'base64'));
  const [info] = readDer(request?.content ?? Buffer.alloc(0));
  const [, , key] = readDer(info?.content ?? Buffer.alloc(0));
  return createPublicKey({ key: key?.raw ?? Buffer.alloc(0), type: 'spki', format: 'der' });
}

/** An OCSP response (RFC 6960), base64, with what this station looks at; it is signed by nobody. */
export function ocspResponse(nextUpdate: Date | undefined): string {
  const answer = der(
    derTag.sequence,
    der(derTag.sequence),
    der(0x80),
    timeOf(new Date()),
    ...(nextUpdate ? [der(derTag.context0, timeOf(nextUpdate))] : []),
  );
  const data = der(derTag.sequence, der(0xa2), timeOf(new Date()), der(derTag.sequence, answer));
  const basic = der(derTag.octetString, der(derTag.sequence, data));
  const bytes = der(derTag.context0, der(derTag.sequence, derOid('1.3.6.1.5.5.7.48.1.1'), basic));
  return der(derTag.sequence, der(0x0a, Buffer.from([0])), bytes).toString('base64');
}
