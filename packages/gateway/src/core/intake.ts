import { newStation, type Admission, type ChargingStation } from '../domain/charging-station.ts';
import { evolve, needsOf } from '../domain/evolve.ts';
import type { AnswerTo, Needs, Report, ReportContext } from '../domain/reports.ts';
import type { Log } from '../ports/adapter.ts';
import type { Clock } from '../ports/clock.ts';
import type { AdmissionRequest, AdmissionVerdict, MessageEntry, StationIntake, StationLink } from '../ports/south.ts';
import type { Store } from '../ports/store.ts';
import type { Access } from './access.ts';
import type { Authorization } from './authorization.ts';
import type { Commands } from './commands.ts';
import type { Links } from './links.ts';
import type { Decision, Stations } from './stations.ts';

export interface IntakeOptions {
  unknownStations: 'hold' | 'accept' | 'refuse';
  /** s */
  heartbeatInterval: number;
}

/** Strangers that may wait for admission at the same time; further ones are refused. */
export const maxHeldStations = 1000;

interface Parts {
  store: Store;
  stations: Stations;
  links: Links;
  commands: Commands;
  authorization: Authorization;
  access: Access;
  clock: Clock;
  log: Log;
}

/** The way in: reports of stations, in order, decided by the domain, stored, then answered. */
export class Intake implements StationIntake {
  readonly #options: IntakeOptions;
  readonly #parts: Parts;

  constructor(options: IntakeOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
  }

  async report<R extends Report>(stationId: string, report: R): Promise<AnswerTo<R>> {
    if (report.type !== 'Disconnected') this.seen(stationId);
    const answer = await this.#parts.stations.change(stationId, (station) => this.#decide(station, report));
    this.#parts.commands.stationSpoke(stationId, report.type);
    return answer;
  }

  async admit(request: AdmissionRequest): Promise<AdmissionVerdict> {
    const { stationId, password, certificateName } = request;
    if (certificateName !== undefined && certificateName !== stationId) {
      return { admitted: false, reason: 'certificate-wrong' };
    }
    const station = (await this.#parts.stations.current(stationId)) ?? (await this.#register(stationId));
    if (station === undefined) return { admitted: false, reason: 'unknown' };
    if (station.admission === 'refused') return { admitted: false, reason: 'refused' };
    if (request.requirePassword === 'none') return { admitted: true, admission: station.admission };
    const verdict = await this.#parts.access.passwordVerdict(stationId, password);
    if (verdict === 'missing') return { admitted: false, reason: 'password-missing' };
    const isOpen = verdict === 'unset' && request.requirePassword !== 'always';
    if (verdict !== 'right' && !isOpen) return { admitted: false, reason: 'password-wrong' };
    return { admitted: true, admission: station.admission };
  }

  attach(link: StationLink): void {
    this.#parts.links.attach(link);
  }

  detach(link: StationLink): void {
    this.#parts.links.detach(link);
  }

  seen(stationId: string): void {
    this.#parts.stations.seen(stationId, this.#parts.clock.now().getTime());
  }

  logMessage(entry: MessageEntry): void {
    this.#parts.store.logMessages([entry]);
  }

  station(stationId: string): Promise<ChargingStation | undefined> {
    return this.#parts.stations.current(stationId);
  }

  #decide<R extends Report>(
    station: ChargingStation,
    report: R,
  ): Decision<AnswerTo<R>> | Promise<Decision<AnswerTo<R>>> {
    const needs = needsOf(station, report);
    const now = this.#parts.clock.now();
    const { heartbeatInterval } = this.#options;
    if (isNeedy(needs)) return this.#decideWith(station, report, needs);
    return this.#withLastSeen(evolve(station, report, { now, heartbeatInterval }), report.type);
  }

  async #decideWith<R extends Report>(
    station: ChargingStation,
    report: R,
    needs: Needs,
  ): Promise<Decision<AnswerTo<R>>> {
    return evolve(station, report, await this.#gather(station.stationId, needs));
  }

  async #gather(stationId: string, needs: Needs): Promise<ReportContext> {
    const { store, authorization, clock } = this.#parts;
    const idTokenInfo = needs.idToken && (await authorization.infoOf(needs.idToken));
    const transaction =
      (needs.transactionId === undefined ? undefined : await store.transaction(stationId, needs.transactionId)) ??
      (needs.startKey === undefined ? undefined : await store.transactionByStartKey(stationId, needs.startKey));
    const stored = needs.storedMeasurements;
    const newMeasurements = stored && (await store.unstoredMeasurements(stationId, stored.evseId, stored.measurements));
    return {
      now: clock.now(),
      heartbeatInterval: this.#options.heartbeatInterval,
      ...(idTokenInfo && { idTokenInfo }),
      ...(transaction && { transaction }),
      ...(newMeasurements && { newMeasurements }),
    };
  }

  /** What is known of a station's last sign of life goes to the store with its farewell. */
  #withLastSeen<A>(decision: Decision<A>, type: Report['type']): Decision<A> {
    if (type !== 'Disconnected') return decision;
    const lastSeenAt = this.#parts.stations.seenAt(decision.station.stationId);
    return lastSeenAt === undefined ? decision : { ...decision, station: { ...decision.station, lastSeenAt } };
  }

  /** Makes a station of a stranger, if the policy lets strangers in. */
  async #register(stationId: string): Promise<ChargingStation | undefined> {
    const { unknownStations } = this.#options;
    if (unknownStations === 'refuse') return undefined;
    const admission: Admission = unknownStations === 'accept' ? 'admitted' : 'held';
    if (admission === 'held' && (await this.#parts.store.counts()).held >= maxHeldStations) {
      this.#parts.log.warn({ stationId }, 'too many stations are waiting for admission; this one is refused');
      return undefined;
    }
    const now = this.#parts.clock.now();
    const { station, created } = await this.#parts.stations.create(newStation(stationId, admission, now), {
      type: 'station.registered',
      stationId,
      at: now,
      admission,
    });
    if (created) this.#parts.log.info({ stationId, admission }, 'a new charging station has called');
    return station;
  }
}

function isNeedy({ idToken, transactionId, startKey, storedMeasurements }: Needs): boolean {
  return (
    idToken !== undefined || transactionId !== undefined || startKey !== undefined || storedMeasurements !== undefined
  );
}
