import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DerCapability, DerDirective, HostEvents } from '../src/index.ts';
import { openRig21, until, type Rig21, type Rig21Options } from './rig21.ts';

let rig: Rig21;
/** Every set of directives that the host was given, the last one last. */
let given: (readonly DerDirective[])[];

const capability: DerCapability = {
  modes: ['FreqDroop', 'VoltWatt', 'LimitMaxDischarge', 'EnterService', 'Gradients', 'FixedVar'],
  ratings: { MaxW: 11_000, VNom: 230 },
};
const capable = (events: HostEvents) => events.grid.derCapable(1, capability);

const open = async (options: Rig21Options = {}) => {
  const abilities = {
    setDerDirectives: (_evseId: number, directives: readonly DerDirective[]) => given.push(directives),
  };
  rig = await openRig21({ evse: { derInverter: 'DC' }, abilities, atStart: capable, ...options });
  return rig;
};

beforeEach(() => {
  given = [];
});

afterEach(() => rig.close());

const droop = { priority: 1, overFreq: 50.2, underFreq: 49.8, overDroop: 5, underDroop: 5, responseTime: 2 };
const curve = {
  priority: 1,
  yUnit: 'PctMaxW',
  curveData: [
    { x: 230, y: 100 },
    { x: 250, y: 0 },
  ],
};

const set = (controlId: string, more: object = {}) =>
  rig.call('SetDERControl', { isDefault: true, controlId, controlType: 'FreqDroop', freqDroop: droop, ...more });
const setCurve = (controlId: string, more: object = {}) =>
  rig.call('SetDERControl', { isDefault: true, controlId, controlType: 'VoltWatt', curve, ...more });
const schedule = (controlId: string, times: { in: number; durationS: number; priority?: number }) => {
  const startTime = new Date(rig.clock.now().getTime() + times.in * 1000).toISOString();
  const { durationS: duration, priority = 1 } = times;
  return set(controlId, { isDefault: false, freqDroop: { ...droop, priority, startTime, duration } });
};
const idsGiven = () => given.at(-1)?.map(({ controlId }) => controlId);
const component = (name: string) => ({ component: { name: 'DCDERCtrlr', evse: { id: 1 } }, variable: { name } });
const valuesOf = async (...names: string[]) => rig.call('GetVariables', { getVariableData: names.map(component) });
const setEnabled = (attributeValue: string) =>
  rig.call('SetVariables', { setVariableData: [{ ...component('Enabled'), attributeValue }] });

