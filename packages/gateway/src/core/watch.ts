import type { ChargingStation, Reservation } from '../domain/charging-station.ts';
import { NotFoundError } from '../domain/errors.ts';
import { endReservation } from '../domain/reservations.ts';
import { forEach } from '../lib/for-each.ts';
import type { Lifecycle, Log } from '../ports/adapter.ts';
import type { Clock } from '../ports/clock.ts';
import type { StationIntake } from '../ports/south.ts';
import type { Page, PageRequest, Store } from '../ports/store.ts';
import type { Commands } from './commands.ts';
import type { Links } from './links.ts';
import type { Stations } from './stations.ts';

/** ms after a start in which stations may return before they count as gone. */
const graceAfterStart = 60_000;
const tickMs = 1_000;
/** ms a station that nobody has admitted is remembered after its last sign of life. */
const strangersKeptMs = 7 * 86_400_000;
/** ms by which the clock may part from the time that has passed before it counts as set anew. */
const clockSlackMs = 30_000;
/** Stations that are written at the same time. */
const atOnce = 200;

export interface WatchOptions {
  /** s of silence after which a connection counts as dead. */
  silentAfterS: number;
}

interface Parts {
  store: Store;
  stations: Stations;
  links: Links;
  commands: Commands;
  intake: StationIntake;
  clock: Clock;
  log: Log;
}

interface Task {
  everyMs: number;
  /** ms of the monotonic clock. */
  dueAt: number;
  run(): unknown;
  /** Under way: it is not begun again before it has ended. */
  turn?: Promise<void> | undefined;
}

/** What happens because time passes: commands and reservations expire, the absent go offline, old rows are removed. */
export class Watch implements Lifecycle {
  readonly #options: WatchOptions;
  readonly #parts: Parts;
  /** Stations that count as connected and have no connection, and how that came. */
  readonly #absent = new Map<string, string>();
  #tasks: Task[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  /** How far the clock is before the monotonic one, and when that has changed last, ms of the monotonic one. */
  #clockLead = 0;
  #clockSetAt = Number.NEGATIVE_INFINITY;

  constructor(options: WatchOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { commands, store, stations, clock } = this.#parts;
    await this.#findAbsent();
    await this.#loadReserved();
    this.#clockLead = clock.now().getTime() - performance.now();
    this.#tasks = [
      task(tickMs, () => commands.expire(clock.now())),
      task(15_000, () => this.#expireReservations()),
      task(5_000, () => this.#closeSilent()),
      { ...task(5_000, () => this.#farewell()), dueAt: performance.now() + graceAfterStart },
      task(60_000, () => stations.sweep()),
      task(60_000, () => store.prune(clock.now())),
      task(600_000, () => stations.keepLastSeen()),
      task(3_600_000, () => this.#forgetStrangers()),
    ];
    this.#isStopped = false;
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await Promise.all(this.#tasks.flatMap(({ turn }) => turn ?? []));
  }

  /** Work that takes long keeps no other from its turn. */
  #tick(): void {
    for (const due of this.#tasks) {
      if (due.turn !== undefined || performance.now() < due.dueAt) continue;
      due.dueAt = performance.now() + due.everyMs;
      due.turn = this.#work(due).finally(() => {
        due.turn = undefined;
      });
    }
  }

  async #work(due: Task): Promise<void> {
    try {
      await due.run();
    } catch (error) {
      this.#parts.log.error({ err: error }, 'periodic work failed; it is tried again');
    }
  }

  /** Stations that were connected when an earlier process ended. */
  async #findAbsent(): Promise<void> {
    const { store } = this.#parts;
    for await (const { stationId } of pagesOf((request) => store.stations({ ...request, online: true }))) {
      this.#absent.set(stationId, 'It did not return after a restart.');
    }
  }

