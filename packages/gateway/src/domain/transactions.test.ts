import { describe, expect, it } from 'vitest';
import type { Transaction } from './transaction.ts';
import { at, event, noon, register, Simulation, start, status, stop, tag, values } from './simulation.test-support.ts';

const secondsSince2020 = (at(120).getTime() - Date.UTC(2020, 0, 1)) / 1000;

describe('a 1.6 transaction', () => {
  it('gets an integer that no other has, even if the record is lost', () => {
    const simulation = new Simulation();
    const first = simulation.report(start(0)).answer;
    const second = simulation.report(start(1, { evseId: 2 })).answer;
    expect(first).toEqual({ transactionId: String(secondsSince2020), idTokenInfo: { status: 'Accepted' } });
    expect(Number(second.transactionId)).toBe(secondsSince2020 + 1);
    const afterLoss = new Simulation().report(start(9), { now: at(121) }).answer;
    expect(Number(afterLoss.transactionId)).toBe(secondsSince2020 + 60);
  });

  it('starts numbers anew below 2^31, past those in use', () => {
    const simulation = new Simulation();
    simulation.report(stop('1', 0));
    simulation.station = { ...simulation.station, lastTransactionNumber: 2 ** 31 - 1 };
    expect(simulation.report(start(0)).answer.transactionId).toBe('2');
  });

  it('is numbered from 1 where the clock of the gateway stands before 2020', () => {
    expect(new Simulation().report(start(0), { now: new Date(0) }).answer.transactionId).toBe('1');
  });

  it('is the same when its start is repeated: live, ended, and in the store only', () => {
    const simulation = new Simulation();
    const first = simulation.report(start(0, { idToken: { ...tag, idToken: 'tag1' } }));
    expect(simulation.report(start(0)).station).toBe(first.station);
    const { transactionId } = first.answer;
    simulation.report(stop(transactionId, 5));
    expect(simulation.report(start(0)).answer.transactionId).toBe(transactionId);
    for (let minutes = 10; minutes < 20; minutes++) simulation.report(start(minutes), { now: at(minutes) });
    expect(simulation.station.transactions.some((one) => one.transactionId === transactionId)).toBe(false);
    const { station } = simulation;
    const again = simulation.report(start(0));
    expect(again).toMatchObject({ facts: [], answer: { transactionId } });
    expect(again.station).toBe(station);
  });

  it('is another when connector, tag, meter or time differ', () => {
    const simulation = new Simulation();
    const variants = [
      start(0),
      start(0, { evseId: 2 }),
      start(0, { idToken: { ...tag, idToken: 'TAG2' } }),
      start(1),
      start(1, { measurements: [register(1001, 1, { context: 'Transaction.Begin' })] }),
    ];
    const ids = variants.map((report) => simulation.report(report).answer.transactionId);
    expect(new Set(ids).size).toBe(5);
  });

  it('is recorded from start to end with its energy, times and reason', () => {
    const simulation = new Simulation();
    const { transactionId } = simulation.report(start(0)).answer;
    simulation.report(values([register(2000, 10)], { transactionId }));
    const end = simulation.report(stop(transactionId, 30), { now: at(30) });
    expect(end.answer).toEqual({ transactionId });
    expect(simulation.transaction(transactionId)).toMatchObject({
      state: 'ended',
      evseId: 1,
      connectorId: 1,
      authorization: 'Accepted',
      startedAt: at(0),
      endedAt: at(30),
      stoppedReason: 'Local',
      meterStart: 1000,
      meterLast: 6000,
      energy: 5000,
      anomalies: [],
    });
    expect(end.facts.map(({ type }) => type)).toEqual(['measurements.taken', 'transaction.ended']);
  });

  it('takes readings that its end tells again once only', () => {
    const simulation = new Simulation();
    const { transactionId } = simulation.report(start(0)).answer;
    const sample = register(2000, 10, { context: 'Sample.Periodic' });
    simulation.report(values([sample], { transactionId }));
    const late = register(4000, 20, { context: 'Sample.Periodic' });
    const last = register(6000, 30, { context: 'Transaction.End' });
    simulation.report(stop(transactionId, 30, { measurements: [sample, late, last] }));
    const told = simulation.factsOf('measurements.taken').flatMap(({ measurements }) => measurements);
    expect(told.map(({ value }) => value)).toEqual([1000, 2000, 4000, 6000]);
    expect(simulation.transaction(transactionId)).toMatchObject({ state: 'ended', energy: 5000 });
  });

  it('ends with an end that tells known readings only', () => {
    const simulation = new Simulation();
    const { transactionId } = simulation.report(start(0)).answer;
    const sample = register(2000, 10);
    simulation.report(values([sample], { transactionId }));
    simulation.report(stop(transactionId, 10, { measurements: [sample] }));
    expect(simulation.transaction(transactionId)).toMatchObject({ state: 'ended', energy: 1000 });
  });

  it('answers about a token only when a token came', () => {
    const simulation = new Simulation();
    const { transactionId } = simulation.report(start(0)).answer;
    expect(simulation.report(stop(transactionId, 5)).answer).toEqual({ transactionId });
    const other = simulation.report(start(6), { idTokenInfo: { status: 'Blocked' } });
    expect(other.answer.idTokenInfo).toEqual({ status: 'Blocked' });
  });

  it('that was refused is recorded, and ends no live one', () => {
    const simulation = new Simulation();
    const live = simulation.report(start(0)).answer.transactionId;
    const refused = simulation.report(start(1), { idTokenInfo: { status: 'Invalid' } }).answer.transactionId;
    expect(simulation.transaction(live).state).toBe('active');
    expect(simulation.transaction(refused)).toMatchObject({ state: 'active', authorization: 'Invalid' });
    const next = simulation.report(start(2), { idTokenInfo: { status: 'Invalid' } });
    expect(next.facts.map(({ type }) => type)).toEqual([
      'transaction.ended',
      'transaction.started',
      'measurements.taken',
    ]);
    expect(simulation.transaction(refused)).toMatchObject({ state: 'ended', anomalies: ['end-missing'] });
    expect(simulation.transaction(live).state).toBe('active');
  });

  it('whose end is missing is ended by the next one of its EVSE, and corrected once by its own late end', () => {
    const simulation = new Simulation();
    const older = simulation.report(start(0)).answer.transactionId;
    const newer = simulation.report(start(20)).answer.transactionId;
    expect(simulation.transaction(older)).toMatchObject({
      state: 'ended',
      endedAt: at(20),
      anomalies: ['end-missing'],
    });
    const late = simulation.report(stop(older, 15));
    expect(late.facts.map(({ type }) => type)).toEqual(['measurements.taken', 'transaction.updated']);
    const corrected = { endedAt: at(15), energy: 5000, stoppedReason: 'Local', anomalies: [] };
    expect(simulation.transaction(older)).toMatchObject(corrected);
    simulation.report(stop(older, 17, { stoppedReason: 'PowerLoss', measurements: [register(9000, 17)] }));
    expect(simulation.transaction(older)).toMatchObject(corrected);
    expect(simulation.transaction(newer).state).toBe('active');
  });

  it('that is told after a newer one of its EVSE is over', () => {
    const simulation = new Simulation();
    const newer = simulation.report(start(20)).answer.transactionId;
    const older = simulation.report(start(0, { offline: true })).answer.transactionId;
    expect(simulation.transaction(newer).state).toBe('active');
    expect(simulation.transaction(older)).toMatchObject({ state: 'ended', endedAt: at(20), offline: true });
  });

  it('ends once: a repeated stop changes nothing, another one only adds its values', () => {
    const simulation = new Simulation();
    const { transactionId } = simulation.report(start(0)).answer;
    const { station } = simulation.report(stop(transactionId, 5));
    const again = simulation.report(stop(transactionId, 5));
    expect(again).toMatchObject({ facts: [], answer: { transactionId } });
    expect(again.station).toBe(station);
    const bare = simulation.report(stop(transactionId, 6, { measurements: [] }));
    expect(bare.station).toBe(station);
    const other = simulation.report(stop(transactionId, 7));
    expect(other.facts.map(({ type }) => type)).toEqual(['measurements.taken']);
    expect(simulation.transaction(transactionId).energy).toBe(5000);
    expect(simulation.report(stop(transactionId, 7)).facts).toEqual([]);
  });

  it('is recorded as ended when only its end is told', () => {
    const simulation = new Simulation();
    const data = [register(1000, -60), register(4000, -30), register(6000, 0)];
    simulation.report(stop('77', 0, { measurements: data }));
    expect(simulation.transaction('77')).toMatchObject({
      state: 'ended',
      startedAt: at(-60),
      endedAt: at(0),
      energy: 5000,
      anomalies: ['start-missing'],
    });
  });

  it.each(['-1', '0'])('without an id (%s) ends by its tag, or as the only one', (id) => {
    const simulation = new Simulation();
    const one = simulation.report(start(0)).answer.transactionId;
    const other = simulation.report(start(0, { evseId: 2, idToken: { ...tag, idToken: 'TAG2' } })).answer;
    simulation.report(stop(id, 5, { idToken: tag }));
    expect(simulation.transaction(one).state).toBe('ended');
    expect(simulation.transaction(other.transactionId).state).toBe('active');
    const { station } = simulation;
    expect(simulation.report(stop(id, 5, { idToken: tag })).station).toBe(station);

    const single = new Simulation();
    const only = single.report(start(0)).answer.transactionId;
    single.report(stop(id, 5));
    expect(single.transaction(only).state).toBe('ended');
  });

  it('without an id is recorded by itself when no open one fits', () => {
    const simulation = new Simulation();
    for (const evseId of [1, 2]) simulation.report(start(0, { evseId }));
    const { transactionId } = simulation.report(stop('-1', 5)).answer;
    expect(simulation.transaction(transactionId)).toMatchObject({ state: 'ended', anomalies: ['start-missing'] });
    expect(simulation.report(stop('-1', 5)).answer.transactionId).toBe(transactionId);
    expect(simulation.station.transactions.filter(({ state }) => state === 'active')).toHaveLength(2);
  });

  it('without an id ends the open one of the EVSE it names', () => {
    const simulation = new Simulation();
    const ids = [1, 2].map((evseId) => simulation.report(start(0, { evseId })).answer.transactionId);
    expect(simulation.report(stop('0', 5, { evseId: 2 })).answer.transactionId).toBe(ids[1]);
  });
});