describe('DER controls of OCPP 2.1', () => {
  it('(case 71) [inverted_wiring_boots_and_handles_publishes] boots when the host publishes before it is connected', async () => {
    await open({
      atStart(events) {
        events.grid.derAlarm({ controlType: 'HVMustTrip', fault: 'OverVoltage' });
        events.grid.derCapable(7, capability);
        capable(events);
      },
    });
    expect(await rig.csms.next('NotifyDERAlarm')).toMatchObject({ controlType: 'HVMustTrip' });
    expect(given).toEqual([[]]);
  });

  it('(case 71) [capability_enables_evse_and_pushes_active_set] enables the component with the capability (R01)', async () => {
    await open({ atStart: () => {} });
    expect(await valuesOf('Available', 'ModesSupported')).toMatchObject({
      getVariableResult: [{ attributeValue: 'false' }, { attributeValue: '' }],
    });
    expect(await set('one')).toEqual({ status: 'NotSupported' });
    expect(given).toEqual([]);
    capable(rig.events);
    expect(await valuesOf('Available', 'ModesSupported', 'MaxW', 'Enabled')).toMatchObject({
      getVariableResult: [
        { attributeValue: 'true' },
        { attributeValue: capability.modes.join(',') },
        { attributeValue: '11000' },
        { attributeValue: 'true' },
      ],
    });
    expect(await set('one')).toEqual({ status: 'Accepted' });
    expect(given.map((all) => all.length)).toEqual([0, 1]);
    rig.events.grid.derCapable(1, { modes: ['VoltWatt'] });
    expect(idsGiven()).toEqual([]);
    rig.events.grid.derCapable(1, undefined);
    expect(await valuesOf('Available')).toMatchObject({ getVariableResult: [{ attributeValue: 'false' }] });
  });

  it('(case 71) [set_der_control_applies_directive] gives the host what the CSMS has set (R04.FR.02)', async () => {
    await open();
    expect(await set('one')).toEqual({ status: 'Accepted' });
    const directive = { isDefault: true, controlId: 'one', controlType: 'FreqDroop', freqDroop: droop };
    expect(given.at(-1)).toEqual([directive]);
  });

  it('(case 71) [clear_der_control_removes_directive] takes it back (R04.FR.46)', async () => {
    await open();
    await set('one');
    const wrongKind = { isDefault: false, controlId: 'one' };
    expect(await rig.call('ClearDERControl', wrongKind)).toEqual({ status: 'NotFound' });
    expect(await rig.call('ClearDERControl', { isDefault: true, controlId: 'one' })).toEqual({ status: 'Accepted' });
    expect(given.at(-1)).toEqual([]);
  });

  it('(case 71) [multiple_directives_coexist] of different types', async () => {
    await open();
    await set('droop');
    await setCurve('volt');
    expect(idsGiven()).toEqual(['droop', 'volt']);
  });

  it('(case 71) [heartbeat_re_pushes_active_directives] every GridSupportHeartbeatS', async () => {
    await open({ settings: { 'InternalCtrlr.GridSupportHeartbeatS': '60' } });
    await set('one');
    const before = given.length;
    rig.clock.advance(59_000);
    expect(given).toHaveLength(before);
    rig.clock.advance(61_000);
    expect(given).toHaveLength(before + 2);
    expect(idsGiven()).toEqual(['one']);
  });

  it('pushes on changes only when the heartbeat is 0', async () => {
    await open({ settings: { 'InternalCtrlr.GridSupportHeartbeatS': '0' } });
    rig.clock.advance(600_000);
    expect(given).toHaveLength(1);
  });

  it('(case 71) [alarm_forwarded_to_csms] with its end (R05)', async () => {
    await open();
    rig.events.grid.derAlarm({ controlType: 'LFMustTrip', fault: 'UnderFrequency', info: 'feeder 7' });
    expect(await rig.csms.next('NotifyDERAlarm')).toEqual({
      controlType: 'LFMustTrip',
      gridEventFault: 'UnderFrequency',
      timestamp: rig.clock.now().toISOString(),
      extraInfo: 'feeder 7',
    });
    rig.events.grid.derAlarm({ controlType: 'LFMustTrip', isEnded: true });
    expect(await rig.csms.next('NotifyDERAlarm')).toMatchObject({ alarmEnded: true });
  });

  it('(case 71) [alarm_then_directive_round_trip] an alarm, and what the CSMS makes of it', async () => {
    await open();
    rig.events.grid.derAlarm({ controlType: 'FreqDroop', fault: 'OverFrequency' });
    await rig.csms.next('NotifyDERAlarm');
    expect(await set('answer')).toEqual({ status: 'Accepted' });
    expect(idsGiven()).toEqual(['answer']);
  });

  it('keeps an alarm until the CSMS is there again', async () => {
    await open();
    await until(() => rig.station.queuedMessages === 0);
    await rig.disconnect();
    rig.events.grid.derAlarm({ controlType: 'LFMustTrip', fault: 'UnderFrequency' });
    expect(rig.station.queuedMessages).toBe(1);
    await rig.restart();
    expect(await rig.csms.next('NotifyDERAlarm')).toMatchObject({ gridEventFault: 'UnderFrequency' });
  });

  it.each(['1.6', '2.0.1'] as const)(
    'keeps an alarm while only OCPP %s is spoken, which has no word for it',
    async (version) => {
      await open();
      await until(() => rig.station.queuedMessages === 0);
      await rig.disconnect();
      rig.events.grid.derAlarm({ controlType: 'LFMustTrip', fault: 'UnderFrequency' });
      await rig.restart(version);
      await until(() => rig.station.queuedMessages === 1);
      expect(rig.csms.received.filter(({ action }) => action === 'NotifyDERAlarm')).toEqual([]);
      await rig.restart('2.1');
      expect(await rig.csms.next('NotifyDERAlarm')).toMatchObject({ gridEventFault: 'UnderFrequency' });
    },
  );

  it('(case 71) [set_der_control_unsupported_type_not_supported] (R04.FR.01)', async () => {
    await open();
    const trip = { controlType: 'HFMustTrip', freqDroop: undefined, curve: { ...curve, yUnit: 'Not_Applicable' } };
    expect(await set('trip', trip)).toEqual({ status: 'NotSupported' });
    const filter = { requestId: 1, controlType: 'HFMustTrip' };
    expect(await rig.call('GetDERControl', filter)).toEqual({ status: 'NotSupported' });
    const clear = { isDefault: true, controlType: 'HFMustTrip' };
    expect(await rig.call('ClearDERControl', clear)).toEqual({ status: 'NotSupported' });
  });

  it('(case 71) [get_der_control_no_controls_not_found] (R04.FR.30)', async () => {
    await open();
    expect(await rig.call('GetDERControl', { requestId: 1 })).toEqual({ status: 'NotFound' });
    expect(await rig.call('GetDERControl', { requestId: 2, controlId: 'none' })).toEqual({ status: 'NotFound' });
  });

  it('(case 71) [clear_der_control_no_match_not_found] (R04.FR.41, R04.FR.42)', async () => {
    await open();
    await set('one');
    for (const filter of [{ controlId: 'two' }, { controlType: 'VoltWatt' }])
      expect(await rig.call('ClearDERControl', { isDefault: true, ...filter })).toEqual({ status: 'NotFound' });
    expect(await rig.call('ClearDERControl', { isDefault: false })).toEqual({ status: 'NotFound' });
  });

  it('(case 71) [clear_by_type_then_clear_all] (R04.FR.44, R04.FR.45)', async () => {
    await open();
    await set('droop');
    await set('droop-2', { freqDroop: { ...droop, priority: 2 } });
    await setCurve('volt');
    const ofType = { isDefault: true, controlType: 'FreqDroop' };
    expect(await rig.call('ClearDERControl', ofType)).toEqual({ status: 'Accepted' });
    expect(idsGiven()).toEqual(['volt']);
    expect(await rig.call('ClearDERControl', { isDefault: true })).toEqual({ status: 'Accepted' });
    expect(idsGiven()).toEqual([]);
  });

  it('(case 71) [get_emits_report_der_control] with what is superseded (R04.FR.31 to R04.FR.34)', async () => {
    await open();
    await set('droop', { freqDroop: { ...droop, priority: 3 } });
    expect(await set('better')).toEqual({ status: 'Accepted', supersededIds: ['droop'] });
    await setCurve('volt');
    await set('enter', { ...enterService, freqDroop: undefined });
    expect(await rig.call('GetDERControl', { requestId: 9 })).toEqual({ status: 'Accepted' });
    const rest = { isDefault: true };
    expect(await rig.csms.next('ReportDERControl')).toEqual({
      requestId: 9,
      curve: [{ id: 'volt', curveType: 'VoltWatt', curve, isSuperseded: false, ...rest }],
      enterService: [{ id: 'enter', enterService: enterService.enterService }],
      freqDroop: [
        { id: 'droop', freqDroop: { ...droop, priority: 3 }, isSuperseded: true, ...rest },
        { id: 'better', freqDroop: droop, isSuperseded: false, ...rest },
      ],
    });
    await rig.call('GetDERControl', { requestId: 10, controlType: 'VoltWatt', isDefault: true });
    expect(await rig.csms.next('ReportDERControl')).toMatchObject({ requestId: 10, curve: [{ id: 'volt' }] });
  });

  it('reports in pages, and takes only so many', async () => {
    await open();
    for (let index = 0; index < 100; index++) await set(`control-${index}`);
    expect(await set('control-100')).toMatchObject({ status: 'Rejected', statusInfo: { reasonCode: 'OutOfStorage' } });
    expect(await set('control-99')).toMatchObject({ status: 'Accepted' });
    await rig.call('GetDERControl', { requestId: 1 });
    const sizes: number[] = [];
    for (let page: object = { tbc: true }; 'tbc' in page;) {
      page = await rig.csms.next('ReportDERControl');
      if ('freqDroop' in page && Array.isArray(page.freqDroop)) sizes.push(page.freqDroop.length);
    }
    expect(sizes).toEqual([24, 24, 24, 24, 4]);
  });

  it('(case 71) [der_disable_survives_reboot] Enabled=false empties the set and survives (R04)', async () => {
    await open();
    await set('one');
    await setEnabled('false');
    expect(given.at(-1)).toEqual([]);
    given = [];
    await rig.restart();
    expect(await valuesOf('Enabled')).toMatchObject({ getVariableResult: [{ attributeValue: 'false' }] });
    expect(given).toEqual([[]]);
    await setEnabled('true');
    expect(idsGiven()).toEqual(['one']);
  });
});

