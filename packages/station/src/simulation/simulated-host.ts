import { systemClock, type Clock, type Timer } from '../time/clock.ts';
import type { ContractProof } from '../authorization/contract.ts';
import { SimulatedEvse } from './simulated-evse.ts';
import { describeEvses, type SimulatedSupply } from './evse-kinds.ts';
import { failedSteps, firmwareSteps } from './firmware-steps.ts';
import { Display, emptyDisplay, type Shown } from './display.ts';
import { createMeterKey, type MeterKey } from './meter-key.ts';
import { SettableClock } from './settable-clock.ts';
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
} from '../station-host.ts';
import type { Arrival, Failures, SimulatedHost, SimulatedHostOptions } from './host.ts';

export type { Arrival, Failures, SimulatedHost, SimulatedHostOptions } from './host.ts';

/** Makes a host; the same random numbers and the same clock give the same meter values. */
export function createSimulatedHost(options: SimulatedHostOptions = {}): SimulatedHost {
  return new Simulation(options);
}

class Simulation implements SimulatedHost {
  readonly evses: readonly EvseDescription[];
  readonly failures: Failures = {};
  resumes?: NonNullable<StationHost['resumes']>;
  meterPublicKey?: NonNullable<StationHost['meterPublicKey']>;
  displayMessage?: NonNullable<StationHost['displayMessage']>;
  showPrice?: NonNullable<StationHost['showPrice']>;
  readonly setTime?: (time: Date) => void;
  readonly #options: SimulatedHostOptions;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #simulated: readonly SimulatedEvse[];
  #events: HostEvents | undefined;
  #firmwareVersion: string | undefined;
  #timers: Set<Timer> | undefined;
  #faults: Map<number, Fault> | undefined;
  #connectors: Map<number, number> | undefined;
  #display: Display | undefined;

  constructor(options: SimulatedHostOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const { clock } = options;
    if (clock instanceof SettableClock) this.setTime = (time) => clock.set(time);
    this.#random = options.random ?? Math.random;
    this.#firmwareVersion = options.firmwareVersion;
    const kinds = describeEvses(options);
    this.evses = kinds.map(({ description }) => description);
    const key = options.signsReadings ? createMeterKey('SIM-METER-1') : undefined;
    this.#simulated = kinds.map((kind) => this.#createEvse(kind, key));
    if (options.resumesAfterPowerCut) this.resumes = ({ evseId }) => this.isPlugged(evseId);
    if (key) this.meterPublicKey = () => key.publicKey;
    if (options.hasDisplay) this.#installDisplay();
  }

  get shown(): Shown {
    return this.#display ?? emptyDisplay;
  }

  get firmwareVersion(): string {
    return this.#firmwareVersion ?? '1.0.0';
  }

  attach(events: HostEvents): void {
    this.#events = events;
    for (const [index, evse] of this.#simulated.entries()) {
      if (evse.isPlugged) events.pluggedIn(index + 1, this.#connectors?.get(index + 1));
    }
    for (const [evseId, fault] of this.#faults ?? []) events.faulted(evseId, fault);
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

  unlock(evseId: number): Promise<boolean> {
    return Promise.resolve(this.failures.unlock !== true && !this.#has(evseId, 'ConnectorLockFailure'));
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

  plug(evseId: number, arrival: Arrival = {}): void {
    const { soc = 15 + 40 * this.#random(), connectorId, cableA, ...vehicle } = arrival;
    const { batteryKwh = 60, maxPowerW = 11_000 } = this.#options;
    const evse = this.#evse(evseId);
    if (evse.isPlugged) return;
    evse.plug({ batteryWh: batteryKwh * 1000, maxPowerW, phases: 3, targetSoc: 100, ...vehicle }, { soc, cableA });
    if (connectorId !== undefined) (this.#connectors ??= new Map()).set(evseId, connectorId);
    this.#events?.pluggedIn(evseId, connectorId, cableA === undefined ? undefined : { maxCurrentA: cableA });
  }

  unplug(evseId: number): void {
    const evse = this.#evse(evseId);
    if (!evse.isPlugged) return;
    this.#events?.unplugged(evseId);
    this.#connectors?.delete(evseId);
    evse.unplug();
  }

  presentToken(evseId: number, idToken: string | IdToken): void {
    if (this.#has(evseId, 'ReaderFailure')) return;
    this.#events?.tokenPresented(evseId, typeof idToken === 'string' ? { idToken, type: 'ISO14443' } : idToken);
  }

  presentContract(evseId: number, emaid: string, proof: ContractProof = { verdict: 'Valid' }): void {
    this.#events?.contractPresented(evseId, emaid, proof);
  }

  requestStop(evseId: number, reason: StopReason): void {
    this.#events?.stopRequested(evseId, reason);
  }

  fault(evseId: number, fault: Fault): void {
    (this.#faults ??= new Map()).set(evseId, fault);
    this.#events?.faulted(evseId, fault);
  }

  clearFault(evseId: number): void {
    this.#faults?.delete(evseId);
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

  cutPower(): void {
    this.#events = undefined;
    this.shutDown();
    for (const evse of this.#simulated) evse.limit(undefined);
  }

  #has(evseId: number, code: Fault['code']): boolean {
    return this.#faults?.get(evseId)?.code === code;
  }

  #installDisplay(): void {
    const display = new Display();
    this.#display = display;
    this.displayMessage = (message, what) => display.message(message, what);
    this.showPrice = (notice) => display.price(notice);
  }

  #createEvse({ description, supply }: SimulatedSupply, key: MeterKey | undefined): SimulatedEvse {
    return new SimulatedEvse({
      description,
      supply,
      key,
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
