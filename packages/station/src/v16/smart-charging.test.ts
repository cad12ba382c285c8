import { Peer, type v16 } from '@busbar/ocpp';
import { describe, expect, it } from 'vitest';
import { periodsOf, start } from '../../test/profiles.ts';
import { fakeCore } from '../../test/smart-charging-core.ts';
import { smartCharging } from './smart-charging.ts';

/** A station and a CSMS that hold each other to the schemas. */
function open() {
  const core = fakeCore('1.6');
  const csms = new Peer<'1.6'>({ version: '1.6', handlers: {}, transmit: (text) => peer.receive(text) });
  const peer = new Peer<'1.6'>({
    version: '1.6',
    handlers: smartCharging({ core }),
    transmit: (text) => csms.receive(text),
    validateResponses: true,
  });
  const set = (connectorId: number, periods: string, profile: Partial<v16.ChargingProfile> = {}) =>
    csms.call('SetChargingProfile', {
      connectorId,
      csChargingProfiles: {
        chargingProfileId: 1,
        stackLevel: 1,
        chargingProfilePurpose: 'TxDefaultProfile',
        chargingProfileKind: 'Relative',
        chargingSchedule: {
          chargingRateUnit: 'A',
          chargingSchedulePeriod: periodsOf(periods).map(({ startPeriod, limit = 0 }) => ({ startPeriod, limit })),
        },
        ...profile,
      },
    });
  return { core, csms, set };
}

describe('smart charging of OCPP 1.6', () => {
  it('(case 45) clears a default of connector 0 on every connector', async () => {
    const { csms, set } = open();
    const limitOf = async (connectorId: number) => {
      const { chargingSchedule } = await csms.call('GetCompositeSchedule', { connectorId, duration: 60 });
      return chargingSchedule?.chargingSchedulePeriod[0]?.limit;
    };
    expect(await set(0, '10@0')).toEqual({ status: 'Accepted' });
    expect(await Promise.all([0, 1, 2].map(limitOf))).toEqual([20, 10, 10]);
    const clear = () =>
      csms.call('ClearChargingProfile', { connectorId: 0, chargingProfilePurpose: 'TxDefaultProfile' });
    expect(await clear()).toEqual({ status: 'Accepted' });
    expect(await Promise.all([0, 1, 2].map(limitOf))).toEqual([64, 32, 32]);
    expect(await clear()).toEqual({ status: 'Unknown' });
  });

  it('refuses what cannot be', async () => {
    const { core, set, csms } = open();
    expect(await set(1, '10@0,9@0')).toEqual({ status: 'Rejected' });
    expect(await set(1, '10@0', { chargingProfilePurpose: 'ChargePointMaxProfile' })).toEqual({ status: 'Rejected' });
    expect(await set(1, '10@0', { chargingProfileKind: 'Recurring', recurrencyKind: 'Daily' })).toEqual({
      status: 'Rejected',
    });
    core.variablesSet['SmartChargingCtrlr.Enabled'] = 'false';
    expect(await set(1, '10@0')).toEqual({ status: 'NotSupported' });
    expect(await csms.call('GetCompositeSchedule', { connectorId: 9, duration: 1 })).toEqual({ status: 'Rejected' });
  });

  it('gives a year at the most, whatever is asked', async () => {
    const { csms, set } = open();
    await set(1, '10@0,11@60');
    expect(await csms.call('GetCompositeSchedule', { connectorId: 1, duration: 2 ** 31 - 1 })).toEqual({
      status: 'Accepted',
      connectorId: 1,
      scheduleStart: start.toISOString(),
      chargingSchedule: {
        duration: 31_536_000,
        startSchedule: start.toISOString(),
        chargingRateUnit: 'A',
        chargingSchedulePeriod: [
          { startPeriod: 0, limit: 10, numberPhases: 3 },
          { startPeriod: 60, limit: 11, numberPhases: 3 },
        ],
      },
    });
  });
});
