import type { Core } from './core.ts';
import type { FailedAttempt } from './connection.ts';
import type { NetworkProfile } from './network-profiles.ts';

const collection = 'network';

/** The password for HTTP Basic authentication. A new one that the CSMS refuses gives way to the one that worked before. */
export class Credentials {
  readonly #core: Core;
  readonly #initial: string | undefined;
  #used: string | undefined;
  #good: string | undefined;
  #usesGood = false;

  constructor(core: Core, initial: string | undefined) {
    this.#core = core;
    this.#initial = initial;
  }

  /** What was set last; undefined when none is. */
  get password(): string | undefined {
    return this.#core.variables.get('SecurityCtrlr.BasicAuthPassword') || this.#initial;
  }

  /** False when the password was changed since the last connection. */
  get isCurrent(): boolean {
    return this.#used === this.password;
  }

  /** The Authorization header for a profile: only 1 and 2 have one. */
  header({ password, securityProfile }: NetworkProfile, identity: string): string | undefined {
    const good = this.#usesGood ? this.#goodOne() : undefined;
    this.#used = good ?? this.password;
    const sent = good ?? password ?? this.#used;
    if (sent === undefined || securityProfile === 3) return undefined;
    return `Basic ${Buffer.from(`${identity}:${sent}`).toString('base64')}`;
  }

  /** The CSMS accepted the station with what was sent: that is the password. */
  accepted(): void {
    const { store, variables } = this.#core;
    if (this.#usesGood && this.#used !== undefined) variables.assign('SecurityCtrlr.BasicAuthPassword', this.#used);
    this.#usesGood = false;
    this.#good = this.#used;
    if (this.#good !== undefined && this.#good !== store.get(collection, 'password'))
      store.put(collection, 'password', this.#good);
  }

  /** A refused password and the one before take turns, as the CSMS may change its mind. */
  failed({ kind }: FailedAttempt): void {
    if (kind !== 'unauthorized') return;
    const good = this.#goodOne();
    this.#usesGood = !this.#usesGood && good !== undefined && good !== this.password;
  }

  #goodOne(): string | undefined {
    const value = this.#good ?? this.#core.store.get(collection, 'password');
    return typeof value === 'string' ? value : undefined;
  }
}
