import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { transitions, type EvseStatus } from '../src/availability/connector-status.ts';
import { openCharger, statusesOf, type Charger } from './charger.ts';

/** What may happen at a connector. */
type Act = (charger: Charger, evseId: number) => unknown;

const call = ({ csms }: Charger, action: string, payload: object) => csms.call('CP1', action, payload);

const acts: Record<string, Act> = {
  plug: ({ host }, evseId) => host.plug(evseId),
  unplug: ({ host }, evseId) => host.unplug(evseId),
  present: ({ host }, evseId) => host.presentToken(evseId, 'CARD1'),
  presentOther: ({ host }, evseId) => host.presentToken(evseId, 'CARD2'),
  stop: ({ host }, evseId) => host.requestStop(evseId, 'Local'),
  fault: ({ host }, evseId) => host.fault(evseId, { code: 'InternalError' }),
  clear: ({ host }, evseId) => host.clearFault(evseId),
  wait: ({ clock }) => clock.advance(5000),
  waitLong: ({ clock }) => clock.advance(130_000),
  inoperative: (charger, connectorId) => call(charger, 'ChangeAvailability', { connectorId, type: 'Inoperative' }),
  operative: (charger, connectorId) => call(charger, 'ChangeAvailability', { connectorId, type: 'Operative' }),
  stationInoperative: (charger) => call(charger, 'ChangeAvailability', { connectorId: 0, type: 'Inoperative' }),
  stationOperative: (charger) => call(charger, 'ChangeAvailability', { connectorId: 0, type: 'Operative' }),
  remoteStart: (charger, connectorId) => call(charger, 'RemoteStartTransaction', { idTag: 'APP', connectorId }),
  unlock: (charger, connectorId) => call(charger, 'UnlockConnector', { connectorId }),
  cancel: (charger) => call(charger, 'CancelReservation', { reservationId: 1 }),
  reserve: (charger, connectorId) =>
    call(charger, 'ReserveNow', {
      connectorId,
      idTag: 'CARD1',
      reservationId: 1,
      expiryDate: new Date(charger.clock.now().getTime() + 60_000).toISOString(),
    }),
  pause: (charger) => limit(charger, 0),
  goOn: (charger) => limit(charger, 16),
};

const limit = (charger: Charger, amps: number) =>
  call(charger, 'SetChargingProfile', {
    connectorId: 0,
    csChargingProfiles: {
      chargingProfileId: 1,
      stackLevel: 0,
      chargingProfilePurpose: 'TxDefaultProfile',
      chargingProfileKind: 'Relative',
      chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: amps }] },
    },
  });

const step = fc.tuple(fc.constantFrom(...Object.keys(acts)), fc.constantFrom(1, 2));

describe('the status of a connector in OCPP 1.6', () => {
  it('is never told to have changed in a way that its table does not have', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        const charger = await openCharger('1.6', { evses: 2 });
        try {
          for (const [name, evseId] of steps) await acts[name]?.(charger, evseId);
          await call(charger, 'TriggerMessage', { requestedMessage: 'Heartbeat' });
          await charger.csms.next('Heartbeat');
          for (const connectorId of [1, 2]) expect(forbiddenIn(statusesOf(charger, connectorId))).toEqual([]);
        } finally {
          await charger.close();
        }
      }),
      { numRuns: 25, seed: 16 },
    );
  });

  it('does not go back to preparing when the vehicle wants no more', async () => {
    const charger = await openCharger('1.6');
    charger.host.plug(1, { soc: 99.9 });
    charger.host.presentToken(1, 'CARD1');
    await charger.csms.next('StartTransaction');
    charger.clock.advance(3_600_000);
    await call(charger, 'TriggerMessage', { requestedMessage: 'Heartbeat' });
    await charger.csms.next('Heartbeat');
    expect(statusesOf(charger, 1)).toEqual(['Available', 'Preparing', 'Charging', 'SuspendedEV']);
    await charger.close();
  });
});

function forbiddenIn(statuses: readonly string[]): string[] {
  return statuses.slice(1).flatMap((to, index) => {
    const from = statuses[index] ?? '';
    const ways: Readonly<Record<string, readonly EvseStatus[]>> = transitions;
    return from === to || ways[from]?.some((status) => status === to) ? [] : [`${from} -> ${to}`];
  });
}
