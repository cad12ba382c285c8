import type { IdTokenInfo } from '../../src/domain/authorization.ts';
import { newStation, type ChargingStation } from '../../src/domain/charging-station.ts';
import { evolve } from '../../src/domain/evolve.ts';
import type { Fact } from '../../src/domain/facts.ts';
import type { AnswerTo, Report } from '../../src/domain/reports.ts';
import type {
  AdmissionRequest,
  AdmissionVerdict,
  MessageEntry,
  StationIntake,
  StationLink,
} from '../../src/ports/south.ts';

const admitted: AdmissionVerdict = { admitted: true, admission: 'admitted' };

/** The domain without a store: keeps what it is told in memory. Tests wait for what it was told. */
export class FakeIntake implements StationIntake {
  readonly reports: { stationId: string; report: Report }[] = [];
  readonly facts: Fact[] = [];
  readonly admissions: AdmissionRequest[] = [];
  readonly messages: MessageEntry[] = [];
  readonly links = new Map<string, StationLink>();
  readonly stations = new Map<string, ChargingStation>();
  readonly seenStations: string[] = [];
  now: Date;
  /** What is on record for a token; others are accepted. */
  readonly tokens = new Map<string, IdTokenInfo>();
  /** Decides who may connect. */
  verdict: (request: AdmissionRequest) => AdmissionVerdict | Promise<AdmissionVerdict> = () => admitted;
  /** Held up here before a report is taken; may throw. */
  before: (report: Report, stationId: string) => Promise<void> | void = () => {};
  readonly #watchers = new Set<() => void>();

  constructor(now = new Date('2026-05-04T08:15:00.000Z')) {
    this.now = now;
  }

  async admit(request: AdmissionRequest): Promise<AdmissionVerdict> {
    this.admissions.push(request);
    const verdict = await this.verdict(request);
    if (verdict.admitted) this.#stationOf(request.stationId, verdict.admission);
    return verdict;
  }

  async report<R extends Report>(stationId: string, report: R): Promise<AnswerTo<R>> {
    this.reports.push({ stationId, report });
    this.#changed();
    await this.before(report, stationId);
    const idToken = 'idToken' in report ? report.idToken?.idToken : undefined;
    const { station, facts, answer } = evolve(this.#stationOf(stationId, 'admitted'), report, {
      now: this.now,
      heartbeatInterval: 300,
      ...(idToken !== undefined && { idTokenInfo: this.tokens.get(idToken) ?? { status: 'Accepted' } }),
    });
    this.stations.set(stationId, station);
    this.facts.push(...facts);
    this.#changed();
    return answer;
  }

  attach(link: StationLink): void {
    this.links.set(link.stationId, link);
    this.#changed();
  }

  detach(link: StationLink): void {
    if (this.links.get(link.stationId) === link) this.links.delete(link.stationId);
    this.#changed();
  }

  seen(stationId: string): void {
    this.seenStations.push(stationId);
    this.#changed();
  }

  logMessage(entry: MessageEntry): void {
    this.messages.push(entry);
    this.#changed();
  }

  async station(stationId: string): Promise<ChargingStation | undefined> {
    return this.stations.get(stationId);
  }

  /** Reports of one type, in order. */
  reportsOf<T extends Report['type']>(type: T): Extract<Report, { type: T }>[] {
    return this.reports.flatMap(({ report }) => (isOf(report, type) ? [report] : []));
  }

  /** The value as soon as there is one. */
  async until<T>(read: () => T | undefined | false): Promise<T> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const value = read();
      if (value !== undefined && value !== false) return value;
      if (Date.now() > deadline) throw new Error(`the intake was never told: ${read}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, 1000);
      this.#watchers.add(resolve);
      await promise;
      this.#watchers.delete(resolve);
      clearTimeout(timer);
    }
  }

  linkOf(stationId: string): Promise<StationLink> {
    return this.until(() => this.links.get(stationId));
  }

  #stationOf(stationId: string, admission: ChargingStation['admission']): ChargingStation {
    const known = this.stations.get(stationId) ?? newStation(stationId, admission, this.now);
    this.stations.set(stationId, known);
    return known;
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

function isOf<T extends Report['type']>(report: Report, type: T): report is Extract<Report, { type: T }> {
  return report.type === type;
}
