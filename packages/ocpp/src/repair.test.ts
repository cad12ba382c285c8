import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findAction, orderRepairs, repair } from './repair.ts';
import { actionTable, validate, type SchemaError, type Validator } from './validate.ts';
import type { OcppVersion } from './version.ts';

const now = '2026-05-04T08:15:00.000Z';

function repaired(
  version: OcppVersion,
  action: string,
  payload: Record<string, unknown>,
  side: 'request' | 'response' = 'request',
) {
  const validator = actionTable(version).get(action)?.[side];
  if (!validator) throw new Error(`no ${action}`);
  const { error, notes } = repair(validator, payload);
  return { payload, notes, code: error?.code, message: error?.message };
}

const boot = { chargePointVendor: 'v', chargePointModel: 'm' };
const reading = (sample: object, timestamp: unknown = now) => ({
  connectorId: 1,
  meterValue: [{ timestamp, sampledValue: [sample] }],
});
const status = { connectorId: 1, errorCode: 'NoError', status: 'Available' };

describe('an order of the CSMS', () => {
  it.each([
    ['an unknown value', 'ClearChargingProfile', { chargingProfilePurpose: 'Quantum' }],
    ['a key that is too long', 'ChangeConfiguration', { key: 'k'.repeat(51), value: '1' }],
    ['a time that cannot be read', 'GetDiagnostics', { location: 'ftp://a/', startTime: 'soon' }],
  ])('is not made another one by leaving out %s', (_what, action, payload) => {
    const validator = actionTable('1.6').get(action)?.request;
    const before = structuredClone(payload);
    expect(validator && repair(validator, payload, orderRepairs)).toMatchObject({
      error: expect.anything(),
      notes: [],
    });
    expect(payload).toEqual(before);
  });

  it('is read in another case, with a time without zone, and without what is not known', () => {
    const payload = { location: 'ftp://a/', startTime: '2026-05-04 08:15', retries: '3', colour: 'red' };
    const validator = actionTable('1.6').get('GetDiagnostics')?.request;
    expect(validator && repair(validator, payload, orderRepairs).error).toBeUndefined();
    expect(payload).toEqual({ location: 'ftp://a/', startTime: '2026-05-04T08:15:00Z', retries: 3 });
    const clear = { chargingProfilePurpose: 'tx_profile' };
    const clearing = actionTable('1.6').get('ClearChargingProfile')?.request;
    expect(clearing && repair(clearing, clear, orderRepairs).error).toBeUndefined();
    expect(clear).toEqual({ chargingProfilePurpose: 'TxProfile' });
  });
});

