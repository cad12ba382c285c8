import { systemClock, type Clock, type Timer } from './clock.ts';
import { SimulatedEvse } from './simulated-evse.ts';
import type {
  EvseDescription,
  Fault,
  FirmwareRequest,
  FirmwareStatus,
  HostEvents,
  IdToken,
  LogRequest,
  LogStatus,
  StationHost,
  StopReason,
} from './station-host.ts';
import type { Vehicle } from './vehicle.ts';

export interface SimulatedHostOptions {
  /** How many EVSEs, each with one connector. Default 1. */
  evses?: number;
  clock?: Clock;
  /** Uniform in [0, 1): the seed of its meters and vehicles. Default Math.random. */
  random?: () => number;
  /** Of the vehicles that plug in, kWh. Default 60. */
  batteryKwh?: number;
  /** Of the vehicles that plug in, W. Default 11,000. */
  maxPowerW?: number;
  /** Of the station. Default 3. */
  phases?: 1 | 3;
  /** Of the station, per phase. Default 32 A. */
  maxCurrentA?: number;
  /** Phase to neutral. Default 230 V. */
  voltageV?: number;
  /** How many times faster a battery fills; power, energy and time stay consistent. Default 1. */
  speed?: number;
  /** How long a restart takes. Default 1000 ms. */
  resetMs?: number;
  firmwareVersion?: string;
}

/** What goes wrong, as long as it is set. */
export interface Failures {
  /** The plug stays locked. */
  unlock?: boolean;
  firmware?: 'DownloadFailed' | 'InstallationFailed';
  log?: boolean;
}

/** Which vehicle comes, and how full. */
export interface Arrival extends Partial<Vehicle> {
  /** State of charge on arrival, %. */
  soc?: number;
}

/** A charger without hardware, and the people and vehicles that come to it. */
export interface SimulatedHost extends StationHost {
  /** What is to go wrong from now on. */
  readonly failures: Failures;
  plug(evseId: number, arrival?: Arrival): void;
  unplug(evseId: number): void;
  /** A plain string is an ISO 14443 card. */
  presentToken(evseId: number, idToken: string | IdToken): void;
  /** The stop button, the vehicle, a protection. */
  requestStop(evseId: number, reason: StopReason): void;
  fault(evseId: number, fault: Fault): void;
  clearFault(evseId: number): void;
  /** The vehicle's state of charge, %. */
  socOf(evseId: number): number;
  isPlugged(evseId: number): boolean;
  /** Ends everything that still runs or waits. */
  shutDown(): void;
}

/** Makes a host; the same random numbers and the same clock give the same meter values. */
export function createSimulatedHost(options: SimulatedHostOptions = {}): SimulatedHost {
  return new Simulation(options);
}

/** The steps of a firmware update, and how long each takes before the next, ms. */
const firmwareSteps: readonly { status: FirmwareStatus; ms: number }[] = [
  { status: 'Downloading', ms: 2000 },
  { status: 'Downloaded', ms: 500 },
  { status: 'Installing', ms: 2000 },
  { status: 'Installed', ms: 0 },
];

/** Which step fails, and how. */
const failedSteps: Partial<Record<FirmwareStatus, Failures['firmware']>> = {
  Downloaded: 'DownloadFailed',
  Installed: 'InstallationFailed',
};

class Simulation implements SimulatedHost {
  readonly evses: readonly EvseDescription[];
  readonly failures: Failures = {};
  readonly #options: SimulatedHostOptions;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #simulated: readonly SimulatedEvse[];
  #events: HostEvents | undefined;
  #firmwareVersion: string | undefined;
  #timers: Set<Timer> | undefined;

  constructor(options: SimulatedHostOptions) {
    const { evses = 1, phases = 3, maxCurrentA = 32, voltageV = 230 } = options;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#firmwareVersion = options.firmwareVersion;
    this.evses = Array.from({ length: evses }, (_, i) => ({
      id: i + 1,
      phases,
      maxCurrentA,
      voltageV,
      connectorType: 'sType2',
    }));
    this.#simulated = this.evses.map((description) => this.#createEvse(description));
  }

  get firmwareVersion(): string {
    return this.#firmwareVersion ?? '1.0.0';
  }

  attach(events: HostEvents): void {
    this.#events = events;
    for (const [index, evse] of this.#simulated.entries()) {
      if (evse.isPlugged) events.pluggedIn(index + 1);
    }
  }

