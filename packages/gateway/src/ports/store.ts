import type { Token } from '../domain/authorization.ts';
import type { ChargingStation, Reservation } from '../domain/charging-station.ts';
import type { CommandRecord, CommandStatus, CommandType } from '../domain/commands.ts';
import type { ReportedVariable } from '../domain/device-model.ts';
import type { Fact, FactType, StoredFact } from '../domain/facts.ts';
import type { Measurement } from '../domain/measurement.ts';
import type { Transaction } from '../domain/transaction.ts';
import type { Lifecycle } from './adapter.ts';
import type { MessageEntry } from './south.ts';

/** The record. What `commit` has answered survives `kill -9` and power loss. */
export interface Store extends Lifecycle, Queries {
  /**
   * Stores all of a change or nothing of it, and returns its facts with the numbers they got.
   * @throws UnavailableError when the database cannot take it now (disk full, locked); nothing was stored
   */
  commit(change: Change): Promise<readonly StoredFact[]>;
  /** Takes frames for the message log. Written within a second or so; the oldest are dropped under pressure. */
  logMessages(entries: readonly MessageEntry[]): void;
  /** What keeps it from taking changes right now, as a sentence for operators. */
  problem(): string | undefined;
  /** Writes a consistent copy of everything to `path` while the gateway runs. */
  backup(path: string): Promise<void>;
  /** Removes what is older than the retention allows, a bounded piece at a time. Returns the rows removed. */
  prune(now: Date): Promise<number>;
}

/** What one decision of the core changes. */
export interface Change {
  /** Written where `after` differs from `before`; parts that are identical by reference are not looked at. */
  station?: { before: ChargingStation | undefined; after: ChargingStation };
  /** Removes the station with all its rows but the facts. */
  deletedStation?: string;
  /** Also kept as what they tell: `measurements.taken` as meter values, `variables.reported` as variables. */
  facts: readonly Fact[];
  commands?: readonly CommandRecord[];
  tokens?: readonly Token[];
  /** By `tokenId`. */
  deletedTokens?: readonly string[];
  apiKeys?: readonly ApiKey[];
  credentials?: readonly Credential[];
  audit?: readonly Omit<AuditEntry, 'auditId'>[];
  state?: readonly StateEntry[];
}

/** Reads. Everything they return is a copy that nobody changes. */
export interface Queries {
  station(stationId: string): Promise<ChargingStation | undefined>;
  /** The identity behind a 24-hex id (`objectIdOf('station', stationId)`). */
  stationIdOf(objectId: string): Promise<string | undefined>;
  /** Whose connector a 24-hex id (`objectIdOf('connector', stationId, evseId, connectorId)`) is. */
  connectorAddressOf(objectId: string): Promise<{ stationId: string; evseId: number; connectorId: number } | undefined>;
  stations(query: StationQuery): Promise<Page<ChargingStation>>;
  /** Counts for dashboards and metrics. */
  counts(): Promise<{ stations: number; online: number; held: number; activeTransactions: number }>;

  transaction(stationId: string, transactionId: string): Promise<Transaction | undefined>;
  transactionByStartKey(stationId: string, startKey: string): Promise<Transaction | undefined>;
  /** By `objectIdOf('transaction', stationId, transactionId)`. */
  transactionByObjectId(objectId: string): Promise<Transaction | undefined>;
  transactions(query: TransactionQuery): Promise<Page<Transaction>>;

  /** Those of these values of an EVSE that are not stored with exactly this instant, in their order. */
  unstoredMeasurements(
    stationId: string,
    evseId: number,
    measurements: readonly Measurement[],
  ): Promise<readonly Measurement[]>;
  /** Ascending by time. */
  measurements(query: MeasurementQuery): Promise<readonly Measurement[]>;

  /** By name; at most `limit` (default 10,000). `name` is the start of the 2.0.1 name or of the 1.6 key, in any case. */
  variables(stationId: string, query?: { name?: string; limit?: number }): Promise<readonly StoredVariable[]>;

  token(idToken: string): Promise<Token | undefined>;
  tokenById(tokenId: string): Promise<Token | undefined>;
  tokens(query: PageRequest & { search?: string }): Promise<Page<Token>>;

  command(commandId: string): Promise<CommandRecord | undefined>;
  commands(query: CommandQuery): Promise<Page<CommandRecord>>;
  /** Those not settled, oldest first. */
  openCommands(): Promise<readonly CommandRecord[]>;

