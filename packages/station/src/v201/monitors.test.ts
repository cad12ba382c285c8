import { describe, expect, it } from 'vitest';
import { addressOf, createModel, property, type ModelOptions } from '../../test/models.ts';
import { ManualClock } from '../time/clock.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { StoreError } from '../store/store.ts';
import {
  clearMonitoring,
  eventPages,
  monitoringReport,
  setMonitoring,
  setMonitoringBase,
  setMonitoringLevel,
} from './variable-monitoring.ts';
import { Monitors, type MonitorEvent } from './monitors.ts';

const monitors = [
  { type: 'UpperThreshold', value: 90, severity: 1, kind: 'HardWiredMonitor' },
  { type: 'LowerThreshold', value: -20, severity: 2 },
];
const thermometer = {
  name: 'Thermometer',
  properties: {
    value: { ...property('Value', 'decimal', { value: '20', minLimit: -40, maxLimit: 120 }), monitors },
    unwatched: property('Unwatched', 'decimal', { value: '1', supportsMonitoring: false }),
    text: property('Text', 'string', { value: 'a' }),
    set: {
      variable_name: 'Set',
      characteristics: { dataType: 'decimal', supportsMonitoring: true },
      attributes: [
        { type: 'Actual', mutability: 'ReadWrite', value: '20' },
        { type: 'Target', mutability: 'ReadWrite', value: '20' },
      ],
    },
  },
};

function open(options: ModelOptions = {}) {
  const clock = new ManualClock('2026-05-04T08:15:00Z');
  const model = createModel({ components: [thermometer], ...options });
  const events: MonitorEvent[] = [];
  const transactions = new Map<number, string>();
  let lastEventId = 0;
  const watching = new Monitors({
    model,
    clock,
    nextEventId: () => ++lastEventId,
    transactionIdOf: (evseId) => (evseId === undefined ? [...transactions.values()][0] : transactions.get(evseId)),
    tell: (told) => events.push(...told),
  });
  watching.start();
  const monitored = { model, monitors: watching };
  const at = (text: string) => addressOf(text) ?? { component: { name: text }, variable: { name: '' } };
  return {
    clock,
    model,
    monitors: watching,
    monitored,
    transactions,
    /** The events since the last look. */
    told: () => events.splice(0).map(({ data }) => data),
    set: (text: string, data: object = {}) => {
      const request = { ...at(text), type: 'Delta', value: 1, severity: 5, ...data } as const;
      const { setMonitoringResult } = setMonitoring(monitored, { setMonitoringData: [request] });
      return setMonitoringResult[0];
    },
    write(text: string, value: string, attribute: 'Actual' | 'Target' = 'Actual') {
      const definition = model.catalog.named(text);
      if (definition) model.apply([{ definition, attribute, value, source: 'internal' }]);
    },
    report: (request: object = {}) =>
      monitoringReport(monitored, request).flatMap(({ variableMonitoring }) => variableMonitoring.map(({ id }) => id)),
  };
}

const value = 'Thermometer.Value';