  /** Reservations expire also of stations that are away. */
  async #loadReserved(): Promise<void> {
    const { store, stations } = this.#parts;
    const reserved = new Set<string>();
    for await (const { stationId } of pagesOf((request) => store.reservations({ ...request, status: 'Active' }))) {
      reserved.add(stationId);
    }
    await forEach(reserved, atOnce, (stationId) => stations.load(stationId));
  }

  /** Says that the absent are gone. Who has returned meanwhile is not; what cannot be stored is tried again. */
  #farewell(): Promise<void> {
    return forEach(this.#absent, atOnce, async ([stationId, reason]) => {
      if (this.#isStopped) return;
      if (this.#parts.links.reach(stationId) === undefined) {
        await this.#parts.intake.report(stationId, { type: 'Disconnected', reason }).catch(unlessNotFound);
      }
      this.#absent.delete(stationId);
    });
  }

  /** A link that is up but brings nothing, not even the answer to a ping, is a dead socket. */
  #closeSilent(): void {
    const { stations, links, clock } = this.#parts;
    const { silentAfterS } = this.#options;
    if (this.#wasClockSet(silentAfterS * 1000)) return;
    const deadline = clock.now().getTime() - silentAfterS * 1000;
    for (const { stationId, online } of stations.inMemory()) {
      const seenAt = stations.seenAt(stationId);
      if (!online || seenAt === undefined || seenAt.getTime() > deadline) continue;
      const link = links.reach(stationId);
      if (link === undefined) this.#absent.set(stationId, 'Its connection is gone.');
      else link.close(`nothing came for ${silentAfterS} s`);
    }
  }

  /** Times of before tell nothing then: a small computer may learn the time only when its network is up. */
  #wasClockSet(withinMs: number): boolean {
    const lead = this.#parts.clock.now().getTime() - performance.now();
    if (Math.abs(lead - this.#clockLead) > clockSlackMs) this.#clockSetAt = performance.now();
    this.#clockLead = lead;
    return performance.now() - this.#clockSetAt < withinMs;
  }

  /** Strangers that nobody has admitted and that stay away make room for others. */
  async #forgetStrangers(): Promise<void> {
    const { store, stations, clock } = this.#parts;
    const deadline = clock.now().getTime() - strangersKeptMs;
    const stale: string[] = [];
    for await (const station of pagesOf((request) =>
      store.stations({ ...request, admission: 'held', online: false }),
    )) {
      const { stationId, lastSeenAt, disconnectedAt, createdAt } = station;
      if ((lastSeenAt ?? disconnectedAt ?? createdAt).getTime() < deadline) stale.push(stationId);
    }
    await forEach(stale, atOnce, (stationId) =>
      stations
        .remove(stationId, ({ admission, online }) => {
          const isStale = admission === 'held' && !online;
          if (!isStale) return { facts: [] };
          return { deletedStation: stationId, facts: [{ type: 'station.deleted', stationId, at: clock.now() }] };
        })
        .catch(unlessNotFound),
    );
  }

  async #expireReservations(): Promise<void> {
    const now = this.#parts.clock.now();
    const due: [stationId: string, reservationId: number][] = [];
    for (const { stationId, reservations } of this.#parts.stations.inMemory()) {
      for (const one of reservations) if (isExpired(one, now)) due.push([stationId, one.reservationId]);
    }
    await forEach(due, atOnce, ([stationId, reservationId]) =>
      this.#parts.stations
        .change(stationId, (station) => ({ ...expired(station, reservationId, now), answer: undefined }))
        .catch(unlessNotFound),
    );
  }
}

/** It was deleted meanwhile. */
function unlessNotFound(error: unknown): void {
  if (!(error instanceof NotFoundError)) throw error;
}

async function* pagesOf<T>(read: (request: PageRequest) => Promise<Page<T>>): AsyncGenerator<T> {
  let request: PageRequest = { limit: 1000, order: 'asc' };
  for (;;) {
    const page = await read(request);
    yield* page.items;
    const last = page.positions.at(-1);
    if (!page.hasNext || last === undefined) return;
    request = { ...request, from: last };
  }
}

function isExpired({ status, expiresAt }: Reservation, now: Date): boolean {
  return status === 'Active' && expiresAt <= now;
}

function expired(station: ChargingStation, reservationId: number, now: Date) {
  return endReservation(station, reservationId, { status: 'Expired', now });
}

function task(everyMs: number, run: () => unknown): Task {
  return { everyMs, dueAt: performance.now() + everyMs, run };
}