  reservations(
    query: PageRequest & { stationId?: string; status?: Reservation['status'] },
  ): Promise<Page<Reservation & { stationId: string }>>;

  /** Ascending from the first whose `seq` is greater than `afterSeq`. */
  facts(query: FactQuery): Promise<readonly StoredFact[]>;
  /** Numbers of the oldest and newest fact kept; 0 and 0 when there is none. */
  factRange(): Promise<{ first: number; last: number }>;

  messages(query: MessageQuery): Promise<Page<StoredMessage>>;

  apiKeys(): Promise<readonly ApiKey[]>;
  apiKeyByHash(hash: string): Promise<ApiKey | undefined>;
  credential(stationId: string): Promise<Credential | undefined>;
  audit(query: PageRequest & { stationId?: string }): Promise<Page<AuditEntry>>;

  /** Entries of one service whose key starts with `prefix`, by key. Expired ones are not returned. */
  state(service: string, prefix: string, limit: number): Promise<readonly StateEntry[]>;
}

/** A place in a list: sort value (ms, or a number the list defines) and id of an item. */
export interface Position {
  at: number;
  id: string;
}

export interface PageRequest {
  /** 1 to 1000. */
  limit: number;
  /** Items beyond this one, in the direction asked for; from the end of the list when absent. */
  from?: Position;
  towards?: 'next' | 'previous';
  /** By time of creation or start; default `desc`, newest first. */
  order?: 'asc' | 'desc';
}

/** Items are in list order whatever the direction. `positions` has one place per item. */
export interface Page<T> {
  items: readonly T[];
  positions: readonly Position[];
  hasNext: boolean;
  hasPrevious: boolean;
}

export interface TimeRange {
  since?: Date;
  until?: Date;
}

export interface StationQuery extends PageRequest {
  online?: boolean;
  admission?: ChargingStation['admission'];
  vendor?: string;
  model?: string;
  protocol?: string;
  /** Part of identity, label, vendor, model or serial number. */
  search?: string;
  created?: TimeRange;
}

export interface TransactionQuery extends PageRequest {
  stationId?: string;
  evseId?: number;
  connectorId?: number;
  idToken?: string;
  state?: Transaction['state'];
  started?: TimeRange;
  updated?: TimeRange;
}

export interface MeasurementQuery {
  stationId: string;
  evseId?: number;
  transactionId?: string;
  taken?: TimeRange;
  /** At most this many, default 1,000, limit 10,000. */
  limit?: number;
}

export interface CommandQuery extends PageRequest {
  stationId?: string;
  type?: CommandType;
  status?: CommandStatus;
}

export interface FactQuery {
  afterSeq: number;
  /** 1 to 1000. */
  limit: number;
  types?: readonly FactType[];
  stationIds?: readonly string[];
}

export interface MessageQuery extends PageRequest {
  stationId?: string;
  action?: string;
  direction?: 'in' | 'out';
  messageId?: string;
  /** Part of the frame. */
  search?: string;
  taken?: TimeRange;
}

export interface StoredMessage extends MessageEntry {
  /** Ascending in order of arrival. */
  messageNumber: number;
}

export interface StoredVariable extends ReportedVariable {
  reportedAt: Date;
}

/** What may be done with an API key: `read:stations`, `write:*`, `*`; see north/api. */
export interface ApiKey {
  /** 24 hexadecimal digits. */
  keyId: string;
  name: string;
  /** SHA-256 of the secret, hexadecimal. The secret itself is nowhere. */
  hash: string;
  /** First characters of the secret, to tell keys apart. */
  prefix: string;
  scopes: readonly string[];
  createdAt: Date;
  expiresAt?: Date;
  revokedAt?: Date;
}

/** How a station proves who it is. */
export interface Credential {
  stationId: string;
  /** Hexadecimal salt and SHA-256 of salt and password, `salt:hash`. `undefined` removes it. */
  passwordHash?: string;
  updatedAt: Date;
}

export interface AuditEntry {
  /** Ascending. */
  auditId: number;
  at: Date;
  /** API key id or name of the service. */
  actor: string;
  /** `station.admit`, `token.put`, `command.issue` ... */
  operation: string;
  stationId?: string;
  /** What was asked, secrets masked. */
  detail: Record<string, unknown>;
}

/** A piece of JSON that a service keeps for itself. `value` undefined removes it. */
export interface StateEntry {
  service: string;
  key: string;
  value?: unknown;
  expiresAt?: Date;
}
