import type { v201, v21 } from '@busbar/ocpp';
import type { ContractProof } from '../authorization/contract.ts';
import { toIdTokenType, types201 } from '../authorization/id-token.ts';
import { excessOf, type ListEntry } from '../authorization/local-list.ts';
import type { IdToken } from '../station-host.ts';
import type { TokenInfo } from '../authorization/tokens.ts';
import type { TariffFault } from '../prices/tariff-rules.ts';
import { messagesOf } from './cost.ts';
import { notifyProblem } from './events.ts';
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
function judged(station: Station201, idToken: IdToken, answer: Answer): TokenInfo {
  const { idTokenInfo } = answer;
  const { personalMessage } = idTokenInfo;
  station.core.prices.judged(idToken, personalMessage && messagesOf(personalMessage));
  const info = toTokenInfo(idTokenInfo);
  return 'tariff' in answer ? withTariff(station, info, answer.tariff) : { ...info, tariff: undefined };
}

/** OCPP 2.1 I08: what becomes of a tariff that cannot be calculated with, TariffCostCtrlr.HandleFailedTariff says. */
function withTariff(station: Station201, info: TokenInfo, tariff: v21.TariffType | undefined): TokenInfo {
  const { variables, tariffs } = station.core;
  const fault = tariff && tariffs.faultOf(tariff);
  tariffProblem(station, fault);
  if (!fault) return { ...info, tariff };
  const rule = variables.get('TariffCostCtrlr.HandleFailedTariff[Tariff]');
  if (rule === 'Deauthorize') return { ...info, status: 'Invalid', tariff: undefined };
  return { ...info, tariff: rule === 'CentralCost' ? rule : undefined };
}

/** Told when it comes and when it goes. */
function tariffProblem(station: Station201, fault: TariffFault | undefined): void {
  const { variables } = station.core;
  const isCleared = fault === undefined;
  if (variables.isOn('TariffCostCtrlr.Problem') !== isCleared) return;
  variables.assign('TariffCostCtrlr.Problem', String(!isCleared));
  notifyProblem(station, { component: { name: 'TariffCostCtrlr' }, isCleared, techCode: fault });
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
