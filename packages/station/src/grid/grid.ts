import { BatterySwaps } from './battery-swaps.ts';
import type { Core } from '../core.ts';
import { DerControls } from './der-controls.ts';
import { DerInverters } from './der-inverters.ts';
import type { BatterySwapEvent, DerAlarm, DerCapability, GridEvents } from './grid-host.ts';
import type { IdToken } from '../station-host.ts';
import { V2xSessions } from './v2x-sessions.ts';

/** Alarms that wait until an inverter is known; older ones are forgotten. */
const mostWaiting = 20;

/** What OCPP 2.1 has for the grid and for batteries; nothing of it acts while another version is spoken. */
export class Grid implements GridEvents {
  readonly inverters: DerInverters;
  readonly controls: DerControls;
  readonly v2x: V2xSessions;
  readonly swaps: BatterySwaps;
  readonly #core: Core;
  #waiting: DerAlarm[] | undefined;
  #isRunning = false;

  constructor(core: Core) {
    this.#core = core;
    this.inverters = new DerInverters(core);
    this.controls = new DerControls(core, this.inverters);
    this.v2x = new V2xSessions(core);
    this.swaps = new BatterySwaps(core);
  }

  /** OCPP 2.1 is spoken, or about to be. */
  start(): void {
    this.#isRunning = true;
    this.controls.start();
    this.#tellWaiting();
  }

  stop(): void {
    this.#isRunning = false;
    this.controls.stop();
  }

  derCapable(evseId: number, capability: DerCapability | undefined): void {
    if (!this.inverters.put(evseId, capability)) return;
    this.controls.capabilityChanged(evseId);
    this.#tellWaiting();
  }

  derAlarm(alarm: DerAlarm): void {
    this.#waiting = [...(this.#waiting ?? []), { at: this.#core.clock.now(), ...alarm }].slice(-mostWaiting);
    this.#tellWaiting();
  }

  swapTokenPresented(idToken: IdToken): void {
    if (this.#isRunning) void this.swaps.present(idToken);
  }

  batterySwap(event: BatterySwapEvent): void {
    if (this.#isRunning) this.swaps.happened(event);
  }

  /** OCPP 2.1 R05: an alarm makes sense only where an inverter is known. */
  #tellWaiting(): void {
    if (!this.#isRunning || this.inverters.evseIds.length === 0) return;
    const alarms = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const { controlType, fault, isEnded, at, info } of alarms) {
      const payload = {
        controlType,
        gridEventFault: fault,
        alarmEnded: isEnded,
        timestamp: (at ?? this.#core.clock.now()).toISOString(),
        extraInfo: info?.slice(0, 200),
      };
      this.#core.delivery.add({ kind: 'grid', action: 'NotifyDERAlarm', payload });
    }
  }
}
