import type { StationStore } from '../store/store.ts';
import { fieldsOf } from '../store/json-fields.ts';

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

const kinds = [...rootKinds, 'ChargingStationCertificate', 'V2GCertificate', 'V2G20Certificate'] as const;

function toInstalled(id: string, value: unknown): InstalledCertificate[] {
  const fields = fieldsOf(value);
  const [kind, chain] = [fields?.oneOf('kind', kinds), fields?.text('chain')];
  return kind && chain !== undefined ? [{ id, kind, chain, keyId: fields?.text('keyId') }] : [];
}
