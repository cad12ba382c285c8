import { describe, expect, it } from 'vitest';
import { canonicalCodeOf, OcppConnectionClosed, OcppError, OcppTimeout, wireCodeOf } from './errors.ts';

describe('error codes', () => {
  it.each([
    ['FormatViolation', 'FormationViolation', 'FormatViolation'],
    ['OccurrenceConstraintViolation', 'OccurenceConstraintViolation', 'OccurrenceConstraintViolation'],
    ['RpcFrameworkError', 'GenericError', 'RpcFrameworkError'],
    ['MessageTypeNotSupported', 'GenericError', 'MessageTypeNotSupported'],
    ['NotImplemented', 'NotImplemented', 'NotImplemented'],
    ['TypeConstraintViolation', 'TypeConstraintViolation', 'TypeConstraintViolation'],
  ] as const)('%s is written %s in 1.6 and %s in 2.x', (code, v16, v2) => {
    expect(wireCodeOf(code, '1.6')).toBe(v16);
    expect(wireCodeOf(code, '2.0.1')).toBe(v2);
    expect(wireCodeOf(code, '2.1')).toBe(v2);
  });

  it.each([
    ['FormationViolation', 'FormatViolation'],
    ['FormatViolation', 'FormatViolation'],
    ['OccurenceConstraintViolation', 'OccurrenceConstraintViolation'],
    ['OccurrenceConstraintViolation', 'OccurrenceConstraintViolation'],
    ['RPCFrameworkError', 'RpcFrameworkError'],
    ['SomethingElse', 'GenericError'],
    ['constructor', 'GenericError'],
    ['__proto__', 'GenericError'],
  ])('%s is understood as %s', (received, code) => {
    expect(canonicalCodeOf(received)).toBe(code);
  });

  it('errors say whether the call had been sent', () => {
    expect(new OcppTimeout('Reset', 30_000, true).message).toBe('Reset was sent and not answered within 30000 ms');
    expect(new OcppTimeout('Reset', 5, false).message).toBe('Reset was not sent: it waited 5 ms for calls before it');
    expect(new OcppConnectionClosed('gone', true).message).toContain('its outcome is unknown');
    expect(new OcppConnectionClosed('gone', false)).toMatchObject({ sent: false, code: 'ConnectionClosed' });
    expect(new OcppError('GenericError')).toMatchObject({ message: '', details: {}, name: 'OcppError' });
  });
});
