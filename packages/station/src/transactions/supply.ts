import type { Core } from '../core.ts';
import type { ChargingState } from '../station-host.ts';

/** The supply of energy at an EVSE, and what the vehicle makes of it. */
export class Supply {
  readonly #core: Core;
  readonly #evseId: number;
  readonly #mayFlow: () => boolean;
  #isOn = false;
  #flow: ChargingState = 'EVConnected';
  #isTransferring = false;
  #hasOffered = false;

  constructor(core: Core, evseId: number, mayFlow: () => boolean) {
    this.#core = core;
    this.#evseId = evseId;
    this.#mayFlow = mayFlow;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** What the vehicle does; while nothing may flow, that tells nothing. */
  get flow(): ChargingState {
    return this.#isOn ? this.#flow : 'EVConnected';
  }

  /** Energy flows, or would if the vehicle wanted it. */
  get isTransferring(): boolean {
    return this.#isTransferring;
  }

  /** Energy was offered since {@link begin}. */
  get hasOffered(): boolean {
    return this.#hasOffered;
  }

  begin(): void {
    this.#hasOffered = false;
  }

  /** If energy may flow. */
  turnOn(): void {
    if (this.#isOn || !this.#mayFlow()) return;
    this.#isOn = true;
    this.#flow = 'EVConnected';
    // Others give way before anything flows here.
    this.#core.smartCharging.limiter.start();
    this.#core.host.start(this.#evseId);
  }

  /** If energy may not flow any more. */
  turnOff(): void {
    if (!this.#isOn || this.#mayFlow()) return;
    this.#isOn = false;
    this.#isTransferring = false;
    this.#core.host.stop(this.#evseId);
  }

  /** The device has restarted. */
  restarted(): void {
    this.#isOn = false;
    this.turnOn();
  }

  /** What the host sees of the vehicle. False while that tells nothing. */
  seen(state: ChargingState): boolean {
    if (!this.#isOn) return false;
    if (state !== 'EVConnected') this.#hasOffered = true;
    this.#flow = state;
    this.#isTransferring = state === 'Charging' || (this.#isTransferring && state !== 'EVConnected');
    return true;
  }
}
