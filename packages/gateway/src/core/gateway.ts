import {
  identityRule,
  isIdentity,
  newStation,
  type Admission,
  type ChargingStation,
} from '../domain/charging-station.ts';
import type { CommandRecord } from '../domain/commands.ts';
import { ConflictError, InvalidError, NotFoundError } from '../domain/errors.ts';
import { closeTransaction } from '../domain/evolve.ts';
import type { Transaction } from '../domain/transaction.ts';
import type { Token } from '../domain/authorization.ts';
import type { Log } from '../ports/adapter.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventBus, FactListener } from '../ports/event-bus.ts';
import type { CommandRequest, Gateway } from '../ports/north.ts';
import type { ApiKey, Queries, StateEntry, Store } from '../ports/store.ts';
import type { Access } from './access.ts';
import type { Authorization, TokenRequest } from './authorization.ts';
import type { Commands } from './commands.ts';
import type { Links } from './links.ts';
import type { Recorder } from './record.ts';
import type { Stations } from './stations.ts';

interface Parts {
  store: Store;
  bus: EventBus;
  recorder: Recorder;
  stations: Stations;
  links: Links;
  commands: Commands;
  authorization: Authorization;
  access: Access;
  clock: Clock;
  log: Log;
}

/** What north services are given. */
export class CoreGateway implements Gateway {
  readonly queries: Queries;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.queries = parts.store;
    this.#parts = parts;
  }

  lastSeenAt(stationId: string): Date | undefined {
    return this.#parts.stations.seenAt(stationId);
  }

  issue(request: CommandRequest): Promise<CommandRecord> {
    return this.#parts.commands.issue(request);
  }

  settled(commandId: string, signal: AbortSignal): Promise<CommandRecord> {
    return this.#parts.commands.settled(commandId, signal);
  }

  cancelCommand(commandId: string, actor: string): Promise<CommandRecord> {
    return this.#parts.commands.cancel(commandId, actor);
  }

  async registerStation(
    stationId: string,
    { label, password, actor }: { label?: string; password?: string; actor: string },
  ): Promise<ChargingStation> {
    if (!isIdentity(stationId)) throw new InvalidError(identityRule, [{ pointer: '/stationId', detail: identityRule }]);
    const at = this.#parts.clock.now();
    const credentials = password ? [this.#parts.access.credentialOf(stationId, password)] : [];
    const { station, created } = await this.#parts.stations.create(
      { ...newStation(stationId, 'admitted', at), ...(label && { label }) },
      { type: 'station.registered', stationId, at, admission: 'admitted' },
      {
        credentials,
        audit: [{ at, actor, operation: 'station.register', stationId, detail: { ...(label && { label }) } }],
      },
    );
    if (!created) throw new ConflictError(`There is a charging station '${stationId}' already.`);
    return station;
  }

  changeAdmission(stationId: string, admission: Admission, actor: string): Promise<ChargingStation> {
    const at = this.#parts.clock.now();
    return this.#parts.stations
      .change(stationId, (before) => {
        if (before.admission === admission) return { station: before, facts: [], answer: before };
        const station = { ...before, admission };
        return {
          station,
          facts: [{ type: 'station.admission-changed', stationId, at, admission }],
          answer: station,
          also: { audit: [{ at, actor, operation: 'station.admission', stationId, detail: { admission } }] },
        };
      })
      .then((station) => this.#takeUpAdmission(station));
  }

  async updateStation(
    stationId: string,
    { label, password }: { label?: string; password?: string },
    actor: string,
  ): Promise<ChargingStation> {
    const at = this.#parts.clock.now();
    const credentials = password === undefined ? [] : [this.#parts.access.credentialOf(stationId, password)];
    const detail = { ...(label !== undefined && { label }), ...(password !== undefined && { password: '***' }) };
    return this.#parts.stations.change(stationId, (before) => {
      const station = label === undefined ? before : withLabel(before, label);
      const audit = [{ at, actor, operation: 'station.update', stationId, detail }];
      return { station, facts: [], answer: station, also: { credentials, audit } };
    });
  }

  async deleteStation(stationId: string, actor: string): Promise<void> {
    const at = this.#parts.clock.now();
    await this.#parts.stations.remove(stationId, (station) => {
      if (station.transactions.some(({ state }) => state === 'active'))
        throw new ConflictError(stillCharging(stationId));
      return {
        deletedStation: stationId,
        facts: [{ type: 'station.deleted', stationId, at }],
        audit: [{ at, actor, operation: 'station.delete', stationId, detail: {} }],
      };
    });
    this.#parts.links.reach(stationId)?.close('the station was removed');
  }

  putToken(token: TokenRequest, actor: string): Promise<Token> {
    return this.#parts.authorization.put(token, actor);
  }

  deleteToken(tokenId: string, actor: string): Promise<void> {
    return this.#parts.authorization.delete(tokenId, actor);
  }

  async closeTransaction(
    { stationId, transactionId }: { stationId: string; transactionId: string },
    reason: string,
    actor: string,
  ): Promise<Transaction> {
    const at = this.#parts.clock.now();
    const stored = await this.#parts.store.transaction(stationId, transactionId);
    if (stored === undefined) throw new NotFoundError(`Station '${stationId}' has no transaction '${transactionId}'.`);
    const audit = [{ at, actor, operation: 'transaction.close', stationId, detail: { transactionId, reason } }];
    await this.#parts.stations.change(stationId, (before) => {
      const newest = before.transactions.find((known) => known.transactionId === transactionId) ?? stored;
      return { ...closeTransaction(before, newest, { now: at, reason }), answer: undefined, also: { audit } };
    });
    return (await this.#parts.store.transaction(stationId, transactionId)) ?? stored;
  }

  createApiKey(
    options: { name: string; scopes: readonly string[]; expiresAt?: Date },
    actor: string,
  ): Promise<{ key: ApiKey; secret: string }> {
    return this.#parts.access.createKey(options, actor);
  }

  revokeApiKey(keyId: string, actor: string): Promise<void> {
    return this.#parts.access.revokeKey(keyId, actor);
  }

  apiKeyOf(secret: string): Promise<ApiKey | undefined> {
    return this.#parts.access.keyOf(secret);
  }

  subscribe(listener: FactListener): () => void {
    return this.#parts.bus.subscribe(listener);
  }

  async keepState(entries: readonly StateEntry[]): Promise<void> {
    await this.#parts.recorder.record({ facts: [], state: entries });
  }

  /** A refused station is sent away; an admitted one is asked to boot again, so that it learns of it at once. */
  #takeUpAdmission(station: ChargingStation): ChargingStation {
    const link = this.#parts.links.reach(station.stationId);
    if (link !== undefined && station.admission === 'refused') link.close('the station was refused by the operator');
    if (link !== undefined && station.admission === 'admitted' && station.registration === 'Pending') {
      this.#askToBoot(station.stationId);
    }
    return station;
  }

  /** A station that cannot be asked boots by itself after the interval it was given. */
  #askToBoot(stationId: string): void {
    const command = { type: 'triggerMessage', requestedMessage: 'BootNotification' } as const;
    this.#parts.commands.issue({ stationId, command, actor: 'gateway' }).catch((error: unknown) => {
      this.#parts.log.debug({ err: error, stationId }, 'the station cannot be asked to boot');
    });
  }
}

/** An empty label removes it. */
function withLabel(station: ChargingStation, label: string): ChargingStation {
  const labelled = { ...station, label };
  if (label === '') Reflect.deleteProperty(labelled, 'label');
  return labelled;
}

function stillCharging(stationId: string): string {
  return `Charging station '${stationId}' has an open transaction: stop or close it first.`;
}
