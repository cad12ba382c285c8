import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { ServiceContext } from '../../ports/north.ts';
import type { ApiKey } from '../../ports/store.ts';
import type { Position } from '../../ports/store.ts';
import type { Scope } from './access.ts';
import type { Cursors } from './cursor.ts';
import type { EventFeed } from './feed.ts';
import type { ApiOptions } from './options.ts';

/** What routes are given. */
export interface Api extends ServiceContext {
  options: ApiOptions;
  cursors: Cursors;
  feed: EventFeed;
  /** Aborts when the service stops. */
  closing: AbortSignal;
  /** Forgets what is remembered of API keys, because one has changed. */
  forgetKeys(): void;
}

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the API key must allow; a route without one is open to all. */
    scope?: Scope;
    /** The answer holds a `secret` that is not to be kept for a replay. */
    answersSecret?: boolean;
  }
  interface FastifyRequest {
    /** Of the caller; undefined on open routes. */
    apiKey: ApiKey | undefined;
    /** Where the page that was asked for begins, out of the cursor. */
    place: { from: Position; towards: 'next' | 'previous' } | undefined;
    /** Of an Idempotency-Key: where to keep the answer. */
    idempotency: { key: string; fingerprint: string } | undefined;
  }
}
