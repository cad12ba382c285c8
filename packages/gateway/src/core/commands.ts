import {
  isSettled,
  type CommandOf,
  type CommandRecord,
  type CommandResult,
  type CommandType,
} from '../domain/commands.ts';
import { ConflictError, NotFoundError, NotSupportedError, OfflineError, UnavailableError } from '../domain/errors.ts';
import { evolveSettled } from '../domain/evolve.ts';
import { withoutSecrets } from '../domain/secrets.ts';
import { newObjectId } from '../lib/object-id.ts';
import type { Lifecycle, Log } from '../ports/adapter.ts';
import type { Clock } from '../ports/clock.ts';
import type { CommandRequest } from '../ports/north.ts';
import { LinkError, type LinkMethod, type SendOptions, type StationLink } from '../ports/south.ts';
import type { AuditEntry, Change, Store } from '../ports/store.ts';
import type { Links } from './links.ts';
import type { Stations } from './stations.ts';

interface Parts {
  store: Store;
  stations: Stations;
  links: Links;
  clock: Clock;
  log: Log;
}

/** s */
const defaults = { expiresInS: 60, timeoutS: 30 };

/** Longest time a timer can wait, ms. */
const maxTimerMs = 2 ** 31 - 1;

/**
 * The way out. A command is stored before it is sent and is sent at most once: what was handed to a link when the
 * process died is settled as `outcomeUnknown`, never sent again.
 */
