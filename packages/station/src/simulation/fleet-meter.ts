import { OcppError, OcppTimeout, type MessageRecord } from '@busbar/ocpp';
import type { Registration } from '../protocol.ts';
import type { Station } from '../station.ts';
import { LatencyCounts } from './latency-counts.ts';

/** What a fleet has done so far. Maps count by name. */
export interface FleetFigures {
  connects: number;
  /** Connections after the first of each station. */
  reconnects: number;
  disconnects: number;
  /** Attempts that failed, by their reason. */
  connectFailures: ReadonlyMap<string, number>;
  /** Answers to BootNotification. */
  boots: ReadonlyMap<Registration, number>;
  sessionsBegun: number;
  sessionsEnded: number;
  /** Of sessions that have ended. */
  energyWh: number;
  /** Tokens that may not charge, by the reason given. */
  tokensRefused: ReadonlyMap<string, number>;
  /** Requests of the stations, by action. */
  calls: ReadonlyMap<string, number>;
  /** Requests of the CSMS, by action. */
  requests: ReadonlyMap<string, number>;
  framesOut: number;
  framesIn: number;
  /** Requests of the stations that failed: `Heartbeat: timeout`, `Authorize: NotSupported`. */
  failures: ReadonlyMap<string, number>;
  latency: LatencyCounts;
}

/** Counts what the stations of a fleet do. */
export class FleetMeter {
  readonly #now: () => number;
  readonly #figures = {
    connects: 0,
    reconnects: 0,
    disconnects: 0,
    connectFailures: new Map<string, number>(),
    boots: new Map<Registration, number>(),
    sessionsBegun: 0,
    sessionsEnded: 0,
    energyWh: 0,
    tokensRefused: new Map<string, number>(),
    calls: new Map<string, number>(),
    requests: new Map<string, number>(),
    framesOut: 0,
    framesIn: 0,
    failures: new Map<string, number>(),
    latency: new LatencyCounts(),
  };
  readonly #known = new Set<string>();

  /** `now`: in ms, from anywhere. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get figures(): FleetFigures {
    return this.#figures;
  }

  /** Counts this station from now on; call it before the station starts. */
  watch(station: Station): void {
    const { events } = station;
    const figures = this.#figures;
    events.on('connected', () => this.#connected(station.id));
    events.on('disconnected', () => figures.disconnects++);
    events.on('connectFailed', ({ message, statusCode }) => {
      count(figures.connectFailures, statusCode === undefined ? message : `refused with ${statusCode}`);
    });
    events.on('booted', ({ status }) => count(figures.boots, status));
    events.on('transactionStarted', () => figures.sessionsBegun++);
    events.on('transactionEnded', ({ lastWh, begin }) => {
      figures.sessionsEnded++;
      figures.energyWh += lastWh - begin.reading.energyWh;
    });
    events.on('tokenRefused', ({ status }) => count(figures.tokensRefused, status));
    events.on('callFailed', ({ action, error }) => count(figures.failures, `${action}: ${kindOf(error)}`));
    events.on('messageDiscarded', (record, error) => count(figures.failures, `${record.kind}: ${kindOf(error)}`));
    events.on('message', this.#messages());
  }

  #connected(id: string): void {
    this.#figures.connects++;
    if (this.#known.has(id)) this.#figures.reconnects++;
    this.#known.add(id);
  }

  /** A station has one request in flight at a time. */
  #messages(): (record: MessageRecord) => void {
    const figures = this.#figures;
    let sentAt: number | undefined;
    return ({ direction, kind, action = '?' }) => {
      const isRequest = kind === 'CALL' || kind === 'SEND';
      if (direction === 'out') {
        figures.framesOut++;
        if (!isRequest) return;
        count(figures.calls, action);
        if (kind === 'CALL') sentAt = this.#now();
        return;
      }
      figures.framesIn++;
      if (isRequest) return count(figures.requests, action);
      if (sentAt !== undefined) figures.latency.add(this.#now() - sentAt);
      sentAt = undefined;
    };
  }
}

function count<K>(counts: Map<K, number>, name: K): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function kindOf(error: unknown): string {
  if (error instanceof OcppTimeout) return 'no answer';
  if (error instanceof OcppError) return error.code;
  return error instanceof Error ? error.name : String(error);
}
