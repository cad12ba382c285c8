import { createHmac } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Compile } from 'typebox/schema';
import type { Api } from './context.ts';
import { RequestError } from './problem.ts';

const kept = Compile(
  Type.Object({
    fingerprint: Type.String(),
    status: Type.Optional(Type.Integer()),
    body: Type.Optional(Type.String()),
    location: Type.Optional(Type.String()),
  }),
);

const day = 24 * 3600 * 1000;
/** How long a request that never finished keeps its key, e.g. because the process was killed. */
const unfinished = 10 * 60 * 1000;

/** `Idempotency-Key`: the second request of a key gets the answer of the first, for 24 hours. */
export class Idempotency {
  readonly #api: Api;
  readonly #secret: string;
  readonly #running = new Set<string>();

  constructor(api: Api, secret: string) {
    this.#api = api;
    this.#secret = secret;
  }

  /** Answers a repeated request out of the record. Returns whether it did. @throws RequestError */
  async begin(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    const name = keyIn(request);
    if (name === undefined) return false;
    const path = request.url.split('?', 1)[0] ?? '';
    const key = `idempotency/${this.#digest([request.apiKey?.keyId ?? '', request.method, path, name])}`;
    const fingerprint = this.#digest([request.url, canonical(request.body)]);
    if (this.#running.has(key)) throw inProgress();
    this.#running.add(key);
    try {
      const [entry] = await this.#api.gateway.queries.state('api', key, 1);
      if (entry !== undefined && kept.Check(entry.value)) return this.#replay(entry.value, { key, fingerprint, reply });
      await this.#keep(key, { fingerprint }, unfinished);
      request.idempotency = { key, fingerprint };
      return false;
    } catch (error) {
      this.#running.delete(key);
      throw error;
    }
  }

  /** Keeps the answer, unless trying again may give another. */
  async end(request: FastifyRequest, reply: FastifyReply, body: string): Promise<void> {
    const { key, fingerprint } = request.idempotency ?? {};
    if (key === undefined) return;
    const status = reply.statusCode;
    const location = reply.getHeader('location');
    const value = { fingerprint, status, body, ...(typeof location === 'string' && { location }) };
    const passing = status >= 500 || status === 429;
    try {
      await this.#keep(key, passing ? undefined : value, day);
    } catch (error) {
      this.#api.log.warn(
        { error, requestId: request.id },
        'answer not kept for a repetition; its Idempotency-Key stays taken',
      );
    } finally {
      this.#running.delete(key);
    }
  }

  /** The connection went before an answer did. */
  abandon(request: FastifyRequest): void {
    if (request.idempotency) this.#running.delete(request.idempotency.key);
  }

  #replay(
    answer: { fingerprint: string; status?: number; body?: string; location?: string },
    { key, fingerprint, reply }: { key: string; fingerprint: string; reply: FastifyReply },
  ): boolean {
    this.#running.delete(key);
    if (answer.fingerprint !== fingerprint) {
      throw new RequestError(
        'idempotency-mismatch',
        'This Idempotency-Key came with another request before. Use a new one.',
      );
    }
    if (answer.status === undefined || answer.body === undefined) throw inProgress();
    reply.code(answer.status).header('idempotent-replayed', 'true').type('application/json; charset=utf-8');
    if (answer.location !== undefined) reply.header('location', answer.location);
    reply.send(answer.body);
    return true;
  }

  #keep(key: string, value: unknown, forMs: number): Promise<void> {
    const expiresAt = new Date(this.#api.clock.now().getTime() + forMs);
    return this.#api.gateway.keepState([{ service: 'api', key, value, expiresAt }]);
  }

  #digest(parts: readonly string[]): string {
    return createHmac('sha256', this.#secret).update(parts.join('\u0000')).digest('hex');
  }
}

function keyIn(request: FastifyRequest): string | undefined {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return undefined;
  const text = String(header);
  const key = /^"(.*)"$/.exec(text)?.[1] ?? text;
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new RequestError('invalid-request', 'Idempotency-Key: must be 1 to 255 visible ASCII characters.');
}

function inProgress(): RequestError {
  return new RequestError(
    'idempotency-in-progress',
    'The first request with this Idempotency-Key has not been answered yet.',
    {
      headers: { 'retry-after': '1' },
    },
  );
}

/** JSON whose members are in order of their names. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}
