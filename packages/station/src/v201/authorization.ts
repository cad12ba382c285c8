import type { v201, v21 } from '@busbar/ocpp';
import { types201 } from '../id-token.ts';
import type { IdToken } from '../station-host.ts';
import type { ListEntry, TokenInfo } from '../tokens.ts';
import type { Handlers201, Station201 } from './station201.ts';

export async function requestAuthorization({ wire }: Station201, idToken: IdToken): Promise<TokenInfo> {
  return toTokenInfo((await wire.call('Authorize', { idToken: toIdTokenType201(idToken) })).idTokenInfo);
}

export function toTokenInfo({
  status,
  cacheExpiryDateTime,
  groupIdToken,
}: v201.IdTokenInfoType | v21.IdTokenInfoType): TokenInfo {
  return {
    status,
    expiresAt: cacheExpiryDateTime === undefined ? undefined : new Date(cacheExpiryDateTime),
    groupId: groupIdToken?.idToken,
  };
}

export function toIdTokenType201({ idToken, type }: IdToken): v201.IdTokenType {
  return { idToken, type: types201[type] };
}

/** The authorization cache and the local list. */
export const authorization = ({ core }: Station201): Handlers201 => ({
  ClearCache() {
    if (!core.variables.isOn('AuthCacheCtrlr.Enabled')) return { status: 'Rejected' };
    core.tokens.clearCache();
    return { status: 'Accepted' };
  },

  GetLocalListVersion() {
    return { versionNumber: core.variables.isOn('LocalAuthListCtrlr.Enabled') ? core.tokens.listVersion : 0 };
  },

  SendLocalList({ versionNumber, localAuthorizationList = [], updateType }) {
    const { variables, tokens } = core;
    const isTooLong = localAuthorizationList.length > variables.number('LocalAuthListCtrlr.ItemsPerMessage');
    if (!variables.isOn('LocalAuthListCtrlr.Enabled') || isTooLong) return { status: 'Failed' };
    const entries = localAuthorizationList.map(toEntry);
    const status =
      updateType === 'Full'
        ? tokens.replaceList(versionNumber, entries, maxEntries)
        : tokens.updateList(versionNumber, entries, maxEntries);
    return { status };
  },
});

const maxEntries = 10_000;

const toEntry = ({ idToken, idTokenInfo }: v21.AuthorizationData): ListEntry => ({
  idToken: idToken.idToken,
  info: idTokenInfo && toTokenInfo(idTokenInfo),
});
