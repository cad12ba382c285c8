import type { Core } from '../core.ts';
import type { StationError } from '../station-host.ts';

/** What is wrong and keeps nobody from charging. The host tells it again when the station has started anew. */
export class Errors {
  readonly #core: Core;
  /** By EVSE, then by id, in the order in which they came; 0 is the station. Most simulated stations have none. */
  #active: Map<number, Map<string, StationError>> | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  of(evseId: number): readonly StationError[] {
    return [...(this.#active?.get(evseId)?.values() ?? [])];
  }

  raise(evseId: number, error: StationError): void {
    const evse = this.#core.evse(evseId);
    if (evseId !== 0 && !evse) return;
    const active = (this.#active ??= new Map()).get(evseId) ?? new Map<string, StationError>();
    if (active.has(error.id)) return;
    this.#active.set(evseId, active.set(error.id, error));
    this.#core.protocol.faultChanged(evse, error, 'Raised');
  }

  clear(evseId: number, errorId: string): void {
    const active = this.#active?.get(evseId);
    const error = active?.get(errorId);
    if (!error) return;
    active?.delete(errorId);
    this.#core.protocol.faultChanged(this.#core.evse(evseId), error, 'Cleared');
  }
}
