import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EnergyTransferMode, OperationMode, PowerLimit, StationHost } from '../src/index.ts';
import { openRig21, type Rig21, type Rig21Options } from './rig21.ts';

let rig: Rig21;
let limits: (PowerLimit | undefined)[];
let allowed: (readonly EnergyTransferMode[])[];

const operationModes: OperationMode[] = [
  'Idle',
  'ChargingOnly',
  'CentralSetpoint',
  'ExternalSetpoint',
  'ExternalLimits',
  'CentralFrequency',
  'LocalFrequency',
  'LocalLoadBalancing',
];
const v2x = { transferModes: ['AC_three_phase', 'AC_BPT'], operationModes } as const;

const open = async (abilities: Partial<StationHost> = {}, more: Rig21Options = {}) => {
  rig = await openRig21({
    evse: { v2x },
    abilities: {
      limit: (_evseId, limit) => limits.push(limit),
      allowEnergyTransfer: (_evseId, modes) => allowed.push(modes) > 0,
      ...abilities,
    },
    ...more,
  });
};

beforeEach(() => {
  limits = [];
  allowed = [];
});

afterEach(() => rig.close());

/** Plugs in and charges; the transaction's id. */
async function charge(): Promise<string> {
  const started = once(rig.station.events, 'transactionStarted');
  rig.host.plug(1, { soc: 50 });
  rig.host.presentToken(1, 'CARD1');
  await started;
  await rig.csms.next('TransactionEvent');
  rig.clock.advance(2000);
  await rig.csms.next('TransactionEvent');
  return rig.station.transactionOn(1)?.id ?? '';
}

const set = (period: object, profile: object = {}) =>
  rig.call('SetChargingProfile', {
    evseId: 1,
    chargingProfile: {
      id: 1,
      stackLevel: 0,
      chargingProfilePurpose: 'TxDefaultProfile',
      chargingProfileKind: 'Relative',
      chargingSchedule: [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, ...period }] }],
      ...profile,
    },
  });

const feedBack = { operationMode: 'CentralSetpoint', limit: 16, dischargeLimit: -16, setpoint: -10 };
const allow = (transactionId: string, allowedEnergyTransfer: readonly string[]) =>
  rig.call('NotifyAllowedEnergyTransfer', { transactionId, allowedEnergyTransfer });
const variable = (name: string) => ({ component: { name: 'V2XChargingCtrlr', evse: { id: 1 } }, variable: { name } });

describe('the ways of charging that the CSMS allows', () => {
  it('(case 72) [q01] go to the EVSE, which may feed back then (Q01)', async () => {
    await open();
    const transactionId = await charge();
    await set(feedBack);
    expect(await allow(transactionId, ['AC_three_phase', 'AC_BPT'])).toEqual({ status: 'Accepted' });
    expect(allowed).toEqual([['AC_three_phase', 'AC_BPT']]);
    expect(limits.at(-1)).toMatchObject({ operationMode: 'CentralSetpoint', setpointA: -10, dischargeA: 16 });
  });

  it('(case 72) [q01] [rejected_q01] follow from what the vehicle needs: refused it only charges, and accepted it may do more', async () => {
    const answered: string[] = [];
    await open({ chargingNeedsAnswered: (_evseId, status) => void answered.push(status) });
    const transactionId = await charge();
    await set(feedBack);
    const needs = async (status: string) => {
      rig.csms.answer('NotifyEVChargingNeeds', () => ({ status }));
      rig.events.chargingNeeds({
        evseId: 1,
        requestedEnergyTransfer: 'AC_BPT',
        availableEnergyTransfer: ['AC_BPT', 'AC_three_phase'],
        controlMode: 'DynamicControl',
        v2x: { maxDischargePower: 5000 },
        at: rig.clock.now(),
      });
      expect(await rig.csms.next('NotifyEVChargingNeeds')).toMatchObject({
        evseId: 1,
        chargingNeeds: { requestedEnergyTransfer: 'AC_BPT' },
      });
      await expect.poll(() => answered.at(-1)).toBe(status);
    };
    await needs('Rejected');
    expect(limits.at(-1)).toMatchObject({ operationMode: 'ChargingOnly', setpointA: 0 });
    expect(allowed).toEqual([]);
    await needs('Accepted');
    expect(await allow(transactionId, ['AC_three_phase', 'AC_BPT'])).toEqual({ status: 'Accepted' });
    expect(allowed).toEqual([['AC_three_phase', 'AC_BPT']]);
    expect(limits.at(-1)).toMatchObject({ operationMode: 'CentralSetpoint', setpointA: -10 });
  });

  it('(case 72) keep a vehicle from feeding back where no such way is allowed', async () => {
    await open();
    const transactionId = await charge();
    await set(feedBack);
    expect(limits.at(-1)).toMatchObject({ setpointA: -10 });
    expect(await allow(transactionId, ['AC_three_phase'])).toEqual({ status: 'Accepted' });
    expect(limits.at(-1)).toMatchObject({ operationMode: 'ChargingOnly', currentA: 16, setpointA: 0 });
    expect(limits.at(-1)?.dischargeA).toBeUndefined();
    expect(await rig.csms.next('TransactionEvent')).toMatchObject({
      transactionInfo: { operationMode: 'CentralSetpoint' },
    });
    expect(await rig.csms.next('TransactionEvent')).toMatchObject({
      triggerReason: 'OperationModeChanged',
      transactionInfo: { operationMode: 'ChargingOnly' },
    });
  });

  it('outlive a power cut in the transaction', async () => {
    await open({ resumes: () => true });
    const transactionId = await charge();
    await allow(transactionId, ['AC_three_phase']);
    await rig.restart();
    await set(feedBack);
    expect(rig.station.transactionOn(1)?.id).toBe(transactionId);
    expect(limits.at(-1)).toMatchObject({ operationMode: 'ChargingOnly' });
  });

  it('(case 72) [q02_no_service_renegotiation] are refused when the vehicle cannot change now', async () => {
    await open({ allowEnergyTransfer: () => false });
    const transactionId = await charge();
    expect(await allow(transactionId, ['AC_BPT'])).toEqual({ status: 'Rejected' });
    expect(await allow('other', ['AC_BPT'])).toMatchObject({ statusInfo: { reasonCode: 'TxNotFound' } });
  });
});

