import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { StationStore } from '../store/store.ts';

/** Where the station's private keys are. A host with a secure element implements it; by default they are in the store. */
export interface KeyStore {
  /** Makes a key pair for a certificate that the CSMS is to sign; answers its name. */
  generate(): string;
  /** The names of those that were made and not removed. */
  list(): readonly string[];
  publicKey(id: string): KeyObject | undefined;
  /** SHA-256, in the encoding that X.509 has for the kind of key. */
  sign(id: string, data: Uint8Array): Uint8Array;
  /** PKCS#8, for TLS. */
  privateKeyPem(id: string): string | undefined;
  remove(id: string): void;
}

const collection = 'keys';

/** Keys on the curve P-256, kept in the store as they are: the store must be as safe as they have to be. */
export function createKeyStore(store: StationStore): KeyStore {
  const memory = new Map<string, string>();
  let lastId = 0;
  const pemOf = (id: string): string | undefined => {
    const value = memory.get(id) ?? store.get(collection, id);
    return typeof value === 'string' ? value : undefined;
  };
  const keyOf = (id: string): KeyObject | undefined => {
    const pem = pemOf(id);
    return pem === undefined ? undefined : createPrivateKey(pem);
  };
  return {
    generate() {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      const id = nextId();
      memory.set(id, pem);
      store.put(collection, id, pem);
      return id;
    },
    list: () => [...new Set([...memory.keys(), ...[...store.entries(collection)].map(([id]) => id)])],
    publicKey(id) {
      const key = keyOf(id);
      return key && createPublicKey(key);
    },
    sign(id, data) {
      const key = keyOf(id);
      if (!key) throw new RangeError(`key ${id}: there is none`);
      return sign('sha256', data, key);
    },
    privateKeyPem: pemOf,
    remove(id) {
      memory.delete(id);
      store.remove(collection, id);
    },
  };

  function nextId(): string {
    for (const [key] of store.entries(collection)) lastId = Math.max(lastId, Number(key) || 0);
    return String(++lastId);
  }
}
