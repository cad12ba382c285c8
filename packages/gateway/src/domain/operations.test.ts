import { describe, expect, it } from 'vitest';
import type { Command, CommandRecord, CommandResult } from './commands.ts';
import { closeTransaction, evolveSettled } from './evolve.ts';
import { at, event, noon, register, Simulation, start, status, stop, tag } from './simulation.test-support.ts';

const accepted: CommandResult = { accepted: true, status: 'Accepted' };

function settled(command: Command, more: Partial<CommandRecord> = {}): CommandRecord {
  return {
    commandId: '0'.repeat(24),
    stationId: 'CP1',
    command,
    status: 'accepted',
    result: accepted,
    requestedBy: 'test',
    timeoutS: 30,
    requestedAt: noon,
    updatedAt: noon,
    expiresAt: at(1),
    ...more,
  };
}

function settle(simulation: Simulation, record: CommandRecord) {
  const outcome = evolveSettled(simulation.station, record, { now: at(120) });
  simulation.keep(outcome);
  return outcome;
}

describe('a settled command', () => {
  it('sets and clears the current limit of an EVSE, known or not', () => {
    const simulation = new Simulation();
    const limit = { type: 'setCurrentLimit', evseId: 1, currentLimit: 16 } as const;
    expect(settle(simulation, settled(limit)).facts).toMatchObject([
      { type: 'evse.limit-changed', evseId: 1, currentLimit: 16 },
    ]);
    expect(simulation.station.evses).toMatchObject([{ evseId: 1, currentLimit: 16 }]);
    const { station } = simulation;
    expect(settle(simulation, settled(limit)).station).toBe(station);
    settle(simulation, settled({ type: 'setCurrentLimit', evseId: 1 }));
    expect(simulation.station.evses[0]).not.toHaveProperty('currentLimit');
  });

  it('for EVSE 0 sets the limit of each EVSE, and of none beyond the bound', () => {
    const simulation = new Simulation();
    for (let evseId = 1; evseId <= 64; evseId++) simulation.report(status({ evseId }));
    simulation.report({ type: 'MeterValues', evseId: 0, measurements: [register(1, 0)] });
    expect(settle(simulation, settled({ type: 'setCurrentLimit', evseId: 0, currentLimit: 6 })).facts).toHaveLength(64);
    expect(simulation.station.evses[0]).not.toHaveProperty('currentLimit');
    expect(settle(simulation, settled({ type: 'setCurrentLimit', evseId: 65, currentLimit: 6 })).facts).toEqual([]);
  });

  it('makes and cancels a reservation', () => {
    const simulation = new Simulation();
    const reserve = { type: 'reserveNow', reservationId: 1, evseId: 2, idToken: tag, expiresAt: at(60) } as const;
    expect(settle(simulation, settled(reserve)).facts).toMatchObject([
      { type: 'reservation.changed', reservation: { evseId: 2, status: 'Active', updatedAt: at(120) } },
    ]);
    expect(settle(simulation, settled({ type: 'cancelReservation', reservationId: 1 })).facts).toHaveLength(1);
    expect(simulation.station.reservations).toMatchObject([{ reservationId: 1, status: 'Cancelled' }]);
    expect(settle(simulation, settled({ type: 'cancelReservation', reservationId: 9 })).facts).toEqual([]);
  });

  it('keeps all active reservations and the four that ended last', () => {
    const simulation = new Simulation();
    for (let reservationId = 1; reservationId <= 8; reservationId++) {
      settle(simulation, settled({ type: 'reserveNow', reservationId, idToken: tag, expiresAt: at(60) }));
      if (reservationId > 1) settle(simulation, settled({ type: 'cancelReservation', reservationId }));
    }
    expect(simulation.station.reservations.map(({ reservationId }) => reservationId)).toEqual([1, 5, 6, 7, 8]);
  });

  const [one, other] = [
    { component: { name: 'A' }, variable: { name: 'X' } },
    { component: { name: 'A' }, variable: { name: 'AuthorizationKey' }, attribute: 'Target' },
  ] as const;

  it('tells of each variable that was set, even where others were refused, and of no secret', () => {
    const command = {
      type: 'setVariables',
      variables: [one, one, one, other].map((address, index) => ({ ...address, value: `${index}` })),
    } as const;
    const variables = [
      { ...one, status: 'Accepted' },
      { ...one, status: 'Rejected' },
      { ...one, status: 'RebootRequired', value: 'on' },
      { ...other, status: 'Accepted', writable: true },
    ] as const;
    const result = { accepted: false, status: 'Rejected', variables };
    const { facts } = settle(new Simulation(), settled(command, { status: 'rejected', result }));
    expect(facts).toEqual([
      { type: 'variable.changed', stationId: 'CP1', at: at(120), variable: { ...one, value: '0' } },
      { type: 'variable.changed', stationId: 'CP1', at: at(120), variable: { ...one, value: 'on' } },
      { type: 'variable.changed', stationId: 'CP1', at: at(120), variable: { ...other, writable: true } },
    ]);
    expect(settle(new Simulation(), settled(command)).facts).toEqual([]);
  });

  it.each([
    { type: 'getVariables', variables: [one] },
    { type: 'getBaseReport', reportBase: 'FullInventory' },
  ] satisfies Command[])('$type reports what it brought', (command) => {
    const variables = [
      { ...one, status: 'Accepted', value: '5' },
      { ...one, status: 'UnknownVariable' },
    ] as const;
    const { facts } = settle(new Simulation(), settled(command, { result: { ...accepted, variables } }));
    const reported = [{ ...one, value: '5' }];
    expect(facts).toMatchObject([{ type: 'variables.reported', toBeContinued: false, variables: reported }]);
    expect(settle(new Simulation(), settled(command)).facts).toEqual([]);
  });

  it.each([
    ['a raw call', settled({ type: 'call', action: 'Reset', payload: {} })],
    ['a reset', settled({ type: 'reset', mode: 'OnIdle' })],
    ['a refusal', settled({ type: 'setCurrentLimit', evseId: 1, currentLimit: 6 }, { status: 'rejected' })],
    ['a failure', settled({ type: 'setCurrentLimit', evseId: 1, currentLimit: 6 }, { status: 'failed' })],
  ])('%s changes nothing', (_, record) => {
    const simulation = new Simulation();
    const { station } = simulation;
    const outcome = settle(simulation, record);
    expect(outcome.station).toBe(station);
    expect(outcome.facts).toEqual([]);
  });
});