describe('operation modes', () => {
  it.each<[OperationMode, object, object]>([
    ['Idle', {}, { currentA: 0 }],
    ['ChargingOnly', { limit: 10 }, { currentA: 10 }],
    ['CentralSetpoint', { setpoint: -8, dischargeLimit: -12, limit: 10 }, { setpointA: -8, dischargeA: 12 }],
    ['ExternalSetpoint', { limit: 10, dischargeLimit: -12 }, { currentA: 10, dischargeA: 12 }],
    ['ExternalLimits', { limit: 10, dischargeLimit: -12 }, { currentA: 10, dischargeA: 12 }],
    ['CentralFrequency', { setpoint: 6, limit: 10, dischargeLimit: -12 }, { setpointA: 6 }],
    [
      'LocalFrequency',
      { limit: 10, dischargeLimit: -12, v2xBaseline: 500, v2xFreqWattCurve: [{ frequency: 50.2, power: -5000 }] },
      { v2xBaselineW: 500, v2xFreqWattCurve: [{ frequency: 50.2, power: -5000 }] },
    ],
    ['LocalLoadBalancing', { limit: 10, dischargeLimit: -12 }, { currentA: 10, dischargeA: 12 }],
  ])(
    '%s is given to the host with its limit, and told with the transaction (Q02 to Q10)',
    async (mode, period, limit) => {
      await open();
      await charge();
      expect(await set({ operationMode: mode, ...period })).toEqual({ status: 'Accepted' });
      expect(limits.at(-1)).toMatchObject({ operationMode: mode, ...limit });
      if (mode === 'ChargingOnly') return;
      // oxlint-disable-next-line vitest/no-conditional-expect -- charging only is what every transaction begins with
      expect(await rig.csms.next('TransactionEvent')).toMatchObject({
        eventType: 'Updated',
        triggerReason: 'OperationModeChanged',
        transactionInfo: { operationMode: mode },
      });
    },
  );

  it('are those of the EVSE', async () => {
    const modes = ['ChargingOnly', 'CentralSetpoint'] as const;
    await open({}, { evse: { v2x: { ...v2x, operationModes: modes } } });
    const names = ['SupportedOperationModes', 'SupportedEnergyTransferModes', 'Available', 'Enabled'];
    expect(await rig.call('GetVariables', { getVariableData: names.map(variable) })).toMatchObject({
      getVariableResult: [
        { attributeValue: 'ChargingOnly,CentralSetpoint' },
        { attributeValue: 'AC_three_phase,AC_BPT' },
        { attributeValue: 'true' },
        { attributeValue: 'true' },
      ],
    });
    expect(await set({ operationMode: 'ExternalLimits', limit: 10, dischargeLimit: -12 })).toMatchObject({
      status: 'Rejected',
      statusInfo: { reasonCode: 'InvalidOperationMode' },
    });
  });

  it('do not feed back where V2XChargingCtrlr is not enabled', async () => {
    await open();
    await rig.call('SetVariables', { setVariableData: [{ ...variable('Enabled'), attributeValue: 'false' }] });
    await charge();
    await set(feedBack);
    expect(limits.at(-1)).toMatchObject({ operationMode: 'ChargingOnly', setpointA: 0 });
  });

  it('give way without connection, when the profile says so', async () => {
    await open();
    await charge();
    await set({ operationMode: 'LocalLoadBalancing', limit: 10, dischargeLimit: -6 });
    await set(feedBack, { id: 2, stackLevel: 1, maxOfflineDuration: 120 });
    expect(limits.at(-1)).toMatchObject({ operationMode: 'CentralSetpoint' });
    await rig.csms.close();
    await once(rig.station.events, 'disconnected');
    rig.clock.advance(119_000);
    expect(limits.at(-1)).toMatchObject({ operationMode: 'CentralSetpoint' });
    rig.clock.advance(2000);
    expect(limits.at(-1)).toMatchObject({ operationMode: 'LocalLoadBalancing' });
  });

  it('are in the record of the transaction with what flowed back', async () => {
    const reading = { energyWh: 1000, powerW: 0, currentsA: [0, 0, 0], voltagesV: [230, 230, 230] };
    const measurands = 'Energy.Active.Import.Register,Energy.Active.Export.Register,Power.Active.Export';
    await open(
      { meter: () => ({ ...reading, exportWh: 250, exportW: 6900 }) },
      { settings: { 'SampledDataCtrlr.TxUpdatedMeasurands': measurands } },
    );
    await charge();
    await set(feedBack);
    await rig.csms.next('TransactionEvent');
    rig.clock.advance(60_000);
    expect(await rig.csms.next('TransactionEvent')).toMatchObject({
      triggerReason: 'MeterValuePeriodic',
      transactionInfo: { operationMode: 'CentralSetpoint', chargingState: 'Charging' },
      meterValue: [
        {
          sampledValue: [
            { measurand: 'Energy.Active.Import.Register', value: 1000 },
            { measurand: 'Energy.Active.Export.Register', value: 250 },
            { measurand: 'Power.Active.Export', value: 6900 },
          ],
        },
      ],
    });
  });
});

