import type { Core } from '../core.ts';
import type { StationVersion } from '../options.ts';
import { standardVariables } from '../device-model/standard-variables.ts';
import type { IdToken } from '../station-host.ts';
import { fromStoredInfo, toStoredInfo, type TokenInfo } from './tokens.ts';

const collection = 'localList';
const versionCollection = 'localListVersion';

export interface ListEntry {
  idToken: string;
  /** OCPP 1.6 tells none: the entry then stands for the token of any type. */
  type?: string | undefined;
  /** Without it, the entry is to be deleted. */
  info?: TokenInfo | undefined;
}

/** A new list, or changes to the one that there is. */
export interface ListUpdate {
  type: 'Full' | 'Differential';
  version: number;
  entries: readonly ListEntry[];
}

export type ListUpdateResult = 'Accepted' | 'Failed' | 'VersionMismatch';

/** The most that LocalAuthListCtrlr.Entries tells. */
export const maxListEntries = standardVariables['LocalAuthListCtrlr.Entries'].max;

/** The tokens that the CSMS has told in advance. What an update changes, it changes all or nothing. */
export class LocalList {
  readonly #core: Pick<Core, 'store'>;
  #entries: Map<string, TokenInfo> | undefined;
  #version = 0;

  constructor(core: Pick<Core, 'store'>) {
    this.#core = core;
  }

  /** 0 while the list is empty. */
  get version(): number {
    return this.size > 0 ? this.#version : 0;
  }

  get size(): number {
    return this.#entries?.size ?? 0;
  }

  load(): void {
    const { store } = this.#core;
    const version = store.get(versionCollection, 'version');
    if (typeof version !== 'number') return;
    const entries = new Map<string, TokenInfo>();
    for (const [key, value] of store.entries(collection)) {
      const info = fromStoredInfo(value);
      if (info) entries.set(key, info);
    }
    this.#version = version;
    this.#entries = entries.size > 0 ? entries : undefined;
  }

  /** In 1.6 the type of a token does not count. */
  find({ idToken, type }: IdToken, version: StationVersion): TokenInfo | undefined {
    const untyped = this.#entries?.get(keyOf({ idToken }));
    return version === '1.6' ? untyped : (this.#entries?.get(keyOf({ idToken, type })) ?? untyped);
  }

  /** An empty list may be told with its version, 0. `Failed` when an entry is double, or a new list has one without its info, or there are too many. */
  update({ type, version, entries }: ListUpdate): ListUpdateResult {
    const isClearing = type === 'Full' && entries.length === 0;
    if (version < (isClearing ? 0 : 1) || hasDoubles(entries)) return 'Failed';
    if (type === 'Differential' && version <= this.version) return 'VersionMismatch';
    if (type === 'Full' && entries.some(({ info }) => info === undefined)) return 'Failed';
    const changed = new Map(type === 'Full' ? undefined : this.#entries);
    for (const entry of entries) {
      if (entry.info) changed.set(keyOf(entry), entry.info);
      else changed.delete(keyOf(entry));
    }
    if (changed.size > maxListEntries) return 'Failed';
    this.#keep(version, changed);
    return 'Accepted';
  }

  #keep(version: number, entries: Map<string, TokenInfo>): void {
    const { store } = this.#core;
    const before = this.#entries;
    store.atomically(() => {
      for (const key of before?.keys() ?? []) {
        if (!entries.has(key)) store.remove(collection, key);
      }
      for (const [key, info] of entries) {
        if (before?.get(key) !== info) store.put(collection, key, toStoredInfo(info));
      }
      store.put(versionCollection, 'version', version);
    });
    this.#version = version;
    this.#entries = entries.size > 0 ? entries : undefined;
  }
}

const keyOf = ({ idToken, type = '' }: Pick<ListEntry, 'idToken' | 'type'>) => `${type}:${idToken.toLowerCase()}`;

function hasDoubles(entries: readonly ListEntry[]): boolean {
  return new Set(entries.map(keyOf)).size < entries.length;
}

/** Whether a SendLocalList is larger than the station takes. Entries are counted before anything is made of them. */
export function excessOf(
  { variables }: Core,
  entries: readonly unknown[],
): 'TooManyElements' | 'TooLargeElement' | undefined {
  if (entries.length > variables.number('LocalAuthListCtrlr.ItemsPerMessage')) return 'TooManyElements';
  const bytes = Buffer.byteLength(JSON.stringify(entries));
  return bytes > variables.number('LocalAuthListCtrlr.BytesPerMessage') ? 'TooLargeElement' : undefined;
}
