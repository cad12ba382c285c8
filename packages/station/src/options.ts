import type { BackOff } from './back-off.ts';
import type { Clock } from './clock.ts';
import type { SecurityMeans } from './device-model.ts';
import type { OfflineQueue } from './offline-queue.ts';
import type { StationHost } from './station-host.ts';
import type { CatalogOptions } from './variable-catalog.ts';
import type { VariableSettings } from './variable-values.ts';

export type StationVersion = '1.6' | '2.0.1';

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
  version: StationVersion;
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
  /** Where transaction messages wait. Default: memory. */
  storage?: OfflineQueue;
  /** Initial values of variables, by `Component.Variable[instance]`. Stations that share the object share the memory. */
  settings?: VariableSettings;
  /** What the device model has beside the standard: components of the maker, slots of network profiles. */
  deviceModel?: Omit<CatalogOptions, 'evses'>;
  /** Sends BootNotification on every connection and not only on the first. Default false. */
  bootOnReconnect?: boolean;
}

/** Throws RangeError when an identity or URL cannot work, and says how it must be. */
export function checkOptions({ identity, url, version }: StationOptions): void {
  if (identity.length < 1 || identity.length > 48 || identity.includes(':')) {
    throw new RangeError(`identity "${identity}": it has 1 to 48 characters and no colon`);
  }
  if (version !== '1.6' && version !== '2.0.1')
    throw new RangeError(`version "${String(version)}": it is 1.6 or 2.0.1`);
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
