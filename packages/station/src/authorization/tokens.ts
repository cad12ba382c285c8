import { AuthorizationCache } from './authorization-cache.ts';
import type { Core } from '../core.ts';
import { isTariff, type DriverTariff } from '../prices/tariff-rules.ts';
import { LocalList } from './local-list.ts';
import type { IdToken } from '../station-host.ts';
import { fieldsOf } from '../store/json-fields.ts';

/** What the CSMS, the local list or the cache says of a token. */
export interface TokenInfo {
  /** Accepted, or the reason why not: Blocked, Expired, Invalid, ConcurrentTx, … */
  status: string;
  expiresAt?: Date | undefined;
  /** Tokens of one group may stop each other's transactions. */
  groupId?: string | undefined;
  /** OCPP 2.x: the only EVSEs where it may charge. */
  evseIds?: readonly number[] | undefined;
  /** OCPP 2.1 I08: the price for this one. */
  tariff?: DriverTariff | undefined;
}

/** Where a verdict on a token is found. */
export type TokenSource = 'list' | 'cache';

/** The local authorization list and the authorization cache of a station. */
export class Tokens {
  readonly list: LocalList;
  readonly cache: AuthorizationCache;
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
    this.list = new LocalList(core);
    this.cache = new AuthorizationCache(core);
  }

  /** Takes up what an earlier run has left in the store. */
  load(): void {
    this.list.load();
    this.cache.load();
  }

  /** What the list says, else the cache, as far as they are in use; Expired when its time is over. */
  find(idToken: IdToken): { info: TokenInfo; source: TokenSource } | undefined {
    const { variables, clock, version } = this.#core;
    const listed = variables.isOn('LocalAuthListCtrlr.Enabled') ? this.list.find(idToken, version) : undefined;
    if (listed) return { info: current(listed, clock.now()), source: 'list' };
    const cached = variables.isOn('AuthCacheCtrlr.Enabled') ? this.cache.find(idToken) : undefined;
    return cached && { info: current(cached, clock.now()), source: 'cache' };
  }
}

function current(info: TokenInfo, now: Date): TokenInfo {
  return info.expiresAt && info.expiresAt <= now ? { ...info, status: 'Expired' } : info;
}

/** Tokens are the same without regard to case. */
export function isSameToken(a: IdToken | undefined, b: IdToken | undefined): boolean {
  return a !== undefined && b !== undefined && a.idToken.toLowerCase() === b.idToken.toLowerCase();
}

/** What is stored of a verdict. */
export function toStoredInfo({ expiresAt, ...rest }: TokenInfo) {
  return { ...rest, expiresAt: expiresAt?.toISOString() };
}

/** Undefined for garbage. */
export function fromStoredInfo(value: unknown): TokenInfo | undefined {
  const fields = fieldsOf(value);
  const status = fields?.text('status');
  if (!fields || status === undefined) return undefined;
  const told = fields.value('tariff');
  const tariff = told === 'CentralCost' || isTariff(told) ? told : undefined;
  const evseIds = fields.list('evseIds', Number);
  const expiresAt = fields.date('expiresAt');
  return { status, expiresAt, groupId: fields.text('groupId'), evseIds, ...(tariff && { tariff }) };
}
