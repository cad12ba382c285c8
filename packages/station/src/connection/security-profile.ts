import type { Timer } from '../time/clock.ts';
import type { Core } from '../core.ts';
import type { SecurityMeans, VariableChange } from '../device-model/device-model.ts';
import type { StationOptions } from '../options.ts';
import { ownSecurityEvent } from '../security/security-events.ts';

const collection = 'network';
const key = 'profileBefore';

/**
 * The security profile of the station (SecurityCtrlr.SecurityProfile): 0 none, 1 password, 2 TLS and password, 3 TLS and a
 * certificate. One that the CSMS raises is on trial, and the one before returns when it does not work.
 */
export class SecurityProfile {
  readonly #core: Core;
  #before: number | undefined;
  #trial: Timer | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  get value(): number {
    return this.#core.variables.number('SecurityCtrlr.SecurityProfile');
  }

  /** It was set to another value: the station connects with it from now on. */
  changed({ old, new: value, source }: VariableChange): void {
    if (source === 'internal') return;
    this.#before = Number(old);
    this.#core.store.put(collection, key, this.#before);
    ownSecurityEvent(this.#core, { type: 'ReconfigurationOfSecurityParameters', info: `SecurityProfile ${value}` });
    this.resume();
    this.#core.reconnect('the security profile has changed');
  }

  /** Goes on with a trial that a restart has interrupted. */
  resume(): void {
    this.stop();
    const { clock, store, variables } = this.#core;
    const before = this.#before ?? store.get(collection, key);
    if (typeof before !== 'number') return;
    this.#before = before;
    const ms = variables.number('InternalCtrlr.SwitchSecurityProfileConnectionTimeout') * 1000;
    this.#trial = clock.after(ms, () => this.#revert(before));
  }

  /** The CSMS has accepted the station over a connection of this profile. */
  accepted(profile: number): void {
    if (this.#before !== undefined && profile >= this.value) this.#endTrial();
    if (profile > this.value) this.#assign(profile);
  }

  stop(): void {
    this.#trial?.cancel();
    this.#trial = undefined;
  }

  #revert(before: number): void {
    this.#endTrial();
    this.#assign(before);
    this.#core.reconnect('the new security profile did not work');
  }

  #endTrial(): void {
    this.stop();
    this.#before = undefined;
    this.#core.store.remove(collection, key);
  }

  #assign(profile: number): void {
    this.#core.variables.assign('SecurityCtrlr.SecurityProfile', String(profile));
  }
}

/** The profile of a station as it was made. */
export function initialProfileOf({ url, password, tls }: StationOptions): number {
  if (!/^wss:/i.test(url)) return password === undefined ? 0 : 1;
  return tls?.cert === undefined ? 2 : 3;
}

/** What a connection of the station can be secured with. */
export function securityMeansOf(core: Pick<Core, 'certificates' | 'network'>): SecurityMeans {
  return {
    hasPassword: () => core.network.credentials.password !== undefined,
    hasCsmsRoot: () => core.certificates.canVerifyCsms,
    hasClientCertificate: () => core.certificates.hasOwn,
  };
}
