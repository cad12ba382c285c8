import { Peer, type Handlers, type RequestOf, type v21 } from '@busbar/ocpp';
import { describe, expect, it } from 'vitest';
import { at, profileOf, start } from '../../test/profiles.ts';
import { fakeCore } from '../../test/smart-charging-core.ts';
import { chargingSchedulesOf } from '../smart-charging/charging-schedules.ts';
import { createExternalLimits } from '../smart-charging/smart-charging.ts';
import {
  chargingLimitChanged,
  chargingLimitCleared,
  chargingNeeds,
  chargingSchedule,
  createDynamicSchedules,
  pullSchedule,
  requestPriority,
  smartCharging,
  type SmartChargingStation,
} from './smart-charging.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A station and a CSMS that hold each other to the schemas. */
function open(answers: Handlers<'2.1'> = {}) {
  const core = fakeCore('2.1');
  const heard: [string, unknown][] = [];
  const hear =
    <A extends string>(action: A) =>
    (request: unknown) => {
      heard.push([action, request]);
      return {};
    };
  const csms = new Peer<'2.1'>({
    version: '2.1',
    handlers: {
      ReportChargingProfiles: hear('ReportChargingProfiles'),
      NotifyChargingLimit: hear('NotifyChargingLimit'),
      ClearedChargingLimit: hear('ClearedChargingLimit'),
      NotifyPriorityCharging: hear('NotifyPriorityCharging'),
      ...answers,
    },
    transmit: (text) => peer.receive(text),
  });
  const handlers: Handlers<'2.1'> = {};
  const peer = new Peer<'2.1'>({
    version: '2.1',
    handlers,
    transmit: (text) => csms.receive(text),
    validateResponses: true,
  });
  const station: SmartChargingStation = {
    core,
    wire: {
      call21: (action, payload) => peer.call(action, payload),
      ask21: (action, payload) => peer.call(action, payload),
      tell21: (action, payload) => void peer.call(action, payload),
    },
  };
  Object.assign(handlers, smartCharging(station));
  const set = (profile: Partial<v21.ChargingProfileType>, period: Partial<v21.ChargingSchedulePeriodType> = {}) =>
    csms.call('SetChargingProfile', { evseId: 1, chargingProfile: toWire(profile, period) });
  const limitOf = (evseId: number) => chargingSchedulesOf(core).schedules[evseId]?.charging_schedule_period[0];
  return { core, csms, station, heard, set, limitOf };
}

function toWire(
  profile: Partial<v21.ChargingProfileType>,
  period: Partial<v21.ChargingSchedulePeriodType>,
): RequestOf<'2.1', 'SetChargingProfile'>['chargingProfile'] {
  return {
    id: 1,
    stackLevel: 0,
    chargingProfilePurpose: 'TxProfile',
    chargingProfileKind: 'Dynamic',
    transactionId: 'TX',
    chargingSchedule: [
      { id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 16, ...period }] },
    ],
    ...profile,
  };
}

