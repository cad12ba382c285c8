import type { Static, TObject } from 'typebox';
import type { Token } from '../domain/authorization.ts';
import type { ChargingStation } from '../domain/charging-station.ts';
import type { Command, CommandRecord } from '../domain/commands.ts';
import type { Transaction } from '../domain/transaction.ts';
import type { Adapter, Finding, Log, Metrics } from './adapter.ts';
import type { Clock } from './clock.ts';
import type { FactListener } from './event-bus.ts';
import type { ApiKey, Queries, StateEntry } from './store.ts';

/** What north services are given: to read, to command, to follow. */
export interface Gateway {
  /** Reads of the store; a station that is in memory is shown as it is now. */
  readonly queries: Queries;
  /** Newest sign of life of a station since this process started; fresher than `lastSeenAt` of the store. */
  lastSeenAt(stationId: string): Date | undefined;

  /**
   * Stores a command and sends it. Resolves once it is stored; `settled` waits for the outcome.
   * @throws NotFoundError, NotSupportedError (the station cannot do it), OfflineError (unless `whenOffline` is `queue`)
   */
  issue(request: CommandRequest): Promise<CommandRecord>;
  /** The record once it is settled, or as it is when `signal` aborts. */
  settled(commandId: string, signal: AbortSignal): Promise<CommandRecord>;
  /** @throws ConflictError when it was sent already */
  cancelCommand(commandId: string, actor: string): Promise<CommandRecord>;

  /** @throws ConflictError when it exists */
  registerStation(
    stationId: string,
    options: { label?: string; password?: string; actor: string },
  ): Promise<ChargingStation>;
  changeAdmission(stationId: string, admission: ChargingStation['admission'], actor: string): Promise<ChargingStation>;
  /** `password` `undefined` leaves it, an empty string removes it; 16 to 40 characters (OCPP 2.0.1 A01). */
  updateStation(
    stationId: string,
    changes: { label?: string; password?: string },
    actor: string,
  ): Promise<ChargingStation>;
  /** Closes its connection and removes it with its history. @throws ConflictError while it charges */
  deleteStation(stationId: string, actor: string): Promise<void>;

  putToken(
    token: Omit<Token, 'tokenId' | 'createdAt' | 'updatedAt'> & { tokenId?: string },
    actor: string,
  ): Promise<Token>;
  deleteToken(tokenId: string, actor: string): Promise<void>;

  /** Ends a transaction that its station will never end. @throws ConflictError when it has ended */
  closeTransaction(
    address: { stationId: string; transactionId: string },
    reason: string,
    actor: string,
  ): Promise<Transaction>;

  /** The secret is returned here and nowhere else. */
  createApiKey(
    options: { name: string; scopes: readonly string[]; expiresAt?: Date },
    actor: string,
  ): Promise<{ key: ApiKey; secret: string }>;
  revokeApiKey(keyId: string, actor: string): Promise<void>;
  /** The key a secret belongs to; `undefined` when it is unknown, revoked or expired. */
  apiKeyOf(secret: string): Promise<ApiKey | undefined>;

  /** Calls `listener` for every fact from now on. Returns the way to unsubscribe. */
  subscribe(listener: FactListener): () => void;
  /** Keeps JSON of a service across restarts. */
  keepState(entries: readonly StateEntry[]): Promise<void>;
}

export interface CommandRequest {
  stationId: string;
  command: Command;
  /** API key id or name of the service. */
  actor: string;
  /** What to do while the station is not connected: refuse (default), or keep the command until it expires. */
  whenOffline?: 'reject' | 'queue';
  /** s from now until it is not sent any more; default 60. */
  expiresInS?: number;
  /** s to wait for the station's answer; default 30. */
  timeoutS?: number;
}

export interface ServiceContext {
  gateway: Gateway;
  log: Log;
  metrics: Metrics;
  clock: Clock;
  /** For `/metrics` and `/readyz`. */
  operations: Operations;
}

export interface Operations {
  /** Prometheus text. */
  metricsText(): Promise<string>;
  /** What keeps the gateway from working; empty when all is well. */
  problems(): readonly string[];
  /** Where a running driver or service listens: `addressOf('ocpp')`. */
  addressOf(adapter: string): string | undefined;
  version: string;
}

/** One way of being used. */
export interface Service<Options extends TObject = TObject> {
  name: string;
  options: Options;
  create(options: Static<Options>, context: ServiceContext): Adapter;
  examine?(options: Static<Options>): Promise<Finding[]>;
}

export function defineService<Options extends TObject>(service: Service<Options>): Service<Options> {
  return service;
}
