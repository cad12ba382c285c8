import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newStation } from './charging-station.ts';
import type { Measurement } from './measurement.ts';
import type { Report } from './reports.ts';
import { at, noon, Simulation } from './simulation.test-support.ts';
import { isRefused } from './transaction-identity.ts';

/** Facts that are events by nature: told each time they are reported. */
const events = new Set([
  'station.booted',
  'token.authorized',
  'event.notified',
  'data.transferred',
  'variables.reported',
  'security-event.raised',
]);

const evseId = fc.integer({ min: 0, max: 3 });
const time = fc.integer({ min: -60, max: 60 }).map((minutes) => at(minutes / 4));

const measurement: fc.Arbitrary<Measurement> = fc.record(
  {
    evseId,
    measurand: fc.constantFrom(
      'Energy.Active.Import.Register',
      'Energy.Active.Import.Register',
      'Energy.Active.Import.Interval',
      'Energy.Active.Export.Register',
      'Power.Active.Import',
      'SoC',
      '__proto__',
      'constructor',
    ),
    value: fc.oneof(fc.integer({ min: -10, max: 100_000 }), fc.constantFrom(Number.NaN, 1e13, 5e6, -1e9)),
    phase: fc.constantFrom('L1', 'L2', 'L3', 'N', 'L1-N'),
    location: fc.constantFrom('Outlet', 'Inlet', 'EV'),
    context: fc.constantFrom('Transaction.Begin', 'Transaction.End', 'Sample.Periodic'),
    takenAt: time,
  },
  { requiredKeys: ['evseId', 'measurand', 'value', 'takenAt'] },
);
const measurements = fc.array(measurement, { maxLength: 5 });
const idToken = fc.constantFrom('TAG1', 'tag1', 'TAG2').map((one) => ({ idToken: one, type: 'ISO14443' }));
const chargingState = fc.constantFrom('Charging', 'EVConnected', 'SuspendedEV', 'Idle');

/** An update always has an id, in every protocol. */
const transactionEvent: fc.Arbitrary<Report> = fc
  .record(
    {
      type: fc.constant('TransactionEvent'),
      eventType: fc.constantFrom('Started', 'Updated', 'Ended'),
      triggerReason: fc.constant('Trigger'),
      transactionId: fc.constantFrom('A', 'B', 'C', '200000000'),
      seqNo: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 2 ** 31 })),
      evseId,
      connectorId: fc.integer({ min: 0, max: 2 }),
      idToken,
      chargingState,
      stoppedReason: fc.constantFrom('Local', 'EVDisconnected'),
      remoteStartId: fc.integer({ min: 1, max: 3 }),
      reservationId: fc.integer({ min: 1, max: 3 }),
      offline: fc.boolean(),
      occurredAt: fc.oneof({ weight: 9, arbitrary: time }, { weight: 1, arbitrary: fc.constant(new Date(0)) }),
      measurements,
    },
    { requiredKeys: ['type', 'eventType', 'triggerReason', 'offline', 'occurredAt', 'measurements'] },
  )
  .map((event) => (event.eventType === 'Updated' ? { transactionId: 'A', ...event } : event));

const address = { component: { name: 'EVSE' }, variable: { name: 'Power' } };

const others: fc.Arbitrary<Report> = fc.oneof(
  fc.record({ type: fc.constant('Connected'), protocol: fc.constantFrom('ocpp1.6', 'ocpp2.0.1') }),
  fc.record({ type: fc.constant('Disconnected'), reason: fc.string() }),
  fc.record(
    { type: fc.constant('BootNotification'), info: fc.record({ vendor: fc.string() }), reason: fc.string() },
    { requiredKeys: ['type', 'info'] },
  ),
  fc.record(
    {
      type: fc.constant('StatusNotification'),
      evseId: fc.oneof(evseId, fc.integer()),
      connectorId: fc.integer({ min: -1, max: 3 }),
      status: fc.constantFrom('Available', 'Occupied', 'Unavailable', 'Faulted', 'Reserved'),
      chargingState,
      availability: fc.constantFrom('Operative', 'Inoperative'),
      errorCode: fc.constantFrom('NoError', 'GroundFailure'),
      occurredAt: time,
    },
    { requiredKeys: ['type', 'evseId', 'connectorId', 'status'] },
  ),
  fc.record({ type: fc.constant('Authorize'), idToken }),
  fc.record({
    type: fc.constant('NotifyReport'),
    seqNo: fc.nat(),
    toBeContinued: fc.boolean(),
    variables: fc.constant([address]),
  }),
  fc.record({
    type: fc.constant('NotifyEvent'),
    events: fc.constant([{ ...address, eventId: 1, trigger: 'Delta', actualValue: '1', occurredAt: noon }]),
  }),
  fc.record({ type: fc.constant('DataTransfer'), vendorId: fc.string() }),
  fc.record({ type: fc.constant('FirmwareStatusNotification'), status: fc.constantFrom('Idle', 'Installing') }),
  fc.record({ type: fc.constant('LogStatusNotification'), status: fc.constantFrom('Idle', 'Uploading') }),
  fc.record({
    type: fc.constant('SecurityEventNotification'),
    event: fc.string(),
    raisedBy: fc.constantFrom('station', 'gateway'),
  }),
  fc.record({
    type: fc.constant('ReservationStatusUpdate'),
    reservationId: fc.integer({ min: 1, max: 3 }),
    status: fc.constantFrom('Expired', 'Removed', 'NoTransaction', 'Lost'),
  }),
);

