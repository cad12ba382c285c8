import { subprotocolOf } from '@busbar/ocpp';
import type { BackOff } from './connection/back-off.ts';
import type { CertificateStore } from './security/certificate-store.ts';
import type { Clock } from './time/clock.ts';
import type { KeyStore } from './security/key-store.ts';
import type { StationNetwork } from './connection/station-network.ts';
import type { StationStore } from './store/store.ts';
import type { StationHost } from './station-host.ts';
import type { TlsOptions } from './connection/tls-options.ts';
import { withoutUserData } from './connection/user-data.ts';
import type { CatalogOptions } from './device-model/variable-catalog.ts';
import type { VariableSettings } from './device-model/variable-values.ts';

export type { TlsOptions } from './connection/tls-options.ts';

export type StationVersion = '1.6' | '2.0.1' | '2.1';

/** Best first. */
export const allVersions: readonly StationVersion[] = ['2.1', '2.0.1', '1.6'];

/** A list such as `2.1,1.6`, best first. Throws RangeError for what is no version. */
export function toVersions(list: string): StationVersion[] {
  return list.split(',').map((item) => {
    const version = allVersions.find((known) => known === item.trim());
    if (!version) throw new RangeError(`version "${item.trim()}": it is 1.6, 2.0.1 or 2.1`);
    return version;
  });
}

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
  /** Of the modem's card; at most 20 characters. */
  iccid?: string | undefined;
  /** Of the modem's card; at most 20 characters. */
  imsi?: string | undefined;
  /** Of the main meter; OCPP 1.6 only, at most 25 characters. */
  meterType?: string | undefined;
  /** OCPP 1.6 only, at most 25 characters. */
  meterSerialNumber?: string | undefined;
}

export interface StationOptions extends Partial<Omit<StationIdentity, 'identity'>> {
  /** 1 to 48 characters, without a colon. */
  identity: string;
  /** Of the CSMS, `ws:` or `wss:`; the identity is appended. */
  url: string;
  /** What is offered to the CSMS, best first; it chooses, anew at every connection. Default: all. */
  versions?: readonly StationVersion[];
  host: StationHost;
  /** HTTP Basic authentication: security profiles 1 and 2. A variable set by the CSMS replaces it. */
  password?: string;
  /** More headers for the handshake, such as User-Agent. */
  headers?: Readonly<Record<string, string>>;
  tls?: TlsOptions;
  /** Default: the computer's clock. */
  clock?: Clock;
  /** Uniform in [0, 1). Default Math.random. */
  random?: () => number;
  /** Overrides the variables RetryBackOff… of the device model. The wait never exceeds a day by default. */
  backOff?: Partial<BackOff>;
  /** Default: OCPPCommCtrlr.MessageTimeout[Default], 30 s. */
  callTimeoutMs?: number;
  /** `format`: what breaks the schema is answered with FormatViolation (1.6: FormationViolation), as EVerest does. Default `each`. */
  violations?: 'each' | 'format';
  /** For the handshake. Default 30,000. */
  connectTimeoutMs?: number;
  /** Time the CSMS gets after a lost connection before what waited is sent to it. Default 0. */
  resumeDelayMs?: number;
  /** `always`: at every interval (default). `idle`: only when nothing else was sent in it, and at least once in 24 hours. */
  heartbeats?: 'always' | 'idle';
  /** Where certificates are. Default: in `store`. */
  certificateStore?: CertificateStore;
  /** Where private keys are. Default: in `store`, as they are. */
  keyStore?: KeyStore;
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

/** What a BootNotification tells; the host knows best what firmware it runs. */
export function identityOf(options: StationOptions, hostVersion: string | undefined): StationIdentity {
  const { identity, vendor = 'Busbar', model = 'Simulated', serialNumber = identity.slice(0, 25) } = options;
  const { iccid, imsi, meterType, meterSerialNumber } = options;
  const firmwareVersion = hostVersion ?? options.firmwareVersion ?? '1.0.0';
  return { identity, vendor, model, serialNumber, firmwareVersion, iccid, imsi, meterType, meterSerialNumber };
}

/** Throws RangeError when an identity or URL cannot work, and says how it must be. */
export function checkOptions({ identity, url, versions = allVersions }: StationOptions): void {
  const mistake = identityMistake(identity, versions);
  if (mistake !== undefined) throw new RangeError(`identity "${identity}": ${mistake}`);
  if (versions.length === 0) throw new RangeError('versions: name at least one of 1.6, 2.0.1, 2.1');
  const unknown: string | undefined = versions.find((version) => !Object.hasOwn(subprotocolOf, version));
  if (unknown !== undefined) throw new RangeError(`version "${unknown}": it is 1.6, 2.0.1 or 2.1`);
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol !== 'ws:' && protocol !== 'wss:')
    throw new RangeError(`url "${withoutUserData(url)}": it must be a ws: or wss: URL`);
}

/** Why no station of these versions can have it. */
export function identityMistake(identity: string, versions: readonly StationVersion[]): string | undefined {
  if (identity.length < 1 || identity.length > 48 || identity.includes(':'))
    return 'it has 1 to 48 characters and no colon';
  if (versions.includes('1.6') || isIdentifier(identity)) return undefined;
  return 'OCPP 2.x takes letters, digits and * - _ = + | @ . only';
}

/** `<url>/<identity>`, the identity percent-encoded, and only once where the URL ends with it already. */
export function connectionUrlOf({ url, identity }: { url: string; identity: string }): string {
  const base = new URL(url);
  const encoded = encodeURIComponent(identity);
  const path = base.pathname.replace(/\/+$/, '');
  base.pathname = path.endsWith(`/${encoded}`) ? path : `${path}/${encoded}`;
  return base.href;
}

/** Whether OCPP 2.x can have it: characters of identifierString, without the colon that ends it in Basic authentication. */
export function isIdentifier(identity: string): boolean {
  return /^[A-Za-z0-9*\-_=+|@.]{1,48}$/.test(identity);
}
