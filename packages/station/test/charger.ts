import { once } from 'node:events';
import {
  createMemoryStore,
  createSimulatedHost,
  createStation,
  ManualClock,
  type SimulatedHost,
  type Station,
  type StationHost,
  type StationStore,
  type StationVersion,
  type VariableName,
} from '../src/index.ts';
import { openCsms, type Csms } from './csms.ts';
import { statusesIn } from './events.ts';

/** A charger that can be switched off and on again: what is left of it in between is its store and its clock. */
export interface Charger {
  readonly csms: Csms;
  readonly clock: ManualClock;
  readonly store: StationStore;
  readonly station: Station;
  readonly host: SimulatedHost;
  /** What the host was told to make available or not, such as `1 false`; the station is `0`. */
  readonly told: readonly string[];
  /** As when the power goes and comes back. */
  restart(isPlugged?: readonly number[]): Promise<void>;
  /** Loses the connection, until the clock moves. */
  goOffline(): Promise<void>;
  /** Throws when a frame broke the schema that the CSMS checks. */
  close(): Promise<void>;
}

export interface ChargerOptions {
  evses?: number;
  settings?: Partial<Record<VariableName, string>>;
  /** Further abilities of the host. */
  abilities?: Partial<StationHost>;
  /** The versions whose messages the CSMS checks. Default: all that it can. */
  strict?: readonly string[];
  prepare?(csms: Csms): void;
}

export async function openCharger(version: StationVersion, options: ChargerOptions = {}): Promise<Charger> {
  const { evses = 1, settings = {}, abilities = {}, strict, prepare } = options;
  const csms = await openCsms(0, undefined, strict);
  prepare?.(csms);
  const clock = new ManualClock(new Date());
  const store = createMemoryStore();
  const told: string[] = [];
  const start = async (plugged: readonly number[] = []) => {
    const simulated = createSimulatedHost({ evses, clock, random: () => 0.5 });
    const host = Object.assign(simulated, {
      setAvailable: (isAvailable: boolean, { evseId = 0, connectorId }: { evseId?: number; connectorId?: number }) =>
        void told.push(`${evseId}${connectorId === undefined ? '' : `.${connectorId}`} ${isAvailable}`),
      ...abilities,
    });
    for (const evseId of plugged) host.plug(evseId);
    const common = { identity: 'CP1', url: csms.url, versions: [version], clock, random: () => 0.5 };
    const station = createStation({ ...common, host, store, settings });
    const accepted = once(station.events, 'accepted');
    station.start();
    await accepted;
    return { host, station };
  };
  const running = await start();
  return {
    csms,
    clock,
    store,
    told,
    get station() {
      return running.station;
    },
    get host() {
      return running.host;
    },
    async restart(isPlugged) {
      running.host.shutDown();
      await running.station.stop();
      Object.assign(running, await start(isPlugged));
    },
    async goOffline() {
      const gone = once(running.station.events, 'disconnected');
      await csms.disconnect();
      await gone;
    },
    async close() {
      running.host.shutDown();
      await running.station.stop();
      await csms.close();
      if (csms.violations.length > 0) throw new Error('the CSMS saw invalid frames', { cause: csms.violations });
    },
  };
}

/** The statuses that the CSMS was told of a connector of 1.6, or of an EVSE, in order, since `from`. */
export function statusesOf({ csms }: { csms: Csms }, place: number, from = 0): string[] {
  const told = csms.received.slice(from).flatMap(statusesIn);
  return told.filter((each) => each.place === place).map(({ status }) => status);
}