describe('AFRRSignal (Q08)', () => {
  const signal = () => rig.call('AFRRSignal', { timestamp: '2026-01-01T00:00:04Z', signal: -3 });

  it('goes to the host, which may refuse it', async () => {
    const heard: [number, Date][] = [];
    await open({ afrrSignal: (value, at) => heard.push([value, at]) < 2 });
    expect(await signal()).toEqual({ status: 'Accepted' });
    expect(heard).toEqual([[-3, new Date('2026-01-01T00:00:04Z')]]);
    expect(await signal()).toEqual({ status: 'Rejected' });
  });

  it('is refused by a charger that follows none', async () => {
    await open();
    expect(await signal()).toEqual({ status: 'Rejected', statusInfo: { reasonCode: 'UnsupportedRequest' } });
  });
});

describe('a dynamic profile over the wire', () => {
  const dynamic = { chargingProfileKind: 'Dynamic' };
  const settings = { 'SmartChargingCtrlr.SupportsFeature[DynamicProfiles]': 'true' } as const;
  const update = (scheduleUpdate: object) =>
    rig.call('UpdateDynamicSchedule', { chargingProfileId: 1, scheduleUpdate });

  it('(case 70) [k28_push_setpoint_update_changes_evse_limit] changes the limit of the EVSE', async () => {
    await open({}, { settings });
    await charge();
    expect(await set({ limit: 16 }, dynamic)).toEqual({ status: 'Accepted' });
    expect(limits.at(-1)).toMatchObject({ currentA: 16 });
    expect(await update({ limit: 9 })).toEqual({ status: 'Accepted' });
    expect(limits.at(-1)).toMatchObject({ currentA: 9 });
    expect(await rig.call('UpdateDynamicSchedule', { chargingProfileId: 7, scheduleUpdate: { limit: 1 } })).toEqual({
      status: 'Rejected',
      statusInfo: { reasonCode: 'InvalidProfileId' },
    });
  });

  it('(case 70) [k28_rapid_updates_converge_to_last_limit] ends a burst with the last', async () => {
    await open({}, { settings });
    await charge();
    await set({ limit: 16 }, dynamic);
    const burst = [8, 20, 7, 31, 13];
    const answers = await Promise.all(burst.map((limit) => update({ limit })));
    expect(answers).toEqual(burst.map(() => ({ status: 'Accepted' })));
    expect(limits.at(-1)).toMatchObject({ currentA: 13 });
  });
});