describe('clocks', () => {
  it.each([
    ['before 2020', new Date('2019-12-31T23:59:59Z'), noon, true],
    ['from 2020 on', new Date('2020-01-01T00:00:00Z'), new Date('2020-01-01T00:00:00Z'), false],
    ['five minutes ahead', at(5), at(5), false],
    ['further ahead', new Date(at(5).getTime() + 1), noon, true],
    ['not a time', new Date(Number.NaN), noon, true],
  ])('%s', (_, occurredAt, startedAt, isWrong) => {
    const simulation = new Simulation();
    const { transactionId } = simulation.report(start(0, { occurredAt }), { now: noon }).answer;
    const { anomalies, ...transaction } = simulation.transaction(transactionId);
    expect(transaction.startedAt).toEqual(startedAt);
    expect(anomalies).toEqual(isWrong ? ['clock-wrong'] : []);
  });

  it('never let an end be before its start', () => {
    const simulation = new Simulation();
    const { transactionId } = simulation.report(start(0)).answer;
    simulation.report(stop(transactionId, -10));
    expect(simulation.transaction(transactionId).endedAt).toEqual(at(0));
  });
});

describe('a 2.x transaction', () => {
  it('is told by its events', () => {
    const simulation = new Simulation();
    const begun = event('Started', 0, { evseId: 1, connectorId: 2, chargingState: 'EVConnected', remoteStartId: 7 });
    simulation.report(begun);
    simulation.report(event('Updated', 1, { idToken: tag, chargingState: 'Charging' }));
    expect(simulation.station.evses[0]?.chargingState).toBe('Charging');
    const metered = event('Updated', 2, {
      measurements: [register(10, 2), register(20, 2, { evseId: 0, measurand: 'Power.Active.Import' })],
    });
    expect(simulation.report(metered).facts).toMatchObject([
      { type: 'measurements.taken', transactionId: 'T1', measurements: [{ evseId: 1 }, { evseId: 1 }] },
    ]);
    const last = event('Ended', 3, { stoppedReason: 'EVDisconnected', measurements: [register(500, 3)] });
    simulation.report(last);
    expect(simulation.transaction('T1')).toMatchObject({
      state: 'ended',
      idToken: tag,
      authorization: 'Accepted',
      remoteStartId: 7,
      connectorId: 2,
      energy: 490,
      stoppedReason: 'EVDisconnected',
      anomalies: [],
      events: { highest: 3, missing: [] },
    });
    expect(simulation.station.evses[0]?.chargingState).toBe('Idle');
  });

  it('is the same when an event is repeated', () => {
    const simulation = new Simulation();
    const all = [event('Started', 0, { evseId: 1, idToken: tag }), event('Updated', 1), event('Ended', 2)];
    for (const one of all) {
      const { station, answer } = simulation.report(one);
      expect(simulation.report(one)).toEqual({ station, facts: [], answer });
    }
    const { station } = simulation;
    for (const one of all) expect(simulation.report(one).station).toBe(station);
  });

  it('records gaps, and fills them with late events', () => {
    const simulation = new Simulation();
    simulation.report(event('Started', 0, { evseId: 1 }));
    simulation.report(event('Updated', 3, { chargingState: 'Charging' }));
    simulation.report(event('Ended', 5));
    expect(simulation.transaction('T1')).toMatchObject({
      state: 'ended',
      anomalies: ['events-missing'],
      events: { missing: [1, 2, 4] },
    });
    for (const seqNo of [4, 2]) simulation.report(event('Updated', seqNo, { chargingState: 'SuspendedEV' }));
    expect(simulation.transaction('T1')).toMatchObject({ state: 'ended', events: { missing: [1] } });
    simulation.report(event('Updated', 1));
    expect(simulation.transaction('T1')).toMatchObject({ chargingState: 'Charging', anomalies: [] });
  });

  it('remembers at most a hundred missing numbers, the newest', () => {
    const simulation = new Simulation();
    simulation.report(event('Updated', 2 ** 31, { occurredAt: noon }));
    const { missing = [] } = simulation.transaction('T1').events ?? {};
    expect([missing.length, missing[0], missing.at(-1)]).toEqual([100, 2 ** 31 - 100, 2 ** 31 - 1]);
    simulation.report(event('Updated', 2 ** 31 + 50, { occurredAt: noon }));
    expect(simulation.transaction('T1').events?.missing).toHaveLength(100);
  });

  it('loses nothing when a station numbers anew', () => {
    const simulation = new Simulation();
    for (const seqNo of [0, 1, 2, 3])
      simulation.report(event(seqNo === 0 ? 'Started' : 'Updated', seqNo, { evseId: 1 }));
    simulation.report(event('Updated', 0, { occurredAt: at(10), chargingState: 'Charging' }));
    simulation.report(event('Updated', 1, { occurredAt: at(11), measurements: [register(5, 11)] }));
    expect(simulation.transaction('T1')).toMatchObject({ chargingState: 'Charging', meterLast: 5 });
    simulation.report(event('Ended', 2, { occurredAt: at(12) }));
    expect(simulation.transaction('T1')).toMatchObject({ state: 'ended', endedAt: at(12), anomalies: [] });
  });

  it('does not take an event that left the recent ones for a new one when its values are stored', () => {
    const simulation = new Simulation();
    const old = event('Updated', 1, { measurements: [register(5, 1)] });
    simulation.report(event('Started', 0, { evseId: 1 }));
    simulation.report(old);
    for (let seqNo = 2; seqNo < 15; seqNo++) simulation.report(event('Updated', seqNo, { occurredAt: at(seqNo / 4) }));
    const { station } = simulation;
    expect(simulation.report(old).station).toBe(station);
    expect(simulation.transaction('T1').events?.recent).toHaveLength(8);
  });

  it('is put together from later events, and put right by its late start', () => {
    const simulation = new Simulation();
    simulation.report(event('Updated', 2, { evseId: 1, measurements: [register(300, 2)] }));
    expect(simulation.transaction('T1')).toMatchObject({ startedAt: at(2), anomalies: ['start-missing'] });
    simulation.report(event('Ended', 3, { measurements: [register(500, 3)] }));
    simulation.report(event('Started', 0, { evseId: 1, measurements: [register(100, 0)] }));
    expect(simulation.transaction('T1')).toMatchObject({
      state: 'ended',
      startedAt: at(0),
      meterStart: 100,
      energy: 400,
      anomalies: ['events-missing'],
    });
    simulation.report(event('Started', 0, { occurredAt: at(1) }));
    expect(simulation.transaction('T1').startedAt).toEqual(at(0));
  });

  it('takes its EVSE when that is told, and the place of the older one there', () => {
    const simulation = new Simulation();
    simulation.report(event('Started', 0, { transactionId: 'T0', evseId: 1 }));
    simulation.report(event('Started', 1, { measurements: [register(5, 1, { evseId: 0 })] }));
    expect(simulation.transaction('T1')).toMatchObject({ evseId: 0, connectorId: 0 });
    expect(simulation.station.evses.map(({ evseId }) => evseId)).toEqual([1]);
    simulation.report(event('Updated', 2, { evseId: 1, connectorId: 1 }));
    expect(simulation.transaction('T1')).toMatchObject({ evseId: 1, connectorId: 1, state: 'active' });
    expect(simulation.transaction('T0')).toMatchObject({ state: 'ended', anomalies: ['end-missing'] });
  });

  it('says by whom it is not authorized', () => {
    const simulation = new Simulation();
    simulation.context = { now: at(120), heartbeatInterval: 300 };
    const { answer } = simulation.report(event('Started', 0, { idToken: tag }));
    expect(answer).toEqual({ transactionId: 'T1', idTokenInfo: { status: 'Invalid' } });
    expect(simulation.transaction('T1').authorization).toBe('Invalid');
  });

  it('uses its reservation', () => {
    const simulation = new Simulation();
    const reservation = {
      reservationId: 4,
      idToken: tag,
      expiresAt: at(60),
      status: 'Active',
      updatedAt: noon,
    } as const;
    simulation.station = { ...simulation.station, reservations: [reservation] };
    const { facts } = simulation.report(event('Started', 0, { evseId: 1, reservationId: 4 }));
    expect(facts.at(-1)).toMatchObject({ type: 'reservation.changed', reservation: { status: 'Used' } });
    expect(simulation.transaction('T1').reservationId).toBe(4);
  });

  it('gives up the oldest of too many open ones', () => {
    const simulation = new Simulation();
    for (let number = 0; number < 200; number++) {
      simulation.report(event('Started', 0, { transactionId: `T${number}`, evseId: number + 1 }));
    }
    expect(simulation.station.transactions.filter(({ state }) => state === 'active')).toHaveLength(128);
    expect(simulation.station.evses).toHaveLength(64);
    expect(simulation.record.size).toBe(200);
  });

  it('without event numbers tells an update only when it says something new', () => {
    const simulation = new Simulation();
    const update = (more: object) => ({ ...start(0), eventType: 'Updated' as const, transactionId: 'C9', ...more });
    simulation.report({ ...start(0), transactionId: 'C9' });
    expect(simulation.report(update({ measurements: [] })).facts).toEqual([]);
    const charging = update({ measurements: [], chargingState: 'Charging' });
    expect(simulation.report(charging).facts.map(({ type }) => type)).toEqual(['transaction.updated']);
    expect(simulation.report(charging).facts).toEqual([]);
    const metered = update({ measurements: [register(1500, 5)] });
    expect(simulation.report(metered).facts.map(({ type }) => type)).toEqual(['measurements.taken']);
    expect(simulation.report(metered).facts).toEqual([]);
  });
});

