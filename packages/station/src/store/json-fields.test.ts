import { describe, expect, it } from 'vitest';
import { fieldsOf, parseFields } from './json-fields.ts';

describe('the fields of stored JSON', () => {
  it('are what they should be', () => {
    const at = '2026-01-01T00:00:00.000Z';
    const fields = fieldsOf({
      text: 'a',
      number: 1,
      flag: false,
      at,
      choice: 'B',
      object: { text: 'b' },
      list: ['a', 1],
    });
    expect(fields?.text('text')).toBe('a');
    expect(fields?.number('number')).toBe(1);
    expect(fields?.flag('flag')).toBe(false);
    expect(fields?.date('at')?.toISOString()).toBe(at);
    expect(fields?.oneOf('choice', ['A', 'B'])).toBe('B');
    expect(fields?.object('object')?.text('text')).toBe('b');
    expect(fields?.texts('list')).toEqual(['a']);
    expect(fields?.list('list', String)).toEqual(['a', '1']);
    expect(fields?.value('list')).toEqual(['a', 1]);
  });

  it('are absent when they are something else', () => {
    const fields = fieldsOf({ text: 1, number: '1', flag: 'true', at: 'yesterday', choice: 'C', object: [], list: {} });
    expect(fields?.text('text')).toBeUndefined();
    expect(fields?.number('number')).toBeUndefined();
    expect(fields?.flag('flag')).toBeUndefined();
    expect(fields?.date('at')).toBeUndefined();
    expect(fields?.oneOf('choice', ['A', 'B'])).toBeUndefined();
    expect(fields?.object('object')).toBeUndefined();
    expect(fields?.texts('list')).toEqual([]);
    expect(fields?.list('list', String)).toBeUndefined();
    expect(fields?.value('constructor')).toBeUndefined();
  });

  it('have a list only when every item can be read', () => {
    const even = (item: unknown) => (typeof item === 'number' && item % 2 === 0 ? item : undefined);
    const fields = fieldsOf({ good: [2, 4], bad: [2, 3], empty: [] });
    expect(fields?.list('good', even)).toEqual([2, 4]);
    expect(fields?.list('bad', even)).toBeUndefined();
    expect(fields?.list('empty', even)).toEqual([]);
  });

  it('are none where there is no object', () => {
    for (const value of [undefined, null, 7, 'text', ['list']]) expect(fieldsOf(value)).toBeUndefined();
    for (const text of [undefined, 'no JSON', '[1]']) expect(parseFields(text)).toBeUndefined();
    expect(parseFields('{"text":"a"}')?.text('text')).toBe('a');
  });
});
