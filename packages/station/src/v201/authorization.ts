import type { v201, v21 } from '@busbar/ocpp';
import { toIdTokenType, types201 } from '../id-token.ts';
import { excessOf, type ListEntry } from '../local-list.ts';
import type { IdToken } from '../station-host.ts';
import type { TokenInfo } from '../tokens.ts';
import type { Handlers201, Station201 } from './station201.ts';

export async function requestAuthorization({ wire }: Station201, idToken: IdToken): Promise<TokenInfo> {
  return toTokenInfo((await wire.call('Authorize', { idToken: toIdTokenType201(idToken) })).idTokenInfo);
}

export function toTokenInfo({
  status,
  cacheExpiryDateTime,
  groupIdToken,
  evseId,
}: v201.IdTokenInfoType | v21.IdTokenInfoType): TokenInfo {
  return {
    status,
    expiresAt: cacheExpiryDateTime === undefined ? undefined : new Date(cacheExpiryDateTime),
    groupId: groupIdToken?.idToken,
    evseIds: evseId,
  };
}

export function toIdTokenType201({ idToken, type }: IdToken): v201.IdTokenType {
  return { idToken, type: types201[type] };
}

/** The authorization cache and the local list. */
export const authorization = ({ core }: Station201): Handlers201 => ({
  ClearCache() {
    if (!core.variables.isOn('AuthCacheCtrlr.Enabled')) return { status: 'Rejected' };
    core.tokens.cache.clear();
    return { status: 'Accepted' };
  },

  GetLocalListVersion() {
    return { versionNumber: core.variables.isOn('LocalAuthListCtrlr.Enabled') ? core.tokens.list.version : 0 };
  },

  SendLocalList({ versionNumber, localAuthorizationList = [], updateType }) {
    if (!core.variables.isOn('LocalAuthListCtrlr.Enabled')) {
      return { status: 'Failed', statusInfo: { reasonCode: 'NotEnabled' } };
    }
    const reasonCode = excessOf(core, localAuthorizationList);
    if (reasonCode) return { status: 'Failed', statusInfo: { reasonCode } };
    const entries = localAuthorizationList.map(toEntry);
    return { status: core.tokens.list.update({ type: updateType, version: versionNumber, entries }) };
  },
});

const toEntry = ({ idToken: { idToken, type }, idTokenInfo }: v21.AuthorizationData): ListEntry => ({
  idToken,
  type: toIdTokenType(type),
  info: idTokenInfo && toTokenInfo(idTokenInfo),
});
