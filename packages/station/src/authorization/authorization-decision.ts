/** What the local list, or else the cache, says of a token. */
export type Standing = 'Accepted' | 'Refused' | 'Unknown';

/** What decides about a token, and the settings that say how: OCPP 1.6 core profile, 2.0.1 C. */
export interface AuthorizationCase {
  /** The CSMS can be asked. */
  isOnline: boolean;
  standing: Standing;
  /** Where the standing was found. */
  source: 'list' | 'cache' | undefined;
  rules: AuthorizationRules;
}

export interface AuthorizationRules {
  /** AuthCtrlr.Enabled: false lets everybody charge. */
  isEnabled: boolean;
  /** LocalPreAuthorize: what is accepted here needs no question. */
  preAuthorizes: boolean;
  /** LocalAuthorizeOffline: what is accepted here may charge offline. */
  authorizesOffline: boolean;
  /** AllowOfflineTxForUnknownId: so may what nobody here knows. */
  admitsUnknownOffline: boolean;
  /** AuthCtrlr.DisableRemoteAuthorization: the CSMS is never asked. */
  neverAsks: boolean;
  /** LocalAuthListCtrlr.DisablePostAuthorize: what the list refuses stays refused. */
  trustsRefusingList: boolean;
  /** AuthCacheCtrlr.DisablePostAuthorize. */
  trustsRefusingCache: boolean;
}

export type Verdict = 'Accept' | 'Deny' | 'Ask';

/** Whether a token may charge. After an `Ask` without an answer, the case is decided anew as offline. */
export function decide({ isOnline, standing, source, rules }: AuthorizationCase): Verdict {
  if (!rules.isEnabled) return 'Accept';
  if (!isOnline) return decideOffline(standing, rules);
  if (rules.neverAsks) return standing === 'Accepted' ? 'Accept' : 'Deny';
  if (!rules.preAuthorizes || standing === 'Unknown') return 'Ask';
  if (standing === 'Accepted') return 'Accept';
  const isFinal = source === 'list' ? rules.trustsRefusingList : rules.trustsRefusingCache;
  return isFinal ? 'Deny' : 'Ask';
}

function decideOffline(standing: Standing, { authorizesOffline, admitsUnknownOffline }: AuthorizationRules): Verdict {
  if (standing === 'Refused') return 'Deny';
  const mayCharge = standing === 'Accepted' ? authorizesOffline || admitsUnknownOffline : admitsUnknownOffline;
  return mayCharge ? 'Accept' : 'Deny';
}
