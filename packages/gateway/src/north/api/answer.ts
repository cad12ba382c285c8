import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Command, CommandRecord } from '../../domain/commands.ts';
import { isSettled } from '../../domain/commands.ts';
import type { Api } from './context.ts';
import { toAction } from './render/action.ts';
import type { CommandOptions } from './requests.ts';
import type { Action } from './schemas.ts';

/** eDRV's answer around one thing. */
export function ok<T>(result: T): { ok: true; message: string; result: T } {
  return { ok: true, message: '', result };
}

/** Who asks, for audit and actions. */
export function actorOf(request: FastifyRequest): string {
  return request.apiKey?.keyId ?? 'api';
}

/**
 * Issues a command and answers its action: 201 at once, or 200 with the outcome when `Prefer: wait` asks for it and the
 * station answered in time.
 */
export async function issue(
  { api, request, reply }: { api: Api; request: FastifyRequest; reply: FastifyReply },
  target: { stationId: string; command: Command },
  { offline, expires_in: expiresInS }: CommandOptions,
) {
  const record = await api.gateway.issue({
    ...target,
    actor: actorOf(request),
    ...(offline && { whenOffline: offline }),
    ...(expiresInS !== undefined && { expiresInS }),
  });
  reply.header('location', `/v1.1/actions/${record.commandId}`);
  const known = await settledWithin(api, { record, request, reply });
  return answer(reply, known);
}

function answer(reply: FastifyReply, record: CommandRecord): { ok: true; message: string; result: Action } {
  reply.code(isSettled(record) ? 200 : 201).header('cache-control', 'no-store');
  return ok(toAction(record));
}

/** The record once it is settled, if the request is willing to wait for it (RFC 7240). */
export async function settledWithin(
  api: Api,
  { record, request, reply }: { record: CommandRecord; request: FastifyRequest; reply: FastifyReply },
): Promise<CommandRecord> {
  const waitS = waitOf(request);
  if (waitS === undefined) return record;
  reply.header('preference-applied', `wait=${waitS}`);
  if (isSettled(record) || waitS === 0) return record;
  return api.gateway.settled(record.commandId, AbortSignal.any([AbortSignal.timeout(waitS * 1000), api.closing]));
}

/** s, at most 60; `undefined` when the request does not ask to wait. */
function waitOf(request: FastifyRequest): number | undefined {
  const text = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})"?/i.exec(String(request.headers.prefer ?? ''))?.[1];
  return text === undefined ? undefined : Math.min(60, Number(text));
}
