import { once } from 'node:events';
import { expect } from 'vitest';
import {
  createMemoryStore,
  createSimulatedHost,
  createStation,
  ManualClock,
  type SimulatedHost,
  type Station,
  type StationStore,
  type StationVersion,
  type VariableSettings,
} from '../src/index.ts';
import { openRawCsms, type RawCsms } from './raw-csms.ts';
import { advanceUntil } from './rig.ts';

/** A vehicle that charges at a station whose CSMS may do anything. */
export interface ChargingScene {
  readonly version: StationVersion;
  readonly csms: RawCsms;
  readonly station: Station;
  readonly host: SimulatedHost;
  readonly clock: ManualClock;
  readonly security: readonly string[];
  /** Throws unless the same transaction runs, energy rises, and the CSMS hears of it. */
  goesOn(): Promise<void>;
  /** Moves time, step by step, while sockets work. */
  pass(seconds: number): Promise<void>;
  close(): Promise<void>;
}

export interface SceneOptions {
  settings?: VariableSettings;
  store?: StationStore;
  /** What the CSMS answers otherwise than usual, from the boot on. */
  usual?: Record<string, object>;
  startAt?: string;
  violations?: 'each' | 'format';
  /** In real time, as the peer knows no other. */
  callTimeoutMs?: number;
}

export const versions: readonly StationVersion[] = ['1.6', '2.0.1', '2.1'];

export async function openChargingScene(version: StationVersion, options: SceneOptions = {}): Promise<ChargingScene> {
  const csms = await openRawCsms(`ocpp${version}`);
  for (const [action, answer] of Object.entries(options.usual ?? {})) csms.usual.set(action, answer);
  const clock = new ManualClock(options.startAt ?? new Date());
  const host = createSimulatedHost({ evses: 2, clock, random: () => 0.5, batteryKwh: 100_000 });
  const security: string[] = [];
  const station = createStation({
    identity: 'CP1',
    url: csms.url,
    versions: [version],
    host,
    clock,
    random: () => 0.5,
    store: options.store ?? createMemoryStore(),
    ...(options.violations && { violations: options.violations }),
    callTimeoutMs: options.callTimeoutMs ?? 30_000,
    settings: { 'SampledDataCtrlr.TxUpdatedInterval': '60', ...options.settings },
  });
  station.events.on('securityEvent', ({ type }) => security.push(type));
  const accepted = once(station.events, 'accepted');
  station.start();
  await advanceUntil(clock, accepted);
  host.plug(1, { soc: 10 });
  const started = once(station.events, 'transactionStarted');
  host.presentToken(1, 'CARD1');
  await advanceUntil(clock, started);
  const id = station.transactionOn(1)?.id;
  const scene: ChargingScene = {
    version,
    csms,
    station,
    host,
    clock,
    security,
    async goesOn() {
      const before = { energyWh: host.meter(1).energyWh, heard: heardWh(csms) };
      const hears = () => heardWh(csms) > before.heard && heardWh(csms) > Math.ceil(before.energyWh);
      await advanceUntil(clock, expect.poll(hears, { interval: 1, timeout: 20_000 }).toBe(true), 1000);
      expect(station.transactionOn(1)?.id).toBe(id);
      expect(host.meter(1).energyWh).toBeGreaterThan(before.energyWh);
    },
    async pass(seconds) {
      for (let second = 0; second < seconds; second++) {
        clock.advance(1000);
        if (second % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    },
    async close() {
      host.shutDown();
      await station.stop();
      await csms.close();
    },
  };
  await scene.goesOn();
  return scene;
}

/** The highest reading of energy that the CSMS has heard of, Wh. */
export function heardWh({ calls }: RawCsms): number {
  const metered = calls.filter(({ action }) => action === 'MeterValues' || action === 'TransactionEvent');
  return Math.max(0, ...metered.slice(-50).flatMap(({ payload }) => readingsIn(payload)));
}

function readingsIn(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(readingsIn);
  if (typeof value !== 'object' || value === null) return [];
  if ('value' in value) {
    const measurand = 'measurand' in value ? value.measurand : 'Energy.Active.Import.Register';
    return measurand === 'Energy.Active.Import.Register' ? [Number(value.value)] : [];
  }
  return Object.values(value).flatMap(readingsIn);
}
