import type { Clock, Timer } from '../time/clock.ts';
import { acLines, dcLines, exportLines, type Lines } from './meter-lines.ts';
import type { MeterKey } from './meter-key.ts';
import type { ChargingState, EvseDescription, MeterReading, PowerLimit } from '../station-host.ts';
import { efficiency, flowOf, nextLookMs, type Situation } from './flow.ts';
import { atDc, batteryVoltageV, type Vehicle } from './vehicle.ts';

/** From the contactor to the first current, s. */
const wakeUpS = 1.5;

export interface SimulatedEvseOptions {
  description: EvseDescription;
  supply: 'AC' | 'DC';
  clock: Clock;
  seed: number;
  /** The vehicle's battery fills so many times faster than it should; power, energy and time stay consistent. */
  speed: number;
  meterStartWh: number;
  /** Signs what the meter shows. */
  key: MeterKey | undefined;
  onState(state: ChargingState): void;
}

/** One EVSE, its meter and the vehicle at its cable. Power is constant between two looks, and energy its exact integral. */
export class SimulatedEvse {
  readonly #options: SimulatedEvseOptions;
  #vehicle: Vehicle | undefined;
  #cableA = Infinity;
  #soc = 0;
  #energyWh: number;
  #exportWh: number | undefined;
  #isEnergised = false;
  /** What flows, W; negative: back from the vehicle. */
  #flowW = 0;
  #startedAt = 0;
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
    this.#settle();
    return this.#soc;
  }

  plug(vehicle: Vehicle, { soc, cableA = Infinity }: { soc: number; cableA?: number | undefined }): void {
    this.#vehicle = this.#options.supply === 'DC' ? atDc(vehicle) : vehicle;
    this.#cableA = cableA;
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
    this.#at = this.#now;
    this.#startedAt = this.#at + this.#wakeUpMs;
    this.#lookIn(this.#wakeUpMs);
  }

  stop(): void {
    this.#settle();
    this.#isEnergised = false;
    this.#flowW = 0;
    this.#tick?.cancel();
    this.#tick = undefined;
  }

  limit(limit: PowerLimit | undefined): void {
    const wakes = this.#limit?.evseSleep === true && limit?.evseSleep !== true;
    this.#limit = limit;
    if (!this.#isEnergised || this.#state === 'EVConnected') return;
    if (!wakes) return this.#look();
    this.#tick?.cancel();
    this.#lookIn(this.#wakeUpMs);
  }

  read(): MeterReading {
    this.#settle();
    const { clock, key } = this.#options;
    const { currentA, phases, voltageV } = this.#offered();
    const reading: MeterReading = {
      energyWh: this.#energyWh,
      powerW: Math.max(0, this.#flowW),
      ...this.#lines(),
      offeredA: currentA,
      offeredW: currentA * phases * voltageV,
      ...(this.#vehicle && { soc: Math.floor(this.#soc) }),
      ...(this.#exportWh !== undefined && { exportWh: this.#exportWh, exportW: Math.max(0, -this.#flowW) }),
    };
    return key ? { ...reading, signed: key.sign(reading, clock.now()) } : reading;
  }

  get #wakeUpMs(): number {
    return (this.#vehicle?.wakeUpS ?? wakeUpS) * 1000;
  }

  get #now(): number {
    return this.#options.clock.monotonicMs();
  }

  #lines(): Lines {
    const { supply, description, seed } = this.#options;
    const place = { seed, second: Math.floor(this.#now / 1000), description, phases: this.#phases() };
    if (this.#flowW < 0) return exportLines(place, -this.#flowW);
    if (supply === 'AC' || !this.#vehicle) return acLines(place, this.#flowW);
    return dcLines(place, { powerW: this.#flowW, voltageV: batteryVoltageV(this.#vehicle, this.#soc) });
  }

  #offered(): { currentA: number; phases: number; voltageV: number } {
    const { maxCurrentA, voltageV } = this.#options.description;
    const { currentA = maxCurrentA, setpointA = Infinity } = this.#limit ?? {};
    if (this.#limit?.evseSleep) return { currentA: 0, phases: this.#phases(), voltageV };
    const least = Math.min(maxCurrentA, currentA, this.#cableA, setpointA < 0 ? Infinity : setpointA);
    return { currentA: least, phases: this.#phases(), voltageV };
  }

  /** Station, vehicle and limit must all have a phase; a DC vehicle has none. */
  #phases(): number {
    const own = this.#options.supply === 'DC' ? 3 : (this.#vehicle?.phases ?? 3);
    return Math.min(this.#options.description.phases, own, this.#limit?.phases ?? 3);
  }

  /** Adds what flowed since the last look. */
  #settle(): void {
    const now = this.#now;
    const elapsedS = (now - this.#at) / 1000;
    if (!this.#isEnergised || !this.#vehicle || elapsedS <= 0) return;
    this.#at = now;
    if (this.#state === 'Charging') this.#chargingS += elapsedS;
    const wh = (this.#flowW * elapsedS) / 3600;
    if (wh >= 0) this.#energyWh += wh;
    else this.#exportWh = (this.#exportWh ?? 0) - wh;
    const { batteryWh, targetSoc } = this.#vehicle;
    const before = this.#soc;
    const after = before + (wh * efficiency * this.#options.speed * 100) / batteryWh;
    this.#soc = Math.max(0, Math.min(Math.max(targetSoc, before), after));
  }

  #lookIn(ms: number): void {
    this.#tick = this.#options.clock.after(ms, () => this.#look());
  }

  /** Decides what the vehicle does from now on, and when that has to be decided again. */
  #look(): void {
    const vehicle = this.#vehicle;
    if (!vehicle) return;
    this.#tick?.cancel();
    this.#settle();
    const flow = flowOf(vehicle, this.#situation());
    if (flow.state !== 'Charging') this.#chargingS = 0;
    this.#flowW = flow.flowW;
    const ms = nextLookMs(vehicle, flow, this.#situation());
    if (Number.isFinite(ms)) this.#lookIn(ms);
    if (flow.state === this.#state) return;
    this.#state = flow.state;
    this.#options.onState(flow.state);
  }

  #situation(): Situation {
    const { supply, speed } = this.#options;
    const offered = this.#offered();
    const askedBackW = -(this.#limit?.setpointA ?? 0) * offered.phases * offered.voltageV;
    const connectedS = Math.max(0, (this.#at - this.#startedAt) / 1000);
    return { supply, speed, offered, askedBackW, connectedS, soc: this.#soc, chargingS: this.#chargingS };
  }
}