describe('the charging state of an EVSE', () => {
  it('does not follow an end that is told late', () => {
    const simulation = new Simulation();
    simulation.report(event('Started', 0, { evseId: 1, chargingState: 'Charging' }));
    simulation.report(event('Ended', 5, { transactionId: 'T0', evseId: 1 }));
    expect(simulation.station.evses[0]?.chargingState).toBe('Charging');
    simulation.report(event('Ended', 1, { chargingState: 'EVConnected' }));
    expect(simulation.station.evses[0]?.chargingState).toBe('EVConnected');
  });

  it('is that of a connected vehicle after an end that does not say', () => {
    const simulation = new Simulation();
    simulation.report(status({ status: 'Occupied', chargingState: 'Charging' }));
    const { transactionId } = simulation.report(start(0)).answer;
    simulation.report(stop(transactionId, 1));
    expect(simulation.station.evses[0]?.chargingState).toBe('EVConnected');
  });
});

it('keeps the four that ended last in memory, and all in the record', () => {
  const simulation = new Simulation();
  const ids: Transaction['transactionId'][] = [];
  for (let minutes = 0; minutes < 20; minutes += 2) {
    const { transactionId } = simulation.report(start(minutes), { now: at(minutes) }).answer;
    simulation.report(stop(transactionId, minutes + 1), { now: at(minutes + 1) });
    ids.push(transactionId);
  }
  expect(simulation.station.transactions.map(({ transactionId }) => transactionId)).toEqual(ids.slice(-4));
  expect(ids.map((id) => simulation.transaction(id).state)).toEqual(ids.map(() => 'ended'));
});
