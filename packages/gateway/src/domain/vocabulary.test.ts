import { describe, expect, it } from 'vitest';
import { authorize, normalizedIdToken } from './authorization.ts';
import type { Token } from './authorization.ts';
import { newStation } from './charging-station.ts';
import { liveTransactionOf } from './transaction-identity.ts';
import type { CommandRecord } from './commands.ts';
import { isSettled } from './commands.ts';
import { nameOf, toVariableAddress } from './device-model.ts';
import * as errors from './errors.ts';
import type { Measurement, Phase } from './measurement.ts';
import { keyOf, unitOf } from './measurement.ts';
import { pointsOf } from './points.ts';
import { at, noon, register, Simulation, start, stop } from './simulation.test-support.ts';

describe('authorize', () => {
  const token: Token = {
    tokenId: '0'.repeat(24),
    idToken: 'Tag',
    type: 'ISO14443',
    blocked: false,
    createdAt: noon,
    updatedAt: noon,
  };

  it.each([
    [undefined, { status: 'Invalid' }],
    [token, { status: 'Accepted' }],
    [{ ...token, blocked: true }, { status: 'Blocked' }],
    [{ ...token, expiresAt: noon }, { status: 'Expired' }],
    [
      { ...token, expiresAt: at(1) },
      { status: 'Accepted', cacheExpiryDateTime: at(1) },
    ],
    [
      { ...token, groupId: 'G' },
      { status: 'Accepted', groupIdToken: { idToken: 'G', type: 'Central' } },
    ],
  ])('answers by what is on record (%#)', (one, expected) => {
    expect(authorize(one, noon)).toEqual(expected);
  });

  it('compares without regard to case', () => {
    expect(normalizedIdToken('TaG')).toBe(normalizedIdToken('tAg'));
  });
});

describe('a variable name', () => {
  it.each([
    ['HeartbeatInterval', { component: { name: 'ConfigurationKey' }, variable: { name: 'HeartbeatInterval' } }],
    ['A/B', { component: { name: 'A' }, variable: { name: 'B' } }],
    ['A;1/B', { component: { name: 'A', evseId: 1 }, variable: { name: 'B' } }],
    ['A;1.2/B', { component: { name: 'A', evseId: 1, connectorId: 2 }, variable: { name: 'B' } }],
    ['A;x;1/B;y', { component: { name: 'A', instance: 'x', evseId: 1 }, variable: { name: 'B', instance: 'y' } }],
    ['A/B;Target', { component: { name: 'A' }, variable: { name: 'B' }, attribute: 'Target' }],
    ['A/B;y;MaxSet', { component: { name: 'A' }, variable: { name: 'B', instance: 'y' }, attribute: 'MaxSet' }],
  ])('%s reads and writes', (name, address) => {
    expect(toVariableAddress(name)).toEqual(address);
    expect(nameOf(toVariableAddress(name))).toBe(name);
  });

  it.each(['', ' ', '/B', 'A/'])('%j is refused', (name) => {
    expect(() => toVariableAddress(name)).toThrow(errors.InvalidError);
  });
});

it('errors have their code and name', () => {
  const all = [
    new errors.InvalidError('m', [{ pointer: '/a', detail: 'd' }]),
    new errors.NotFoundError('m'),
    new errors.NotSupportedError('m'),
    new errors.ConflictError('m'),
    new errors.OfflineError('m'),
    new errors.UnauthorizedError('m'),
    new errors.ForbiddenError('m'),
    new errors.RateLimitedError('m', 5),
    new errors.UnavailableError('m', { cause: 1 }),
  ];
  expect(all.map(({ name, code }) => `${name} ${code}`)).toEqual([
    'InvalidError invalid',
    'NotFoundError not-found',
    'NotSupportedError not-supported',
    'ConflictError conflict',
    'OfflineError offline',
    'UnauthorizedError unauthorized',
    'ForbiddenError forbidden',
    'RateLimitedError rate-limited',
    'UnavailableError unavailable',
  ]);
});

