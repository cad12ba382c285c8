import type { KeyObject } from 'node:crypto';
import { der, derOid, derTag } from './der.ts';

export interface RequestSubject {
  organization: string;
  commonName: string;
}

const oids = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  sha256WithRsa: '1.2.840.113549.1.1.11',
  sha256WithEcdsa: '1.2.840.10045.4.3.2',
} as const;

/** A PKCS#10 certificate signing request, PEM. `sign` signs with SHA-256. */
export function createCertificateRequest(
  { organization, commonName }: RequestSubject,
  publicKey: KeyObject,
  sign: (data: Uint8Array) => Uint8Array,
): string {
  const names = [
    ...(organization === '' ? [] : [nameOf(oids.organization, organization)]),
    nameOf(oids.commonName, commonName),
  ];
  const info = der(
    derTag.sequence,
    der(derTag.integer, Buffer.from([0])),
    der(derTag.sequence, ...names),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(derTag.context0),
  );
  const request = der(derTag.sequence, info, signatureAlgorithmOf(publicKey), bitString(sign(info)));
  return toPem('CERTIFICATE REQUEST', request);
}

/** SHA-256 with whatever the key is made for. */
export function signatureAlgorithmOf(key: KeyObject): Buffer {
  if (key.asymmetricKeyType === 'ec') return der(derTag.sequence, derOid(oids.sha256WithEcdsa));
  return der(derTag.sequence, derOid(oids.sha256WithRsa), der(derTag.null));
}

export function nameOf(oid: string, value: string): Buffer {
  return der(derTag.set, der(derTag.sequence, derOid(oid), der(derTag.utf8, Buffer.from(value))));
}

export function bitString(bytes: Uint8Array): Buffer {
  return der(derTag.bitString, Buffer.from([0]), bytes);
}

/** RFC 7468. */
export function toPem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
