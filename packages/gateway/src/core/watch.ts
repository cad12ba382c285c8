import type { ChargingStation, Reservation } from '../domain/charging-station.ts';
import { endReservation } from '../domain/reservations.ts';
import type { Lifecycle, Log } from '../ports/adapter.ts';
import type { Clock } from '../ports/clock.ts';
import type { StationIntake } from '../ports/south.ts';
import type { PageRequest, Store } from '../ports/store.ts';
import type { Commands } from './commands.ts';
import type { Links } from './links.ts';
import type { Stations } from './stations.ts';

/** ms after a start in which stations may return before they count as gone. */
const graceAfterStart = 60_000;
const tickMs = 1_000;

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
}

/** What happens because time passes: commands and reservations expire, the absent go offline, old rows are removed. */
export class Watch implements Lifecycle {
  readonly #options: WatchOptions;
  readonly #parts: Parts;
  #tasks: Task[] = [];
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> | undefined;
  #stopped = false;

  constructor(options: WatchOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { commands, store, stations, clock } = this.#parts;
    const absent = await this.#onlineInStore();
    const farewell = once(() => this.#farewell(absent));
    this.#tasks = [
      task(tickMs, () => commands.expire(clock.now())),
      task(15_000, () => this.#expireReservations()),
      task(5_000, () => this.#closeSilent()),
      task(graceAfterStart, farewell),
      task(60_000, () => stations.sweep()),
      task(60_000, () => store.prune(clock.now())),
      task(600_000, () => stations.keepLastSeen()),
    ];
    this.#stopped = false;
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#turn;
  }

  /** A turn that takes long lets the next ones pass. */
  #tick(): void {
    this.#turn ??= this.#work().finally(() => {
      this.#turn = undefined;
    });
  }

  async #work(): Promise<void> {
    for (const due of this.#tasks) {
      if (this.#stopped || performance.now() < due.dueAt) continue;
      due.dueAt = performance.now() + due.everyMs;
      try {
        await due.run();
      } catch (error) {
        this.#parts.log.error({ err: error }, 'periodic work failed; it is tried again');
      }
    }
  }

  async #onlineInStore(): Promise<readonly string[]> {
    const online: string[] = [];
    let request: PageRequest = { limit: 1000, order: 'asc' };
    for (;;) {
      const page = await this.#parts.store.stations({ ...request, online: true });
      online.push(...page.items.map(({ stationId }) => stationId));
      const last = page.positions.at(-1);
      if (!page.hasNext || last === undefined) return online;
      request = { ...request, from: last };
    }
  }

  /** Stations that were connected when an earlier process ended, and have not come back. */
  async #farewell(stationIds: readonly string[]): Promise<void> {
    for (const stationId of stationIds) {
      if (this.#stopped || this.#parts.links.reach(stationId) !== undefined) continue;
      await this.#parts.intake.report(stationId, {
        type: 'Disconnected',
        reason: 'It did not return after a restart.',
      });
    }
  }

  /** A link that is up but brings nothing, not even the answer to a ping, is a dead socket. */
  #closeSilent(): void {
    const { stations, links, clock } = this.#parts;
    const { silentAfterS } = this.#options;
    const deadline = clock.now().getTime() - silentAfterS * 1000;
    for (const { stationId, online } of stations.inMemory()) {
      const seenAt = stations.seenAt(stationId);
      if (!online || seenAt === undefined || seenAt.getTime() > deadline) continue;
      links.reach(stationId)?.close(`nothing came for ${silentAfterS} s`);
    }
  }

  async #expireReservations(): Promise<void> {
    const now = this.#parts.clock.now();
    for (const { stationId, reservations } of this.#parts.stations.inMemory()) {
      for (const { reservationId } of reservations.filter((one) => isExpired(one, now))) {
        await this.#parts.stations.change(stationId, (station) => ({
          ...expired(station, reservationId, now),
          answer: undefined,
        }));
      }
    }
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

function once(run: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= run());
}
