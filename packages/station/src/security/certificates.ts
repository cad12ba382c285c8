import type { KeyObject, X509Certificate } from 'node:crypto';
import {
  chainFault,
  hashOf,
  isIssuedBy,
  isSameHash,
  isValidAt,
  readCertificates,
  readChain,
  type CertificateHash,
} from './certificate-chain.ts';
import {
  createCertificateStore,
  type CertificateStore,
  type InstalledCertificate,
  type LeafKind,
  type RootKind,
} from './certificate-store.ts';
import type { Core } from '../core.ts';
import { createKeyStore, type KeyStore } from './key-store.ts';
import type { StationOptions } from '../options.ts';
import type { TlsOptions } from '../connection/tls-options.ts';

/** How an order about certificates ended; `reason` as in OCPP's StatusInfoType. */
export interface CertificateResult<Status> {
  status: Status;
  reason?: string;
}

/** A certificate as GetInstalledCertificateIds tells of it. */
export interface InstalledHash {
  kind: RootKind | 'V2GCertificateChain';
  hash: CertificateHash;
  /** Of the intermediates below it. */
  children: CertificateHash[];
}

/** One that can be read, leaf first. */
interface Installed extends InstalledCertificate {
  certificates: readonly X509Certificate[];
}

/** What is installed: the roots that are trusted, and the station's own certificates with their keys. */
export class Certificates {
  readonly keys: KeyStore;
  readonly #core: Core;
  readonly #options: StationOptions;
  readonly #store: CertificateStore;

  constructor(core: Core, options: StationOptions) {
    this.#core = core;
    this.#options = options;
    this.keys = options.keyStore ?? createKeyStore(core.store);
    this.#store = options.certificateStore ?? createCertificateStore(core.store);
  }

  get count(): number {
    return this.#installed.length;
  }

  /** Whether the CSMS of a secure connection can be known. */
  get canVerifyCsms(): boolean {
    const { tls } = this.#options;
    return tls?.ca !== undefined || tls?.trustsSystem !== false || this.#of('CSMSRootCertificate').length > 0;
  }

  /** Whether there is a certificate for security profile 3. */
  get hasOwn(): boolean {
    return this.#options.tls?.cert !== undefined || this.own('ChargingStationCertificate') !== undefined;
  }

  /** What was installed, for the next connection. */
  tls(): TlsOptions {
    const own = this.own('ChargingStationCertificate');
    const key = own?.installed.keyId === undefined ? undefined : this.keys.privateKeyPem(own.installed.keyId);
    const ca = this.#of('CSMSRootCertificate').map(({ chain }) => chain);
    return {
      ...(ca.length > 0 && { ca }),
      ...(own && key !== undefined && { cert: own.installed.chain, key }),
    };
  }

  /** The station's certificate of a kind: of those that are valid now, the one with the latest beginning (OCPP 2.0.1 A02.FR.08). */
  own(kind: LeafKind): { installed: InstalledCertificate; leaf: X509Certificate } | undefined {
    const now = this.#core.clock.now();
    let newest: { installed: InstalledCertificate; leaf: X509Certificate } | undefined;
    for (const installed of this.#of(kind)) {
      const [leaf] = installed.certificates;
      if (!leaf || !isValidAt(leaf, now)) continue;
      if (!newest || leaf.validFromDate >= newest.leaf.validFromDate) newest = { installed, leaf };
    }
    return newest;
  }

  /** When the newest certificate of a kind ends, also one that has ended; undefined when there is none. */
  endOf(kind: LeafKind): Date | undefined {
    const ends = this.#of(kind).flatMap(({ certificates }) => certificates[0]?.validToDate ?? []);
    return ends.toSorted((a, b) => b.getTime() - a.getTime())[0];
  }

