import { describe, expect, it } from 'vitest';
import { problemOf, type VariableDefinition } from './variable-definition.ts';

type Described = Parameters<typeof problemOf>[0];

const of = (dataType: VariableDefinition['dataType'], rest: Partial<Described> = {}): Described => ({
  dataType,
  minLimit: undefined,
  maxLimit: undefined,
  values: undefined,
  allowsZero: false,
  ...rest,
});

const integer = of('integer', { minLimit: 5, maxLimit: 10 });
const text = of('string', { minLimit: 2, maxLimit: 3 });
const option = of('OptionList', { values: ['a', 'b'] });
const members = of('MemberList', { values: ['a', 'b'] });

describe('a value of a data type', () => {
  it.each([
    [of('boolean'), 'true'],
    [of('boolean'), 'false'],
    [integer, '5'],
    [integer, '+10'],
    [{ ...integer, allowsZero: true }, '0'],
    [of('decimal'), '-12.50'],
    [text, 'ab'],
    [text, 'abc'],
    [of('dateTime'), '2026-05-04T08:15:00Z'],
    [of('dateTime'), '2026-05-04t08:15:00.123456789+02:00'],
    [option, 'a'],
    [members, ''],
    [members, 'b, a'],
    [of('SequenceList', { values: ['1', '2'] }), '2,1'],
    [of('MemberList'), 'anything'],
  ])('%o takes %j', (definition, value) => {
    expect(problemOf(definition, value)).toBeUndefined();
  });

  it.each([
    [of('boolean'), 'True', 'InvalidValue'],
    [of('boolean'), '1', 'InvalidValue'],
    [integer, '4', 'ValueTooLow'],
    [integer, '0', 'ValueTooLow'],
    [integer, '11', 'ValueTooHigh'],
    [integer, '7.0', 'InvalidValue'],
    [integer, '1e1', 'InvalidValue'],
    [integer, '', 'InvalidValue'],
    [of('decimal'), 'NaN', 'InvalidValue'],
    [of('decimal'), '1,5', 'InvalidValue'],
    [of('decimal'), '9'.repeat(40), 'InvalidValue'],
    [text, 'a', 'InvalidValue'],
    [text, 'abcd', 'TooLargeElement'],
    [of('dateTime'), '2026-05-04', 'InvalidValue'],
    [of('dateTime'), '2026-13-04T08:15:00Z', 'InvalidValue'],
    [option, 'a,b', 'InvalidValue'],
    [option, '', 'InvalidValue'],
    [members, 'a,c', 'InvalidValue'],
    [members, 'A', 'InvalidValue'],
  ])('%o refuses %j as %s', (definition, value, reasonCode) => {
    expect(problemOf(definition, value)).toMatchObject({ reasonCode });
  });
});
