import type { Admission } from './charging-station.ts';

/** OCPP 2.0.1 IdTokenEnumType; 2.1 adds names of its own, which are kept as they come. */
export type IdTokenType =
  | 'Central'
  | 'eMAID'
  | 'ISO14443'
  | 'ISO15693'
  | 'KeyCode'
  | 'Local'
  | 'MacAddress'
  | 'NoAuthorization'
  | (string & {});

/** Who wants to charge. 1.6's `idTag` is a token without a type of its own: `ISO14443` unless a token says otherwise. */
export interface IdToken {
  /** Compared without regard to case (OCPP 1.6 3.10, OCPP 2.0.1 IdTokenType). */
  idToken: string;
  type: IdTokenType;
}

/** OCPP 2.0.1 AuthorizationStatusEnumType. */
export type AuthorizationStatus =
  | 'Accepted'
  | 'Blocked'
  | 'ConcurrentTx'
  | 'Expired'
  | 'Invalid'
  | 'NoCredit'
  | 'NotAllowedTypeEVSE'
  | 'NotAtThisLocation'
  | 'NotAtThisTime'
  | 'Unknown';

export interface IdTokenInfo {
  status: AuthorizationStatus;
  /** Until when the station may remember this answer. */
  cacheExpiryDateTime?: Date;
  groupIdToken?: IdToken;
}

/** A token as the operator keeps it. */
export interface Token extends IdToken {
  /** 24 hexadecimal digits. */
  tokenId: string;
  blocked: boolean;
  expiresAt?: Date;
  /** Tokens of one group may stop each other's transactions. */
  groupId?: string;
  /** What people call its holder. */
  label?: string;
  createdAt: Date;
  updatedAt: Date;
}

/** How tokens are compared and stored: without regard to case. */
export function normalizedIdToken(idToken: string): string {
  return idToken.toLowerCase();
}

/** The answer for a token the operator has, or has not, on record. */
export function authorize(token: Token | undefined, now: Date): IdTokenInfo {
  if (token === undefined) return { status: 'Invalid' };
  if (token.blocked) return { status: 'Blocked' };
  if (token.expiresAt !== undefined && token.expiresAt <= now) return { status: 'Expired' };
  return {
    status: 'Accepted',
    ...(token.expiresAt !== undefined && { cacheExpiryDateTime: token.expiresAt }),
    ...(token.groupId !== undefined && { groupIdToken: { idToken: token.groupId, type: 'Central' } }),
  };
}

/**
 * What a station is told of a token. One that is not admitted must not find out which tokens are good. `NoAuthorization`
 * stands for nobody: its station was set up to ask for no token (OCPP 2.0.1 C02).
 */
export function answerFor(
  { type }: IdToken,
  { admission, known }: { admission: Admission; known: IdTokenInfo | undefined },
): IdTokenInfo {
  if (admission !== 'admitted') return { status: 'Invalid' };
  if (type === 'NoAuthorization') return { status: 'Accepted' };
  return known ?? { status: 'Invalid' };
}
