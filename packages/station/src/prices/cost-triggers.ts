import type { Core } from '../core.ts';
import type { Evse, EvseStatus } from '../evse.ts';
import type { CostTrigger } from './price.ts';

/** Below the threshold by this share, power counts as having gone down; so it does not flutter. */
const hysteresis = 0.05;

/** Meter values that the CSMS wants when something happens. A new order for an EVSE replaces the one before. */
export class CostTriggers {
  readonly #core: Core;
  #statuses: Map<Evse, readonly EvseStatus[]> | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  arm(evse: Evse, { at, energyWh, powerW, statuses }: CostTrigger): void {
    this.#arm(evse, 'cost at time', at && ((reading) => reading.at >= at));
    this.#arm(
      evse,
      'cost at energy',
      energyWh === undefined ? undefined : ({ reading }) => reading.energyWh >= energyWh,
    );
    this.#armPower(evse, powerW);
    if (statuses.length > 0) (this.#statuses ??= new Map()).set(evse, statuses);
    else this.forget(evse);
  }

  /** Somebody else charges now: the values of the one before are of no use any more. */
  forget(evse: Evse): void {
    this.#statuses?.delete(evse);
  }

  /** Also after the transaction: the last values make the final cost. */
  statusChanged(evse: Evse): void {
    const awaited = this.#statuses?.get(evse);
    if (!awaited?.includes(evse.status)) return;
    const left = awaited.filter((status) => status !== evse.status);
    if (left.length > 0) this.#statuses?.set(evse, left);
    else this.#statuses?.delete(evse);
    this.#tell(evse);
  }

  #arm(evse: Evse, name: string, hasCome: Parameters<Evse['watch']['watch']>[1] | undefined): void {
    evse.watch.forget(name);
    if (!hasCome) return;
    evse.watch.watch(name, (reading) => {
      if (!hasCome(reading)) return false;
      this.#tell(evse);
      return true;
    });
  }

  /** Watched until another order comes. */
  #armPower(evse: Evse, powerW: number | undefined): void {
    evse.watch.forget('cost at power');
    if (powerW === undefined) return;
    let isAbove = this.#core.host.meter(evse.id).powerW >= powerW;
    evse.watch.watch('cost at power', ({ reading }) => {
      const now = reading.powerW >= (isAbove ? powerW * (1 - hysteresis) : powerW);
      if (now === isAbove) return false;
      isAbove = now;
      this.#tell(evse);
      return false;
    });
  }

  #tell(evse: Evse): void {
    this.#core.protocol.measured(evse, evse.read('Other'));
  }
}
