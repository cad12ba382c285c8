import { describe, expect, it } from 'vitest';
import { ManualClock } from '../time/clock.ts';
import { createSimulatedHost, type SimulatedHost } from './simulated-host.ts';
import type { ChargingState, HostEvents } from '../station-host.ts';
import { demandW, flowW, noise, type Vehicle } from './vehicle.ts';

const vehicle: Vehicle = { batteryWh: 60_000, maxPowerW: 11_000, phases: 3, targetSoc: 100 };

describe('demandW', () => {
  it.each([
    ['at the first moment', 50, 0, 0],
    ['half way up the ramp', 50, 10, 5500],
    ['on the plateau', 50, 600, 11_000],
    ['where the taper begins', 80, 600, 11_000],
    ['full', 100, 600, 0],
  ])('is right %s', (_when, soc, chargingS, watts) => {
    expect(demandW(vehicle, { soc, chargingS })).toBeCloseTo(watts, 0);
  });

  it('only falls above 80 %, and never to nothing before the end', () => {
    const watts = Array.from({ length: 20 }, (_, i) => demandW(vehicle, { soc: 80 + i, chargingS: 600 }));
    expect(watts).toEqual(watts.toSorted((a, b) => b - a));
    expect(watts.at(-1)).toBeGreaterThan(500);
  });
});

describe('flowW', () => {
  it.each([
    [11_000, 32, 11_000],
    [11_000, 10, 6900],
    [11_000, 5.9, 0],
    [11_000, 0, 0],
    [500, 16, 500],
  ])('takes %s W of demand at %s A to %s W', (demand, currentA, watts) => {
    expect(flowW(demand, { currentA, phases: 3, voltageV: 230 })).toBe(watts);
  });
});

describe('noise', () => {
  it('is the same for the same place, between -1 and 1, and even', () => {
    const values = Array.from({ length: 1000 }, (_, i) => noise(42, i));
    expect(values).toEqual(Array.from({ length: 1000 }, (_, i) => noise(42, i)));
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(1);
    expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / 1000)).toBeLessThan(0.1);
  });
});

/** A host with one EVSE, and the states it reports. */
function open(options: { speed?: number; phases?: 1 | 3 } = {}) {
  const clock = new ManualClock();
  const host = createSimulatedHost({ ...options, clock, random: () => 0.5 });
  const states: ChargingState[] = [];
  host.attach(silent({ chargingStateChanged: (_evseId, state) => states.push(state) }));
  return { clock, host, states };
}

const nothing = () => {};

const silent = (events: Partial<HostEvents>): HostEvents => ({
  pluggedIn: nothing,
  unplugged: nothing,
  occupied: nothing,
  tokenPresented: nothing,
  contractPresented: nothing,
  readingSigned: nothing,
  externalLimit: nothing,
  externalLimitCleared: nothing,
  chargingNeeds: nothing,
  chargingSchedule: nothing,
  priorityRequested: () => false,
  chargingStateChanged: nothing,
  faulted: nothing,
  faultCleared: nothing,
  errorRaised: nothing,
  errorCleared: nothing,
  stopRequested: nothing,
  grid: { derCapable: nothing, derAlarm: nothing, swapTokenPresented: nothing, batterySwap: nothing },
  ...events,
});

const energyOf = (host: SimulatedHost) => host.meter(1).energyWh;

describe('a simulated EVSE', () => {
  it('charges until the vehicle is full, with power and energy that agree', () => {
    const { clock, host, states } = open();
    host.plug(1, { soc: 60 });
    const before = energyOf(host);
    host.start(1);
    let summedWh = 0;
    for (let minute = 0; minute < 6 * 60; minute++) {
      const powerBefore = host.meter(1).powerW;
      clock.advance(60_000);
      summedWh += (powerBefore + host.meter(1).powerW) / 120;
    }
    const taken = energyOf(host) - before;
    expect(states).toEqual(['Charging', 'SuspendedEV']);
    expect(host.socOf(1)).toBe(100);
    expect(taken).toBeGreaterThan(25_500);
    expect(taken).toBeLessThan(26_500);
    expect(Math.abs(summedWh - taken) / taken).toBeLessThan(0.02);
    expect(host.meter(1).powerW).toBe(0);
  });

  it('pauses below 6 A and goes on when the limit is lifted; the register never falls', () => {
    const { clock, host, states } = open();
    host.plug(1, { soc: 20 });
    host.start(1);
    const registers: number[] = [];
    for (const currentA of [32, 10, 0, 5, 16]) {
      host.limit(1, { currentA, phases: 3 });
      clock.advance(120_000);
      registers.push(energyOf(host));
    }
    host.limit(1, undefined);
    expect(states).toEqual(['Charging', 'SuspendedEVSE', 'Charging']);
    expect(registers).toEqual(registers.toSorted((a, b) => a - b));
    expect(registers[3]).toBe(registers[2]);
  });

  it('uses one phase when the limit says so', () => {
    const { clock, host } = open();
    host.plug(1, { soc: 20 });
    host.start(1);
    host.limit(1, { currentA: 16, phases: 1 });
    clock.advance(120_000);
    expect(host.meter(1).currentsA.map(Math.round)).toEqual([16, 0, 0]);
  });

  it('fills the battery faster with speed, while energy stays power times time', () => {
    const { clock, host } = open({ speed: 30 });
    host.plug(1, { soc: 20 });
    host.start(1);
    const before = energyOf(host);
    clock.advance(5 * 60_000);
    expect(host.socOf(1)).toBeGreaterThan(55);
    expect(energyOf(host) - before).toBeLessThan(11_000 / 12);
  });

  it('keeps no timer when nothing charges', () => {
    const { clock, host } = open();
    host.plug(1);
    expect(clock.pending).toBe(0);
    host.start(1);
    clock.advance(60_000);
    host.stop(1);
    host.unplug(1);
    expect(clock.pending).toBe(0);
  });

  it('gives the same values for the same seed and time', () => {
    const run = () => {
      const { clock, host } = open();
      host.plug(1);
      host.start(1);
      clock.advance(600_000);
      return host.meter(1);
    };
    expect(run()).toEqual(run());
  });

  it('names an EVSE that it does not have', () => {
    expect(() => open().host.plug(2)).toThrow(/EVSE 2: this host has 1/);
  });
});
