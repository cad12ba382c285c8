import { Peer, type Handlers } from '@busbar/ocpp';
import { describe, expect, it } from 'vitest';
import { at, profileOf, start } from '../../test/profiles.ts';
import { fakeCore } from '../../test/smart-charging-core.ts';
import {
  chargingLimitChanged,
  chargingLimitCleared,
  chargingNeeds,
  chargingSchedule,
  smartCharging,
  type SmartChargingStation,
} from './smart-charging.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A station and a CSMS that hold each other to the schemas. */
function open() {
  const core = fakeCore('2.0.1');
  const heard: [string, unknown][] = [];
  const hear =
    <T>(action: string, answer: T) =>
    (request: unknown) => {
      heard.push([action, request]);
      return answer;
    };
  const csms = new Peer<'2.0.1'>({
    version: '2.0.1',
    handlers: {
      ReportChargingProfiles: hear('ReportChargingProfiles', {}),
      NotifyChargingLimit: hear('NotifyChargingLimit', {}),
      ClearedChargingLimit: hear('ClearedChargingLimit', {}),
      NotifyEVChargingNeeds: hear('NotifyEVChargingNeeds', { status: 'Processing' } as const),
      NotifyEVChargingSchedule: hear('NotifyEVChargingSchedule', { status: 'Accepted' } as const),
    },
    transmit: (text) => peer.receive(text),
  });
  const handlers: Handlers<'2.0.1'> = {};
  const peer = new Peer<'2.0.1'>({
    version: '2.0.1',
    handlers,
    transmit: (text) => csms.receive(text),
    validateResponses: true,
  });
  const station: SmartChargingStation = {
    core,
    wire: {
      ask: (action, payload) => peer.call(action, payload),
      tell: (action, payload) => void peer.call(action, payload),
    },
  };
  Object.assign(handlers, smartCharging(station));
  const set = (evseId: number, id: number, purpose: 'TxDefaultProfile' | 'ChargingStationMaxProfile') =>
    csms.call('SetChargingProfile', {
      evseId,
      chargingProfile: {
        id,
        stackLevel: 0,
        chargingProfilePurpose: purpose,
        chargingProfileKind: 'Absolute',
        validTo: at(1000).toISOString(),
        chargingSchedule: [
          {
            id: 1,
            startSchedule: start.toISOString(),
            chargingRateUnit: 'A',
            chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }],
          },
        ],
      },
    });
  return { core, csms, station, heard, set };
}

describe('smart charging of OCPP 2.0.1', () => {
  it('installs, and says why it does not (K01)', async () => {
    const { core, set } = open();
    expect(await set(1, 1, 'TxDefaultProfile')).toEqual({ status: 'Accepted' });
    expect(await set(1, 2, 'TxDefaultProfile')).toMatchObject({ statusInfo: { reasonCode: 'DuplicateProfile' } });
    expect(await set(1, 3, 'ChargingStationMaxProfile')).toMatchObject({
      statusInfo: { reasonCode: 'InvalidProfile' },
    });
    expect(core.changes).toBe(1);
  });

  it('reports by EVSE and source, in pages (K09)', async () => {
    const { core, csms, heard, set } = open();
    await set(0, 1, 'ChargingStationMaxProfile');
    await set(1, 2, 'TxDefaultProfile');
    core.profiles.installOwn(profileOf([0, 'ChargingStationExternalConstraints', '9@0'], { id: -1, source: 'Solar' }));
    core.profiles.installOwn(profileOf([0, 'LocalGeneration', '9@0'], { id: -2, source: 'Solar' }));
    const get = (chargingProfile: object) => csms.call('GetChargingProfiles', { requestId: 5, chargingProfile });
    expect(await get({})).toEqual({ status: 'Accepted' });
    expect(await get({ chargingLimitSource: ['SO'] })).toEqual({ status: 'NoProfiles' });
    await settled();
    expect(heard.map(([, page]) => page)).toMatchObject([
      { requestId: 5, evseId: 0, chargingLimitSource: 'CSO', tbc: true, chargingProfile: [{ id: 1 }] },
      { requestId: 5, evseId: 1, chargingLimitSource: 'CSO', tbc: true, chargingProfile: [{ id: 2 }] },
      { requestId: 5, evseId: 0, chargingLimitSource: 'Other', tbc: false, chargingProfile: [{ id: -1 }] },
    ]);
  });

  it('gives the composite schedule as long as it was asked for (K08)', async () => {
    const { csms, set } = open();
    await set(1, 1, 'TxDefaultProfile');
    const get = (evseId: number) => csms.call('GetCompositeSchedule', { evseId, duration: 2000 });
    expect(await get(1)).toMatchObject({
      status: 'Accepted',
      schedule: {
        evseId: 1,
        duration: 2000,
        chargingSchedulePeriod: [
          { startPeriod: 0, limit: 16 },
          { startPeriod: 1000, limit: 32 },
        ],
      },
    });
    expect(await get(7)).toEqual({ status: 'Rejected', statusInfo: { reasonCode: 'UnknownEvse' } });
  });

  it('gives it only in a unit that the station has, by default in that one (K08.FR.07)', async () => {
    const { core, csms } = open();
    core.variablesSet['SmartChargingCtrlr.RateUnit'] = 'W';
    const get = (unit: object) => csms.call('GetCompositeSchedule', { evseId: 1, duration: 60, ...unit });
    expect(await get({ chargingRateUnit: 'A' })).toEqual({
      status: 'Rejected',
      statusInfo: { reasonCode: 'UnsupportedRateUnit' },
    });
    expect(await get({})).toMatchObject({ status: 'Accepted', schedule: { chargingRateUnit: 'W' } });
  });

  it('clears by criteria (K10)', async () => {
    const { csms, set } = open();
    await set(1, 1, 'TxDefaultProfile');
    const clear = (stackLevel: number) =>
      csms.call('ClearChargingProfile', { chargingProfileCriteria: { evseId: 1, stackLevel } });
    expect(await clear(1)).toEqual({ status: 'Unknown' });
    expect(await clear(0)).toEqual({ status: 'Accepted' });
  });

  it('tells what comes from elsewhere, in the words of 2.0.1 (K12, K13, K15)', async () => {
    const { core, station, heard } = open();
    core.host.chargingNeedsAnswered = (evseId, status) => core.told.push(evseId, status);
    const [schedule] = profileOf([1, 'TxProfile', '16@0']).schedules;
    if (!schedule) return;
    const notice = { evseId: 1, isGridCritical: true, isLocalGeneration: undefined };
    chargingLimitChanged(station, { ...notice, source: 'Solar', schedules: [schedule] });
    chargingLimitCleared(station, { source: 'SO', evseId: 1 });
    await chargingNeeds(station, { evseId: 1, requestedEnergyTransfer: 'DC_BPT' });
    await chargingSchedule(station, { evseId: 1, timeBase: start, schedule });
    expect(heard).toMatchObject([
      ['NotifyChargingLimit', { chargingLimit: { chargingLimitSource: 'Other', isGridCritical: true } }],
      ['ClearedChargingLimit', { chargingLimitSource: 'SO', evseId: 1 }],
      ['NotifyEVChargingNeeds', { chargingNeeds: { requestedEnergyTransfer: 'DC' } }],
      ['NotifyEVChargingSchedule', { evseId: 1, chargingSchedule: { chargingSchedulePeriod: [{ limit: 16 }] } }],
    ]);
    expect(core.told).toEqual([1, 'Processing']);
  });
});
