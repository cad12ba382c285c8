import type { Core } from './core.ts';
import { variableOf } from './standard-variables.ts';
import type { StationStore } from './store.ts';

/** What a slot of OCPP 2.1's NetworkConfiguration component says, as far as it decides how to connect. */
export interface NetworkProfile {
  slot: number;
  /** `ws:` or `wss:`, without the identity. */
  url: string;
  securityProfile: number;
  /** Undefined where the station's own holds. */
  identity: string | undefined;
  password: string | undefined;
  /** `OCPP16`, `OCPP201`, `OCPP21` or undefined for what the station offers. */
  version: string | undefined;
  /** Seconds; undefined where the station's own holds. */
  messageTimeoutS: number | undefined;
  /** OCPP 2.0.1 OCPPInterfaceEnumType, such as Wired0. */
  interface: string | undefined;
}

/** Variables of NetworkConfiguration that are read here. */
export type NetworkVariable =
  | 'BasicAuthPassword'
  | 'Identity'
  | 'MessageTimeout'
  | 'OcppCsmsUrl'
  | 'OcppInterface'
  | 'OcppTransport'
  | 'OcppVersion'
  | 'SecurityProfile';

const collection = 'networkConfiguration';

/** How many slots there are: 1 to this. */
export const slotCount = 4;

/** The profile in a slot; undefined when there is no URL in it. */
export function profileIn(core: Core, slot: number): NetworkProfile | undefined {
  const read = (variable: NetworkVariable) => networkValue(core, slot, variable) || undefined;
  const url = read('OcppCsmsUrl');
  if (url === undefined) return undefined;
  const timeout = read('MessageTimeout');
  return {
    slot,
    url,
    securityProfile: Number(read('SecurityProfile') ?? 0),
    identity: read('Identity'),
    password: read('BasicAuthPassword'),
    version: read('OcppVersion'),
    messageTimeoutS: timeout === undefined ? undefined : Number(timeout),
    interface: read('OcppInterface'),
  };
}

/** What a variable of a slot holds; empty when it was never set. */
export function networkValue(core: Core, slot: number, variable: NetworkVariable): string {
  const known = variableOf(`NetworkConfiguration[${slot}].${variable}`);
  return known ? core.variables.get(known.name) : (stored(core.store, slot)[variable] ?? '');
}

/** Fills variables of a slot; `undefined` empties one. */
export function setNetworkValues(
  core: Core,
  slot: number,
  values: Partial<Record<NetworkVariable, string | undefined>>,
): void {
  const own = stored(core.store, slot);
  for (const [variable, value = ''] of Object.entries(values)) {
    const known = variableOf(`NetworkConfiguration[${slot}].${variable}`);
    if (known) core.variables.assign(known.name, value);
    else own[variable] = value;
  }
  core.store.put(collection, String(slot), own);
}

function stored(store: StationStore, slot: number): Record<string, string> {
  const value = store.get(collection, String(slot));
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** What is wrong with a profile, as the reason code of OCPP 2.1 B09.FR.21 ff; undefined when it can be used. */
export function profileError({
  url,
  securityProfile,
}: Pick<NetworkProfile, 'url' | 'securityProfile'>): 'InvalidNetworkConf' | undefined {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  const isKnown = Number.isInteger(securityProfile) && securityProfile >= 0 && securityProfile <= 3;
  const isFitting = protocol === (securityProfile >= 2 ? 'wss:' : 'ws:');
  return isKnown && isFitting ? undefined : 'InvalidNetworkConf';
}
