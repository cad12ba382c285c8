import type { IdToken } from './station-host.ts';

/** What the CSMS, the local list or the cache says of a token. */
export interface TokenInfo {
  /** Accepted, or the reason why not: Blocked, Expired, Invalid, ConcurrentTx, … */
  status: string;
  expiresAt?: Date | undefined;
  /** Tokens of one group may stop each other's transactions. */
  groupId?: string | undefined;
}

export interface ListEntry {
  idToken: string;
  /** Without it, the entry is to be deleted. */
  info?: TokenInfo | undefined;
}

export type ListUpdateResult = 'Accepted' | 'Failed' | 'VersionMismatch';

/** The cache keeps the tokens used last. */
const maxCached = 500;

/** The local authorization list and the authorization cache of a station. */
export class Tokens {
  #list: Map<string, TokenInfo> | undefined;
  #cache: Map<string, TokenInfo> | undefined;
  #listVersion = 0;

  get listVersion(): number {
    return this.#listVersion;
  }

  get listSize(): number {
    return this.#list?.size ?? 0;
  }

  /** What the list says, else the cache; Expired when its time is over. */
  find({ idToken }: IdToken, now: Date): TokenInfo | undefined {
    const key = idToken.toLowerCase();
    const info = this.#list?.get(key) ?? this.#cache?.get(key);
    return info?.expiresAt && info.expiresAt <= now ? { ...info, status: 'Expired' } : info;
  }

  remember({ idToken }: IdToken, info: TokenInfo): void {
    const cache = (this.#cache ??= new Map());
    const key = idToken.toLowerCase();
    cache.delete(key);
    cache.set(key, info);
    const [oldest] = cache.keys();
    if (cache.size > maxCached && oldest !== undefined) cache.delete(oldest);
  }

  /** Takes one token out of the cache; false when it was not there. */
  forget({ idToken }: IdToken): boolean {
    return this.#cache?.delete(idToken.toLowerCase()) ?? false;
  }

  clearCache(): void {
    this.#cache = undefined;
  }

  /** Replaces the list, all or nothing. `Failed` when an entry is double or lacks its info, or there are too many. */
  replaceList(version: number, entries: readonly ListEntry[], maxEntries: number): ListUpdateResult {
    if (version <= 0) return 'Failed';
    const list = new Map<string, TokenInfo>();
    for (const { idToken, info } of entries) {
      if (!info || list.has(idToken.toLowerCase())) return 'Failed';
      list.set(idToken.toLowerCase(), info);
    }
    return this.#adopt(version, list, maxEntries);
  }

  /** Adds, changes and deletes entries, all or nothing. */
  updateList(version: number, entries: readonly ListEntry[], maxEntries: number): ListUpdateResult {
    if (version <= this.#listVersion) return 'VersionMismatch';
    const list = new Map(this.#list);
    for (const { idToken, info } of entries) {
      if (info) list.set(idToken.toLowerCase(), info);
      else list.delete(idToken.toLowerCase());
    }
    return this.#adopt(version, list, maxEntries);
  }

  #adopt(version: number, list: Map<string, TokenInfo>, maxEntries: number): ListUpdateResult {
    if (list.size > maxEntries) return 'Failed';
    this.#list = list.size > 0 ? list : undefined;
    this.#listVersion = list.size > 0 || version > 0 ? version : 0;
    return 'Accepted';
  }
}

/** Tokens are the same without regard to case. */
export function isSameToken(a: IdToken | undefined, b: IdToken | undefined): boolean {
  return a !== undefined && b !== undefined && a.idToken.toLowerCase() === b.idToken.toLowerCase();
}
