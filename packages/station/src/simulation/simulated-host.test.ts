import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../time/clock.ts';
import { createSimulatedHost, type Arrival, type SimulatedHostOptions } from './simulated-host.ts';
import { SettableClock } from './settable-clock.ts';
import type { ChargingState, HostEvents } from '../station-host.ts';

const nothing = () => {};

/** A host at work, and what it tells. */
function open(options: SimulatedHostOptions = {}) {
  const clock = new ManualClock();
  const host = createSimulatedHost({ clock, random: () => 0.5, ...options });
  const states: ChargingState[] = [];
  const told: unknown[][] = [];
  const tell =
    (name: string) =>
    (...words: unknown[]) =>
      void told.push([name, ...words]);
  const events: HostEvents = {
    pluggedIn: tell('pluggedIn'),
    unplugged: tell('unplugged'),
    occupied: nothing,
    tokenPresented: tell('token'),
    contractPresented: tell('contract'),
    readingSigned: nothing,
    chargingStateChanged: (_evseId, state) => states.push(state),
    faulted: tell('faulted'),
    faultCleared: tell('cleared'),
    errorRaised: tell('errorRaised'),
    errorCleared: tell('errorCleared'),
    stopRequested: tell('stop'),
    externalLimit: nothing,
    externalLimitCleared: nothing,
    chargingNeeds: nothing,
    chargingSchedule: nothing,
    priorityRequested: () => false,
    grid: { derCapable: nothing, derAlarm: nothing, swapTokenPresented: nothing, batterySwap: nothing },
  };
  host.attach(events);
  const charge = (arrival: Arrival) => {
    host.plug(1, arrival);
    host.start(1);
  };
  return { clock, host, states, told, events, charge };
}

describe('the meter', () => {
  it('counts the exact integral of the power it shows, through ramp, limits, taper and pauses', () => {
    const { clock, host, charge } = open();
    charge({ soc: 70, pause: { afterS: 600, forS: 120 } });
    let wh = host.meter(1).energyWh;
    let time = 0;
    for (const stepMs of Array.from({ length: 4000 }, (_, n) => 500 + ((n * 7919) % 3000))) {
      if (time > 3_000_000 && time < 3_003_000) host.limit(1, { currentA: 9, phases: 3 });
      const { powerW } = host.meter(1);
      const before = host.meter(1).energyWh;
      clock.advance(1);
      // Between two looks power is constant; a look may fall into this millisecond.
      expect(Math.abs(host.meter(1).energyWh - before - powerW / 3_600_000)).toBeLessThan(0.004);
      clock.advance(stepMs);
      time += stepMs + 1;
      expect(host.meter(1).energyWh).toBeGreaterThanOrEqual(wh);
      wh = host.meter(1).energyWh;
    }
    const { currentsA, voltagesV, powerW } = host.meter(1);
    const product = currentsA.reduce((sum, currentA, line) => sum + currentA * (voltagesV[line] ?? 0), 0);
    expect(product).toBeCloseTo(powerW, 6);
  });

  it('never shows more current than the limit', () => {
    const { clock, host, charge } = open();
    charge({ soc: 20, maxPowerW: 50_000 });
    for (const currentA of [6, 10, 16, 25, 32]) {
      host.limit(1, { currentA, phases: 3 });
      for (let n = 0; n < 60; n++) {
        clock.advance(1000);
        expect(Math.max(...host.meter(1).currentsA)).toBeLessThanOrEqual(currentA);
      }
    }
  });

  it('shows voltage and current of the battery at a DC connector, and slows down as it fills', () => {
    const { clock, host, charge } = open({ evses: [{ supply: 'DC', maxPowerW: 100_000 }], speed: 10 });
    expect(host.evses[0]).toMatchObject({ connectorType: 'cCCS2', phases: 3 });
    charge({ soc: 30, maxDcPowerW: 120_000, batteryV: 350 });
    clock.advance(60_000);
    const { powerW, currentsA, voltagesV } = host.meter(1);
    expect(powerW).toBeGreaterThan(95_000);
    expect(voltagesV).toHaveLength(1);
    expect(voltagesV[0]).toBeGreaterThan(350);
    expect(currentsA[0]).toBeCloseTo(powerW / (voltagesV[0] ?? 1), 6);
    clock.advance(170_000);
    expect(host.socOf(1)).toBeGreaterThan(85);
    expect(host.meter(1).powerW).toBeLessThan(powerW);
  });

  it('signs readings as OCMF, with a key that fits', () => {
    const { clock, host } = open({ signsReadings: true });
    clock.advance(1000);
    const { data = '', publicKey = '' } = host.meter(1).signed ?? {};
    const [format, payload = '', signature = '{}'] = Buffer.from(data, 'base64').toString().split('|');
    expect(format).toBe('OCMF');
    expect(JSON.parse(payload)).toMatchObject({ RD: [{ TM: '2026-01-01T00:00:01,000+0000 S', RU: 'kWh', RV: 2500 }] });
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    const { SD } = JSON.parse(signature);
    expect(verify('sha256', Buffer.from(payload), key, Buffer.from(SD, 'hex'))).toBe(true);
  });

  it('has an export register where a vehicle feeds back, down to its least state of charge', () => {
    const { clock, host, states, charge } = open({ speed: 60 });
    charge({ soc: 60, maxDischargeW: 10_000, minSoc: 50 });
    host.limit(1, { currentA: 32, phases: 3, dischargeA: 10, setpointA: -10 });
    clock.advance(20_000);
    expect(host.meter(1)).toMatchObject({ powerW: 0, exportW: 6900 });
    clock.advance(600_000);
    expect(host.socOf(1)).toBeGreaterThan(48);
    expect(host.meter(1).exportWh).toBeGreaterThan(80);
    expect(host.meter(1).exportW).toBe(0);
    expect(states[0]).toBe('Charging');
  });
});