  start(evseId: number): void {
    this.#evse(evseId).start();
  }

  stop(evseId: number): void {
    this.#evse(evseId).stop();
  }

  limit(evseId: number, limit: Parameters<StationHost['limit']>[1]): void {
    this.#evse(evseId).limit(limit);
  }

  meter(evseId: number) {
    return this.#evse(evseId).read();
  }

  unlock(): Promise<boolean> {
    return Promise.resolve(this.failures.unlock !== true);
  }

  reset(): Promise<void> {
    return new Promise((resolve) => this.#after(this.#options.resetMs ?? 1000, resolve));
  }

  updateFirmware({ location }: FirmwareRequest, report: (status: FirmwareStatus) => void): void {
    this.#firmwareStep(0, (status) => {
      if (status === 'Installed') this.#firmwareVersion = versionIn(location) ?? `${this.firmwareVersion}+1`;
      report(status);
    });
  }

  uploadLog({ kind }: LogRequest, report: (status: LogStatus) => void): string {
    this.#after(0, () => report('Uploading'));
    this.#after(1000, () => report(this.failures.log ? 'UploadFailure' : 'Uploaded'));
    return `${kind}-${this.#clock.now().toISOString().slice(0, 10)}.log`;
  }

  plug(evseId: number, { soc = 15 + 40 * this.#random(), ...vehicle }: Arrival = {}): void {
    const { batteryKwh = 60, maxPowerW = 11_000 } = this.#options;
    const evse = this.#evse(evseId);
    if (evse.isPlugged) return;
    evse.plug({ batteryWh: batteryKwh * 1000, maxPowerW, phases: 3, targetSoc: 100, ...vehicle }, soc);
    this.#events?.pluggedIn(evseId);
  }

  unplug(evseId: number): void {
    const evse = this.#evse(evseId);
    if (!evse.isPlugged) return;
    this.#events?.unplugged(evseId);
    evse.unplug();
  }

  presentToken(evseId: number, idToken: string | IdToken): void {
    this.#events?.tokenPresented(evseId, typeof idToken === 'string' ? { idToken, type: 'ISO14443' } : idToken);
  }

  requestStop(evseId: number, reason: StopReason): void {
    this.#events?.stopRequested(evseId, reason);
  }

  fault(evseId: number, fault: Fault): void {
    this.#events?.faulted(evseId, fault);
  }

  clearFault(evseId: number): void {
    this.#events?.faultCleared(evseId);
  }

  socOf(evseId: number): number {
    return this.#evse(evseId).soc;
  }

  isPlugged(evseId: number): boolean {
    return this.#evse(evseId).isPlugged;
  }

  shutDown(): void {
    for (const evse of this.#simulated) evse.stop();
    for (const timer of this.#timers ?? []) timer.cancel();
    this.#timers = undefined;
  }

  #createEvse(description: EvseDescription): SimulatedEvse {
    return new SimulatedEvse({
      description,
      clock: this.#clock,
      seed: Math.floor(this.#random() * 2 ** 31),
      speed: this.#options.speed ?? 1,
      meterStartWh: Math.floor(this.#random() * 5_000_000),
      onState: (state) => this.#events?.chargingStateChanged(description.id, state),
    });
  }

  /** Throws RangeError for an EVSE that does not exist. */
  #evse(evseId: number): SimulatedEvse {
    const evse = this.#simulated[evseId - 1];
    if (!evse) throw new RangeError(`EVSE ${evseId}: this host has ${this.#simulated.length}, counted from 1`);
    return evse;
  }

  #firmwareStep(index: number, report: (status: FirmwareStatus) => void): void {
    const step = firmwareSteps[index];
    if (!step) return;
    const failure = failedSteps[step.status];
    if (failure !== undefined && failure === this.failures.firmware) return report(failure);
    report(step.status);
    if (index + 1 < firmwareSteps.length) this.#after(step.ms, () => this.#firmwareStep(index + 1, report));
  }

  #after(ms: number, task: () => void): void {
    const timers = (this.#timers ??= new Set());
    const timer = this.#clock.after(ms, () => {
      timers.delete(timer);
      task();
    });
    timers.add(timer);
  }
}

/** The first thing like 1.2.3 in a file's name. */
function versionIn(location: string): string | undefined {
  return /\d+\.\d+\.\d+/.exec(location.slice(location.lastIndexOf('/') + 1))?.[0];
}