const meterValues: fc.Arbitrary<Report> = fc.record(
  {
    type: fc.constant('MeterValues'),
    evseId,
    transactionId: fc.constantFrom('-1', 'A', 'B', 'C', 'D'),
    measurements,
  },
  { requiredKeys: ['type', 'evseId', 'measurements'] },
);

const report = fc.oneof(
  { weight: 4, arbitrary: transactionEvent },
  { weight: 3, arbitrary: meterValues },
  { weight: 2, arbitrary: others },
);

/** A report, the token's standing, and the minute it comes. */
const step = fc.record({
  report,
  isAccepted: fc.boolean(),
  now: fc.integer({ min: 14, max: 20 }),
});
const steps = fc.array(step, { maxLength: 60, size: 'max' });
const runs = { numRuns: 200 };

function newSimulation(): Simulation {
  const reservation = { idToken: { idToken: 'TAG1', type: 'Central' }, expiresAt: at(60), updatedAt: noon };
  return new Simulation({
    ...newStation('CP1', 'admitted', noon),
    reservations: [1, 2].map((reservationId) => ({ ...reservation, reservationId, status: 'Active' })),
  });
}

function contextOf({ isAccepted, now }: { isAccepted: boolean; now: number }) {
  return { now: at(now), idTokenInfo: { status: isAccepted ? 'Accepted' : 'Blocked' } as const };
}

describe('evolve', () => {
  it('changes nothing when a report comes twice in a row, and answers the same', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const simulation = newSimulation();
        for (const one of all) {
          const first = simulation.report(one.report, contextOf(one));
          const again = simulation.report(one.report, contextOf(one));
          expect(again.answer).toEqual(first.answer);
          expect(again.facts.filter(({ type }) => !events.has(type))).toEqual([]);
          const isBoot = one.report.type === 'BootNotification';
          expect(isBoot || again.station === first.station).toBe(true);
        }
      }),
      runs,
    );
  });

  it('never lets energy fall, nor a transaction vanish or start anew', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const simulation = newSimulation();
        for (const one of all) {
          const before = simulation.station.transactions;
          const recorded = new Map(simulation.record);
          simulation.report(one.report, contextOf(one));
          for (const [id, transaction] of recorded) {
            const after = simulation.transaction(id);
            expect(after.energy).toBeGreaterThanOrEqual(transaction.energy);
            expect(transaction.state === 'ended' && after.state === 'active').toBe(false);
          }
          const kept = new Set(simulation.station.transactions.map(({ transactionId }) => transactionId));
          for (const { transactionId } of before.filter(({ state }) => state === 'active')) {
            expect(kept).toContain(transactionId);
          }
        }
        for (const { transaction } of simulation.factsOf('transaction.started')) {
          expect(simulation.record.has(transaction.transactionId)).toBe(true);
        }
        const started = simulation.factsOf('transaction.started').map(({ transaction }) => transaction.transactionId);
        expect(new Set(started).size).toBe(started.length);
        const ended = simulation.factsOf('transaction.ended').map(({ transaction }) => transaction.transactionId);
        expect(new Set(ended).size).toBe(ended.length);
      }),
      runs,
    );
  });

  it('keeps at most one open transaction per EVSE that was not refused, and few in all', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const simulation = newSimulation();
        for (const one of all) {
          const { station } = simulation.report(one.report, contextOf(one));
          const open = station.transactions.filter(({ state }) => state === 'active');
          const places = open.filter((transaction) => transaction.evseId > 0 && !isRefused(transaction));
          expect(new Set(places.map((transaction) => transaction.evseId)).size).toBe(places.length);
          expect(station.transactions.length - open.length).toBeLessThanOrEqual(4);
          expect(Object.keys(station.evses)).toHaveLength(new Set(station.evses.map((evse) => evse.evseId)).size);
        }
      }),
      runs,
    );
  });

  it('shares what did not change, and changes the station only together with what it tells or counts', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const simulation = newSimulation();
        for (const one of all) {
          const before = simulation.station;
          const copy = structuredClone(before);
          const { station, facts } = simulation.report(one.report, contextOf(one));
          expect(before).toEqual(copy);
          if (station === before) continue;
          expect(facts.length + (one.report.type === 'BootNotification' ? 1 : 0)).toBeGreaterThan(0);
          const others = station.transactions.filter((after) => !before.transactions.includes(after));
          for (const after of others) expect(before.transactions).not.toContainEqual(after);
          const moved = station.evses.filter((after) => !before.evses.includes(after));
          for (const after of moved) expect(before.evses).not.toContainEqual(after);
        }
      }),
      runs,
    );
  });
});