it.each([
  ['Power.Active.Import', 'W'],
  ['Energy.Active.Import.Register', 'Wh'],
  ['Current.Offered', 'A'],
  ['SoC', '%'],
  ['Vendor.Own', ''],
  ['', ''],
])('the unit of %j is %j', (measurand, unit) => {
  expect(unitOf(measurand)).toBe(unit);
});

it('live values are told apart by phase and location', () => {
  const one = register(1, 0);
  const all = [
    one,
    { ...one, phase: 'L1' },
    { ...one, location: 'EV' },
    { ...one, phase: 'L1', location: 'EV' },
  ] as const;
  expect(new Set(all.map(keyOf)).size).toBe(4);
});

it.each([
  ['pending', false],
  ['sent', false],
  ['accepted', true],
  ['failed', true],
] as const)('a %s command is settled: %s', (status, expected) => {
  const record: CommandRecord = {
    commandId: '0'.repeat(24),
    stationId: 'CP1',
    command: { type: 'clearCache' },
    status,
    requestedBy: 'test',
    timeoutS: 30,
    requestedAt: noon,
    updatedAt: noon,
    expiresAt: noon,
  };
  expect(isSettled(record)).toBe(expected);
});

describe('points', () => {
  const one = (measurand: string, value: number, phase?: Phase): Measurement => ({
    evseId: 1,
    measurand,
    value,
    takenAt: at(5),
    ...(phase !== undefined && { phase }),
  });
  const read = (...measurements: Measurement[]) => {
    const simulation = new Simulation(newStation('CP1', 'admitted', noon));
    simulation.report({ type: 'MeterValues', evseId: 1, measurements });
    const [evse] = simulation.station.evses;
    if (evse === undefined) throw new Error('The simulation has no EVSE.');
    return pointsOf({ station: simulation.station, evse });
  };

  it('are totals, or sums, means and maxima of the phases', () => {
    expect(read(one('Power.Active.Import', 7000), one('Power.Active.Import', 1, 'L1'), one('SoC', 3))).toEqual({
      state: 'Idle',
      power: 7000,
    });
    const phases = (['L1', 'L2'] as const).flatMap((phase, index) => [
      one('Power.Active.Import', 1000 + index, phase),
      one('Current.Import', 10 + index, phase),
      one('Voltage', 230 + 2 * index, phase),
    ]);
    expect(read(...phases, one('Current.Import', 99, 'N'), { ...one('Voltage', 9), location: 'Inlet' })).toEqual({
      state: 'Idle',
      power: 2001,
      current: 11,
      voltage: 231,
    });
  });

  it('include those of the open transaction', () => {
    const simulation = new Simulation();
    simulation.report(start(0));
    simulation.report({ type: 'MeterValues', evseId: 1, measurements: [one('SoC', 44), register(1500, 5)] });
    const [evse] = simulation.station.evses;
    const transaction = liveTransactionOf(simulation.station, 1);
    if (evse === undefined || transaction === undefined) throw new Error('The simulation charges nowhere.');
    expect(pointsOf({ station: simulation.station, evse, transaction })).toEqual({
      state: 'Idle',
      energy: 1500,
      'session-energy': 500,
      soc: 44,
    });
  });
});

describe('power and current after a transaction', () => {
  const power = (minutes: number) => ({
    measurand: 'Power.Active.Import',
    evseId: 1,
    value: 7200,
    takenAt: at(minutes),
  });
  const powerOf = ({ station }: Simulation) => {
    const [evse] = station.evses;
    const transaction = liveTransactionOf(station, 1);
    return evse && pointsOf({ station, evse, ...(transaction && { transaction }) }).power;
  };

  it('are 0 once it has ended, until the station says otherwise', () => {
    const simulation = new Simulation();
    simulation.report(start(0));
    simulation.report({ type: 'MeterValues', evseId: 1, measurements: [power(10)] });
    expect(powerOf(simulation)).toBe(7200);
    simulation.report(stop(simulation.station.transactions[0]?.transactionId ?? '', 20));
    expect(powerOf(simulation)).toBe(0);
    simulation.report({ type: 'MeterValues', evseId: 1, measurements: [power(30)] });
    expect(powerOf(simulation)).toBe(7200);
  });
});