describe('closing a transaction', () => {
  it('ends it in the stead of the station, whose own end still corrects it', () => {
    const simulation = new Simulation();
    const { transactionId } = simulation.report(start(0)).answer;
    const transaction = simulation.transaction(transactionId);
    const outcome = closeTransaction(simulation.station, transaction, { reason: 'Other', now: at(60) });
    simulation.keep(outcome);
    expect(outcome.facts).toMatchObject([{ type: 'transaction.ended', transaction: { transactionId } }]);
    expect(simulation.transaction(transactionId)).toMatchObject({
      state: 'ended',
      endedAt: at(60),
      stoppedReason: 'Other',
      anomalies: ['closed-by-operator'],
    });
    simulation.report(stop(transactionId, 30));
    expect(simulation.transaction(transactionId)).toMatchObject({
      endedAt: at(30),
      stoppedReason: 'Local',
      energy: 5000,
      anomalies: ['closed-by-operator'],
    });
  });

  it('is refused when it has ended, and never ends one before its start', () => {
    const simulation = new Simulation();
    simulation.report(event('Started', 0, { evseId: 1 }));
    const { station } = simulation;
    const outcome = closeTransaction(station, simulation.transaction('T1'), { reason: 'Other', now: at(-5) });
    simulation.keep(outcome);
    expect(simulation.transaction('T1').endedAt).toEqual(at(0));
    expect(() => closeTransaction(station, simulation.transaction('T1'), { reason: 'Other', now: at(5) })).toThrowError(
      'Transaction T1 of station CP1 has ended already',
    );
  });
});
