import { OcppConnectionClosed, OcppQueueFull, OcppTimeout } from '@busbar/ocpp';
import { decide, type AuthorizationRules, type Standing } from './authorization-decision.ts';
import type { Core } from '../core.ts';
import { longestIdToken } from './id-token.ts';
import type { IdToken } from '../station-host.ts';
import type { TokenInfo } from './tokens.ts';

const accepted: TokenInfo = { status: 'Accepted' };
const invalid: TokenInfo = { status: 'Invalid' };

/** Asks whoever may know: the local list and cache, the CSMS, and without it the rules for being offline. Never rejects. */
export async function authorize(core: Core, idToken: IdToken, evseId?: number): Promise<TokenInfo> {
  const info = await verdictOn(core, idToken);
  const isElsewhere = info.status === 'Accepted' && evseId !== undefined && info.evseIds?.includes(evseId) === false;
  return isElsewhere ? { ...info, status: 'NotAtThisLocation' } : info;
}

async function verdictOn(core: Core, idToken: IdToken): Promise<TokenInfo> {
  if (idToken.idToken.length > longestIdToken[core.version]) return invalid;
  if (needsNobody(idToken)) return accepted;
  const contract = idToken.type === 'eMAID' ? await core.contracts.judge(idToken) : undefined;
  if (contract) return contract;
  const found = core.tokens.find(idToken);
  const standing = standingOf(found?.info);
  const situation = { standing, source: found?.source, rules: rulesOf(core) };
  const verdict = decide({ ...situation, isOnline: core.isOnline });
  const answer = verdict === 'Ask' ? await ask(core, idToken) : undefined;
  if (typeof answer === 'object') return answer;
  if (answer === 'refused') return standing === 'Accepted' ? (found?.info ?? invalid) : invalid;
  const final = verdict === 'Ask' ? decide({ ...situation, isOnline: false }) : verdict;
  if (final === 'Accept') return standing === 'Accepted' ? (found?.info ?? accepted) : accepted;
  return standing === 'Refused' ? (found?.info ?? invalid) : invalid;
}

/** OCPP 2.0.1 C01.FR.02 and C02: the CSMS made it itself, or nobody has to be authorised. */
const needsNobody = ({ type }: IdToken) => type === 'Central' || type === 'NoAuthorization';

function standingOf(info: TokenInfo | undefined): Standing {
  if (!info) return 'Unknown';
  return info.status === 'Accepted' ? 'Accepted' : 'Refused';
}

function rulesOf({ variables }: Core): AuthorizationRules {
  return {
    isEnabled: variables.isOn('AuthCtrlr.Enabled'),
    preAuthorizes: variables.isOn('AuthCtrlr.LocalPreAuthorize'),
    authorizesOffline: variables.isOn('AuthCtrlr.LocalAuthorizeOffline'),
    admitsUnknownOffline: variables.isOn('AuthCtrlr.OfflineTxForUnknownIdEnabled'),
    neverAsks: variables.isOn('AuthCtrlr.DisableRemoteAuthorization'),
    trustsRefusingList: variables.isOn('LocalAuthListCtrlr.DisablePostAuthorize'),
    trustsRefusingCache: variables.isOn('AuthCacheCtrlr.DisablePostAuthorize'),
  };
}

/** The CSMS's answer; `refused` when it answers with an error or with nonsense, undefined when it does not answer. */
async function ask(core: Core, idToken: IdToken): Promise<TokenInfo | 'refused' | undefined> {
  try {
    const info = await core.protocol.authorize(idToken);
    learn(core, idToken, info);
    return info;
  } catch (error) {
    core.events.emit('callFailed', { action: 'Authorize', error });
    return isUnheard(error) ? undefined : 'refused';
  }
}

function isUnheard(error: unknown): boolean {
  return error instanceof OcppConnectionClosed || error instanceof OcppTimeout || error instanceof OcppQueueFull;
}

/** Keeps what the CSMS said of a token: OCPP 2.0.1 C10.FR.01, whatever it said. */
export function learn(core: Core, idToken: IdToken, info: TokenInfo): void {
  const { tokens, variables, protocol } = core;
  const known = tokens.find(idToken);
  if (variables.isOn('AuthCacheCtrlr.Enabled')) tokens.cache.remember(idToken, info);
  const isConflict = known?.source === 'list' && (known.info.status === 'Accepted') !== (info.status === 'Accepted');
  if (isConflict) protocol.listConflicted();
}
