import type { Core } from './core.ts';
import type { IdToken } from './station-host.ts';
import type { TokenInfo } from './tokens.ts';

/** Somebody else who may know a token, such as whoever checks contract certificates (OCPP 2.0.1 C07). */
export type TokenAuthority = (idToken: IdToken) => Promise<TokenInfo | undefined>;

const accepted: TokenInfo = { status: 'Accepted' };

/** Asks whoever may know: the local list and cache, the CSMS, and without it the rules for being offline. Never rejects. */
export async function authorize(core: Core, idToken: IdToken): Promise<TokenInfo> {
  const { variables } = core;
  if (!variables.isOn('AuthCtrlr.Enabled') || idToken.type === 'NoAuthorization' || idToken.type === 'Central')
    return accepted;
  const contract = idToken.type === 'eMAID' ? await core.contractAuthority?.(idToken) : undefined;
  if (contract) return contract;
  const known = core.tokens.find(idToken, core.clock.now());
  if (core.isOnline) {
    if (known?.status === 'Accepted' && variables.isOn('AuthCtrlr.LocalPreAuthorize')) return known;
    const info = await ask(core, idToken);
    if (info) return info;
  }
  if (known && variables.isOn('AuthCtrlr.LocalAuthorizeOffline')) return known;
  return variables.isOn('AuthCtrlr.OfflineTxForUnknownIdEnabled') ? accepted : { status: 'Invalid' };
}

/** The CSMS's answer; undefined when there is none. */
async function ask(core: Core, idToken: IdToken): Promise<TokenInfo | undefined> {
  try {
    const info = await core.protocol.authorize(idToken);
    learn(core, idToken, info);
    return info;
  } catch (error) {
    core.events.emit('callFailed', { action: 'Authorize', error });
    return undefined;
  }
}

/** Keeps what the CSMS said of a token. */
export function learn(core: Core, idToken: IdToken, info: TokenInfo): void {
  if (core.variables.isOn('AuthCacheCtrlr.Enabled') && idToken.type !== 'Central') core.tokens.remember(idToken, info);
}
