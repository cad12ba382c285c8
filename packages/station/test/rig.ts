import { once } from 'node:events';
import {
  createSimulatedHost,
  createStation,
  ManualClock,
  type HostEvents,
  type SimulatedHost,
  type Station,
  type StationHost,
  type StationStore,
  type StationVersion,
  type VariableSettings,
} from '../src/index.ts';
import { openCsms, type Csms } from './csms.ts';

/** A CSMS and one station at it, on a clock that is moved by hand. */
export interface Rig {
  csms: Csms;
  station: Station;
  host: SimulatedHost;
  clock: ManualClock;
  /** Every frame of the station, as `out CALL Heartbeat`. */
  frames: readonly string[];
  /** Throws when a frame broke the schema that the CSMS checks. */
  close(): Promise<void>;
}

export interface RigOptions {
  identity?: string;
  evses?: number;
  settings?: VariableSettings | undefined;
  callTimeoutMs?: number;
  /** Default: booted and accepted. */
  until?: 'accepted' | 'booted';
  prepare?(csms: Csms): void;
  /** Default: the CSMS checks what it gets and what it answers. */
  checked?: readonly string[];
  /** What the charger can do beside the simulated one. */
  charger?: Partial<StationHost> | undefined;
  store?: StationStore;
  /** What the charger may report by itself. */
  listen?(events: HostEvents): void;
}

export async function openRig(version: StationVersion, options: RigOptions = {}): Promise<Rig> {
  const {
    identity = 'CP1',
    evses = 1,
    settings = {},
    callTimeoutMs,
    until = 'accepted',
    prepare,
    charger,
    store,
    listen,
    checked,
  } = options;
  const csms = await openCsms(undefined, undefined, checked);
  prepare?.(csms);
  const clock = new ManualClock(new Date());
  const random = () => 0.5;
  const host = Object.assign(createSimulatedHost({ evses, clock, random }), charger);
  const attach = host.attach.bind(host);
  host.attach = (events) => {
    listen?.(events);
    attach(events);
  };
  const station = createStation({
    identity,
    url: csms.url,
    versions: [version],
    host,
    clock,
    random,
    settings,
    ...(store && { store }),
    ...(callTimeoutMs !== undefined && { callTimeoutMs }),
  });
  const frames: string[] = [];
  station.events.on('message', ({ direction, kind, action }) => frames.push(`${direction} ${kind} ${action}`));
  const ready = once(station.events, until);
  station.start();
  await ready;
  return {
    csms,
    station,
    host,
    clock,
    frames,
    async close() {
      host.shutDown();
      await station.stop();
      await csms.close();
      if (csms.violations.length > 0) throw new Error('the CSMS saw invalid frames', { cause: csms.violations });
    },
  };
}

/** Moves the clock step by step, and lets the sockets work in between, until `happens`. */
export async function advanceUntil<T>(clock: ManualClock, happens: Promise<T>, stepMs = 100): Promise<T> {
  const progress = { isDone: false };
  const done = happens.finally(() => (progress.isDone = true));
  for (let steps = 0; !progress.isDone && steps < 5000; steps++) {
    clock.advance(stepMs);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return done;
}

/** As {@link advanceUntil}, until something `isSo`. */
export async function advanceTo(clock: ManualClock, isSo: () => boolean, stepMs = 100): Promise<void> {
  for (let steps = 0; !isSo() && steps < 20_000; steps++) {
    clock.advance(stepMs);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
