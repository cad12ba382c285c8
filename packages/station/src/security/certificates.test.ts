import { describe, expect, it } from 'vitest';
import { issue } from '../../test/certificates.ts';
import { chainFault, hashOf, isSameHash, readChain } from './certificate-chain.ts';

const now = new Date();
const root = issue({ name: 'Root', isAuthority: true });
const middle = issue({ name: 'Middle', isAuthority: true, issuer: root });
const leaf = issue({ name: 'Leaf', issuer: middle, serial: 0x0a_bc });

describe('a certificate chain', () => {
  const faultOf = (pem: string, roots = [root.certificate]) => chainFault(readChain(pem), { roots, at: now });

  it('is good from the leaf up to a root, with or without the root itself', () => {
    expect(faultOf(leaf.pem + middle.pem)).toBeUndefined();
    expect(faultOf(leaf.pem + middle.pem + root.pem)).toBeUndefined();
  });

  it('has a fault where a link is missing, in the wrong order, or of a leaf', () => {
    expect(faultOf(leaf.pem)).toBe('wrongIssuer');
    expect(faultOf(leaf.pem + root.pem)).toBe('wrongIssuer');
    expect(faultOf(middle.pem + leaf.pem)).toBe('noAuthority');
    expect(faultOf('')).toBe('unreadable');
  });

  it('is named by the hashes of its issuer, whatever the case and zeros of the serial number', () => {
    const hash = hashOf(leaf.certificate, middle.certificate);
    expect(hash.serialNumber).toBe('ABC');
    const same = { ...hash, serialNumber: '0abc', issuerKeyHash: hash.issuerKeyHash.toUpperCase() };
    expect(isSameHash(hash, same)).toBe(true);
    expect(isSameHash(hash, hashOf(leaf.certificate, root.certificate))).toBe(false);
    expect(hashOf(leaf.certificate, middle.certificate, 'SHA512').issuerNameHash).toHaveLength(128);
  });
});