  get #capacity(): number {
    return this.#core.variables.catalog.named('SecurityCtrlr.CertificateEntries')?.maxLimit ?? 100;
  }

  roots(kind: RootKind): X509Certificate[] {
    const given = kind === 'CSMSRootCertificate' ? this.#given() : [];
    return [...given, ...this.#of(kind).flatMap(({ certificates }) => certificates)];
  }

  /** Adds a root: OCPP 2.0.1 M05. */
  install(kind: RootKind, pem: string): CertificateResult<'Accepted' | 'Rejected' | 'Failed'> {
    const [certificate, ...more] = readChain(pem);
    if (!certificate || more.length > 0) return { status: 'Rejected', reason: 'InvalidFormat' };
    if (!isValidAt(certificate, this.#core.clock.now())) return { status: 'Rejected', reason: 'InvalidCertificate' };
    if (!certificate.ca) return { status: 'Rejected', reason: 'NoCertificateAuthority' };
    if (this.#has(kind, certificate)) return { status: 'Accepted' };
    if (this.count >= this.#capacity) return { status: 'Rejected', reason: 'CertificateStoreFull' };
    const refusal = kind === 'CSMSRootCertificate' ? this.#additionalCheck(certificate) : undefined;
    if (refusal) return refusal;
    this.#store.add({ kind, chain: certificate.toString() });
    return { status: 'Accepted' };
  }

  /** Keeps a certificate that the CSMS has signed; it is used from the next connection on. */
  addOwn(kind: LeafKind, chain: string, keyId: string): void {
    this.#store.add({ kind, chain, keyId });
    const inUse = this.own(kind)?.installed.id;
    const others = this.#of(kind).filter(({ id }) => id !== inUse);
    for (const old of others.slice(0, -mostSpare)) this.#drop(old);
  }

  /** Deletes the keys of requests that were given up, or that a restart has interrupted. */
  dropUnusedKeys(): void {
    const used = new Set(this.#store.list().map(({ keyId }) => keyId));
    for (const id of this.keys.list()) if (!used.has(id)) this.keys.remove(id);
  }

  /** OCPP 2.0.1 M04: never the station's own. */
  remove(hash: CertificateHash): CertificateResult<'Accepted' | 'Failed' | 'NotFound'> {
    const installed = this.#installed;
    const hashesOf = this.#hashing(installed, hash.hashAlgorithm);
    const meant = installed.find((each) => hashesOf(each).some((one) => isSameHash(one, hash)));
    if (!meant) return { status: 'NotFound' };
    if (meant.kind === 'ChargingStationCertificate') return { status: 'Failed', reason: 'InUse' };
    this.#drop(meant);
    return { status: 'Accepted' };
  }

  /** OCPP 2.0.1 M03; `kinds` empty means all. */
  hashes(kinds: readonly InstalledHash['kind'][]): InstalledHash[] {
    const all = this.#installed;
    const hashesOf = this.#hashing(all, 'SHA256');
    return all.flatMap((installed) => {
      const kind = reportedKind(installed.kind);
      if (!kind || (kinds.length > 0 && !kinds.includes(kind))) return [];
      const [hash, ...children] = hashesOf(installed);
      return hash ? [{ kind, hash, children }] : [];
    });
  }

  /** What is wrong with a chain that the CSMS has signed for `publicKey`; undefined when it can be used. */
  faultOf(
    chain: readonly X509Certificate[],
    { kind, publicKey }: { kind: LeafKind; publicKey: KeyObject },
  ): string | undefined {
    const roots = this.roots(kind === 'ChargingStationCertificate' ? 'CSMSRootCertificate' : 'V2GRootCertificate');
    const fault = chainFault(chain, { roots, at: this.#core.clock.now() });
    if (fault) return faultTexts[fault];
    return chain[0]?.publicKey.equals(publicKey) === true ? undefined : 'InvalidPublicKey';
  }

  /** Names what is installed: by the next one in its chain, else by whatever has issued it, else by itself. */
  #hashing(installed: readonly Installed[], algorithm: CertificateHash['hashAlgorithm']) {
    const roots = installed.filter(({ keyId }) => keyId === undefined);
    const authorities = [...this.#given(), ...roots.flatMap(({ certificates }) => certificates)];
    const issuerOf = (certificate: X509Certificate) => authorities.find((each) => isIssuedBy(certificate, each));
    return ({ certificates }: Installed): CertificateHash[] =>
      certificates.map((each, index) => hashOf(each, certificates[index + 1] ?? issuerOf(each) ?? each, algorithm));
  }

  /**
   * OCPP 2.0.1 M05.FR.09 ff: with AdditionalRootCertificateCheck, a new root is signed by the one before, which stays to fall
   * back to; the one before that goes.
   */
  #additionalCheck(certificate: X509Certificate): CertificateResult<'Rejected'> | undefined {
    if (!this.#core.variables.isOn('SecurityCtrlr.AdditionalRootCertificateCheck')) return undefined;
    const installed = this.#of('CSMSRootCertificate');
    const newest = installed.at(-1);
    const [root] = newest?.certificates ?? this.#given();
    if (root && !isIssuedBy(certificate, root)) return { status: 'Rejected', reason: 'InvalidCertificate' };
    for (const { id } of installed.slice(0, -1)) this.#store.remove(id);
    return undefined;
  }

  #drop({ id, keyId }: InstalledCertificate): void {
    this.#store.remove(id);
    if (keyId !== undefined) this.keys.remove(keyId);
  }

  #has(kind: RootKind, { fingerprint256 }: X509Certificate): boolean {
    return this.#of(kind).some(({ certificates }) => certificates[0]?.fingerprint256 === fingerprint256);
  }

  #of(kind: InstalledCertificate['kind']): Installed[] {
    return this.#installed.filter((each) => each.kind === kind);
  }

  /** What cannot be read, such as what an older version took, is as if it were not there. */
  get #installed(): Installed[] {
    const all = this.#store.list().map((each) => ({ ...each, certificates: readChain(each.chain) }));
    return all.filter(({ certificates }) => certificates.length > 0);
  }

  /** The roots that the station was made with. */
  #given(): X509Certificate[] {
    const { ca } = this.#options.tls ?? {};
    return ca === undefined ? [] : [ca].flat().flatMap((pem) => readCertificates(pem.toString()));
  }
}

/** Of a kind, beside the one in use: the newest, and the one before. */
const mostSpare = 2;

const faultTexts = {
  unreadable: 'InvalidFormat',
  expired: 'Expired',
  notYetValid: 'NotYetValid',
  wrongIssuer: 'InvalidSignature',
  noAuthority: 'InvalidSignature',
} as const;

/** The station's own certificate is not listed; a V2G one is with its chain. */
function reportedKind(kind: InstalledCertificate['kind']): InstalledHash['kind'] | undefined {
  if (kind === 'ChargingStationCertificate') return undefined;
  return kind === 'V2GCertificate' || kind === 'V2G20Certificate' ? 'V2GCertificateChain' : kind;
}
