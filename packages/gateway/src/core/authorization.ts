import { authorize, type IdToken, type IdTokenInfo, type Token } from '../domain/authorization.ts';
import { ConflictError, InvalidError, NotFoundError } from '../domain/errors.ts';
import { newObjectId } from '../lib/object-id.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import type { Recorder } from './record.ts';

/** A token as somebody asks for it; without `tokenId` it is a new one. */
export type TokenRequest = Omit<Token, 'tokenId' | 'createdAt' | 'updatedAt'> & { tokenId?: string };

/** The operator's tokens, and what they say to a station. */
export class Authorization {
  readonly #store: Store;
  readonly #recorder: Recorder;
  readonly #clock: Clock;

  constructor(store: Store, recorder: Recorder, clock: Clock) {
    this.#store = store;
    this.#recorder = recorder;
    this.#clock = clock;
  }

  async infoOf(idToken: IdToken): Promise<IdTokenInfo> {
    return authorize(await this.#store.token(idToken.idToken), this.#clock.now());
  }

  /** @throws ConflictError when another token has the same idToken */
  async put(request: TokenRequest, actor: string): Promise<Token> {
    const now = this.#clock.now();
    const { idToken } = request;
    if (!/^[\x20-\x7e]{1,255}$/.test(idToken))
      throw new InvalidError(badIdToken, [{ pointer: '/idToken', detail: badIdToken }]);
    const older = request.tokenId === undefined ? undefined : await this.#existing(request.tokenId);
    const same = await this.#store.token(idToken);
    if (same !== undefined && same.tokenId !== older?.tokenId) {
      throw new ConflictError(`There is a token '${idToken}' already (${same.tokenId}): change that one.`);
    }
    const token: Token = {
      ...request,
      tokenId: older?.tokenId ?? newObjectId(now),
      createdAt: older?.createdAt ?? now,
      updatedAt: now,
    };
    await this.#recorder.record({
      tokens: [token],
      facts: [{ type: 'token.changed', at: now, token }],
      audit: [{ at: now, actor, operation: 'token.put', detail: { tokenId: token.tokenId, blocked: token.blocked } }],
    });
    return token;
  }

  async delete(tokenId: string, actor: string): Promise<void> {
    const now = this.#clock.now();
    const token = await this.#existing(tokenId);
    await this.#recorder.record({
      deletedTokens: [tokenId],
      facts: [{ type: 'token.deleted', at: now, token }],
      audit: [{ at: now, actor, operation: 'token.delete', detail: { tokenId } }],
    });
  }

  async #existing(tokenId: string): Promise<Token> {
    const token = await this.#store.tokenById(tokenId);
    if (token === undefined) throw new NotFoundError(`There is no token '${tokenId}'.`);
    return token;
  }
}

const badIdToken = 'An idToken has 1 to 255 printable ASCII characters.';
