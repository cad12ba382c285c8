import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { InvalidError, NotFoundError } from '../domain/errors.ts';
import { newObjectId } from '../lib/object-id.ts';
import type { Clock } from '../ports/clock.ts';
import type { ApiKey, Credential, Store } from '../ports/store.ts';
import type { Recorder } from './record.ts';

/** API keys, and the passwords of stations. Secrets are kept as hashes only. */
export class Access {
  readonly #store: Store;
  readonly #recorder: Recorder;
  readonly #clock: Clock;

  constructor(store: Store, recorder: Recorder, clock: Clock) {
    this.#store = store;
    this.#recorder = recorder;
    this.#clock = clock;
  }

  async createKey(
    options: { name: string; scopes: readonly string[]; expiresAt?: Date },
    actor: string,
  ): Promise<{ key: ApiKey; secret: string }> {
    const now = this.#clock.now();
    const secret = `bb_${randomBytes(32).toString('base64url')}`;
    const key: ApiKey = {
      ...options,
      keyId: newObjectId(now),
      hash: hashOf(secret),
      prefix: secret.slice(0, 8),
      createdAt: now,
    };
    await this.#recorder.record({
      apiKeys: [key],
      facts: [],
      audit: [
        { at: now, actor, operation: 'key.create', detail: { keyId: key.keyId, name: key.name, scopes: key.scopes } },
      ],
    });
    return { key, secret };
  }

  async revokeKey(keyId: string, actor: string): Promise<void> {
    const now = this.#clock.now();
    const key = (await this.#store.apiKeys()).find((candidate) => candidate.keyId === keyId);
    if (key === undefined) throw new NotFoundError(`There is no API key '${keyId}'.`);
    if (key.revokedAt !== undefined) return;
    await this.#recorder.record({
      apiKeys: [{ ...key, revokedAt: now }],
      facts: [],
      audit: [{ at: now, actor, operation: 'key.revoke', detail: { keyId } }],
    });
  }

  async keyOf(secret: string): Promise<ApiKey | undefined> {
    const key = await this.#store.apiKeyByHash(hashOf(secret));
    if (key === undefined || key.revokedAt !== undefined) return undefined;
    return key.expiresAt !== undefined && key.expiresAt <= this.#clock.now() ? undefined : key;
  }

  /** @throws InvalidError unless the password has 16 to 40 printable characters; an empty one removes it */
  credentialOf(stationId: string, password: string): Credential {
    const updatedAt = this.#clock.now();
    if (password === '') return { stationId, updatedAt };
    if (!/^[\x21-\x7e]{16,40}$/.test(password)) {
      throw new InvalidError(badPassword, [{ pointer: '/password', detail: badPassword }]);
    }
    const salt = randomBytes(16).toString('hex');
    return { stationId, passwordHash: `${salt}:${hashOf(salt + password)}`, updatedAt };
  }

  async passwordVerdict(
    stationId: string,
    password: string | undefined,
  ): Promise<'right' | 'missing' | 'wrong' | 'unset'> {
    const stored = (await this.#store.credential(stationId))?.passwordHash;
    if (stored === undefined) return 'unset';
    if (password === undefined) return 'missing';
    const [salt = '', hash = ''] = stored.split(':', 2);
    return timingSafeEqual(Buffer.from(hashOf(salt + password)), Buffer.from(hash)) ? 'right' : 'wrong';
  }
}

const badPassword = 'A station password has 16 to 40 printable characters without spaces (OCPP 2.0.1 A01.FR.04).';

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