describe('a monitor', () => {
  it('of an upper threshold tells when it is passed and when it no longer is, with the cause (N07)', () => {
    const { set, write, told } = open();
    const { id } = set(value, { type: 'UpperThreshold', value: 50, severity: 3 }) ?? {};
    write(value, '50');
    expect(told()).toEqual([]);
    write(value, '50.5');
    write(value, '60');
    const about = { variableMonitoringId: id, eventNotificationType: 'CustomMonitor', trigger: 'Alerting' };
    expect(told()).toMatchObject([
      { ...about, actualValue: '50.5', eventId: 1, timestamp: '2026-05-04T08:15:00.000Z' },
    ]);
    write(value, '50');
    expect(told()).toMatchObject([{ ...about, actualValue: '50', eventId: 2, cleared: true, cause: 1 }]);
  });

  it('of a threshold that is passed already tells at once', () => {
    const { set, told } = open();
    set(value, { type: 'LowerThreshold', value: 30 });
    expect(told()).toMatchObject([{ actualValue: '20', trigger: 'Alerting' }]);
  });

  it('of a difference tells when the value has moved by more since it last told', () => {
    const { set, write, told } = open();
    set(value, { type: 'Delta', value: 2 });
    for (const next of ['21', '22', '22.5', '24', '20']) write(value, next);
    expect(told().map(({ actualValue, trigger }) => [actualValue, trigger])).toEqual([
      ['22.5', 'Delta'],
      ['20', 'Delta'],
    ]);
  });

  it('of a difference tells every change of what is no number', () => {
    const { set, write, told } = open();
    expect(set('Thermometer.Text')).toMatchObject({ status: 'Accepted' });
    write('Thermometer.Text', 'b');
    write('Thermometer.Text', 'b');
    expect(told()).toMatchObject([{ actualValue: 'b' }]);
  });

  it('compares with the target, absolutely or in parts of it (OCPP 2.1)', () => {
    const { set, write, told } = open();
    const text = 'Thermometer.Set';
    set(text, { type: 'TargetDelta', value: 5 });
    set(text, { type: 'TargetDeltaRelative', value: 0.5 });
    write(text, '26');
    expect(told()).toMatchObject([{ actualValue: '26', trigger: 'Delta', variableMonitoringId: 1001 }]);
    write(text, '31');
    expect(told()).toMatchObject([{ actualValue: '31', variableMonitoringId: 1002 }]);
    write(text, '30', 'Target');
    expect(told()).toMatchObject([{ cleared: true }, { cleared: true }]);
  });

  it('of a period tells at its interval, or at full intervals of the day (N08)', () => {
    const { set, clock, told } = open();
    set(value, { type: 'Periodic', value: 100, severity: 5 });
    set(value, { type: 'PeriodicClockAligned', value: 900, severity: 6 });
    expect(clock.pending).toBe(1);
    clock.advance(899_000);
    expect(told().map(({ timestamp }) => timestamp.slice(11, 19))).toEqual([
      '08:16:40',
      '08:18:20',
      '08:20:00',
      '08:21:40',
      '08:23:20',
      '08:25:00',
      '08:26:40',
      '08:28:20',
    ]);
    clock.advance(1000);
    expect(told()).toMatchObject([
      { trigger: 'Periodic', variableMonitoringId: 1001 },
      { trigger: 'Periodic', variableMonitoringId: 1002 },
    ]);
  });

  it('of what follows from the state is looked at every second, and only then a timer runs', () => {
    let power = 0;
    const { set, clock, told, monitored } = open({
      computed: ({ text }) => (text === 'EVSE@1.Power' ? String(power) : undefined),
    });
    expect(clock.pending).toBe(0);
    set('EVSE@1.Power', { type: 'UpperThreshold', value: 5000 });
    set('EVSE@1.Power', { type: 'Delta', value: 9000 });
    expect(clock.pending).toBe(1);
    power = 7000;
    clock.advance(999);
    expect(told()).toEqual([]);
    clock.advance(1);
    expect(told()).toMatchObject([{ actualValue: '7000' }]);
    clearMonitoring(monitored, { id: [1001, 1002] });
    expect(clock.pending).toBe(0);
  });

  it('of transactions is silent while none runs at its EVSE, and says which it is', () => {
    const { set, write, told, transactions } = open();
    set('EVSE@1.EvseId', { type: 'Delta', transaction: true });
    transactions.set(2, 'T2');
    write('EVSE@1.EvseId', 'a');
    expect(told()).toEqual([]);
    transactions.set(1, 'T1');
    write('EVSE@1.EvseId', 'b');
    expect(told()).toMatchObject([{ transactionId: 'T1' }]);
  });

  it('above the monitoring level is silent, and so are all while monitoring is off (N05)', () => {
    const { set, write, told, monitored, model } = open();
    set(value, { severity: 6 });
    expect(setMonitoringLevel(monitored, { severity: 10 })).toMatchObject({ status: 'Rejected' });
    expect(setMonitoringLevel(monitored, { severity: 5 })).toEqual({ status: 'Accepted' });
    write(value, '30');
    expect(told()).toEqual([]);
    setMonitoringLevel(monitored, { severity: 6 });
    model.assign('MonitoringCtrlr.Enabled', 'false');
    write(value, '40');
    expect(told()).toEqual([]);
    model.assign('MonitoringCtrlr.Enabled', 'true');
    write(value, '50');
    expect(told()).toHaveLength(1);
  });

  it('does nothing more once it is stopped', () => {
    const { set, write, told, monitors, clock } = open();
    set(value, { type: 'Periodic', value: 1 });
    set(value, { type: 'Delta', value: 1 });
    monitors.stop();
    monitors.stop();
    write(value, '99');
    clock.advance(10_000);
    expect(told()).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

describe('SetVariableMonitoring (N04)', () => {
  it.each([
    ['Nobody.Knows', {}, { status: 'UnknownComponent' }],
    ['Thermometer.Nothing', {}, { status: 'UnknownVariable' }],
    ['Thermometer.Unwatched', {}, { status: 'UnsupportedMonitorType' }],
    ['Thermometer.Text', { type: 'UpperThreshold' }, { status: 'UnsupportedMonitorType' }],
    ['SecurityCtrlr.BasicAuthPassword', {}, { status: 'UnsupportedMonitorType' }],
    [value, { type: 'TargetDelta' }, { status: 'UnsupportedMonitorType' }],
    [value, { type: 'Delta', value: -1 }, { status: 'Rejected' }],
    [value, { type: 'Periodic', value: 0 }, { status: 'Rejected' }],
    [value, { type: 'UpperThreshold', value: 121 }, { status: 'Rejected' }],
    [value, { type: 'UpperThreshold', value: 70, severity: 1 }, { status: 'Duplicate' }],
    [value, { id: 77 }, { status: 'Rejected', statusInfo: { reasonCode: 'NotFound' } }],
    [value, { id: 1 }, { status: 'Rejected', statusInfo: { reasonCode: 'ReadOnly' } }],
    ['Thermometer.Text', { id: 2 }, { status: 'Rejected', statusInfo: { reasonCode: 'InvalidValue' } }],
    [value, { type: 'UpperThreshold', value: 70 }, { status: 'Accepted', id: 1001 }],
    [value, { id: 2, type: 'LowerThreshold', value: 5 }, { status: 'Accepted', id: 2 }],
  ])('of %s with %j answers %j', (text, data, result) => {
    const { set } = open();
    const answer = set(text, data);
    expect(answer).toMatchObject(result);
    expect(answer).toMatchObject(addressOf(text) ?? {});
  });

  it('replaces by id, and what was built in is then the CSMS’s', () => {
    const { set, write, told } = open();
    set(value, { id: 2, type: 'LowerThreshold', value: 10, severity: 4 });
    write(value, '5');
    expect(told()).toMatchObject([{ variableMonitoringId: 2, eventNotificationType: 'CustomMonitor' }]);
  });

  it('refuses more than one message may have, and then sets nothing', () => {
    const { monitored, report } = open({
      settings: {
        'MonitoringCtrlr.ItemsPerMessage[SetVariableMonitoring]': '1',
        'MonitoringCtrlr.ItemsPerMessage[ClearVariableMonitoring]': '1',
      },
    });
    const data = { component: { name: 'Thermometer' }, variable: { name: 'Value' }, type: 'Delta', value: 1 } as const;
    const setMonitoringData = [1, 2].map((severity) => ({ ...data, severity }));
    const tooMany = expect.objectContaining({ code: 'OccurrenceConstraintViolation' });
    expect(() => setMonitoring(monitored, { setMonitoringData })).toThrow(tooMany);
    expect(() => clearMonitoring(monitored, { id: [2, 3] })).toThrow(tooMany);
    expect(report()).toEqual([1, 2]);
  });

  it('refuses what cannot be kept', () => {
    const store = createMemoryStore();
    const { set, report } = open({ store });
    store.close();
    expect(set(value)).toMatchObject({ status: 'Rejected' });
    expect(report()).toEqual([1, 2]);
    expect(() => store.get('monitors', '1')).toThrow(StoreError);
  });
});

describe('monitors that a station has', () => {
  it('are cleared, but not those that are hard-wired (N06)', () => {
    const { monitored, report } = open();
    expect(clearMonitoring(monitored, { id: [1, 2, 3] }).clearMonitoringResult).toEqual([
      { id: 1, status: 'Rejected' },
      { id: 2, status: 'Accepted' },
      { id: 3, status: 'NotFound' },
    ]);
    expect(report()).toEqual([1]);
  });

  it('are back after a restart, with the base and the level (7.1 everything else)', () => {
    const store = createMemoryStore();
    const before = open({ store });
    before.set(value, { type: 'UpperThreshold', value: 60, transaction: true });
    before.set(value, { id: 2, type: 'LowerThreshold', value: 10 });
    clearMonitoring(before.monitored, { id: [2] });
    setMonitoringLevel(before.monitored, { severity: 7 });
    store.put('monitors', '1007', { variable: 'Gone.Variable' });
    const after = open({ store });
    expect(monitoringReport(after.monitored, {})).toMatchObject([
      {
        component: { name: 'Thermometer' },
        variable: { name: 'Value' },
        variableMonitoring: [
          { id: 1, eventNotificationType: 'HardWiredMonitor' },
          { id: 1001, type: 'UpperThreshold', value: 60, severity: 5, transaction: true },
        ],
      },
    ]);
    expect(after.model.get('MonitoringCtrlr.ActiveMonitoringLevel')).toBe('7');
  });

  it.each([
    ['All', [1, 2, 1001]],
    ['FactoryDefault', [1, 2]],
    ['HardWiredOnly', [1]],
  ] as const)('are those of the base %s (N03)', (monitoringBase, ids) => {
    const store = createMemoryStore();
    const { set, monitored, report, model } = open({ store });
    set(value);
    clearMonitoring(monitored, { id: [2] });
    expect(setMonitoringBase(monitored, { monitoringBase })).toEqual({ status: 'Accepted' });
    expect(report()).toEqual(ids);
    expect(model.get('MonitoringCtrlr.ActiveMonitoringBase')).toBe(monitoringBase);
    expect(open({ store }).report()).toEqual(ids);
  });

  it('are reported by criterion and by variable (N02)', () => {
    const { set, report } = open();
    set(value, { type: 'Delta' });
    set('Thermometer.Text', { type: 'Periodic', value: 60 });
    set('Thermometer.Set', { type: 'TargetDelta', value: 60 });
    expect(report({ monitoringCriteria: ['ThresholdMonitoring'] })).toEqual([1, 2]);
    expect(report({ monitoringCriteria: ['DeltaMonitoring', 'PeriodicMonitoring'] })).toEqual([1001, 1002, 1003]);
    const componentVariable = [{ component: { name: 'thermometer' }, variable: { name: 'text' } }];
    expect(report({ componentVariable })).toEqual([1002]);
    expect(report({ monitoringCriteria: ['DeltaMonitoring'], componentVariable })).toEqual([]);
  });
});

describe('events', () => {
  it('are told in numbered pages, none left out', () => {
    const { set, write, monitors } = open();
    const events: MonitorEvent[] = [];
    set(value);
    write(value, '50');
    monitors.stop();
    for (let eventId = 1; eventId <= 20; eventId++) {
      const data = {
        eventId,
        timestamp: '',
        trigger: 'Delta',
        actualValue: '',
        eventNotificationType: 'CustomMonitor',
      } as const;
      events.push({ severity: 5, data: { ...data, component: { name: 'A' }, variable: { name: 'B' } } });
    }
    const pages = [...eventPages(events, { generatedAt: 'now', maxBytes: 500 })];
    expect(pages.length).toBeGreaterThan(3);
    expect(pages.map(({ seqNo }) => seqNo)).toEqual(pages.map((_, index) => index));
    expect(pages.map(({ tbc }) => tbc)).toEqual(pages.map((_, index) => (index < pages.length - 1 ? true : undefined)));
    expect(pages.flatMap(({ eventData }) => eventData.map(({ eventId }) => eventId))).toEqual(
      events.map(({ data }) => data.eventId),
    );
    expect([...eventPages([], { generatedAt: 'now', maxBytes: 500 })]).toEqual([]);
  });
});
