import { subprotocolOf } from '@busbar/ocpp';
import type { BackOff } from './back-off.ts';
import type { Clock } from './clock.ts';
import type { SecurityMeans } from './device-model.ts';
import type { StationNetwork } from './station-network.ts';
import type { StationStore } from './store.ts';
import type { StationHost } from './station-host.ts';
import type { CatalogOptions } from './variable-catalog.ts';
import type { VariableSettings } from './variable-values.ts';

export type StationVersion = '1.6' | '2.0.1' | '2.1';

/** Best first. */
export const allVersions: readonly StationVersion[] = ['2.1', '2.0.1', '1.6'];

/** What a BootNotification tells. */
export interface StationIdentity {
  /** At most 48 characters, without a colon. */
  identity: string;
  /** At most 20 characters. */
  vendor: string;
  /** At most 20 characters. */
  model: string;
  /** At most 25 characters. */
  serialNumber: string;
  /** At most 50 characters; a firmware update changes it. */
  firmwareVersion: string;
}

export interface TlsOptions {
  ca?: string | Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  servername?: string;
  /** Default true. */
  rejectUnauthorized?: boolean;
}

export interface StationOptions extends Partial<Omit<StationIdentity, 'identity'>> {
  /** 1 to 48 characters, without a colon. */
  identity: string;
  /** Of the CSMS, `ws:` or `wss:`; the identity is appended. */
  url: string;
  /** What is offered to the CSMS, best first; it chooses, anew at every connection. Default: all. */
  versions?: readonly StationVersion[];
  host: StationHost;
  /** HTTP Basic authentication: security profiles 1 and 2. */
  password?: string;
  tls?: TlsOptions;
  /** Default: the computer's clock. */
  clock?: Clock;
  /** Uniform in [0, 1). Default Math.random. */
  random?: () => number;
  /** Overrides the variables RetryBackOff… of the device model. The wait never exceeds 5 minutes by default. */
  backOff?: Partial<BackOff>;
  /** Default: OCPPCommCtrlr.MessageTimeout[Default], 30 s. */
  callTimeoutMs?: number;
  /** For the handshake. Default 30,000. */
  connectTimeoutMs?: number;
  /** For simulations. Default: frames pass as they are. */
  network?: StationNetwork;
  /** What is remembered over power cuts. Default: nothing is. */
  store?: StationStore;
  /** Messages that wait for the CSMS before intermediate ones are dropped. Default 1000. */
  maxQueued?: number;
  /** Initial values of variables, by `Component.Variable[instance]`. Stations that share the object share the memory. */
  settings?: VariableSettings;
  /** What the device model has beside the standard: components of the maker, slots of network profiles. */
  deviceModel?: Omit<CatalogOptions, 'evses'>;
  /** Sends BootNotification on every connection and not only on the first. Default false. */
  bootOnReconnect?: boolean;
}

/** Throws RangeError when an identity or URL cannot work, and says how it must be. */
export function checkOptions({ identity, url, versions = allVersions }: StationOptions): void {
  if (identity.length < 1 || identity.length > 48 || identity.includes(':')) {
    throw new RangeError(`identity "${identity}": it has 1 to 48 characters and no colon`);
  }
  if (versions.length === 0) throw new RangeError('versions: name at least one of 1.6, 2.0.1, 2.1');
  const unknown: string | undefined = versions.find((version) => !Object.hasOwn(subprotocolOf, version));
  if (unknown !== undefined) throw new RangeError(`version "${unknown}": it is 1.6, 2.0.1 or 2.1`);
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol !== 'ws:' && protocol !== 'wss:') throw new RangeError(`url "${url}": it must be a ws: or wss: URL`);
}

/** What of a security profile the options supply. A password set at run time counts as well. */
export function securityMeansOf({ password, tls }: StationOptions): Partial<SecurityMeans> {
  return {
    ...(password !== undefined && { hasPassword: () => true }),
    hasCsmsRoot: () => tls?.ca !== undefined,
    hasClientCertificate: () => tls?.cert !== undefined && tls.key !== undefined,
  };
}

/** `<url>/<identity>`, the identity percent-encoded. */
export function connectionUrlOf({ url, identity }: StationOptions): string {
  const base = new URL(url);
  base.pathname = `${base.pathname.replace(/\/$/, '')}/${encodeURIComponent(identity)}`;
  return base.href;
}
