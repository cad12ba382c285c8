import { describe, expect, it } from 'vitest';
import type { Admission } from './charging-station.ts';
import { newStation } from './charging-station.ts';
import type { Report } from './reports.ts';
import { at, event, noon, Simulation, start, status, tag } from './simulation.test-support.ts';

describe('a connection', () => {
  it('is told when it comes, changes its protocol and goes', () => {
    const simulation = new Simulation();
    const types = (['ocpp1.6', 'ocpp1.6', 'ocpp2.0.1'] as const).map(
      (protocol) => simulation.report({ type: 'Connected', protocol }).facts.map(({ type }) => type)[0],
    );
    expect(types).toEqual(['station.connected', undefined, 'station.connected']);
    expect(simulation.station).toMatchObject({ online: true, protocol: 'ocpp2.0.1', connectedAt: at(120) });
    const gone = simulation.report({ type: 'Disconnected', reason: 'timeout' });
    expect(gone.facts).toMatchObject([{ type: 'station.disconnected', reason: 'timeout' }]);
    expect(gone.station).toMatchObject({ online: false, disconnectedAt: at(120) });
    expect(simulation.report({ type: 'Disconnected', reason: 'again' }).station).toBe(gone.station);
  });
});

describe('BootNotification', () => {
  const boot = { type: 'BootNotification', info: { vendor: 'V', model: 'M' } } as const;

  it.each<[Admission, string, number, number]>([
    ['admitted', 'Accepted', 300, 300],
    ['held', 'Pending', 300, 60],
    ['held', 'Pending', 20, 20],
    ['refused', 'Rejected', 300, 60],
  ])('of a station %s is answered %s', (admission, registration, heartbeatInterval, interval) => {
    const simulation = new Simulation(newStation('CP1', admission, noon));
    const { answer, facts } = simulation.report(boot, { heartbeatInterval });
    expect(answer).toEqual({ status: registration, interval, currentTime: at(120) });
    expect(facts).toMatchObject([{ type: 'station.booted', info: boot.info, registration }]);
    expect(simulation.station).toMatchObject({ registration, bootedAt: at(120), info: boot.info });
  });

  it('is told each time, and forgets what is not said any more', () => {
    const simulation = new Simulation();
    simulation.report({ ...boot, reason: 'PowerUp' });
    expect(simulation.station.bootReason).toBe('PowerUp');
    const { info } = simulation.station;
    expect(simulation.report({ ...boot, info: { ...boot.info } }).facts).toHaveLength(1);
    expect(simulation.station).not.toHaveProperty('bootReason');
    expect(simulation.station.info).toBe(info);
  });

  it('leaves transactions open, and marks them once', () => {
    const simulation = new Simulation();
    simulation.report(event('Started', 0, { evseId: 1 }));
    simulation.report(event('Ended', 1, { transactionId: 'T0' }));
    simulation.report({ ...boot, reason: 'Triggered' });
    expect(simulation.transaction('T1').anomalies).toEqual([]);
    simulation.report(boot);
    simulation.report(event('Started', 0, { transactionId: 'T2', evseId: 2 }));
    const marked = simulation.station.transactions.find(({ transactionId }) => transactionId === 'T1');
    expect(marked).toMatchObject({ state: 'active', anomalies: ['straddled-boot'] });
    simulation.report(boot);
    expect(simulation.station.transactions).toContain(marked);
    expect(simulation.transaction('T0').anomalies).toEqual(['start-missing', 'events-missing']);
    const { transactions } = simulation.station;
    expect(simulation.report(boot).station.transactions).toBe(transactions);
  });
});

