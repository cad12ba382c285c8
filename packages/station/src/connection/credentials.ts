import type { FailedAttempt } from './connection.ts';
import type { Core } from '../core.ts';
import { ownSecurityEvent } from '../security/security-events.ts';
import { authorizationKeyBytes } from '../v16/key-rules.ts';

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

  /** What was set last for all slots; undefined when none is. */
  get password(): string | undefined {
    return this.#core.variables.get('SecurityCtrlr.BasicAuthPassword') || this.#initial;
  }

  /** The new one is used once the answer is out; nothing is to do where it is the one in use. */
  changed(): void {
    if (this.#used === this.password) return;
    ownSecurityEvent(this.#core, { type: 'ReconfigurationOfSecurityParameters', info: 'BasicAuthPassword' });
    this.#core.reconnect('the password has changed');
  }

  /** The Authorization header for a profile; `password` is the slot's, where it has one. Only profiles 1 and 2 have a header. */
  header({
    password,
    securityProfile,
    identity,
  }: {
    password: string | undefined;
    securityProfile: number;
    identity: string;
  }): string | undefined {
    const good = this.#usesGood ? this.#goodOne() : undefined;
    this.#used = good ?? this.password;
    const sent = good ?? password ?? this.#used;
    if (sent === undefined || securityProfile === 3) return undefined;
    const bytes = Buffer.concat([Buffer.from(`${identity}:`), this.#bytesOf(sent)]);
    return `Basic ${bytes.toString('base64')}`;
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

  /** The CSMS of 1.6 writes bytes as hexadecimal digits; what the station was made with is text. */
  #bytesOf(password: string): Buffer {
    const isText = this.#core.version !== '1.6' || password === this.#initial;
    return isText ? Buffer.from(password) : authorizationKeyBytes(password);
  }

  #goodOne(): string | undefined {
    const value = this.#good ?? this.#core.store.get(collection, 'password');
    return typeof value === 'string' ? value : undefined;
  }
}
