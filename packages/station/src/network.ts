import { subprotocolOf } from '@busbar/ocpp';
import type { Core } from './core.ts';
import { Credentials } from './credentials.ts';
import type { FailedAttempt } from './connection.ts';
import { configureNetwork } from './network-configuration.ts';
import { NetworkOrder } from './network-order.ts';
import { profileError, profileIn, slotCount, type NetworkProfile } from './network-profiles.ts';
import { connectionUrlOf, isIdentifier, type StationOptions, type StationVersion } from './options.ts';
import { SecurityProfile } from './security-profile.ts';
import type { Target } from './socket.ts';

const collection = 'network';

/** Knows the ways to the CSMS: the slot to dial, with what identity, password and certificate, and which one worked. */
export class Network {
  readonly credentials: Credentials;
  readonly securityProfile: SecurityProfile;
  readonly #core: Core;
  readonly #options: StationOptions;
  readonly #order: NetworkOrder;
  #isPreparing: AbortController | undefined;
  #current: NetworkProfile | undefined;
  /** Where there is no store, as long as the process lives. */
  #activeSlot: number | undefined;

  constructor(core: Core, options: StationOptions) {
    this.#core = core;
    this.#options = options;
    this.credentials = new Credentials(core, options.password);
    this.securityProfile = new SecurityProfile(core, options);
    this.#order = new NetworkOrder({
      slots: () => this.usableSlots(),
      attempts: () => this.#attempts(),
      lastGood: () => this.activeSlot,
    });
  }

  /** OCPPCommCtrlr.ActiveNetworkProfile: over which the CSMS accepted the station last. */
  get activeSlot(): number | undefined {
    const value = this.#core.store.get(collection, 'activeSlot');
    return typeof value === 'number' ? value : this.#activeSlot;
  }

  /** What is dialled now, or was last; where nothing was yet, the first. */
  get current(): NetworkProfile | undefined {
    return this.#current ?? this.profile(this.usableSlots()[0] ?? 1);
  }

  /** A slot; what slot 1 does not say is what the station was made with. */
  profile(slot: number): NetworkProfile | undefined {
    const set = profileIn(this.#core, slot);
    if (slot !== 1) return set;
    const { url, identity } = this.#options;
    const securityProfile = this.securityProfile.value;
    const base = set ?? { slot, url, version: undefined, messageTimeoutS: undefined, interface: undefined };
    return { identity, password: undefined, ...base, securityProfile, url: withScheme(base.url, securityProfile) };
  }

  /** Of the priority list, in its order: those that are complete and not below the security that was reached. */
  usableSlots(): number[] {
    const listed = this.#core.variables.list('OCPPCommCtrlr.NetworkConfigurationPriority').map(Number);
    return listed.filter((slot) => this.isUsable(slot));
  }

  isUsable(slot: number): boolean {
    if (!Number.isInteger(slot) || slot < 1 || slot > slotCount) return false;
    const profile = this.profile(slot);
    if (!profile || profileError(profile)) return false;
    return slot === 1 || profile.securityProfile >= this.securityProfile.confirmed;
  }

  /** Rejects when no slot can be dialled. */
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
    const { store } = this.#core;
    this.#order.succeeded();
    this.credentials.accepted();
    this.securityProfile.accepted(this.#current?.securityProfile ?? 0);
    this.#activeSlot = this.#current?.slot;
    if (this.#activeSlot !== undefined) store.put(collection, 'activeSlot', this.#activeSlot);
  }

  /** A restart: the first slot of the list is dialled. */
  restart(): void {
    this.#order.restart();
    this.#current = undefined;
  }

  /** Stops waiting for the host. */
  stop(): void {
    this.#isPreparing?.abort();
    this.securityProfile.stop();
  }

  /** How many attempts a slot gets; OCPP 1.6 knows one way only, and keeps to it. */
  #attempts(): number {
    const { variables, version } = this.#core;
    const attempts = variables.number('OCPPCommCtrlr.NetworkProfileConnectionAttempts');
    return version === '1.6' && this.usableSlots().length < 2 ? -1 : Math.max(attempts, attempts < 0 ? -1 : 1);
  }

  async #prepared(profile: NetworkProfile): Promise<Target> {
    const preparing = new AbortController();
    this.#isPreparing = preparing;
    const ready = await configureNetwork(this.#core, profile, preparing.signal);
    if (ready) return this.#targetOf(profile, ready.localAddress);
    if (!preparing.signal.aborted) this.#order.refused();
    throw new Error(`the network of slot ${profile.slot} is not ready`);
  }

  #targetOf(profile: NetworkProfile, localAddress: string | undefined): Target {
    const identity = profile.identity ?? this.#options.identity;
    const { tls, headers } = this.#options;
    const isSecure = profile.securityProfile >= 2;
    return {
      url: connectionUrlOf({ url: profile.url, identity }),
      subprotocols: this.#versionsOf(profile, identity).map((version) => subprotocolOf[version]),
      authorization: this.credentials.header(profile, identity),
      headers,
      tls: isSecure || tls ? { ...this.#core.certificates.tls(), ...tls } : undefined,
      localAddress,
    };
  }

  /** What is offered: OCPP 2.x wants an identity of certain characters. */
  #versionsOf({ version }: NetworkProfile, identity: string): readonly StationVersion[] {
    const own = version === undefined ? undefined : versions[version];
    const offered = own ? [own] : this.#core.versions;
    return isIdentifier(identity) ? offered : offered.filter((each) => each === '1.6');
  }
}

/** OCPP 2.1 OCPPVersionEnumType; the older ones of 2.0.1 mean the same here. */
const versions: Partial<Record<string, StationVersion>> = {
  OCPP16: '1.6',
  OCPP20: '2.0.1',
  OCPP201: '2.0.1',
  OCPP21: '2.1',
};

/** The scheme follows the security profile: what the CSMS raises, it cannot write into the URL of 1.6. */
function withScheme(url: string, securityProfile: number): string {
  return url.replace(/^wss?:/i, securityProfile >= 2 ? 'wss:' : 'ws:');
}