export class Commands implements Lifecycle {
  readonly #parts: Parts;
  /** Stored, waiting for their station to connect. */
  readonly #queued = new Map<string, CommandRecord[]>();
  /** Their outcome is known, but not stored: the database could not take it. */
  readonly #unsettled = new Map<string, () => Promise<unknown>>();
  readonly #waiters = new Map<string, Set<(record: CommandRecord) => void>>();
  readonly #running = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  /** Rejects when the gateway stops: a link that does not heed the signal must not keep it from that. */
  readonly #stopped = Promise.withResolvers<never>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#stopped.promise.catch(() => {});
  }

  /** Settles what an earlier process left open. */
  async start(): Promise<void> {
    for (const record of await this.#parts.store.openCommands()) {
      if (record.dispatchedAt === undefined) this.#enqueue(record);
      else await this.#settle(record, lostWithProcess);
    }
  }

  async issue(request: CommandRequest): Promise<CommandRecord> {
    const { stationId, command } = request;
    const link = this.#parts.links.reach(stationId);
    if (link !== undefined) methodOf(link, command.type, stationId);
    const record = this.#recordOf(request, link !== undefined);
    const told = withoutSecrets(record);
    await this.#parts.stations.change(stationId, (station) => {
      if (link === undefined && request.whenOffline !== 'queue') throw offline(stationId);
      return {
        station,
        facts: [{ type: 'command.requested', stationId, at: record.requestedAt, command: told }],
        answer: undefined,
        // One that waits keeps its secrets until it is sent: they must survive the process.
        also: { commands: [link === undefined ? record : told], audit: [auditOf(record)] },
      };
    });
    if (link === undefined) this.#hold(record);
    else this.#track(this.#dispatch(link, record));
    return told;
  }

  async settled(commandId: string, signal: AbortSignal): Promise<CommandRecord> {
    const waiting = Promise.withResolvers<CommandRecord | undefined>();
    const waiters = this.#waiters.get(commandId) ?? new Set();
    this.#waiters.set(commandId, waiters.add(waiting.resolve));
    const giveUp = () => waiting.resolve(undefined);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      const record = await this.#existing(commandId);
      if (isSettled(record) || signal.aborted) return record;
      return (await waiting.promise) ?? (await this.#existing(commandId));
    } finally {
      signal.removeEventListener('abort', giveUp);
      waiters.delete(waiting.resolve);
      if (waiters.size === 0) this.#waiters.delete(commandId);
    }
  }

  /** @throws ConflictError when it is not waiting any more */
  async cancel(commandId: string, actor: string): Promise<CommandRecord> {
    const record = await this.#existing(commandId);
    if (!this.#dequeue(record))
      throw new ConflictError(`Command '${commandId}' is ${record.status}: too late to cancel.`);
    const { stationId } = record;
    const at = this.#parts.clock.now();
    const audit = [{ at, actor, operation: 'command.cancel', stationId, detail: { commandId } }];
    return this.#settle(record, cancelled, audit);
  }

  /** A station that waited for commands has said something, so it can take one now. */
  stationSpoke(stationId: string, reportType: string): void {
    if (this.#queued.size === 0 || reportType === 'Connected' || reportType === 'Disconnected') return;
    const queue = this.#queued.get(stationId);
    if (queue !== undefined) setImmediate(() => this.#flush(stationId));
  }

  /** Settles queued commands whose time is over, and those whose outcome could not be stored before. */
  expire(now: Date): void {
    for (const [commandId, settle] of this.#unsettled) {
      this.#unsettled.delete(commandId);
      this.#track(settle());
    }
    for (const queue of this.#queued.values()) {
      for (const record of queue.filter(({ expiresAt }) => expiresAt <= now)) {
        if (this.#dequeue(record)) this.#track(this.#settle(record, expired));
      }
    }
  }

  /** Resolves once what was in flight is settled: its outcome is unknown. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#stopped.reject(new LinkError('ConnectionLost', 'The gateway stopped before an answer came.', { sent: true }));
    await Promise.allSettled(this.#running);
  }

  #recordOf(request: CommandRequest, dispatched: boolean): CommandRecord {
    const now = this.#parts.clock.now();
    const { expiresInS = defaults.expiresInS, timeoutS = defaults.timeoutS } = request;
    return {
      commandId: newObjectId(now),
      stationId: request.stationId,
      command: request.command,
      status: 'pending',
      requestedBy: request.actor,
      requestedAt: now,
      updatedAt: now,
      timeoutS,
      expiresAt: new Date(now.getTime() + expiresInS * 1000),
      ...(dispatched && { dispatchedAt: now }),
    };
  }

  #flush(stationId: string): void {
    const link = this.#parts.links.reach(stationId);
    const queue = this.#queued.get(stationId);
    if (link === undefined || queue === undefined || this.#stopping.signal.aborted) return;
    this.#queued.delete(stationId);
    for (const record of queue) this.#track(this.#dispatchQueued(link, record));
  }

  async #dispatchQueued(link: StationLink, queued: CommandRecord): Promise<void> {
    const now = this.#parts.clock.now();
    if (queued.expiresAt <= now) {
      await this.#settle(queued, expired);
      return;
    }
    const record = { ...queued, dispatchedAt: now };
    try {
      await this.#store(record);
    } catch (error) {
      // Nothing was sent, so it waits on.
      if (!(error instanceof NotFoundError)) this.#enqueue(queued);
      throw error;
    }
    await this.#dispatch(link, record);
  }

  async #dispatch(link: StationLink, record: CommandRecord): Promise<void> {
    let newest = record;
    let sent: Promise<unknown> = Promise.resolve();
    const unsent = new AbortController();
    const waitMs = record.expiresAt.getTime() - this.#parts.clock.now().getTime();
    const timer = setTimeout(() => unsent.abort(), Math.min(waitMs, maxTimerMs));
    const onSent = () => {
      clearTimeout(timer);
      newest = { ...record, status: 'sent', updatedAt: this.#parts.clock.now() };
      sent = this.#announceSent(newest);
    };
    const signal = AbortSignal.any([this.#stopping.signal, unsent.signal]);
    const outcome = await this.#send(link, record, { onSent, signal });
    clearTimeout(timer);
    await sent;
    const isTooLate = unsent.signal.aborted && outcome.failure === 'Timeout' && outcome.outcomeUnknown !== true;
    await this.#settle(newest, isTooLate ? tooLate : outcome);
  }

  async #send(
    link: StationLink,
    record: CommandRecord,
    given: Required<Pick<SendOptions, 'onSent' | 'signal'>>,
  ): Promise<Outcome> {
    const options = { timeoutMs: record.timeoutS * 1000, ...given };
    try {
      const answer = methodOf(link, record.command.type, record.stationId)(record.command, options);
      return outcomeOf(await Promise.race([answer, this.#stopped.promise]));
    } catch (error) {
      if (error instanceof LinkError) return failureOf(error);
      if (error instanceof NotSupportedError)
        return { status: 'failed', failure: 'NotSupported', detail: error.message };
      this.#parts.log.error(
        { err: error, stationId: record.stationId, command: record.command.type },
        'a command failed',
      );
      return {
        status: 'failed',
        failure: 'Invalid',
        detail: 'The gateway failed to send it; see its log.',
        outcomeUnknown: true,
      };
    }
  }

  /** Stored before its end is, as both are turns of the same station. */
  #announceSent(record: CommandRecord): Promise<void> {
    const { stationId } = record;
    const change = this.#parts.stations.change(stationId, (station) => ({
      station,
      facts: [{ type: 'command.sent', stationId, at: record.updatedAt, command: withoutSecrets(record) }],
      answer: undefined,
      also: { commands: [withoutSecrets(record)] },
    }));
    return change.catch((error: unknown) => this.#lament(record, error));
  }

  async #store(record: CommandRecord): Promise<void> {
    await this.#parts.stations.change(record.stationId, (station) => ({
      station,
      facts: [],
      answer: undefined,
      also: { commands: [withoutSecrets(record)] },
    }));
  }

  async #settle(record: CommandRecord, outcome: Outcome, audit: Change['audit'] = []): Promise<CommandRecord> {
    const now = this.#parts.clock.now();
    const settled = withoutSecrets({ ...record, ...outcome, updatedAt: now });
    try {
      await this.#parts.stations.change(record.stationId, (station) => {
        const evolution = evolveSettled(station, settled, { now });
        return {
          station: evolution.station,
          facts: [
            ...evolution.facts,
            { type: 'command.settled', stationId: record.stationId, at: now, command: settled },
          ],
          answer: undefined,
          also: { commands: [settled], audit },
        };
      });
    } catch (error) {
      if (error instanceof UnavailableError && !this.#stopping.signal.aborted) {
        this.#unsettled.set(record.commandId, () => this.#settle(record, outcome, audit));
      }
      if (!(error instanceof NotFoundError)) this.#lament(settled, error);
    }
    for (const resolve of this.#waiters.get(record.commandId) ?? []) resolve(settled);
    return settled;
  }

  #lament(record: CommandRecord, error: unknown): void {
    const { stationId, commandId, status } = record;
    this.#parts.log.error({ err: error, stationId, commandId, status }, 'the state of a command could not be stored');
  }

  #hold(record: CommandRecord): void {
    this.#enqueue(record);
    // It may have come, and spoken, while the command was stored.
    if (this.#parts.links.reach(record.stationId) !== undefined) setImmediate(() => this.#flush(record.stationId));
  }

  #enqueue(record: CommandRecord): void {
    const queue = this.#queued.get(record.stationId);
    if (queue === undefined) this.#queued.set(record.stationId, [record]);
    else queue.push(record);
  }

  #dequeue(record: CommandRecord): boolean {
    const queue = this.#queued.get(record.stationId);
    const rest = queue?.filter(({ commandId }) => commandId !== record.commandId);
    if (queue === undefined || rest === undefined || rest.length === queue.length) return false;
    if (rest.length === 0) this.#queued.delete(record.stationId);
    else this.#queued.set(record.stationId, rest);
    return true;
  }

  #track(work: Promise<unknown>): void {
    const tracked = work.then(
      () => undefined,
      (error: unknown) => this.#parts.log.error({ err: error }, 'work on a command failed'),
    );
    this.#running.add(tracked);
    void tracked.then(() => this.#running.delete(tracked));
  }

  async #existing(commandId: string): Promise<CommandRecord> {
    const record = await this.#parts.store.command(commandId);
    if (record === undefined) throw new NotFoundError(`There is no command '${commandId}'.`);
    return record;
  }
}

