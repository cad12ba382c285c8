import { describe, expect, it } from 'vitest';
import { needsOf } from './evolve.ts';
import type { Measurement } from './measurement.ts';
import { at, event, register, Simulation, start, stop, values } from './simulation.test-support.ts';

function power(value: number, minutes: number, more: Partial<Measurement> = {}): Measurement {
  return { evseId: 1, measurand: 'Power.Active.Import', value, takenAt: at(minutes), ...more };
}

describe('MeterValues', () => {
  it('are the newest of each measurand, phase and location', () => {
    const simulation = new Simulation();
    simulation.report(values([power(1, 0), power(2, 0, { phase: 'L1' }), power(3, 0, { location: 'Inlet' })]));
    simulation.report(values([power(9, -5), power(4, 5, { phase: 'L1' })]));
    const { latest = {} } = simulation.station.evses[0] ?? {};
    expect(Object.entries(latest).map(([key, { value }]) => [key, value])).toEqual([
      ['Power.Active.Import', 1],
      ['Power.Active.Import|L1|', 4],
      ['Power.Active.Import||Inlet', 3],
    ]);
  });

  it('keep the first of two values of one instant', () => {
    const simulation = new Simulation();
    simulation.report(values([power(1, 0)]));
    simulation.report(values([power(2, 0), power(3, 1, { phase: 'L1' })]));
    expect(simulation.station.evses[0]?.latest['Power.Active.Import']?.value).toBe(1);
  });

  it('are bounded to 200 live values, and measurands may have any name', () => {
    const simulation = new Simulation();
    const named = (measurand: string, minutes: number) => power(1, minutes, { measurand });
    simulation.report(values([named('__proto__', 0), named('constructor', 0)]));
    expect(Object.keys(simulation.station.evses[0]?.latest ?? {})).toEqual(['constructor']);
    simulation.report(values(Array.from({ length: 300 }, (_, index) => named(`Vendor.${index}`, 0))));
    expect(Object.keys(simulation.station.evses[0]?.latest ?? {})).toHaveLength(200);
    const { facts } = simulation.report(values([named('Vendor.299', 1)]));
    expect(facts).toHaveLength(1);
    expect(simulation.report(values([named('Vendor.299', 1)])).facts).toEqual([]);
  });

  it('that were stored before change nothing', () => {
    const simulation = new Simulation();
    const report = values([power(7200, 0), power(10, 0, { measurand: 'Current.Import' })]);
    const { station } = simulation.report(report);
    const again = simulation.report(report);
    expect(again).toEqual({ station, facts: [], answer: undefined });
    expect(again.station).toBe(station);
  });

  it('need the store only when none of them is newer than what is known', () => {
    const simulation = new Simulation();
    simulation.report(values([power(7200, 0)]));
    const { station } = simulation;
    expect(needsOf(station, values([power(7200, 1)]))).toEqual({});
    expect(needsOf(station, values([power(7200, 0), power(1, 0, { phase: 'L1' })]))).toEqual({});
    expect(needsOf(station, values([power(7200, 0), power(Number.NaN, 9)]))).toEqual({
      storedMeasurements: { evseId: 1, measurements: [power(7200, 0)] },
    });
    expect(needsOf(station, values([], { transactionId: '5' }))).toEqual({ transactionId: '5' });
    expect(needsOf(station, values([]))).toEqual({});
  });

  it('that cannot be are dropped', () => {
    const simulation = new Simulation();
    const absurd = [Number.NaN, Number.POSITIVE_INFINITY, 1e12 + 1, -2e12].map((value) => power(value, 0));
    expect(simulation.report(values(absurd)).facts).toEqual([]);
    expect(simulation.report(values([...absurd, power(-5, 0)])).facts).toMatchObject([
      { measurements: [power(-5, 0)] },
    ]);
  });

  it('of a wrong clock are as of now, and say so in the transaction', () => {
    const simulation = new Simulation();
    const { transactionId } = simulation.report(start(0)).answer;
    const [fact] = simulation.report(values([power(1, 0, { takenAt: new Date(0) })])).facts;
    expect(fact).toMatchObject({ measurements: [{ takenAt: at(120) }], transactionId });
    expect(simulation.transaction(transactionId).anomalies).toEqual(['clock-wrong']);
  });

  it('without a transaction belong to the open one only if taken within it', () => {
    const simulation = new Simulation();
    const { transactionId } = simulation.report(start(10)).answer;
    const before = simulation.report(values([register(900, 5)]));
    expect(before.facts[0]).not.toHaveProperty('transactionId');
    const within = simulation.report(values([register(1500, 15)], { transactionId: '-1' }));
    expect(within.facts[0]).toMatchObject({ transactionId });
    expect(simulation.transaction(transactionId)).toMatchObject({ energy: 500, meterLast: 1500 });
  });

  it('with an unknown transaction are adopted', () => {
    const simulation = new Simulation();
    const { facts } = simulation.report(values([register(100, 3), register(50, 2)], { transactionId: '55' }));
    expect(facts.map(({ type }) => type)).toEqual(['transaction.started', 'measurements.taken']);
    const adopted = { startedAt: at(2), meterStart: 50, energy: 50, connectorId: 1, anomalies: ['start-missing'] };
    expect(simulation.transaction('55')).toMatchObject(adopted);
    expect(facts[0]).toMatchObject({ transaction: adopted });
    simulation.report(stop('55', 10, { measurements: [register(600, 10)] }));
    expect(simulation.transaction('55')).toMatchObject({ state: 'ended', energy: 550 });
  });

  it('with an unknown transaction belong to the open one of their EVSE', () => {
    const simulation = new Simulation();
    const { transactionId } = simulation.report(start(0)).answer;
    const { facts } = simulation.report(values([register(1200, 3)], { transactionId: '55' }));
    expect(facts).toMatchObject([{ type: 'measurements.taken', transactionId }]);
  });

  it('of a transaction that ended are only stored, wherever it is found', () => {
    const simulation = new Simulation();
    simulation.report(start(0));
    const { transactionId } = simulation.report(start(0)).answer;
    simulation.report(stop(transactionId, 5));
    const { station } = simulation;
    const { facts } = simulation.report(values([register(9000, 6)], { transactionId }));
    expect(facts).toMatchObject([{ type: 'measurements.taken', transactionId }]);
    expect(simulation.station.transactions).toBe(station.transactions);
    simulation.station = { ...simulation.station, transactions: [] };
    expect(simulation.report(values([register(9100, 7)], { transactionId })).facts).toHaveLength(1);
    expect(simulation.station.transactions).toEqual([]);
  });

  it('of the main meter open nothing and count nowhere', () => {
    const simulation = new Simulation();
    const { facts } = simulation.report(values([register(5, 0)], { evseId: 0, transactionId: '55' }));
    expect(facts).toMatchObject([{ type: 'measurements.taken', measurements: [{ evseId: 0 }] }]);
    expect(simulation.station.transactions).toEqual([]);
    expect(simulation.station.evses).toMatchObject([{ evseId: 0, connectors: [] }]);
    const { transactionId } = simulation.report(start(0)).answer;
    simulation.report(values([register(5000, 5)], { evseId: 0, transactionId }));
    expect(simulation.transaction(transactionId).energy).toBe(0);
  });

  it('of one EVSE too many are stored and change no state', () => {
    const simulation = new Simulation();
    for (let evseId = 1; evseId <= 64; evseId++) simulation.report(values([power(1, 0)], { evseId }));
    const { station } = simulation;
    expect(simulation.report(values([power(1, 0)], { evseId: 65 })).facts).toHaveLength(1);
    expect(simulation.report(values([power(1, 0)], { evseId: 65 })).facts).toEqual([]);
    expect(simulation.report(values([power(1, 0)], { evseId: -1 })).station).toBe(station);
    expect(simulation.report(values([power(1, 1)], { evseId: 0 })).station.evses).toHaveLength(65);
  });

  it('leave a transaction alone that they say nothing about', () => {
    const simulation = new Simulation();
    simulation.report(start(0));
    const { transactions } = simulation.station;
    simulation.report(values([power(7200, 5)]));
    expect(simulation.station.transactions).toBe(transactions);
  });
});

describe('the state of charge', () => {
  const soc = (value: number, minutes: number) => power(value, minutes, { measurand: 'SoC', location: 'EV' });

  it('is the newest one between 0 and 100', () => {
    const simulation = new Simulation();
    const { transactionId } = simulation.report(start(0)).answer;
    simulation.report(values([soc(41, 5), soc(40, 4), soc(255, 6), soc(-1, 6)]));
    expect(simulation.transaction(transactionId).soc).toBe(41);
    simulation.report(values([soc(30, 3)]));
    expect(simulation.transaction(transactionId).soc).toBe(41);
  });

  it('comes with events as well', () => {
    const simulation = new Simulation();
    simulation.report(event('Started', 0, { evseId: 1, measurements: [soc(20, 0)] }));
    expect(simulation.transaction('T1').soc).toBe(20);
  });
});
