import type { Timer } from './clock.ts';
import type { Core } from './core.ts';
import type { StationOptions } from './options.ts';
import { ownSecurityEvent } from './security-events.ts';

/** What is remembered: the profile in use, the one before while the new one is on trial, and the highest that worked. */
interface State {
  value: number;
  before?: number | undefined;
  confirmed: number;
}

const collection = 'network';
const key = 'securityProfile';

/** How long a new profile has to get the station accepted. Default; the white paper leaves it open. */
const defaultTrialMs = 300_000;

/** The security profile of slot 1: it only rises, and falls back when the CSMS cannot be reached with the new one. */
export class SecurityProfile {
  readonly #core: Core;
  readonly #options: StationOptions;
  #known: State | undefined;
  #trial: Timer | undefined;

  constructor(core: Core, options: StationOptions) {
    this.#core = core;
    this.#options = options;
  }

  /** To connect with: 0 none, 1 password, 2 TLS and password, 3 TLS and a certificate. */
  get value(): number {
    return this.#state.value;
  }

  /** The highest with which the CSMS has accepted the station. */
  get confirmed(): number {
    return this.#state.confirmed;
  }

  /** Whether it may be set to this: OCPP 1.6 security white paper A05, OCPP 2.0.1 A05. */
  allows(to: number): boolean {
    if (!Number.isInteger(to) || to <= this.value || to > 3) return false;
    const { certificates, network } = this.#core;
    if (to <= 2 && network.credentials.password === undefined) return false;
    if (to >= 2 && !certificates.canVerifyCsms) return false;
    return to < 3 || certificates.hasOwn;
  }

  /** Connects with another profile from now on, and tries it for a while. Ask `allows` before. */
  raise(to: number): void {
    const { value, confirmed } = this.#state;
    this.#keep({ value: to, before: value, confirmed });
    ownSecurityEvent(this.#core, { type: 'ReconfigurationOfSecurityParameters', info: `SecurityProfile ${to}` });
    this.resume();
    this.#core.reconnect('the security profile has changed');
  }

  /** Goes on with a trial that a restart has interrupted. */
  resume(): void {
    this.stop();
    if (this.#state.before === undefined) return;
    this.#trial = this.#core.clock.after(this.#options.securityProfileTrialMs ?? defaultTrialMs, () => this.#revert());
  }

  /** The CSMS has accepted the station over a connection of this profile. */
  accepted(profile: number): void {
    this.stop();
    const { value, confirmed, before } = this.#state;
    if (before !== undefined || profile > confirmed) this.#keep({ value, confirmed: Math.max(confirmed, profile) });
  }

  stop(): void {
    this.#trial?.cancel();
    this.#trial = undefined;
  }

  #revert(): void {
    const { before, confirmed } = this.#state;
    if (before === undefined) return;
    this.#keep({ value: before, confirmed });
    this.#core.reconnect('the new security profile did not work');
  }

  get #state(): State {
    this.#known ??= toState(this.#core.store.get(collection, key)) ?? this.#initial();
    return this.#known;
  }

  #keep(state: State): void {
    this.#known = state;
    this.#core.store.put(collection, key, state);
  }

  /** As the options have it. */
  #initial(): State {
    const { url, password, tls } = this.#options;
    const isSecure = /^wss:/i.test(url);
    if (!isSecure) return { value: password === undefined ? 0 : 1, confirmed: 0 };
    return { value: tls?.cert === undefined ? 2 : 3, confirmed: 0 };
  }
}

function toState(value: unknown): State | undefined {
  if (typeof value !== 'object' || value === null || !('value' in value) || !('confirmed' in value)) return undefined;
  if (typeof value.value !== 'number' || typeof value.confirmed !== 'number') return undefined;
  const before = 'before' in value && typeof value.before === 'number' ? value.before : undefined;
  return { value: value.value, confirmed: value.confirmed, before };
}
