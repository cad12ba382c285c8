import { systemClock, type Clock } from '../time/clock.ts';
import type { Reservation } from '../availability/reservations.ts';
import type {
  EvseDescription,
  FirmwareRequest,
  FirmwareStatus,
  HostEvents,
  IdToken,
  LogRequest,
  LogStatus,
  MeterReading,
  Place,
  PowerLimit,
  ResetKind,
  StationHost,
  VendorAnswer,
  VendorMessage,
} from '../station-host.ts';
import type { Station } from '../station.ts';
import { errorIdOf, isInoperative, toFault, toStationError } from './errors.ts';
import { EverestEvse } from './everest-evse.ts';
import type { EverestPort, EvseCommand } from './everest-port.ts';
import type { EverestErrorReport } from './module-errors.ts';
import { bootReasonSchema, type EverestBootReason } from './neighbour-types.ts';
import { reserve, cancelReservation } from './reservations.ts';
import { matches } from './schema.ts';
import { SystemJobs } from './system-jobs.ts';
import { toExternalLimits, toProvidedToken } from './translations.ts';
import { askEverest } from './vendor-data.ts';

/** What the host asks of the station it serves. */
export type ServedStation = Pick<Station, 'transactionOn' | 'events'>;

export interface EverestHostOptions {
  port: EverestPort;
  evses: readonly EvseDescription[];
  clock?: Clock | undefined;
  /** A command that EVerest did not carry out. */
  onProblem?: ((problem: string) => void) | undefined;
}

/** The priority with which the CSMS enables and disables, as EVerest's own modules have it. */
const csmsPriority = 5000;

/** EVerest as the host of a station. What happens before there is a station is kept and told to it first. */
export class EverestHost implements StationHost {
  readonly evses: readonly EvseDescription[];
  readonly #port: EverestPort;
  readonly #clock: Clock;
  readonly #onProblem: (problem: string) => void;
  readonly #evses: ReadonlyMap<number, EverestEvse>;
  readonly #jobs: SystemJobs;
  readonly #endReasons = new Map<number, string>();
  readonly #paused = new Set<number>();
  readonly #limits = new Map<number, PowerLimit>();
  /** What EVerest was told to keep to, by what it is about. */
  readonly #orders = new Map<string, () => void>();
  #waiting: ((events: HostEvents) => void)[] = [];
  #events: HostEvents | undefined;
  #station: ServedStation | undefined;

