import type { StationStore } from '../store/store.ts';

/** OCPP 2.1 InstallCertificateUseEnumType. */
export const rootKinds = [
  'CSMSRootCertificate',
  'ManufacturerRootCertificate',
  'MORootCertificate',
  'OEMRootCertificate',
  'V2GRootCertificate',
] as const;

export type RootKind = (typeof rootKinds)[number];

/** What the CSMS signs for the station. */
export type LeafKind = 'ChargingStationCertificate' | 'V2GCertificate' | 'V2G20Certificate';

export interface InstalledCertificate {
  /** Unique within the store. */
  id: string;
  kind: RootKind | LeafKind;
  /** PEM, leaf first; a root is alone. */
  chain: string;
  /** Of a leaf: the name of its key. */
  keyId?: string | undefined;
}

/** Where certificates are. A host may have its own place for them; by default they are in the store. */
export interface CertificateStore {
  /** In the order in which they were added. */
  list(): readonly InstalledCertificate[];
  add(certificate: Omit<InstalledCertificate, 'id'>): void;
  remove(id: string): void;
}

const collection = 'certificates';

export function createCertificateStore(store: StationStore): CertificateStore {
  let known: InstalledCertificate[] | undefined;
  const list = () => (known ??= [...store.entries(collection)].flatMap(([id, value]) => toInstalled(id, value)));
  return {
    list,
    add(certificate) {
      const installed = list();
      const id = String(Number(installed.at(-1)?.id ?? 0) + 1).padStart(6, '0');
      installed.push({ id, ...certificate });
      store.put(collection, id, certificate);
    },
    remove(id) {
      known = list().filter((each) => each.id !== id);
      store.remove(collection, id);
    },
  };
}

const kinds: readonly string[] = [...rootKinds, 'ChargingStationCertificate', 'V2GCertificate', 'V2G20Certificate'];

function isKind(value: unknown): value is InstalledCertificate['kind'] {
  return typeof value === 'string' && kinds.includes(value);
}

function toInstalled(id: string, value: unknown): InstalledCertificate[] {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('chain' in value)) return [];
  const { kind, chain } = value;
  if (!isKind(kind) || typeof chain !== 'string') return [];
  const keyId = 'keyId' in value && typeof value.keyId === 'string' ? value.keyId : undefined;
  return [{ id, kind, chain, keyId }];
}