describe('a vehicle', () => {
  it.each([
    ['wakes up late', { soc: 20, wakeUpS: 90 }, [60_000, 60_000], [0, 11_000]],
    ['takes less than it could', { soc: 20, share: 0.5 }, [60_000], [5500]],
    ['refuses what is less than its own least current', { soc: 20, minCurrentA: 40 }, [60_000], [0]],
    [
      'pauses and goes on by itself',
      { soc: 20, pause: { afterS: 60, forS: 60 } },
      [50_000, 40_000, 60_000],
      [11_000, 0, 11_000],
    ],
    ['stops at its target', { soc: 79.9, targetSoc: 80 }, [20_000, 60_000], [8250, 0]],
    ['is held back by its cable', { soc: 20, maxPowerW: 22_000, cableA: 20 }, [60_000], [13_524]],
  ] as const)('%s', (_what, arrival, waits, watts) => {
    const { clock, host, charge } = open();
    charge(arrival);
    const seen = waits.map((ms) => {
      clock.advance(ms);
      return Math.round(host.meter(1).powerW);
    });
    expect(seen).toEqual(watts);
    host.unplug(1);
    expect(clock.pending).toBe(0);
  });
});

describe('a charger', () => {
  it('has the connectors it is given, and tells which one is used', () => {
    const { host, told } = open({ evses: [{ connectors: ['cType2', 'cCCS2'] }, { phases: 1, maxCurrentA: 16 }] });
    expect(host.evses).toMatchObject([
      {
        id: 1,
        connectors: [
          { id: 1, type: 'cType2' },
          { id: 2, type: 'cCCS2' },
        ],
      },
      { id: 2, phases: 1, maxCurrentA: 16, connectorType: 'sType2' },
    ]);
    host.plug(1, { connectorId: 2, cableA: 20 });
    host.presentContract(1, 'DE-ABC-C00000001-X');
    expect(told).toEqual([
      ['pluggedIn', 1, 2, { maxCurrentA: 20 }],
      ['contract', 1, 'DE-ABC-C00000001-X', { verdict: 'Valid' }],
    ]);
  });

  it('does what its faults say: a lock that holds the plug, a reader that reads nothing', async () => {
    const { host, told } = open();
    host.fault(1, { code: 'ConnectorLockFailure' });
    expect(await host.unlock(1, 1)).toBe(false);
    host.fault(1, { code: 'ReaderFailure' });
    host.presentToken(1, 'CARD');
    host.clearFault(1);
    expect(await host.unlock(1, 1)).toBe(true);
    expect(told.map(([name]) => name)).toEqual(['faulted', 'faulted', 'cleared']);
  });

  it('keeps vehicle, register and fault over a power cut, and nothing else', () => {
    const { clock, host, told, events, charge } = open();
    charge({ soc: 40, connectorId: 1 });
    clock.advance(60_000);
    host.fault(1, { code: 'GroundFailure' });
    const { energyWh } = host.meter(1);
    host.cutPower();
    expect(clock.pending).toBe(0);
    clock.advance(60_000);
    host.presentToken(1, 'CARD');
    told.length = 0;
    host.attach(events);
    expect(told).toEqual([
      ['pluggedIn', 1, 1],
      ['faulted', 1, { code: 'GroundFailure' }],
    ]);
    expect(host.meter(1).energyWh).toBe(energyWh);
  });

  it('has a clock that is wrong until the CSMS sets it', () => {
    const base = new ManualClock('2026-05-04T08:00:00Z');
    const clock = new SettableClock(base, -3_600_000);
    const host = createSimulatedHost({ clock });
    expect(clock.now().toISOString()).toBe('2026-05-04T07:00:00.000Z');
    host.setTime?.(new Date('2026-05-04T08:00:00Z'));
    expect(clock.offsetMs).toBe(0);
  });

  it('shows messages and prices where it has a display', () => {
    const { host } = open({ hasDisplay: true });
    const message = { id: 7, priority: 'InFront', message: { content: 'Hello' } } as const;
    host.displayMessage?.(message, 'show');
    host.showPrice?.({ kind: 'Running', evseId: 1, messages: [], cost: 1, decimals: 2 });
    host.showPrice?.({ kind: 'Running', evseId: 1, messages: [], cost: 2, decimals: 2 });
    expect(host.shown.messages).toEqual([message]);
    expect(host.shown.prices).toMatchObject([{ cost: 2 }]);
    host.displayMessage?.(message, 'hide');
    expect(host.shown.messages).toEqual([]);
    expect(open().host.displayMessage).toBeUndefined();
  });
});