  constructor({ port, evses, clock = systemClock, onProblem = () => undefined }: EverestHostOptions) {
    this.evses = evses;
    this.#port = port;
    this.#clock = clock;
    this.#onProblem = onProblem;
    this.#jobs = new SystemJobs({
      port,
      isIdle: () => [...this.#evses.values()].every(({ isCharging }) => !isCharging),
      onProblem: (problem) => onProblem(problem),
    });
    this.#evses = new Map(evses.map((description) => [description.id, this.#createEvse(description)]));
  }

  attach(events: HostEvents): void {
    this.#events = events;
    for (const report of this.#waiting.splice(0)) report(events);
    this.announce();
  }

  /** Lets EVerest charge. Called again when EVerest has started anew, since it then knows of nothing it was told. */
  announce(): void {
    if (!this.#events) return;
    for (const { id } of this.evses) void this.#command(id, { name: 'external_ready_to_start_charging', args: {} });
    for (const [evseId, limit] of this.#limits)
      this.#port.setLimits(evseId, toExternalLimits(limit, this.#clock.now()));
    for (const order of this.#orders.values()) order();
  }

  /** Tells which station this is the host of, right after it is made: what it charges and why it stops is known from it. */
  serve(station: ServedStation): void {
    this.#station = station;
    station.events.on('transactionEnded', ({ evseId }, { reason }) => this.#endReasons.set(evseId, reason));
    station.events.on('tokenRefused', (refusal) => this.#refused(refusal));
  }

  /** EVerest has started by itself what a card has begun; a start of the CSMS it learns from a token. */
  start(evseId: number): void {
    const evse = this.#evses.get(evseId);
    if (!evse || evse.isCharging) return;
    if (evse.takeLapsed()) {
      queueMicrotask(() => this.#tell((events) => events.stopRequested(evseId, 'Local')));
      return;
    }
    const { idToken, groupId } = this.#station?.transactionOn(evseId) ?? {};
    if (idToken) this.#port.provideToken(toProvidedToken({ idToken, groupId }, evseId));
    else this.#onProblem(`EVSE ${evseId} cannot be started: serve() has not told which station this is`);
  }

  stop(evseId: number): void {
    if (!this.#evses.get(evseId)?.isCharging) return;
    // The station tells the reason after this call, in the same turn.
    queueMicrotask(() => {
      const reason = this.#endReasons.get(evseId) ?? 'Other';
      this.#endReasons.delete(evseId);
      void this.#command(evseId, { name: 'stop_transaction', args: { request: { reason } } });
    });
  }

  /** EVSE 0 is the whole station. An EVSE without a place for limits is paused at 0 A, and can do no more. */
  limit(evseId: number, limit: PowerLimit | undefined): void {
    if (limit) this.#limits.set(evseId, limit);
    else this.#limits.delete(evseId);
    if (this.#port.setLimits(evseId, toExternalLimits(limit, this.#clock.now())) || evseId === 0) return;
    const isPaused = limit?.currentA === 0;
    if (isPaused === this.#paused.has(evseId)) return;
    if (isPaused) this.#paused.add(evseId);
    else this.#paused.delete(evseId);
    void this.#command(evseId, { name: isPaused ? 'pause_charging' : 'resume_charging', args: {} });
  }

  /** Throws RangeError for an EVSE that does not exist. */
  meter(evseId: number): MeterReading {
    const evse = this.#evses.get(evseId);
    if (!evse) throw new RangeError(`EVSE ${evseId}: this host has ${this.evses.length}`);
    return evse.reading;
  }

  async unlock(evseId: number, connectorId = 1): Promise<boolean> {
    const command: EvseCommand = { name: 'force_unlock', args: { connector_id: connectorId } };
    return (await this.#command(evseId, command)) === true;
  }

  /** Of the station as a whole nothing is to be said: each of its EVSEs is told. Connector 0 is the EVSE. */
  setAvailable(isAvailable: boolean, { evseId, connectorId = 0 }: Place): void {
    if (evseId === undefined) return;
    const enable_state = isAvailable ? 'Enable' : 'Disable';
    const cmd_source = { enable_source: 'CSMS', enable_state, enable_priority: csmsPriority } as const;
    const command = { name: 'enable_disable', args: { connector_id: connectorId, cmd_source } } as const;
    this.#order(`${evseId}.${connectorId}`, () => void this.#command(evseId, command));
  }

  /** Resolves when EVerest has taken the command; the restart ends this process, too. */
  async reset(kind: ResetKind): Promise<void> {
    await this.#jobs.reset(kind).catch((error: unknown) => this.#failed(error));
  }

  setTime(time: Date): void {
    this.#jobs.setTime(time);
  }

  updateFirmware(request: FirmwareRequest, report: (status: FirmwareStatus) => void): void {
    this.#jobs.updateFirmware(request, report);
  }

  uploadLog(request: LogRequest, report: (status: LogStatus) => void): string | undefined {
    return this.#jobs.uploadLog(request, report);
  }

  /** Why EVerest has started; PowerUp where nobody knows. */
  async bootReason(): Promise<EverestBootReason> {
    const reason = await this.#port.system?.('get_boot_reason', {}).catch((error: unknown) => this.#failed(error));
    return matches(bootReasonSchema, reason) ? reason : 'PowerUp';
  }

  /** False when EVerest does not take it; where EVerest keeps none, the station does. */
  reserve(reservation: Reservation): Promise<boolean> {
    return reserve(this.#port, reservation).catch((error: unknown) => {
      this.#failed(error);
      return false;
    });
  }

  reservationEnded(reservationId: number): void {
    cancelReservation(this.#port, reservationId).catch((error: unknown) => this.#failed(error));
  }

  /** Undefined where nobody in EVerest takes messages of that vendor. */
  dataTransfer(message: VendorMessage): Promise<VendorAnswer | undefined> {
    return askEverest(this.#port, message).catch((error: unknown) => this.#failed(error));
  }

  /** How long EVerest waits for the cable after a token. 10 to 300 s; what is outside is brought inside. */
  setConnectionTimeout(seconds: number): void {
    const connection_timeout = Math.min(300, Math.max(10, Math.round(seconds)));
    this.#order('connection_timeout', () => this.#tellAuth('set_connection_timeout', { connection_timeout }));
  }

  /** Tokens of this group may stop everything and start nothing. At most 36 characters; empty for none. */
  setMasterPassGroup(groupId: string): void {
    const master_pass_group_id = groupId.slice(0, 36);
    this.#order('master_pass_group', () => this.#tellAuth('set_master_pass_group_id', { master_pass_group_id }));
  }

  /** What EVerest calls the session on an EVSE. */
  sessionIdOf(evseId: number): string | undefined {
    return this.#evses.get(evseId)?.sessionId;
  }

  /** For those who bring EVerest's messages. */
  evse(evseId: number): EverestEvse | undefined {
    return this.#evses.get(evseId);
  }

  get jobs(): SystemJobs {
    return this.#jobs;
  }

  /** EVSE 0 is the station. */
  errorRaised(evseId: number, error: EverestErrorReport): void {
    this.#tell((events) =>
      isInoperative(error) ? events.faulted(evseId, toFault(error)) : events.errorRaised(evseId, toStationError(error)),
    );
  }

  errorCleared(evseId: number, error: EverestErrorReport): void {
    this.#tell((events) =>
      isInoperative(error) ? events.faultCleared(evseId) : events.errorCleared(evseId, errorIdOf(error)),
    );
  }

  /** EVerest charges with a token that the station has refused meanwhile: energy that nobody would pay. */
  #refused({ evseId, idToken }: { evseId: number; idToken: IdToken }): void {
    if (!this.#evses.get(evseId)?.isChargedBy(idToken) || this.#station?.transactionOn(evseId)) return;
    void this.#command(evseId, { name: 'stop_transaction', args: { request: { reason: 'DeAuthorized' } } });
  }

  /** Now, and whenever EVerest has started anew. */
  #order(about: string, order: () => void): void {
    this.#orders.set(about, order);
    order();
  }

  #tellAuth(name: string, args: Readonly<Record<string, unknown>>): void {
    this.#port.auth?.(name, args).catch((error: unknown) => this.#failed(error));
  }

  #createEvse(description: EvseDescription): EverestEvse {
    return new EverestEvse({
      description,
      tell: (report) => this.#tell(report),
      isServed: () => this.#station?.transactionOn(description.id) !== undefined,
      ended: () => this.#jobs.idle(),
    });
  }

  #tell(report: (events: HostEvents) => void): void {
    if (this.#events) report(this.#events);
    else this.#waiting.push(report);
  }

  #command(evseId: number, command: EvseCommand): Promise<unknown> {
    return this.#port.evse(evseId, command).catch((error: unknown) => this.#failed(error));
  }

  #failed(error: unknown): undefined {
    this.#onProblem(error instanceof Error ? error.message : String(error));
  }
}
