import { describe, expect, it } from 'vitest';
import { describe as describeError, toOcppError, validate } from './validate.ts';

const token = { idToken: 'x', type: 'Central' };
const sample = { value: 1 };
const certificate = {
  hashAlgorithm: 'SHA256',
  issuerNameHash: 'a',
  issuerKeyHash: 'b',
  serialNumber: 'c',
  responderURL: 'd',
};

describe('validate', () => {
  it.each([
    ['1.6', 'required', 'Authorize', {}, 'OccurrenceConstraintViolation', 'payload must have the property idTag'],
    [
      '1.6',
      'maxLength',
      'Authorize',
      { idTag: 'x'.repeat(21) },
      'PropertyConstraintViolation',
      '/idTag must be at most 20 characters',
    ],
    ['1.6', 'type', 'Authorize', { idTag: 7 }, 'TypeConstraintViolation', '/idTag must be of type string'],
    [
      '1.6',
      'additionalProperties',
      'Authorize',
      { idTag: 'x', a: 1 },
      'FormatViolation',
      'payload must not have the property a',
    ],
    ['1.6', 'enum', 'Reset', { type: 'soft' }, 'PropertyConstraintViolation', '/type must be one of Hard, Soft'],
    [
      '1.6',
      'format',
      'MeterValues',
      { connectorId: 1, meterValue: [{ timestamp: 'now', sampledValue: [] }] },
      'TypeConstraintViolation',
      '/meterValue/0/timestamp must be an RFC 3339 date-time',
    ],
    ['1.6', 'format', 'GetDiagnostics', { location: 'no uri' }, 'TypeConstraintViolation', '/location must be a uri'],
    [
      '1.6',
      'multipleOf',
      'SetChargingProfile',
      {
        connectorId: 1,
        csChargingProfiles: {
          chargingProfileId: 1,
          stackLevel: 0,
          chargingProfilePurpose: 'TxProfile',
          chargingProfileKind: 'Relative',
          chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 6.25 }] },
        },
      },
      'PropertyConstraintViolation',
      'must be a multiple of 0.1',
    ],
    [
      '2.0.1',
      'minItems',
      'GetVariables',
      { getVariableData: [] },
      'OccurrenceConstraintViolation',
      '/getVariableData must have at least 1 items',
    ],
    [
      '2.0.1',
      'maxItems',
      'Authorize',
      {
        idToken: token,
        iso15118CertificateHashData: Array.from({ length: 5 }, () => certificate),
      },
      'OccurrenceConstraintViolation',
      'must have at most 4 items',
    ],
    [
      '2.1',
      'minimum',
      'MeterValues',
      { evseId: -1, meterValue: [] },
      'PropertyConstraintViolation',
      '/evseId must be at least 0',
    ],
    [
      '2.1',
      'maximum',
      'BatterySwap',
      {
        batteryData: [{ evseId: 1, serialNumber: 's', soC: 101, soH: 1 }],
        eventType: 'BatteryIn',
        idToken: { idToken: 'x', type: 'Central' },
        requestId: 1,
      },
      'PropertyConstraintViolation',
      '/batteryData/0/soC must be at most 100',
    ],
    ['2.0.1', 'type of the payload', 'Heartbeat', 'x', 'FormatViolation', 'payload must be of type object'],
    [
      '2.0.1',
      'type, no integer',
      'GetReport',
      { requestId: 1.5 },
      'TypeConstraintViolation',
      '/requestId must be of type integer',
    ],
    [
      '2.0.1',
      'type, infinite number',
      'MeterValues',
      { evseId: 1, meterValue: [{ timestamp: '2026-05-04T08:15:00Z', sampledValue: [{ value: Infinity }] }] },
      'TypeConstraintViolation',
      '/meterValue/0/sampledValue/0/value must be of type number',
    ],
    [
      '2.0.1',
      'required deep inside',
      'TransactionEvent',
      {
        eventType: 'Started',
        timestamp: '2026-05-04T08:15:00Z',
        triggerReason: 'Authorized',
        seqNo: 0,
        transactionInfo: {},
      },
      'OccurrenceConstraintViolation',
      '/transactionInfo must have the property transactionId',
    ],
    ['1.6', 'an unknown action', 'SetVariables', {}, 'NotImplemented', 'OCPP 1.6 has no action SetVariables'],
    ['1.6', 'an unknown action', '__proto__', {}, 'NotImplemented', 'OCPP 1.6 has no action __proto__'],
  ] as const)('OCPP %s: %s in %s', (...[version, , action, payload, code, message]) => {
    const error = validate(version, { action, side: 'request' }, payload);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('accepts what fits, unknown members of customData included (2.0.1 P01)', () => {
    const customData = { vendorId: 'x', anything: { at: 'all' } };
    const meterValue = [{ timestamp: '2026-05-04T08:15:00Z', sampledValue: [{ ...sample, customData }] }];
    expect(
      validate('2.0.1', { action: 'MeterValues', side: 'request' }, { evseId: 0, meterValue, customData }),
    ).toBeUndefined();
    expect(validate('2.0.1', { action: 'MeterValues', side: 'response' }, {})).toBeUndefined();
    expect(validate('2.1', { action: 'NotifyPeriodicEventStream', side: 'response' }, 'anything')).toBeUndefined();
  });

  it('counts characters, not UTF-16 units', () => {
    expect(validate('1.6', { action: 'Authorize', side: 'request' }, { idTag: '😀'.repeat(20) })).toBeUndefined();
    expect(validate('1.6', { action: 'Authorize', side: 'request' }, { idTag: '😀'.repeat(21) })).toBeDefined();
  });

  it.each([0.1, 0.3, 6.6, 16.1, 31.9, 1000000.7])('takes %d as a multiple of 0.1', (limit) => {
    const chargingSchedule = { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] };
    expect(
      validate('1.6', { action: 'GetCompositeSchedule', side: 'response' }, { status: 'Accepted', chargingSchedule }),
    ).toBeUndefined();
  });

  it('says where and which rule in the details, and never more than a CALLERROR may hold', () => {
    const error = validate('1.6', { action: 'Authorize', side: 'request' }, { idTag: 7 });
    expect(error?.details).toEqual({ path: '/idTag', rule: 'type' });
    const long = {
      instancePath: `/${'a'.repeat(500)}`,
      keyword: 'enum',
      params: { allowedValues: Array(100).fill('Abcdef') },
    };
    expect(describeError(long).length).toBeLessThanOrEqual(255);
    expect(toOcppError({ instancePath: '', keyword: 'other', params: {} })).toMatchObject({
      code: 'FormatViolation',
      message: 'payload breaks the rule other',
    });
    expect(describeError({ instancePath: '/a', keyword: 'enum', params: {} })).toBe('/a must be one of ');
  });
});
