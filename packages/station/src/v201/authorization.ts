import type { v201, v21 } from '@busbar/ocpp';
import type { ContractProof } from '../contract.ts';
import type { IdToken, IdTokenType } from '../station-host.ts';
import type { ListEntry, TokenInfo } from '../tokens.ts';
import { messagesOf } from './cost.ts';
import type { Handlers201, Station201 } from './station201.ts';

export async function requestAuthorization(station: Station201, idToken: IdToken): Promise<TokenInfo> {
  const answer = await station.wire.call('Authorize', { idToken: toIdTokenType201(idToken) });
  return judged(station, idToken, answer);
}

/** OCPP 2.0.1 C07: what the CSMS finds wrong with the certificate counts as the token's. */
export async function authorizeContract(
  station: Station201,
  idToken: IdToken,
  { certificate, hashData }: ContractProof,
): Promise<TokenInfo> {
  const answer = await station.wire.call('Authorize', {
    idToken: toIdTokenType201(idToken),
    certificate,
    iso15118CertificateHashData: hashData && [...hashData],
  });
  const info = judged(station, idToken, answer);
  const isRefused = answer.certificateStatus !== undefined && answer.certificateStatus !== 'Accepted';
  return info.status === 'Accepted' && isRefused ? { ...info, status: 'Invalid' } : info;
}

type Answer = v201.AuthorizeResponse | v21.AuthorizeResponse;

/** What else came with the verdict: the price for this one. */
function judged({ core }: Station201, idToken: IdToken, answer: Answer): TokenInfo {
  const { idTokenInfo } = answer;
  const { personalMessage } = idTokenInfo;
  core.tariffs.setDriver(idToken, 'tariff' in answer ? answer.tariff : undefined);
  core.prices.judged(idToken, personalMessage && messagesOf(personalMessage));
  return toTokenInfo(idTokenInfo);
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

/** OCPP 2.0.1 knows fewer kinds of tokens. */
const types201: Record<IdTokenType, v201.IdTokenEnumType> = {
  Central: 'Central',
  DirectPayment: 'Central',
  eMAID: 'eMAID',
  EVCCID: 'MacAddress',
  ISO14443: 'ISO14443',
  ISO15693: 'ISO15693',
  KeyCode: 'KeyCode',
  Local: 'Local',
  MacAddress: 'MacAddress',
  NoAuthorization: 'NoAuthorization',
  VIN: 'Central',
};

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
