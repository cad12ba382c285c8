import { subprotocolOf } from '@busbar/ocpp';
import type { FailedAttempt } from './connection.ts';
import type { Core } from '../core.ts';
import { Credentials } from './credentials.ts';
import { configureNetwork } from './network-configuration.ts';
import { NetworkOrder } from './network-order.ts';
import {
  activeSlotOf,
  isWebSocketUrl,
  networkProfileOf,
  prioritySlotsOf,
  type NetworkProfile,
} from './network-profiles.ts';
import { connectionUrlOf, isIdentifier, type StationOptions, type StationVersion } from '../options.ts';
import { initialProfileOf, SecurityProfile } from './security-profile.ts';
import type { Target } from './socket.ts';
import type { TlsOptions } from './tls-options.ts';

/** A slot that says where to connect, and how. */
export interface UsableProfile extends NetworkProfile {
  url: string;
  securityProfile: number;
}

const collection = 'network';

/** Knows the ways to the CSMS: the slot to dial, with what identity, password and certificate, and which one worked. */
export class Network {
  readonly credentials: Credentials;
  readonly securityProfile: SecurityProfile;
  readonly #core: Core;
  readonly #options: StationOptions;
  readonly #order: NetworkOrder;
  #preparing: AbortController | undefined;
  #current: UsableProfile | undefined;
  /** Where there is no store, as long as the process lives. */
  #lastGood: number | undefined;

  constructor(core: Core, options: StationOptions) {
    this.#core = core;
    this.#options = options;
    this.credentials = new Credentials(core, options.password);
    this.securityProfile = new SecurityProfile(core);
    this.#order = new NetworkOrder({
      slots: () => this.usableSlots(),
      attempts: () => this.#attempts(),
      lastGood: () => this.lastGood,
    });
  }

  /** The slot over which the CSMS accepted the station last, also before a restart; undefined when it never did. */
  get lastGood(): number | undefined {
    const value = this.#core.store.get(collection, 'lastGood');
    return typeof value === 'number' ? value : this.#lastGood;
  }

  /** What is dialled now, or was last; undefined before the first attempt. */
  get current(): UsableProfile | undefined {
    return this.#current;
  }

  /** True over TLS: nobody else could have written what comes in. */
  get isSecure(): boolean {
    return (this.#current?.securityProfile ?? 0) >= 2;
  }

  /** A slot that can be dialled; what slot 1 does not say is what the station was made with. */
  profile(slot: number): UsableProfile | undefined {
    const profile = networkProfileOf(this.#core.variables, slot);
    const initial = slot === 1 ? initialProfileOf(this.#options) : undefined;
    const isActive = slot === activeSlotOf(this.#core.variables);
    const { securityProfile = isActive ? this.securityProfile.value : initial } = profile;
    if (profile.url === undefined || securityProfile === undefined || !isWebSocketUrl(profile.url)) return undefined;
    const url = profile.url === this.#options.url ? withScheme(profile.url, securityProfile) : profile.url;
    const isFitting = /^wss:/i.test(url) === securityProfile >= 2;
    return isFitting ? { ...profile, url, securityProfile } : undefined;
  }

  /** Of the priority list, in its order: those that are complete and not below the security that was reached. */
  usableSlots(): number[] {
    const lowest = this.securityProfile.value;
    return prioritySlotsOf(this.#core.variables).filter((slot) => {
      const profile = this.profile(slot);
      return profile !== undefined && profile.securityProfile >= lowest;
    });
  }

  /** Throws or rejects when no slot can be dialled. */
  target(): Target | Promise<Target> {
    const slot = this.#order.next();
    const profile = slot === undefined ? undefined : this.profile(slot);
    if (!profile) throw new Error('no network profile can be used');
    this.#current = profile;
    if (!this.#core.host.configureNetwork) return this.#targetOf(profile, undefined);
    return this.#prepared(profile);
  }

  /** The attempt came to nothing. */
  failed(failure: FailedAttempt): void {
    this.credentials.failed(failure);
    this.#order.failed();
  }

  /** The CSMS has accepted the station over this connection. */
  accepted(): void {
    const { store, variables } = this.#core;
    this.#order.succeeded();
    this.credentials.accepted();
    if (!this.#current) return;
    const { slot, securityProfile } = this.#current;
    this.#lastGood = slot;
    if (store.get(collection, 'lastGood') !== slot) store.put(collection, 'lastGood', slot);
    this.securityProfile.accepted(securityProfile);
    variables.assign('OCPPCommCtrlr.ActiveNetworkProfile', String(slot));
  }

  /** A restart: the first slot of the list is dialled. */
  restart(): void {
    this.#order.restart();
    this.#current = undefined;
  }

  /** Stops waiting for the host. */
  stop(): void {
    this.#preparing?.abort();
    this.securityProfile.stop();
  }

  /** How many attempts a slot gets. OCPP 1.6 knows one way only, and keeps to it. */
  #attempts(): number {
    const attempts = this.#core.variables.number('OCPPCommCtrlr.NetworkProfileConnectionAttempts');
    return this.usableSlots().length < 2 ? -1 : attempts;
  }

  async #prepared(profile: UsableProfile): Promise<Target> {
    const preparing = new AbortController();
    this.#preparing = preparing;
    const ready = await configureNetwork(this.#core, profile, preparing.signal);
    if (ready) return this.#targetOf(profile, ready.localAddress);
    if (!preparing.signal.aborted) this.#order.refused();
    throw new Error(`the network of slot ${profile.slot} is not ready`);
  }

  #targetOf(profile: UsableProfile, localAddress: string | undefined): Target {
    const { url, identity } = profile;
    return {
      url: connectionUrlOf({ url, identity }),
      subprotocols: this.#versionsOf(profile).map((version) => subprotocolOf[version]),
      authorization: this.credentials.header(profile),
      headers: this.#options.headers,
      tls: this.#tls(),
      localAddress,
    };
  }

  #tls(): TlsOptions {
    const { certificates, variables } = this.#core;
    const suites = [
      ...variables.list('InternalCtrlr.SupportedCiphers13'),
      ...variables.list('InternalCtrlr.SupportedCiphers12'),
    ].join(':');
    return {
      verifiesName: variables.isOn('InternalCtrlr.VerifyCsmsCommonName'),
      allowsWildcards: variables.isOn('InternalCtrlr.VerifyCsmsAllowWildcards'),
      ...(suites !== '' && { ciphers: suites }),
      ...certificates.tls(),
      ...this.#options.tls,
    };
  }

  /** What is offered: OCPP 2.x wants an identity of certain characters. */
  #versionsOf({ ocppVersion, identity }: NetworkProfile): readonly StationVersion[] {
    const own = ocppVersion === undefined ? undefined : versions[ocppVersion];
    const offered = own ? [own] : this.#core.versions;
    return isIdentifier(identity) ? offered : offered.filter((each) => each === '1.6');
  }
}

/** OCPP 2.1 OCPPVersionEnumType. */
const versions: Partial<Record<string, StationVersion>> = {
  OCPP16: '1.6',
  OCPP20: '2.0.1',
  OCPP201: '2.0.1',
  OCPP21: '2.1',
};

/** The station's own URL follows the security profile: OCPP 1.6 cannot write another one. */
function withScheme(url: string, securityProfile: number): string {
  return url.replace(/^wss?:/i, securityProfile >= 2 ? 'wss:' : 'ws:');
}
