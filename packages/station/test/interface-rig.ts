import { once } from 'node:events';
import { expect } from 'vitest';
import { ocppVariables, problemIn } from '../src/everest/index.ts';
import { watchVariables } from '../src/everest/ocpp-provider.ts';
import {
  createOcppInterface,
  createSimulatedHost,
  createStation,
  ManualClock,
  type OcppInterfaceOptions,
  type OcppService,
  type OcppVariableName,
  type SimulatedHost,
  type Station,
  type StationHost,
  type StationOptions,
} from '../src/index.ts';
import { openCsms, type Csms } from './csms.ts';

/** A station behind interface `ocpp`, and a CSMS that is not ours. */
export interface InterfaceRig {
  csms: Csms;
  station: Station;
  host: SimulatedHost;
  clock: ManualClock;
  ocpp: OcppService;
  /** All that was published of a variable, in order. */
  published(name: OcppVariableName): readonly unknown[];
  /** The next value that was not waited for yet and has these fields. */
  next(name: OcppVariableName, fields?: Record<string, unknown>): Promise<unknown>;
  /** Starts it; resolves when the CSMS has accepted it. */
  start(): Promise<void>;
  /** Fails when a published value was not of EVerest's type, or a frame broke OCPP's schema. */
  close(): Promise<void>;
}

export interface InterfaceRigOptions extends Partial<Omit<StationOptions, 'host'>> {
  /** Default 2. */
  evses?: number;
  ocpp?: OcppInterfaceOptions;
  /** What the host can beside simulating. */
  can?: Partial<StationHost>;
}

export async function openInterface(options: InterfaceRigOptions = {}): Promise<InterfaceRig> {
  const { evses = 2, ocpp: interfaceOptions, can, ...more } = options;
  const csms = await openCsms();
  const clock = new ManualClock(new Date());
  const random = () => 0.5;
  const host = Object.assign(createSimulatedHost({ evses, clock, random }), can);
  const station = createStation({ identity: 'CP1', url: csms.url, host, clock, random, ...more });
  const ocpp = createOcppInterface(station, interfaceOptions);
  const log = new PublicationLog(ocpp);
  return {
    csms,
    station,
    host,
    clock,
    ocpp,
    published: (name) => log.published(name),
    next: (name, fields = {}) => log.next(name, fields),
    async start() {
      const accepted = once(station.events, 'accepted');
      station.start();
      await accepted;
    },
    async close() {
      host.shutDown();
      await station.stop();
      await csms.close();
      expect(log.problems).toEqual([]);
      expect(csms.violations).toEqual([]);
    },
  };
}

/** What an interface publishes, held against EVerest's types. */
class PublicationLog {
  readonly problems: string[] = [];
  readonly #all: { name: OcppVariableName; value: unknown; isTaken: boolean }[] = [];
  #waiting: (() => void)[] = [];

  constructor(ocpp: OcppService) {
    watchVariables(ocpp, (name, value) => {
      const problem = problemIn(ocppVariables[name], JSON.parse(JSON.stringify(value)));
      if (problem !== undefined) this.problems.push(`${name}: ${problem}`);
      this.#all.push({ name, value, isTaken: false });
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  published(wanted: OcppVariableName): unknown[] {
    return this.#all.filter(({ name }) => name === wanted).map(({ value }) => value);
  }

  async next(wanted: OcppVariableName, fields: Record<string, unknown>): Promise<unknown> {
    const pattern = expect.objectContaining(fields);
    for (;;) {
      const found = this.#all.find(({ name, value, isTaken }) => {
        return name === wanted && !isTaken && (Object.keys(fields).length === 0 || pattern.asymmetricMatch(value));
      });
      if (found) {
        found.isTaken = true;
        return found.value;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}
