import type { v16 } from '@busbar/ocpp';
import type { AuthorizationStatus, IdToken, IdTokenInfo } from '../../../domain/authorization.ts';
import type { CommandOf, CommandResult } from '../../../domain/commands.ts';
import type { SendOptions } from '../../../ports/south.ts';
import type { Caller } from '../caller.ts';
import type { Session } from '../session.ts';

export const authorization = (session: Session) => ({
  async Authorize(request: v16.AuthorizeRequest): Promise<v16.AuthorizeResponse> {
    const { idTokenInfo } = await session.report({ type: 'Authorize', idToken: toIdToken(request.idTag) });
    return { idTagInfo: toIdTagInfo(idTokenInfo) };
  },
});

/** 1.6 tags have no type. */
export function toIdToken(idTag: string): IdToken {
  return { idToken: idTag, type: 'ISO14443' };
}

/** 1.6 has five words for what 2.0.1 has ten. */
const statuses: Readonly<Record<AuthorizationStatus, v16.IdTagInfo['status']>> = {
  Accepted: 'Accepted',
  Blocked: 'Blocked',
  ConcurrentTx: 'ConcurrentTx',
  Expired: 'Expired',
  Invalid: 'Invalid',
  NoCredit: 'Blocked',
  NotAllowedTypeEVSE: 'Blocked',
  NotAtThisLocation: 'Blocked',
  NotAtThisTime: 'Blocked',
  Unknown: 'Invalid',
};

/** Longest idTag (CiString20Type). */
const maxIdTagChars = 20;

export function toIdTagInfo(info: IdTokenInfo): v16.IdTagInfo {
  const parentIdTag = info.groupIdToken?.idToken;
  return {
    status: statuses[info.status],
    ...(info.cacheExpiryDateTime !== undefined && { expiryDate: info.cacheExpiryDateTime.toISOString() }),
    ...(parentIdTag !== undefined && parentIdTag.length <= maxIdTagChars && { parentIdTag }),
  };
}

export async function clearCache(
  caller: Caller<'1.6'>,
  _command: CommandOf<'clearCache'>,
  options: SendOptions,
): Promise<CommandResult> {
  const response = await caller.call('ClearCache', {}, options);
  return { accepted: response.status === 'Accepted', status: response.status, response };
}
