import type { Log } from '../ports/adapter.ts';
import type { StationLink } from '../ports/south.ts';

/** Which stations can be commanded from this process. */
export class Links {
  readonly #log: Log;
  readonly #links = new Map<string, StationLink>();

  constructor(log: Log) {
    this.#log = log;
  }

  attach(link: StationLink): void {
    const older = this.#links.get(link.stationId);
    this.#links.set(link.stationId, link);
    if (older === undefined || older === link) return;
    this.#log.info({ stationId: link.stationId }, 'a newer connection takes the place of an older one');
    older.close('replaced by a newer connection');
  }

  detach(link: StationLink): void {
    if (this.#links.get(link.stationId) === link) this.#links.delete(link.stationId);
  }

  reach(stationId: string): StationLink | undefined {
    return this.#links.get(stationId);
  }

  get size(): number {
    return this.#links.size;
  }
}