describe('smart charging of OCPP 2.1', () => {
  it('(case 70) changes the limit of an EVSE with UpdateDynamicSchedule, and a burst ends with the last', async () => {
    const { csms, set, limitOf } = open();
    expect(await set({})).toEqual({ status: 'Accepted' });
    expect(limitOf(1)?.limit).toBe(16);
    const answers = [10, 12, 14, 9].map((limit) =>
      csms.call('UpdateDynamicSchedule', { chargingProfileId: 1, scheduleUpdate: { limit } }),
    );
    expect(await Promise.all(answers)).toEqual(answers.map(() => ({ status: 'Accepted' })));
    expect(limitOf(1)?.limit).toBe(9);
  });

  it('(case 70) pushes a setpoint', async () => {
    const { csms, set, limitOf } = open();
    await set({}, { operationMode: 'CentralSetpoint', setpoint: 8, dischargeLimit: -16 });
    await csms.call('UpdateDynamicSchedule', { chargingProfileId: 1, scheduleUpdate: { setpoint: -20 } });
    expect(limitOf(1)).toMatchObject({ limit: 16, setpoint: -16, operation_mode: 'CentralSetpoint' });
  });

  it('says why it refuses', async () => {
    const { core, csms, set } = open();
    const update = (chargingProfileId: number) =>
      csms.call('UpdateDynamicSchedule', { chargingProfileId, scheduleUpdate: { limit: 1 } });
    expect(await update(5)).toEqual({ status: 'Rejected', statusInfo: { reasonCode: 'InvalidProfileId' } });
    expect(await set({ transactionId: 'OLD' })).toMatchObject({ statusInfo: { reasonCode: 'TxNotFound' } });
    core.variablesSet['SmartChargingCtrlr.Enabled'] = 'false';
    expect(await set({})).toMatchObject({ statusInfo: { reasonCode: 'NotEnabled' } });
    expect(core.changes).toBe(0);
  });

  it('pulls new values (K29)', async () => {
    const { station } = open({
      PullDynamicScheduleUpdate: ({ chargingProfileId }) =>
        chargingProfileId === 1 ? { status: 'Accepted', scheduleUpdate: { limit: 7 } } : { status: 'Rejected' },
    });
    expect(await pullSchedule(station, 1)).toMatchObject({ limit: 7 });
    expect(await pullSchedule(station, 2)).toBeUndefined();
  });

  it('pulls as often as a dynamic profile says (K28)', async () => {
    const { core, station, set, limitOf } = open({
      PullDynamicScheduleUpdate: () => ({ status: 'Accepted', scheduleUpdate: { limit: 7 } }),
    });
    const dynamic = createDynamicSchedules(station, (error) => core.told.push(error));
    await set({ dynUpdateInterval: 30 });
    dynamic.rearm();
    core.clock.advance(30_000);
    await settled();
    expect([limitOf(1)?.limit, core.told]).toEqual([7, []]);
    dynamic.stop();
  });

  it('reports profiles as they were set, then none after they are cleared', async () => {
    const { csms, set, heard } = open();
    await set({ dynUpdateInterval: 30, maxOfflineDuration: 60 }, { setpoint: 4, operationMode: 'CentralSetpoint' });
    const get = () => csms.call('GetChargingProfiles', { requestId: 9, evseId: 1, chargingProfile: {} });
    expect(await get()).toEqual({ status: 'Accepted' });
    await settled();
    expect(heard).toMatchObject([
      [
        'ReportChargingProfiles',
        {
          requestId: 9,
          evseId: 1,
          chargingLimitSource: 'CSO',
          tbc: false,
          chargingProfile: [
            toWire(
              { dynUpdateInterval: 30, maxOfflineDuration: 60 },
              { setpoint: 4, operationMode: 'CentralSetpoint' },
            ),
          ],
        },
      ],
    ]);
    expect(await csms.call('ClearChargingProfile', { chargingProfileId: 1 })).toEqual({ status: 'Accepted' });
    expect(await csms.call('ClearChargingProfile', { chargingProfileId: 1 })).toEqual({ status: 'Unknown' });
    expect(await get()).toEqual({ status: 'NoProfiles' });
  });

  it('gives composite schedules', async () => {
    const { csms, set } = open();
    await set({}, { limit_L2: 10 });
    const get = (evseId: number) => csms.call('GetCompositeSchedule', { evseId, duration: 60, chargingRateUnit: 'W' });
    expect(await get(1)).toEqual({
      status: 'Accepted',
      schedule: {
        evseId: 1,
        duration: 60,
        scheduleStart: start.toISOString(),
        chargingRateUnit: 'W',
        chargingSchedulePeriod: [{ startPeriod: 0, limit: 3680, limit_L2: 2300, limit_L3: 3680, numberPhases: 3 }],
      },
    });
    expect(await get(3)).toMatchObject({ status: 'Rejected' });
  });

  it('gives priority to a transaction that has a profile for it (K21, K22)', async () => {
    const { core, csms, station, heard, set, limitOf } = open();
    const use = (activate: boolean, transactionId = 'TX') =>
      csms.call('UsePriorityCharging', { transactionId, activate });
    expect(await use(true, 'OLD')).toEqual({ status: 'Rejected' });
    expect(await use(true)).toEqual({ status: 'NoProfile' });
    await set({}, { limit: 6 });
    await set({ id: 2, chargingProfilePurpose: 'PriorityCharging', transactionId: undefined }, { limit: 30 });
    expect(limitOf(1)?.limit).toBe(6);
    expect(await use(true)).toEqual({ status: 'Accepted' });
    expect(limitOf(1)?.limit).toBe(30);
    expect(await use(false)).toEqual({ status: 'Accepted' });
    expect(limitOf(1)?.limit).toBe(6);
    expect(requestPriority(station, 'TX', 'on')).toBe(true);
    expect(requestPriority(station, 'OLD', 'on')).toBe(false);
    await settled();
    expect(heard).toEqual([['NotifyPriorityCharging', { transactionId: 'TX', activated: true }]]);
    expect(core.profiles.hasPriority('TX')).toBe(true);
  });

  it('(case 72) hands the allowed ways of charging to the host', async () => {
    const { core, csms } = open();
    const allow = (transactionId = 'TX') =>
      csms.call('NotifyAllowedEnergyTransfer', { transactionId, allowedEnergyTransfer: ['DC', 'DC_BPT'] });
    expect(await allow()).toEqual({ status: 'Rejected' });
    core.host.allowEnergyTransfer = (evseId, modes) => core.told.push(evseId, modes) > 0;
    expect(await allow()).toEqual({ status: 'Accepted' });
    expect(core.told).toEqual([1, ['DC', 'DC_BPT']]);
    expect(await allow('OLD')).toMatchObject({ statusInfo: { reasonCode: 'TxNotFound' } });
  });

  it('(case 72) [rejected_q01] tells the host when what the vehicle needs is refused, which only charges then', async () => {
    const requests: unknown[] = [];
    const { core, station } = open({
      NotifyEVChargingNeeds(request) {
        requests.push(request);
        return { status: 'Rejected' };
      },
      NotifyEVChargingSchedule(request) {
        requests.push(request);
        return { status: 'Accepted' };
      },
    });
    core.host.chargingNeedsAnswered = (evseId, status) => core.told.push(evseId, status);
    const refused: number[] = [];
    Object.assign(core, { grid: { v2x: { refused: (evseId: number) => refused.push(evseId) } } });
    await chargingNeeds(station, {
      evseId: 1,
      requestedEnergyTransfer: 'DC_BPT',
      availableEnergyTransfer: ['DC_BPT', 'DC'],
      controlMode: 'DynamicControl',
      departureTime: at(3600),
      v2x: { maxDischargePower: 5000 },
      at: start,
    });
    expect(core.told).toEqual([1, 'Rejected']);
    expect(refused).toEqual([1]);
    const [schedule] = profileOf([1, 'TxProfile', '16@0,6@60'], { kind: 'Relative' }).schedules;
    if (schedule) await chargingSchedule(station, { evseId: 1, timeBase: start, schedule, selectedScheduleId: 1 });
    expect(requests).toMatchObject([
      { chargingNeeds: { requestedEnergyTransfer: 'DC_BPT', departureTime: at(3600).toISOString() } },
      { timeBase: start.toISOString(), selectedChargingScheduleId: 1, chargingSchedule: { id: 1 } },
    ]);
  });

  it('holds an EVSE to the limit of an energy manager, and tells the CSMS (K12)', async () => {
    const { core, station, heard, limitOf } = open();
    core.variablesSet['SmartChargingCtrlr.LimitChangeSignificance'] = '50';
    const limits = createExternalLimits(core, {
      notifyLimit: (notice) => chargingLimitChanged(station, notice),
      notifyCleared: (cleared) => chargingLimitCleared(station, cleared),
      rateChanged: (evseId) => core.told.push(evseId),
    });
    const set = (limit: number) =>
      limits.set({ source: 'EMS', evseId: 1, unit: 'A', periods: [{ startPeriod: 0, limit }] });
    for (const limit of [20, 15, 8]) set(limit);
    expect(limitOf(1)?.limit).toBe(8);
    limits.clear({ source: 'EMS', evseId: 1 });
    expect(limitOf(1)?.limit).toBe(32);
    await settled();
    expect(heard.map(([action]) => action)).toEqual([
      'NotifyChargingLimit',
      'NotifyChargingLimit',
      'ClearedChargingLimit',
    ]);
    expect([core.told, core.changes]).toEqual([[1, 1, 1], 4]);
  });

  it('tells limits of others, and when they end (K12, K13)', async () => {
    const { station, heard } = open();
    const [schedule] = profileOf([1, 'TxProfile', '16@0']).schedules;
    chargingLimitChanged(station, {
      source: 'EMS',
      evseId: 1,
      isGridCritical: false,
      isLocalGeneration: true,
      schedules: schedule && [schedule],
    });
    chargingLimitCleared(station, { source: 'EMS', evseId: 1 });
    await settled();
    expect(heard).toMatchObject([
      ['NotifyChargingLimit', { evseId: 1, chargingLimit: { chargingLimitSource: 'EMS', isLocalGeneration: true } }],
      ['ClearedChargingLimit', { evseId: 1, chargingLimitSource: 'EMS' }],
    ]);
  });
});