type Outcome = Pick<CommandRecord, 'status' | 'failure' | 'detail' | 'outcomeUnknown' | 'result'>;

const lostWithProcess: Outcome = {
  status: 'failed',
  failure: 'ConnectionLost',
  detail: 'The gateway stopped before an answer came. It may have reached the station.',
  outcomeUnknown: true,
};

const cancelled: Outcome = {
  status: 'failed',
  failure: 'Cancelled',
  detail: 'It was cancelled before it was sent.',
};

const expired: Outcome = { status: 'failed', failure: 'Expired', detail: 'The station did not connect in time.' };

const tooLate: Outcome = {
  status: 'failed',
  failure: 'Expired',
  detail: 'It could not be sent in time: the station was busy with commands before it.',
};

function outcomeOf(result: CommandResult): Outcome {
  return { status: result.accepted ? 'accepted' : 'rejected', result };
}

function failureOf(error: LinkError): Outcome {
  const outcomeUnknown = error.sent && error.failure !== 'CallError';
  return {
    status: 'failed',
    failure: error.failure,
    detail: error.message,
    ...(outcomeUnknown && { outcomeUnknown }),
    ...(error.callError && { result: { accepted: false, status: 'CallError', response: error.callError } }),
  };
}

type Methods<T extends CommandType> = { [K in T]?: LinkMethod<K> };

/** @throws NotSupportedError when the station cannot do it */
function methodOf<T extends CommandType>(
  link: Methods<T>,
  type: T,
  stationId: string,
): (command: CommandOf<T>, options: SendOptions) => Promise<CommandResult> {
  const method = link[type];
  if (method === undefined) {
    throw new NotSupportedError(`Charging station '${stationId}' cannot do ${type} by what it speaks.`);
  }
  return method.bind(link);
}

function auditOf({
  commandId,
  stationId,
  command,
  requestedBy,
  requestedAt,
}: CommandRecord): Omit<AuditEntry, 'auditId'> {
  const detail = { commandId, type: command.type };
  return { at: requestedAt, actor: requestedBy, operation: 'command.issue', stationId, detail };
}

function offline(stationId: string): OfflineError {
  return new OfflineError(
    `Charging station '${stationId}' is not connected: try again later, or let the command wait.`,
  );
}
