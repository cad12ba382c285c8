import type { Clock, Timer } from './clock.ts';
import type { ChargingState, EvseDescription, MeterReading, PowerLimit } from './station-host.ts';
import { demandW, flowW, minCurrentA, noise, type Vehicle } from './vehicle.ts';

/** Between two looks at a vehicle that charges, ms. */
const tickMs = 5000;

/** From the contactor to the first current, ms. */
const handshakeMs = 1500;

/** The longest step of the integration, s. */
const maxStepS = 10;

/** Losses between meter and battery. */
const efficiency = 0.92;

export interface SimulatedEvseOptions {
  description: EvseDescription;
  clock: Clock;
  seed: number;
  /** The vehicle's battery fills so many times faster than it should; power, energy and time stay consistent. */
  speed: number;
  meterStartWh: number;
  onState(state: ChargingState): void;
}

/** One EVSE, its meter and the vehicle at its cable. While nothing charges, nothing runs. */
export class SimulatedEvse {
  readonly #options: SimulatedEvseOptions;
  #vehicle: Vehicle | undefined;
  #soc = 0;
  #energyWh: number;
  #isEnergised = false;
  #chargingS = 0;
  #at = 0;
  #limit: PowerLimit | undefined;
  #state: ChargingState = 'EVConnected';
  #tick: Timer | undefined;

  constructor(options: SimulatedEvseOptions) {
    this.#options = options;
    this.#energyWh = options.meterStartWh;
  }

  get isPlugged(): boolean {
    return this.#vehicle !== undefined;
  }

  get soc(): number {
    return this.#soc;
  }

  plug(vehicle: Vehicle, soc: number): void {
    this.#vehicle = vehicle;
    this.#soc = soc;
  }

  unplug(): void {
    this.stop();
    this.#vehicle = undefined;
  }

  start(): void {
    if (this.#isEnergised || !this.#vehicle) return;
    this.#isEnergised = true;
    this.#chargingS = 0;
    this.#state = 'EVConnected';
    this.#at = this.#options.clock.monotonicMs() + handshakeMs;
    this.#look(handshakeMs);
  }

  stop(): void {
    this.#integrate();
    this.#isEnergised = false;
    this.#tick?.cancel();
    this.#tick = undefined;
  }

  limit(limit: PowerLimit | undefined): void {
    this.#integrate();
    this.#limit = limit;
    if (this.#isEnergised && this.#state !== 'EVConnected') this.#update();
  }

  read(): MeterReading {
    this.#integrate();
    const { description, seed } = this.#options;
    const second = Math.floor(this.#options.clock.now().getTime() / 1000);
    const phases = this.#phases();
    const share = this.#power() / phases;
    const lines = Array.from({ length: description.phases }, (_, line) => {
      const voltage =
        description.voltageV + 1.5 * noise(seed + line, Math.floor(second / 60)) + 0.4 * noise(seed + 7 + line, second);
      const current = line < phases ? share / description.voltageV : 0;
      return { voltageV: voltage - current * 0.06, currentA: current * (1 + 0.004 * noise(seed + 31 + line, second)) };
    });
    return {
      energyWh: this.#energyWh,
      powerW: lines.reduce((sum, { voltageV, currentA }) => sum + voltageV * currentA, 0),
      currentsA: lines.map(({ currentA }) => currentA),
      voltagesV: lines.map(({ voltageV }) => voltageV),
      frequencyHz: 50 + 0.02 * noise(seed + 99, second),
      offeredA: this.#offered().currentA,
      ...(this.#vehicle && { soc: Math.floor(this.#soc) }),
    };
  }

  #offered(): { currentA: number; phases: number; voltageV: number } {
    const { maxCurrentA, voltageV } = this.#options.description;
    return { currentA: Math.min(maxCurrentA, this.#limit?.currentA ?? maxCurrentA), phases: this.#phases(), voltageV };
  }

  /** Station, vehicle and limit must all have a phase. */
  #phases(): number {
    return Math.min(this.#options.description.phases, this.#vehicle?.phases ?? 3, this.#limit?.phases ?? 3);
  }

  #power(): number {
    if (!this.#isEnergised || !this.#vehicle || this.#state === 'EVConnected') return 0;
    return flowW(demandW(this.#vehicle, { soc: this.#soc, chargingS: this.#chargingS }), this.#offered());
  }

  /** Adds what flowed since the last look. */
  #integrate(): void {
    const now = this.#options.clock.monotonicMs();
    if (!this.#isEnergised || !this.#vehicle || now <= this.#at) return;
    const { batteryWh, targetSoc } = this.#vehicle;
    const elapsedS = (now - this.#at) / 1000;
    const steps = Math.min(1000, Math.ceil(elapsedS / maxStepS));
    const stepS = elapsedS / steps;
    for (let step = 0; step < steps; step++) {
      if (this.#state === 'Charging') this.#chargingS += stepS;
      const wh = (this.#power() * stepS) / 3600;
      this.#energyWh += wh;
      this.#soc = Math.min(targetSoc, this.#soc + (wh * efficiency * this.#options.speed * 100) / batteryWh);
    }
    this.#at = now;
  }

  #look(ms: number): void {
    this.#tick = this.#options.clock.after(ms, () => {
      this.#integrate();
      this.#look(tickMs);
      this.#update();
    });
  }

  #update(): void {
    const vehicle = this.#vehicle;
    if (!vehicle) return;
    const state = this.#nextState(vehicle);
    if (state === this.#state) return;
    this.#state = state;
    if (state !== 'Charging') this.#chargingS = 0;
    this.#options.onState(state);
  }

  #nextState({ targetSoc }: Vehicle): ChargingState {
    if (this.#offered().currentA < minCurrentA) return 'SuspendedEVSE';
    return this.#soc >= targetSoc ? 'SuspendedEV' : 'Charging';
  }
}
