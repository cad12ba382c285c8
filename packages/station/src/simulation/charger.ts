import { systemClock, type Clock } from '../time/clock.ts';
import type { StationOptions } from '../options.ts';
import { createSimulatedHost } from './simulated-host.ts';
import { createStation, type Station } from '../station.ts';
import type { SimulatedHost, SimulatedHostOptions } from './host.ts';
import { SimulatedNetwork } from './network.ts';
import { SettableClock } from './settable-clock.ts';

export interface ChargerOptions extends Omit<StationOptions, 'host' | 'network'> {
  host?: Omit<SimulatedHostOptions, 'clock' | 'random'>;
  /** By how much its clock is ahead until the CSMS tells the time, ms. Default: it has the clock of the others. */
  clockOffsetMs?: number;
  /** Whether `network` can be made worse. Default false, which saves memory. */
  hasNetwork?: boolean;
  /** Told of each station: the first, and one after each power cut. */
  onStation?(station: Station): void;
}

/** Nobody listens there. */
const nowhere = 'ws://127.0.0.1:1/';

/** A charger whose power and network may fail. What survives a power cut is its host and its store. */
export class SimulatedCharger {
  readonly identity: string;
  readonly host: SimulatedHost;
  /** Its clock, which may be wrong. */
  readonly clock: Clock;
  readonly network: SimulatedNetwork | undefined;
  readonly #options: ChargerOptions;
  #station: Station;
  #isStarted = false;
  #isPowered = true;
  #hasLine = true;

  constructor(options: ChargerOptions) {
    const { identity, clock = systemClock, random = Math.random, clockOffsetMs } = options;
    this.identity = identity;
    this.#options = options;
    this.clock = clockOffsetMs === undefined ? clock : new SettableClock(clock, clockOffsetMs);
    this.host = createSimulatedHost({ ...options.host, clock: this.clock, random });
    if (options.hasNetwork) this.network = new SimulatedNetwork(clock, random);
    this.#station = this.#createStation();
  }

  /** The one that runs, or ran last: another one after each power cut. */
  get station(): Station {
    return this.#station;
  }

  get isPowered(): boolean {
    return this.#isPowered;
  }

  start(): void {
    this.#isStarted = true;
    if (this.#isPowered) this.#station.start();
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    this.host.shutDown();
    await this.#station.stop();
  }

  /** All but the store, the cables and the registers is lost, without a word. Resolves when nothing runs any more. */
  async cutPower(): Promise<void> {
    if (!this.#isPowered) return;
    this.#isPowered = false;
    this.host.cutPower();
    this.#station.drop();
    await this.#station.stop();
  }

  restorePower(): void {
    if (this.#isPowered) return;
    this.#isPowered = true;
    this.#station = this.#createStation();
    if (this.#isStarted) this.#station.start();
  }

  /** The line is cut: the connection ends, and none can be had. */
  cutLine(): void {
    this.#hasLine = false;
    this.#station.drop();
  }

  restoreLine(): void {
    this.#hasLine = true;
  }

  #createStation(): Station {
    const { host: _, clockOffsetMs: _offset, hasNetwork: _network, onStation, url, ...options } = this.#options;
    const urlNow = () => (this.#hasLine ? url : nowhere);
    const station = createStation({
      ...options,
      // Read anew for each attempt to connect.
      get url() {
        return urlNow();
      },
      clock: this.clock,
      host: this.host,
      ...(this.network && { network: this.network }),
    });
    onStation?.(station);
    return station;
  }
}
