import type { v201, v21 } from '@busbar/ocpp';
import type { IdToken, IdTokenInfo } from '../../../domain/authorization.ts';
import type { CommandOf, CommandResult } from '../../../domain/commands.ts';
import type { SendOptions } from '../../../ports/south.ts';
import { invalid, type Caller } from '../caller.ts';
import type { Version2 } from './version.ts';
import type { Session } from '../session.ts';
import { reasonOf } from './provisioning.ts';

export const authorization = (session: Session) => ({
  /** A contract certificate that comes along is not looked at: the gateway has no authority to check it with. */
  async Authorize(request: v21.AuthorizeRequest): Promise<v201.AuthorizeResponse> {
    const { idTokenInfo } = await session.report({ type: 'Authorize', idToken: toIdToken(request.idToken) });
    const isCertified = request.certificate !== undefined || request.iso15118CertificateHashData !== undefined;
    return {
      idTokenInfo: toIdTokenInfo(idTokenInfo),
      ...(isCertified && { certificateStatus: 'NoCertificateAvailable' as const }),
    };
  },
});

export function toIdToken({ idToken, type }: v21.IdTokenType): IdToken {
  return { idToken, type };
}

export function toIdTokenInfo(info: IdTokenInfo): v201.IdTokenInfoType {
  const group = info.groupIdToken === undefined ? undefined : fromIdToken(info.groupIdToken);
  return {
    status: info.status,
    ...(info.cacheExpiryDateTime !== undefined && { cacheExpiryDateTime: info.cacheExpiryDateTime.toISOString() }),
    ...(group !== undefined && { groupIdToken: group }),
  };
}

const types: readonly v201.IdTokenEnumType[] = [
  'Central',
  'eMAID',
  'ISO14443',
  'ISO15693',
  'KeyCode',
  'Local',
  'MacAddress',
  'NoAuthorization',
];

/** `undefined` when its type is none of 2.0.1. */
export function fromIdToken({ idToken, type }: IdToken): v201.IdTokenType | undefined {
  const known = types.find((name) => name === type);
  return known === undefined ? undefined : { idToken, type: known };
}

/** As {@link fromIdToken}, for commands. @throws LinkError */
export function knownIdToken(token: IdToken): v201.IdTokenType {
  const known = fromIdToken(token);
  if (known === undefined) {
    throw invalid(`OCPP 2.0.1 has no token type '${token.type}': use one of ${types.join(', ')}.`);
  }
  return known;
}

export async function clearCache(
  caller: Caller<Version2>,
  _command: CommandOf<'clearCache'>,
  options: SendOptions,
): Promise<CommandResult> {
  const response = await caller.call('ClearCache', {}, options);
  return { accepted: response.status === 'Accepted', status: response.status, ...reasonOf(response), response };
}