describe('repair', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: new Date(now), toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    [
      'drops an extra property',
      'BootNotification',
      { ...boot, foo: 1 },
      boot,
      'foo dropped: not a property of this message',
    ],
    [
      'cuts a label',
      'BootNotification',
      { ...boot, chargePointSerialNumber: 's'.repeat(30) },
      { ...boot, chargePointSerialNumber: 's'.repeat(25) },
      'chargePointSerialNumber cut to 25 characters',
    ],
    [
      'cuts by characters',
      'BootNotification',
      { ...boot, iccid: '😀'.repeat(21) },
      { ...boot, iccid: '😀'.repeat(20) },
      'iccid cut to 20 characters',
    ],
    [
      'keeps a long id token whole',
      'Authorize',
      { idTag: 'x'.repeat(25) },
      { idTag: 'x'.repeat(25) },
      'idTag kept at 25 characters, 20 are allowed',
    ],
    [
      'takes an enum in another case',
      'StatusNotification',
      { ...status, status: 'available' },
      status,
      'status "available" read as Available',
    ],
    [
      'takes an enum with other separators',
      'FirmwareStatusNotification',
      { status: 'download_failed' },
      { status: 'DownloadFailed' },
      'status "download_failed" read as DownloadFailed',
    ],
    [
      'uses Other for an unknown reason',
      'StopTransaction',
      { transactionId: 1, meterStop: 1, timestamp: now, reason: 'Boredom' },
      { transactionId: 1, meterStop: 1, timestamp: now, reason: 'Other' },
      'reason "Boredom" read as Other',
    ],
    [
      'uses OtherError for an unknown error',
      'StatusNotification',
      { ...status, errorCode: 'E17' },
      { ...status, errorCode: 'OtherError' },
      'errorCode "E17" read as OtherError',
    ],
    [
      'assumes no error where none is given',
      'StatusNotification',
      { connectorId: 1, status: 'Available' },
      status,
      'errorCode was missing: set to NoError',
    ],
    [
      'drops an unknown optional enum',
      'MeterValues',
      reading({ value: '1', location: 'Moon' }),
      reading({ value: '1' }),
      'location dropped: "Moon" is not a known value',
    ],
    [
      'drops a sample of unknown measurand',
      'MeterValues',
      reading({ value: '1', measurand: 'Mood' }),
      { connectorId: 1, meterValue: [{ timestamp: now, sampledValue: [] }] },
      'item 0 dropped: measurand "Mood" is not known',
    ],
    [
      'drops a sample of unknown unit',
      'MeterValues',
      reading({ value: '1', unit: 'hp' }),
      { connectorId: 1, meterValue: [{ timestamp: now, sampledValue: [] }] },
      'item 0 dropped: unit "hp" is not known',
    ],
    [
      'writes a number as the string wanted',
      'MeterValues',
      reading({ value: 7.2 }),
      reading({ value: '7.2' }),
      'value 7.2 read as string "7.2"',
    ],
    [
      'reads a string as the number wanted',
      'StartTransaction',
      { connectorId: '1', idTag: 'x', meterStart: 0, timestamp: now },
      { connectorId: 1, idTag: 'x', meterStart: 0, timestamp: now },
      'connectorId "1" read as integer 1',
    ],
    [
      'rounds to the integer wanted',
      'StartTransaction',
      { connectorId: 1, idTag: 'x', meterStart: '12.6', timestamp: now },
      { connectorId: 1, idTag: 'x', meterStart: 13, timestamp: now },
      'meterStart "12.6" read as integer 13',
    ],
    [
      'wraps what should be a list',
      'MeterValues',
      { connectorId: 1, meterValue: { timestamp: now, sampledValue: [] } },
      { connectorId: 1, meterValue: [{ timestamp: now, sampledValue: [] }] },
      'meterValue',
    ],
    ['takes null as absent', 'BootNotification', { ...boot, imsi: null }, boot, 'imsi dropped: null means absent'],
    [
      'takes an empty string as an absent number',
      'MeterValues',
      { ...reading({ value: '1' }), transactionId: '' },
      reading({ value: '1' }),
      'transactionId dropped: "" means absent',
    ],
    [
      'sets a missing timestamp',
      'StartTransaction',
      { connectorId: 1, idTag: 'x', meterStart: 0 },
      { connectorId: 1, idTag: 'x', meterStart: 0, timestamp: now },
      `timestamp was missing: set to ${now}`,
    ],
    [
      'drops an unreadable optional timestamp',
      'StatusNotification',
      { ...status, timestamp: 'yesterday' },
      status,
      'timestamp dropped: "yesterday" is not a date-time',
    ],
    [
      'escapes a URI',
      'GetDiagnostics',
      { location: 'ftp://host/a b' },
      { location: 'ftp://host/a%20b' },
      'location "ftp://host/a b" read as ftp://host/a%20b',
    ],
  ])('%s', (...[, action, payload, expected, note]) => {
    const result = repaired('1.6', action, structuredClone(payload));
    expect(result.code).toBeUndefined();
    expect(result.payload).toEqual(expected);
    expect(result.notes.join('; ')).toContain(note);
  });

  it.each([
    ['2026-05-04T08:15:00', '2026-05-04T08:15:00Z'],
    ['2026-05-04 08:15:00 +02:00', '2026-05-04T08:15:00+02:00'],
    ['2026-05-04T08:15', '2026-05-04T08:15:00Z'],
    ['20260504T081500Z', '2026-05-04T08:15:00Z'],
    ['20260504081500', '2026-05-04T08:15:00Z'],
    ['2026-05-04T08:15:00,5+02', '2026-05-04T08:15:00.5+02:00'],
    ['2026-12-31T23:59:60Z', '2026-12-31T23:59:59Z'],
    ['1777882500', '2026-05-04T08:15:00.000Z'],
    [1777882500000, '2026-05-04T08:15:00.000Z'],
    ['2026-99-04T08:15:00Z', now],
    ['', now],
    [null, now],
  ])('reads the time %j as %s', (given, read) => {
    const { payload, code } = repaired('1.6', 'MeterValues', reading({ value: '1' }, given));
    expect(code).toBeUndefined();
    expect(payload).toEqual(reading({ value: '1' }, read));
  });

  it('drops an empty list, and a MeterValue that lost all its samples (2.0.1)', () => {
    const event = {
      eventType: 'Updated',
      timestamp: now,
      triggerReason: 'MeterValueClock',
      seqNo: 1,
      transactionInfo: { transactionId: 't' },
    };
    const bad = { timestamp: now, sampledValue: [{ value: 1, measurand: 'Mood' }] };
    expect(repaired('2.0.1', 'TransactionEvent', { ...event, meterValue: [bad] })).toMatchObject({
      payload: event,
      notes: [
        'item 0 dropped: measurand "Mood" is not known',
        'item 0 dropped: it has no sampledValue',
        'meterValue dropped: empty list',
      ],
    });
    expect(repaired('2.0.1', 'MeterValues', { evseId: 1, meterValue: [bad] }).code).toBe(
      'OccurrenceConstraintViolation',
    );
  });

  it('rounds to the step wanted, reads booleans, and takes [] for {}', () => {
    const chargingSchedule = { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 6.25 }] };
    expect(repaired('1.6', 'GetCompositeSchedule', { status: 'Accepted', chargingSchedule }, 'response')).toMatchObject(
      {
        payload: { chargingSchedule: { chargingSchedulePeriod: [{ limit: 6.3 }] } },
        notes: ['limit rounded to 6.3'],
      },
    );
    const keys = [
      { key: 'a', readonly: 'true', value: 1 },
      { key: 'b', readonly: 0 },
    ];
    expect(repaired('1.6', 'GetConfiguration', { configurationKey: keys }, 'response').payload).toEqual({
      configurationKey: [
        { key: 'a', readonly: true, value: '1' },
        { key: 'b', readonly: false },
      ],
    });
    expect(
      repaired('2.0.1', 'Authorize', { idToken: { idToken: 'x', type: 'Central' }, customData: [] }),
    ).toMatchObject({
      code: 'OccurrenceConstraintViolation',
    });
  });

  it.each([
    ['1.6', 'Authorize', {}, 'OccurrenceConstraintViolation'],
    ['1.6', 'Authorize', { idTag: null }, 'TypeConstraintViolation'],
    ['1.6', 'Authorize', { idTag: {} }, 'TypeConstraintViolation'],
    ['1.6', 'StatusNotification', { ...status, status: 'Dancing' }, 'PropertyConstraintViolation'],
    [
      '1.6',
      'StartTransaction',
      { connectorId: 'one', idTag: 'x', meterStart: 0, timestamp: now },
      'TypeConstraintViolation',
    ],
    ['1.6', 'GetDiagnostics', { location: 'nowhere' }, 'TypeConstraintViolation'],
    ['1.6', 'MeterValues', { connectorId: 1, meterValue: [null] }, 'TypeConstraintViolation'],
    ['1.6', 'MeterValues', { connectorId: 1, meterValue: 'x' }, 'TypeConstraintViolation'],
    ['2.0.1', 'MeterValues', { evseId: 1, meterValue: [] }, 'OccurrenceConstraintViolation'],
    [
      '2.1',
      'BatterySwap',
      {
        batteryData: [{ evseId: 1, serialNumber: 's', soC: 101, soH: 1 }],
        eventType: 'BatteryIn',
        idToken: { idToken: 'x', type: 'Central' },
        requestId: 1,
      },
      'PropertyConstraintViolation',
    ],
    ['2.0.1', 'SetMonitoringBase', { monitoringBase: 'None' }, 'PropertyConstraintViolation'],
    ['2.0.1', 'CustomerInformation', { requestId: 1, report: 'maybe', clear: true }, 'TypeConstraintViolation'],
  ] as const)('OCPP %s: leaves %s %j as it is wrong: %s', (version, action, payload, code) => {
    expect(repaired(version, action, structuredClone<Record<string, unknown>>(payload)).code).toBe(code);
  });

  it('gives up after a hundred repairs', () => {
    const payload = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`extra${i}`, i]));
    expect(repaired('1.6', 'Heartbeat', payload)).toMatchObject({ code: 'FormatViolation', notes: { length: 100 } });
    expect(repaired('1.6', 'Heartbeat', { '/~0~1': 1, ' ': 2 })).toMatchObject({ code: undefined, payload: {} });
  });

  it('never touches a prototype', () => {
    const payload: Record<string, unknown> = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{}}}');
    expect(repaired('1.6', 'Heartbeat', payload)).toMatchObject({ code: undefined, payload: {} });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('reports what it cannot name or place', () => {
    const refusing = (errors: SchemaError[] | null): Validator => Object.assign(() => false, { errors });
    const strange = [{ instancePath: '/a/b', keyword: 'type', params: { type: 'string' } }];
    expect(repair(refusing(strange), {}).error?.code).toBe('TypeConstraintViolation');
    expect(repair(refusing([{ instancePath: '', keyword: 'type', params: {} }]), {}).error?.code).toBe(
      'FormatViolation',
    );
    expect(repair(refusing([{ instancePath: '/a', keyword: 'multipleOf', params: {} }]), {}).error?.code).toBe(
      'PropertyConstraintViolation',
    );
    expect(repair(refusing([{ instancePath: '/a', keyword: 'enum', params: {} }]), { a: [] }).notes).toHaveLength(100);
    expect(
      repair(refusing([{ instancePath: '/a', keyword: 'maxLength', params: { limit: 1 } }]), {}).error,
    ).toBeDefined();
    expect(
      repair(refusing([{ instancePath: '/unit', keyword: 'enum', params: { allowedValues: ['A'] } }]), { unit: 'B' })
        .error,
    ).toBeDefined();
    expect(
      repair(refusing([{ instancePath: '/a/0', keyword: 'enum', params: { allowedValues: ['A'] } }]), { a: ['B'] })
        .error,
    ).toBeDefined();
    expect(repair(refusing(null), {}).error?.code).toBe('FormatViolation');
  });

  it('finds an action in another case', () => {
    expect(findAction(actionTable('1.6'), 'heartBEAT')?.name).toBe('Heartbeat');
    expect(findAction(actionTable('1.6'), 'heart')).toBeUndefined();
    expect(findAction(actionTable('1.6'), 'x'.repeat(51))).toBeUndefined();
    expect(validate('1.6', { action: 'Heartbeat', side: 'request' }, {})).toBeUndefined();
  });
});