describe('StatusNotification', () => {
  it('makes EVSEs and connectors known, in order', () => {
    const simulation = new Simulation();
    simulation.report(status({ evseId: 2 }));
    simulation.report(status({ evseId: 1, connectorId: 2 }));
    simulation.report(status({ evseId: 1, connectorId: 1 }));
    const known = simulation.station.evses.map((evse) => evse.connectors.map(({ connectorId }) => connectorId));
    expect(known).toEqual([[1, 2], [1]]);
  });

  it('is told only when something differs', () => {
    const simulation = new Simulation();
    const first = simulation.report(status({ occurredAt: at(0) }));
    expect(first.facts).toMatchObject([
      { type: 'connector.status-changed', evseId: 1, connector: { status: 'Available', since: at(0) } },
    ]);
    expect(simulation.report(status({ occurredAt: at(9), errorCode: 'NoError' })).station).toBe(first.station);
    const changes = [
      { status: 'Occupied' },
      { status: 'Occupied', statusDetail: 'Finishing' },
      { status: 'Occupied', statusDetail: 'Finishing', errorCode: 'OtherError' },
      { status: 'Occupied', statusDetail: 'Finishing', info: 'hot', vendorErrorCode: '7' },
      { status: 'Occupied', statusDetail: 'Finishing', chargingState: 'EVConnected' },
      { status: 'Occupied', statusDetail: 'Finishing', availability: 'Inoperative' },
    ] as const;
    for (const change of changes) expect(simulation.report(status(change)).facts).toHaveLength(1);
    expect(simulation.station.evses).toMatchObject([{ availability: 'Inoperative', chargingState: 'EVConnected' }]);
  });

  it('keeps the time of a status that only got an error', () => {
    const simulation = new Simulation();
    simulation.report(status({ occurredAt: at(0) }));
    simulation.report(status({ occurredAt: at(9), errorCode: 'OtherError' }));
    expect(simulation.station.evses[0]?.connectors).toMatchObject([{ errorCode: 'OtherError', since: at(0) }]);
  });

  it('from a queue does not overwrite a newer one, a live one does whatever its clock says', () => {
    const simulation = new Simulation();
    simulation.report(status({ status: 'Occupied' }));
    const { station } = simulation;
    expect(simulation.report(status({ occurredAt: at(110) })).station).toBe(station);
    const live = new Date(at(120).getTime() - 60_000);
    expect(simulation.report(status({ occurredAt: live })).facts).toHaveLength(1);
    simulation.report(status({ status: 'Faulted', occurredAt: new Date(0) }));
    expect(simulation.station.evses[0]?.connectors).toMatchObject([{ status: 'Faulted', since: at(120) }]);
  });

  it('makes an EVSE inoperative when none of its connectors is available', () => {
    const simulation = new Simulation();
    simulation.report(status({ connectorId: 1 }));
    simulation.report(status({ connectorId: 2, status: 'Unavailable' }));
    expect(simulation.station.evses[0]?.availability).toBe('Operative');
    simulation.report(status({ connectorId: 1, status: 'Unavailable' }));
    expect(simulation.station.evses[0]?.availability).toBe('Inoperative');
  });

  it('of EVSE 0 is about the whole station', () => {
    const simulation = new Simulation();
    const whole = (more: object) => simulation.report(status({ evseId: 0, connectorId: 0, ...more }));
    expect(whole({}).facts).toEqual([]);
    expect(whole({ status: 'Faulted', errorCode: 'GroundFailure' }).facts).toMatchObject([
      { type: 'station.availability-changed', availability: 'Operative', errorCode: 'GroundFailure' },
    ]);
    expect(whole({ status: 'Unavailable' }).station).toMatchObject({ availability: 'Inoperative' });
    expect(simulation.station).not.toHaveProperty('errorCode');
    expect(whole({ status: 'Unavailable', availability: 'Operative' }).station.availability).toBe('Operative');
  });

  it('of too many EVSEs or connectors changes nothing', () => {
    const simulation = new Simulation();
    for (let id = 1; id <= 80; id++) simulation.report(status({ evseId: id }));
    for (let id = 1; id <= 20; id++) simulation.report(status({ connectorId: id }));
    expect(simulation.station.evses).toHaveLength(64);
    expect(simulation.station.evses[0]?.connectors).toHaveLength(16);
    const { station } = simulation;
    for (const more of [{ evseId: 65 }, { evseId: -1 }, { connectorId: 17 }, { connectorId: 0 }]) {
      expect(simulation.report(status(more))).toEqual({ station, facts: [], answer: undefined });
    }
  });
});

