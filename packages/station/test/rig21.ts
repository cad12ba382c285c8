import { once } from 'node:events';
import { validate, type MessageRecord } from '@busbar/ocpp';
import {
  createMemoryStore,
  createSimulatedHost,
  createStation,
  ManualClock,
  type EvseDescription,
  type HostEvents,
  type SimulatedHost,
  type Station,
  type StationHost,
  type StationStore,
  type StationVersion,
  type VariableSettings,
} from '../src/index.ts';
import { openCsms, type Csms } from './csms.ts';

/** A station of OCPP 2.1 and a CSMS, on a clock that is moved by hand. */
export interface Rig21 {
  readonly csms: Csms;
  readonly station: Station;
  readonly host: SimulatedHost;
  /** Where the host tells what happens. */
  readonly events: HostEvents;
  readonly clock: ManualClock;
  call(action: string, payload: object): Promise<unknown>;
  /** A power cut: the station of now is gone, another one comes up with the same store, and may speak another version. */
  restart(version?: StationVersion): Promise<void>;
  /** Cuts the connection, and waits until the station has noticed. */
  disconnect(): Promise<void>;
  /** Throws when a frame of the station broke the schema. */
  close(): Promise<void>;
}

export interface Rig21Options {
  settings?: VariableSettings;
  /** What is special about the only EVSE. */
  evse?: Partial<EvseDescription>;
  /** What the host can beside charging. */
  abilities?: Partial<StationHost>;
  /** What the host reports as soon as it is attached. */
  atStart?(events: HostEvents): void;
  prepare?(csms: Csms): void;
  /** What the station is waited for. Default: accepted. */
  ready?: 'accepted' | 'booted';
  /** Default 2.1. */
  version?: StationVersion;
}

export const start = new Date('2026-01-01T00:00:00Z');

export async function openRig21(options: Rig21Options = {}): Promise<Rig21> {
  const csms = await openCsms();
  options.prepare?.(csms);
  const clock = new ManualClock(start);
  const store = createMemoryStore();
  const invalid: string[] = [];
  let run = await startRun({ csms, clock, store, invalid }, options);
  const end = async () => {
    run.host.shutDown();
    await run.station.stop();
  };
  return {
    csms,
    clock,
    get station() {
      return run.station;
    },
    get host() {
      return run.host;
    },
    get events() {
      return run.events;
    },
    call: (action, payload) => csms.call('CP1', action, payload),
    async restart(version = options.version) {
      await end();
      run = await startRun({ csms, clock, store, invalid }, { ...options, ...(version && { version }) });
    },
    async disconnect() {
      const gone = once(run.station.events, 'disconnected');
      await csms.disconnect();
      await gone;
    },
    async close() {
      await end();
      await csms.close();
      const problems = [...invalid, ...csms.violations];
      if (problems.length > 0) throw new Error('the station sent invalid frames', { cause: problems });
    },
  };
}

interface Surroundings {
  csms: Csms;
  clock: ManualClock;
  store: StationStore;
  invalid: string[];
}

async function startRun({ csms, clock, store, invalid }: Surroundings, options: Rig21Options) {
  const { settings = {}, evse = {}, abilities = {}, atStart, ready = 'accepted', version = '2.1' } = options;
  const simulated = createSimulatedHost({ clock, random: () => 0.5 });
  const attached: HostEvents[] = [];
  const attach = simulated.attach.bind(simulated);
  const host = Object.assign(simulated, abilities, {
    evses: simulated.evses.map((description) => ({ ...description, ...evse })),
    attach(events: HostEvents) {
      attached.push(events);
      attach(events);
      atStart?.(events);
    },
  });
  const random = () => 0.5;
  const common = { identity: 'CP1', url: csms.url, versions: [version], host, clock, random, store, settings };
  const station = createStation(common);
  station.events.on('message', (record) => invalid.push(...problemsOf(version, record)));
  const isReady = once(station.events, ready);
  station.start();
  await isReady;
  const [events] = attached;
  if (!events) throw new Error('the host was not attached');
  return { station, host, events };
}

/** What the schema says against a frame of the station. */
function problemsOf(version: StationVersion, { direction, kind, action, text }: MessageRecord): string[] {
  if (direction !== 'out' || action === undefined) return [];
  const frame: unknown = JSON.parse(text);
  const payload: unknown = Array.isArray(frame) ? frame[kind === 'CALLRESULT' ? 2 : 3] : undefined;
  if (kind !== 'CALL' && kind !== 'SEND' && kind !== 'CALLRESULT') return [];
  const side = kind === 'CALLRESULT' ? 'response' : 'request';
  const error = validate(version, { action, side }, payload);
  return error ? [`${action} ${side}: ${error.message}`] : [];
}

/** Lets the sockets work until something is so. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let turns = 0; !isSo() && turns < 5000; turns++) await new Promise((resolve) => setImmediate(resolve));
  if (!isSo()) throw new Error('it did not become so');
}
