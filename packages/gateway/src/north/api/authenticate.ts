import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { ForbiddenError, RateLimitedError } from '../../domain/errors.ts';
import type { ApiKey } from '../../ports/store.ts';
import { covers, type Scope } from './access.ts';
import type { Api } from './context.ts';
import { RequestError } from './problem.ts';
import { RateLimit } from './rate-limit.ts';

/** How long an API key is believed without asking again, ms. */
const believedMs = 5000;

/** Finds out who asks. Keys are remembered by their hash for a few seconds. */
export class Authenticator {
  readonly #api: Pick<Api, 'gateway' | 'clock'>;
  readonly #failures: RateLimit;
  readonly #known = new Map<string, { key: ApiKey; until: number }>();

  constructor(api: Pick<Api, 'gateway' | 'clock'>, failedLoginsPerMinute: number) {
    this.#api = api;
    this.#failures = new RateLimit(failedLoginsPerMinute);
  }

  forget(): void {
    this.#known.clear();
  }

  /** The key of the request. @throws RequestError (401), RateLimitedError, ForbiddenError */
  async authenticate(request: FastifyRequest, scope: Scope): Promise<ApiKey> {
    const nowMs = this.#api.clock.now().getTime();
    const secret = /^Bearer +(\S{1,500})$/i.exec(request.headers.authorization ?? '')?.[1];
    if (secret === undefined) throw unauthorized('Give an API key: Authorization: Bearer <key>.', '');
    const hash = createHash('sha256').update(secret).digest('hex');
    const key = this.#remembered(hash, nowMs) ?? (await this.#lookUp(request, { secret, hash, nowMs }));
    if (covers(key.scopes, scope)) return key;
    throw new ForbiddenError(`This API key lacks the scope ${scope}.`);
  }

  #remembered(hash: string, nowMs: number): ApiKey | undefined {
    const known = this.#known.get(hash);
    if (known === undefined || known.until <= nowMs) return undefined;
    return known.key.expiresAt !== undefined && known.key.expiresAt.getTime() <= nowMs ? undefined : known.key;
  }

  async #lookUp(
    request: FastifyRequest,
    { secret, hash, nowMs }: { secret: string; hash: string; nowMs: number },
  ): Promise<ApiKey> {
    const waitS = this.#failures.waitS(request.ip, nowMs);
    if (waitS > 0) throw new RateLimitedError('Too many requests with a wrong API key from this address.', waitS);
    const key = await this.#api.gateway.apiKeyOf(secret);
    if (key === undefined) {
      this.#failures.take(request.ip, nowMs);
      throw unauthorized(await this.#refusalOf(hash), ', error="invalid_token"');
    }
    if (this.#known.size > 1000) this.#known.clear();
    this.#known.set(hash, { key, until: nowMs + believedMs });
    return key;
  }

  async #refusalOf(hash: string): Promise<string> {
    const stored = await this.#api.gateway.queries.apiKeyByHash(hash);
    const expired = stored?.expiresAt !== undefined && stored.expiresAt <= this.#api.clock.now();
    return expired && stored.revokedAt === undefined ? 'jwt expired' : 'The API key is unknown or was revoked.';
  }
}

function unauthorized(message: string, more: string): RequestError {
  return new RequestError('unauthorized', message, { headers: { 'www-authenticate': `Bearer realm="busbar"${more}` } });
}