describe('notifications', () => {
  const address = { component: { name: 'EVSE' }, variable: { name: 'Power' } };
  const monitored = { ...address, eventId: 1, trigger: 'Delta', actualValue: '1', occurredAt: noon };

  it.each<[Report, object[], object | undefined]>([
    [{ type: 'Authorize', idToken: tag }, [{ type: 'token.authorized' }], { idTokenInfo: { status: 'Accepted' } }],
    [
      { type: 'NotifyReport', requestId: 4, seqNo: 0, toBeContinued: true, variables: [address] },
      [{ type: 'variables.reported', requestId: 4, toBeContinued: true, variables: [address] }],
      undefined,
    ],
    [
      { type: 'NotifyReport', seqNo: 0, toBeContinued: false, variables: [] },
      [{ type: 'variables.reported', variables: [] }],
      undefined,
    ],
    [
      { type: 'NotifyEvent', events: [monitored, { ...monitored, eventId: 2 }] },
      [{ event: { eventId: 1 } }, { event: { eventId: 2 } }],
      undefined,
    ],
    [
      { type: 'DataTransfer', vendorId: 'V', messageId: 'M', data: { a: 1 } },
      [{ type: 'data.transferred', vendorId: 'V', messageId: 'M', data: { a: 1 } }],
      { status: 'UnknownVendorId' },
    ],
    [{ type: 'DataTransfer', vendorId: 'V' }, [{ vendorId: 'V' }], { status: 'UnknownVendorId' }],
    [
      { type: 'SecurityEventNotification', event: 'Tamper', techInfo: 'x', raisedBy: 'station', occurredAt: at(5) },
      [{ type: 'security-event.raised', event: 'Tamper', techInfo: 'x', occurredAt: at(5) }],
      undefined,
    ],
    [
      { type: 'SecurityEventNotification', event: 'InvalidMessages', raisedBy: 'gateway' },
      [{ raisedBy: 'gateway', occurredAt: at(120) }],
      undefined,
    ],
  ])('%j is told each time, and changes no state', (report, facts, answer) => {
    const simulation = new Simulation();
    const { station } = simulation;
    for (let time = 0; time < 2; time++) {
      const evolution = simulation.report(report);
      expect(evolution.station).toBe(station);
      expect(evolution.facts).toMatchObject(facts);
      expect(evolution.answer).toEqual(answer);
    }
  });

  it('Authorize is Invalid when nothing is known of the token', () => {
    const simulation = new Simulation();
    simulation.context = { now: noon, heartbeatInterval: 300 };
    expect(simulation.report({ type: 'Authorize', idToken: tag }).answer).toEqual({
      idTokenInfo: { status: 'Invalid' },
    });
  });

  it.each([
    ['FirmwareStatusNotification', 'firmware.status-changed', 'firmwareStatus'],
    ['LogStatusNotification', 'log.status-changed', 'logStatus'],
  ] as const)('%s is told on change', (type, fact, field) => {
    const simulation = new Simulation();
    expect(simulation.report({ type, status: 'Idle', requestId: 3 }).facts).toMatchObject([
      { type: fact, status: 'Idle', requestId: 3 },
    ]);
    const { station } = simulation;
    expect(simulation.report({ type, status: 'Idle' }).station).toBe(station);
    expect(simulation.report({ type, status: 'Working' }).station[field]).toBe('Working');
  });
});

describe('ReservationStatusUpdate', () => {
  it.each([
    ['Expired', 'Expired'],
    ['Removed', 'Removed'],
    ['NoTransaction', 'Used'],
    ['Lost', 'Active'],
  ])('%s makes a reservation %s, once', (word, expected) => {
    const simulation = new Simulation();
    const reservation = {
      reservationId: 4,
      idToken: tag,
      expiresAt: at(60),
      status: 'Active',
      updatedAt: noon,
    } as const;
    simulation.station = { ...simulation.station, reservations: [reservation] };
    const update = { type: 'ReservationStatusUpdate', reservationId: 4, status: word } as const;
    expect(simulation.report(update).facts).toHaveLength(expected === 'Active' ? 0 : 1);
    expect(simulation.station.reservations).toMatchObject([{ status: expected }]);
    const { station } = simulation;
    expect(simulation.report(update).station).toBe(station);
    expect(simulation.report({ ...update, reservationId: 5 }).station).toBe(station);
  });
});

describe('a 1.6 status during a transaction', () => {
  it('is told of the transaction too', () => {
    const simulation = new Simulation();
    simulation.report(start(0));
    const { station, facts } = simulation.report(status({ status: 'Occupied', chargingState: 'SuspendedEV' }));
    expect(station.transactions[0]?.chargingState).toBe('SuspendedEV');
    expect(facts.map(({ type }) => type)).toEqual(['connector.status-changed', 'transaction.updated']);
  });
});