const enterService = {
  controlType: 'EnterService',
  enterService: { priority: 0, highVoltage: 253, lowVoltage: 207, highFreq: 50.1, lowFreq: 49.9 },
};

describe('a scheduled DER control', () => {
  it('begins and ends in time, and displaces the default meanwhile (R04.FR.20, R04.FR.22)', async () => {
    await open();
    await set('default');
    expect(await schedule('later', { in: 100, durationS: 50 })).toEqual({ status: 'Accepted' });
    expect(idsGiven()).toEqual(['default']);
    rig.clock.advance(100_000);
    expect(await rig.csms.next('NotifyDERStartStop')).toEqual({
      controlId: 'later',
      started: true,
      timestamp: rig.clock.now().toISOString(),
    });
    expect(idsGiven()).toEqual(['later']);
    rig.clock.advance(50_000);
    expect(await rig.csms.next('NotifyDERStartStop')).toMatchObject({ controlId: 'later', started: false });
    expect(idsGiven()).toEqual(['default']);
    expect(await rig.call('GetDERControl', { requestId: 1, controlId: 'later' })).toEqual({ status: 'NotFound' });
  });

  it('is superseded by a better one, and goes on after it (R04.FR.21)', async () => {
    await open();
    await schedule('long', { in: 0, durationS: 1000, priority: 5 });
    expect(await rig.csms.next('NotifyDERStartStop')).toMatchObject({ controlId: 'long', started: true });
    expect(await schedule('short', { in: 100, durationS: 100, priority: 0 })).toEqual({
      status: 'Accepted',
      supersededIds: ['long'],
    });
    rig.clock.advance(100_000);
    expect(await rig.csms.next('NotifyDERStartStop')).toMatchObject({
      controlId: 'short',
      started: true,
      supersededIds: ['long'],
    });
    rig.clock.advance(100_000);
    expect(await rig.csms.next('NotifyDERStartStop')).toMatchObject({ controlId: 'short', started: false });
    expect(await rig.csms.next('NotifyDERStartStop')).toMatchObject({ controlId: 'long', started: true });
    expect(await rig.call('ClearDERControl', { isDefault: false })).toEqual({ status: 'Accepted' });
    expect(await rig.csms.next('NotifyDERStartStop')).toMatchObject({ controlId: 'long', started: false });
  });

  it('is begun anew when it is replaced', async () => {
    await open();
    await schedule('now', { in: 0, durationS: 1000 });
    await rig.csms.next('NotifyDERStartStop');
    await schedule('now', { in: 500, durationS: 1000 });
    expect(await rig.csms.next('NotifyDERStartStop')).toMatchObject({ controlId: 'now', started: false });
    expect(idsGiven()).toEqual([]);
    rig.clock.advance(500_000);
    expect(await rig.csms.next('NotifyDERStartStop')).toMatchObject({ controlId: 'now', started: true });
  });

  it('survives a power cut, and is not told again', async () => {
    await open();
    await set('default');
    await schedule('now', { in: 0, durationS: 1000 });
    await rig.csms.next('NotifyDERStartStop');
    await until(() => rig.station.queuedMessages === 0);
    given = [];
    await rig.restart();
    expect(idsGiven()).toEqual(['now']);
    rig.clock.advance(1_000_000);
    expect(await rig.csms.next('NotifyDERStartStop')).toMatchObject({ controlId: 'now', started: false });
    expect(idsGiven()).toEqual(['default']);
  });

  it.each([
    ['a default with times', { freqDroop: { ...droop, startTime: '2026-01-01T00:00:00Z' } }, 'InvalidValue'],
    ['a schedule without times', { isDefault: false }, 'MissingParam'],
    ['scheduled EnterService (R04.FR.15)', { ...enterService, isDefault: false, freqDroop: undefined }, 'InvalidValue'],
    ['no settings (R04.FR.16)', { freqDroop: undefined }, 'MissingParam'],
    ['settings of another type too (R04.FR.17)', { curve }, 'InvalidValue'],
    [
      'a curve in the wrong unit (R04.FR.53)',
      { controlType: 'VoltWatt', freqDroop: undefined, curve: { ...curve, yUnit: 'PctMaxVar' } },
      'InvalidValue',
    ],
    [
      'a trip curve with a unit (R04.FR.56)',
      {
        controlType: 'LimitMaxDischarge',
        freqDroop: undefined,
        limitMaxDischarge: { priority: 0, powerMonitoringMustTrip: curve },
      },
      'InvalidValue',
    ],
    [
      'no limit in a limit',
      { controlType: 'LimitMaxDischarge', freqDroop: undefined, limitMaxDischarge: { priority: 0 } },
      'MissingParam',
    ],
    [
      'what is over',
      { isDefault: false, freqDroop: { ...droop, startTime: '2025-12-31T23:00:00Z', duration: 60 } },
      'InvalidSchedule',
    ],
  ])('refuses %s', async (_what, more, reasonCode) => {
    await open();
    expect(await set('wrong', more)).toMatchObject({ status: 'Rejected', statusInfo: { reasonCode } });
    expect(given).toEqual([[]]);
  });
});
