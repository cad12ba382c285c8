import { createHash } from 'node:crypto';
import type { Core } from '../core.ts';
import type { StationVersion } from '../options.ts';
import type { IdToken } from '../station-host.ts';
import { fromStoredInfo, toStoredInfo, type TokenInfo } from './tokens.ts';
import { fieldsOf } from '../store/json-fields.ts';

const collection = 'authorizationCache';

/** Above this, the token that was not used for the longest time is forgotten. */
const maxEntries = 500;

/** What the cache stands on. */
export type CacheSurroundings = Pick<Core, 'store' | 'clock' | 'variables' | 'version'>;

interface Entry {
  info: TokenInfo;
  usedAt: Date;
}

/** Tokens whose value only the CSMS or nobody needs to know: OCPP 2.0.1 C10.FR.06. */
const uncached: ReadonlySet<IdToken['type']> = new Set(['Central', 'NoAuthorization']);

/** What the CSMS has said of tokens, whatever it was. The tokens themselves are not kept: OCPP 2.0.1 C10. */
export class AuthorizationCache {
  readonly #core: CacheSurroundings;
  /** Least recently used first. */
  #entries: Map<string, Entry> | undefined;

  constructor(core: CacheSurroundings) {
    this.#core = core;
  }

  get size(): number {
    return this.#entries?.size ?? 0;
  }

  load(): void {
    const entries: [string, Entry][] = [];
    for (const [key, value] of this.#core.store.entries(collection)) {
      const entry = toEntry(value);
      if (entry) entries.push([key, entry]);
      else this.#core.store.remove(collection, key);
    }
    if (entries.length === 0) return;
    this.#entries = new Map(entries.toSorted(([, a], [, b]) => a.usedAt.getTime() - b.usedAt.getTime()));
  }

  /** Expired when it was not used for longer than AuthCacheCtrlr.LifeTime. */
  find(idToken: IdToken): TokenInfo | undefined {
    const key = cacheKeyOf(idToken, this.#core.version);
    const entry = this.#entries?.get(key);
    if (!entry) return undefined;
    const lifeTimeMs = this.#core.variables.number('AuthCacheCtrlr.LifeTime') * 1000;
    const idleMs = this.#core.clock.now().getTime() - entry.usedAt.getTime();
    if (lifeTimeMs > 0 && idleMs > lifeTimeMs) return { ...entry.info, status: 'Expired' };
    this.#put(key, entry.info);
    return entry.info;
  }

  /** The tariff stays until another verdict says so: answers to transactions tell none. */
  remember(idToken: IdToken, info: TokenInfo): void {
    if (uncached.has(idToken.type)) return;
    const key = cacheKeyOf(idToken, this.#core.version);
    const tariff = this.#entries?.get(key)?.info.tariff;
    this.#put(key, { ...(tariff && { tariff }), ...info });
  }

  /** Takes one token out; false when it was not there. */
  forget(idToken: IdToken): boolean {
    const key = cacheKeyOf(idToken, this.#core.version);
    if (this.#entries?.delete(key) !== true) return false;
    this.#core.store.remove(collection, key);
    return true;
  }

  clear(): void {
    this.#entries = undefined;
    this.#core.store.clear(collection);
  }

  #put(key: string, info: TokenInfo): void {
    const { store, clock } = this.#core;
    const entries = (this.#entries ??= new Map());
    const usedAt = clock.now();
    entries.delete(key);
    entries.set(key, { info, usedAt });
    store.atomically(() => {
      store.put(collection, key, { ...toStoredInfo(info), usedAt: usedAt.toISOString() });
      const [oldest] = entries.keys();
      if (entries.size <= maxEntries || oldest === undefined) return;
      entries.delete(oldest);
      store.remove(collection, oldest);
    });
  }
}

/** OCPP 1.6 tells no type of a token. */
export function cacheKeyOf({ idToken, type }: IdToken, version: StationVersion): string {
  return createHash('sha256')
    .update(`${version === '1.6' ? '' : type}${idToken.toLowerCase()}`)
    .digest('hex');
}

function toEntry(value: unknown): Entry | undefined {
  const info = fromStoredInfo(value);
  const usedAt = fieldsOf(value)?.date('usedAt');
  return info && usedAt && { info, usedAt };
}
