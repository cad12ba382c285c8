import type { Handlers, v16 } from '@busbar/ocpp';
import { excessOf, type ListEntry } from '../authorization/local-list.ts';
import type { IdToken } from '../station-host.ts';
import type { TokenInfo } from '../authorization/tokens.ts';
import type { Station16 } from './station16.ts';

export async function requestAuthorization({ wire }: Station16, { idToken }: IdToken): Promise<TokenInfo> {
  return toTokenInfo((await wire.call('Authorize', { idTag: idToken })).idTagInfo);
}

export function toTokenInfo({ status, expiryDate, parentIdTag }: v16.IdTagInfo): TokenInfo {
  return { status, expiresAt: expiryDate === undefined ? undefined : new Date(expiryDate), groupId: parentIdTag };
}

/** The authorization cache and the local list. */
export const authorization = ({ core }: Station16): Handlers<'1.6'> => ({
  ClearCache() {
    if (!core.variables.isOn('AuthCacheCtrlr.Enabled')) return { status: 'Rejected' };
    core.tokens.cache.clear();
    return { status: 'Accepted' };
  },

  GetLocalListVersion() {
    return { listVersion: core.variables.isOn('LocalAuthListCtrlr.Enabled') ? core.tokens.list.version : -1 };
  },

  SendLocalList({ listVersion, localAuthorizationList = [], updateType }) {
    if (!core.variables.isOn('LocalAuthListCtrlr.Enabled')) return { status: 'NotSupported' };
    if (excessOf(core, localAuthorizationList)) return { status: 'Failed' };
    const entries = localAuthorizationList.map(toEntry);
    return { status: core.tokens.list.update({ type: updateType, version: listVersion, entries }) };
  },
});

const toEntry = ({ idTag, idTagInfo }: v16.AuthorizationData): ListEntry => ({
  idToken: idTag,
  info: idTagInfo && toTokenInfo(idTagInfo),
});
