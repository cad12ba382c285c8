import { isKept } from './authorization/reader.ts';
import type { Claim } from './availability/reservations.ts';
import type { Clock } from './time/clock.ts';
import { chargingSchedulesOf } from './smart-charging/charging-schedules.ts';
import type { Core } from './core.ts';
import type { DeviceModel } from './device-model/device-model.ts';
import type { ChargingSchedules } from './interface/ocpp-interface.ts';
import type { StationHost } from './station-host.ts';

/** What a way of being controlled, such as `createOcppInterface`, needs of a station beside what its watchers see. */
export interface StationInside {
  readonly clock: Clock;
  readonly host: StationHost;
  readonly variables: DeviceModel;
  /** It was started once: what an earlier run has left is taken up. */
  readonly isLoaded: boolean;
  /** Started, and not stopped since. */
  readonly isStarted: boolean;
  /** OCPP 1.6: the CSMS's number of a transaction, until its end is delivered. */
  csmsIdOf(transactionId: string): number | undefined;
  /** The EVSEs that are not for somebody else. */
  evsesOpenTo(claim: Claim): number[];
  /** Of the station (0) and each EVSE, from now on. */
  chargingSchedules(options?: Parameters<typeof chargingSchedulesOf>[1]): ChargingSchedules;
  /** Gives up every message that waits for the CSMS; each is a `messageDiscarded`. */
  discardQueue(): void;
}

export function insideOf(core: Core, state: { isLoaded(): boolean; isStarted(): boolean }): StationInside {
  return {
    get clock() {
      return core.clock;
    },
    get host() {
      return core.host;
    },
    get variables() {
      return core.variables;
    },
    get isLoaded() {
      return state.isLoaded();
    },
    get isStarted() {
      return state.isStarted();
    },
    csmsIdOf: (transactionId) => core.protocol.csmsIdOf?.(transactionId),
    evsesOpenTo: (claim) => core.evses.filter((evse) => !isKept(core, evse, claim)).map(({ id }) => id),
    chargingSchedules: (options) => chargingSchedulesOf(core, options),
    discardQueue() {
      for (const record of core.delivery.clear())
        core.events.emit('messageDiscarded', record, new Error('the queue was discarded'));
    },
  };
}
