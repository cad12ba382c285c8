import type { IdToken } from './authorization.ts';
import type { AvailabilityStatus } from './charging-station.ts';
import type { SetVariable, VariableAddress, VariableResult } from './device-model.ts';

/** What somebody wants of a station, in OCPP 2.0.1's words. The type is the name of the method of a `StationLink`. */
export type Command =
  | { type: 'requestStartTransaction'; evseId?: number; idToken: IdToken; /** A per phase */ currentLimit?: number }
  | { type: 'requestStopTransaction'; transactionId: string }
  | { type: 'reset'; mode: 'Immediate' | 'OnIdle'; evseId?: number }
  | { type: 'changeAvailability'; operationalStatus: AvailabilityStatus; evseId?: number; connectorId?: number }
  | { type: 'unlockConnector'; evseId: number; connectorId: number }
  | { type: 'triggerMessage'; requestedMessage: string; evseId?: number; connectorId?: number }
  | { type: 'clearCache' }
  | { type: 'getVariables'; variables: readonly VariableAddress[] }
  | { type: 'setVariables'; variables: readonly SetVariable[] }
  /** All the station has. 1.6 reads every configuration key. */
  | { type: 'getBaseReport'; reportBase: 'ConfigurationInventory' | 'FullInventory' | 'SummaryInventory' }
  /** Sets the current limit of an EVSE (0: the whole station); absent `currentLimit` clears it. A per phase. */
  | { type: 'setCurrentLimit'; evseId: number; currentLimit?: number }
  | {
      type: 'reserveNow';
      reservationId: number;
      evseId?: number;
      idToken: IdToken;
      expiresAt: Date;
    }
  | { type: 'cancelReservation'; reservationId: number }
  /** Any OCPP action of the station's version, with the payload exactly as given. */
  | { type: 'call'; action: string; payload: unknown };

export type CommandType = Command['type'];
export type CommandOf<T extends CommandType> = Extract<Command, { type: T }>;

/** What a station answered. A refusal is a result, not an error. */
export interface CommandResult {
  accepted: boolean;
  /** The station's own word: Accepted, Rejected, Scheduled, NotSupported, RebootRequired, Unlocked ... */
  status: string;
  /** Why, in the station's words. */
  reason?: string;
  /** What became of each variable, for gets and sets, in the order of the request. */
  variables?: readonly VariableResult[];
  /** Of an OCPP 2.x remote start: the number that its transaction will name. */
  remoteStartId?: number;
  /** The station's answer as it came. */
  response?: unknown;
}

/**
 * pending: stored, not sent. sent: written to the station. The others are final. `failed` with `outcomeUnknown`: it was
 * sent, and no answer came.
 */
export type CommandStatus = 'pending' | 'sent' | 'accepted' | 'rejected' | 'failed';

export type FailureReason =
  | 'Offline'
  | 'Timeout'
  | 'ConnectionLost'
  | 'CallError'
  | 'NotSupported'
  | 'Expired'
  | 'Cancelled'
  | 'Invalid';

export interface CommandRecord {
  /** 24 hexadecimal digits. */
  commandId: string;
  stationId: string;
  command: Command;
  status: CommandStatus;
  failure?: FailureReason;
  /** Sentence for people, when it failed. */
  detail?: string;
  outcomeUnknown?: boolean;
  result?: CommandResult;
  /** Id of the API key, or name of the service, that asked. */
  requestedBy: string;
  requestedAt: Date;
  updatedAt: Date;
  /** When it was handed to the station's link: from then on it may have reached the station. */
  dispatchedAt?: Date;
  /** s the station has to answer. */
  timeoutS: number;
  /** Not sent any more after this. */
  expiresAt: Date;
}

export function isSettled(record: CommandRecord): boolean {
  return record.status !== 'pending' && record.status !== 'sent';
}
