import type { Static, TObject } from 'typebox';
import type { Admission, ChargingStation } from '../domain/charging-station.ts';
import type { CommandOf, CommandResult, CommandType } from '../domain/commands.ts';
import type { AnswerTo, Report } from '../domain/reports.ts';
import type { Adapter, Finding, Log, Metrics } from './adapter.ts';
import type { Clock } from './clock.ts';

/** The way in: what a driver tells the core. */
export interface StationIntake {
  /**
   * Whether a station may connect, asked before its transport is accepted. An unknown one is registered as the gateway's
   * policy says. `password` is what it offered (OCPP security profile 1 and 2).
   */
  admit(request: AdmissionRequest): Promise<AdmissionVerdict>;
  /**
   * Takes the reports of one station in order: stored, then answered.
   * @throws UnavailableError when it could not be stored; the station shall try again
   */
  report<R extends Report>(stationId: string, report: R): Promise<AnswerTo<R>>;
  /** The station can be commanded through `link` from now on; an older link of the same station is closed. */
  attach(link: StationLink): void;
  /** `link` is gone. Does nothing when another has taken its place. */
  detach(link: StationLink): void;
  /** Something came from the station; for last-seen times only. */
  seen(stationId: string): void;
  /** For the message log. Never throws, never waits; may drop when the disk cannot keep up. */
  logMessage(entry: MessageEntry): void;
  /** What the core knows of a station. */
  station(stationId: string): Promise<ChargingStation | undefined>;
}

export interface AdmissionRequest {
  stationId: string;
  password?: string;
  /** `none`: let it in without one; `always`: refuse it unless one is on record. `whenSet` when absent. */
  requirePassword?: 'none' | 'whenSet' | 'always';
  /** Common name of the client certificate that was verified (security profile 3). */
  certificateName?: string;
  remoteAddress?: string;
}

export type AdmissionVerdict =
  | { admitted: true; admission: Admission }
  | { admitted: false; reason: 'unknown' | 'refused' | 'password-missing' | 'password-wrong' | 'certificate-wrong' };

/** One frame of a station as it went over the wire, with what the gateway thought of it. */
export interface MessageEntry {
  stationId: string;
  at: Date;
  direction: 'in' | 'out';
  /** CALL, CALLRESULT, CALLERROR, CALLRESULTERROR, SEND, INVALID; other drivers use their own words. */
  kind: string;
  messageId?: string;
  action?: string;
  text: string;
  verdict: string;
  notes?: readonly string[];
  errorCode?: string;
}

export interface SendOptions {
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Called when the command has been written to the station. */
  onSent?: () => void;
}

/**
 * The way out: one reachable station. A missing method is something the station cannot do.
 * Every method rejects with a {@link LinkError} when no answer came; a refusal is a result.
 */
export interface StationLink {
  readonly stationId: string;
  /** Ends the connection, e.g. because a newer one took its place. */
  close(reason: string): void;
  requestStartTransaction?: LinkMethod<'requestStartTransaction'>;
  requestStopTransaction?: LinkMethod<'requestStopTransaction'>;
  reset?: LinkMethod<'reset'>;
  changeAvailability?: LinkMethod<'changeAvailability'>;
  unlockConnector?: LinkMethod<'unlockConnector'>;
  triggerMessage?: LinkMethod<'triggerMessage'>;
  clearCache?: LinkMethod<'clearCache'>;
  getVariables?: LinkMethod<'getVariables'>;
  setVariables?: LinkMethod<'setVariables'>;
  getBaseReport?: LinkMethod<'getBaseReport'>;
  setCurrentLimit?: LinkMethod<'setCurrentLimit'>;
  reserveNow?: LinkMethod<'reserveNow'>;
  cancelReservation?: LinkMethod<'cancelReservation'>;
  call?: LinkMethod<'call'>;
}

export type LinkMethod<T extends CommandType> = (command: CommandOf<T>, options: SendOptions) => Promise<CommandResult>;

/** Why a command got no answer. */
export class LinkError extends Error {
  readonly failure: 'Timeout' | 'ConnectionLost' | 'CallError' | 'Invalid';
  /** Whether it may have reached the station. */
  readonly sent: boolean;
  /** For `CallError`: the station's error code, description and details. */
  readonly callError?: { errorCode: string; errorDescription: string; errorDetails: unknown };
  constructor(
    failure: LinkError['failure'],
    message: string,
    options: { sent: boolean; callError?: LinkError['callError'] },
  ) {
    super(message);
    this.name = 'LinkError';
    this.failure = failure;
    this.sent = options.sent;
    if (options.callError !== undefined) this.callError = options.callError;
  }
}

export interface DriverContext {
  intake: StationIntake;
  log: Log;
  metrics: Metrics;
  clock: Clock;
}

/** One way of reaching stations. */
export interface Driver<Options extends TObject = TObject> {
  name: string;
  /** JSON Schema; each option has a description and, unless it must be given, a default. */
  options: Options;
  create(options: Static<Options>, context: DriverContext): Adapter;
  /** What `busbar doctor` looks at before a start. */
  examine?(options: Static<Options>): Promise<Finding[]>;
}

export function defineDriver<Options extends TObject>(driver: Driver<Options>): Driver<Options> {
  return driver;
}
