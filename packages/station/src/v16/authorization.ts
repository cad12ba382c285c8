import type { Handlers, v16 } from '@busbar/ocpp';
import type { IdToken } from '../station-host.ts';
import type { ListEntry, TokenInfo } from '../tokens.ts';
import type { Station16 } from './station16.ts';

export async function requestAuthorization({ wire }: Station16, { idToken }: IdToken): Promise<TokenInfo> {
  return toTokenInfo((await wire.call('Authorize', { idTag: idToken.slice(0, 20) })).idTagInfo);
}

export function toTokenInfo({ status, expiryDate, parentIdTag }: v16.IdTagInfo): TokenInfo {
  return { status, expiresAt: expiryDate === undefined ? undefined : new Date(expiryDate), groupId: parentIdTag };
}

/** The authorization cache and the local list. */
export const authorization = ({ core }: Station16): Handlers<'1.6'> => ({
  ClearCache() {
    if (!core.variables.isOn('AuthCacheCtrlr.Enabled')) return { status: 'Rejected' };
    core.tokens.clearCache();
    return { status: 'Accepted' };
  },

  GetLocalListVersion() {
    return { listVersion: core.variables.isOn('LocalAuthListCtrlr.Enabled') ? core.tokens.listVersion : -1 };
  },

  SendLocalList({ listVersion, localAuthorizationList = [], updateType }) {
    const { variables, tokens } = core;
    if (!variables.isOn('LocalAuthListCtrlr.Enabled')) return { status: 'NotSupported' };
    if (localAuthorizationList.length > variables.number('LocalAuthListCtrlr.ItemsPerMessage'))
      return { status: 'Failed' };
    const entries = localAuthorizationList.map(toEntry);
    const status =
      updateType === 'Full'
        ? tokens.replaceList(listVersion, entries, maxEntries)
        : tokens.updateList(listVersion, entries, maxEntries);
    return { status };
  },
});

const maxEntries = 10_000;

const toEntry = ({ idTag, idTagInfo }: v16.AuthorizationData): ListEntry => ({
  idToken: idTag,
  info: idTagInfo && toTokenInfo(idTagInfo),
});
