import { describe, expect, it } from 'vitest';
import { readFrame, writeCall, writeError, writeResult, type FrameRules } from './frame.ts';

const strict: FrameRules = { version: '2.0.1', lenient: false, maxChars: 10_000 };
const lenient: FrameRules = { ...strict, lenient: true };
const v21: FrameRules = { ...strict, version: '2.1' };
const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth);

describe('readFrame', () => {
  it.each([
    ['CALL', '[2,"1","Heartbeat",{}]', strict, { kind: 'CALL', id: '1', action: 'Heartbeat', payload: {} }],
    ['CALL with white space', ' [ 2 , "1","Heartbeat", {} ] \n', strict, { kind: 'CALL', id: '1' }],
    ['CALLRESULT', '[3,"1",{"a":1}]', strict, { kind: 'CALLRESULT', id: '1', payload: { a: 1 } }],
    [
      'CALLERROR',
      '[4,"1","X","y",{"z":1}]',
      strict,
      { kind: 'CALLERROR', code: 'X', description: 'y', details: { z: 1 } },
    ],
    ['CALLRESULTERROR of 2.1', '[5,"1","X","y",{}]', v21, { kind: 'CALLRESULTERROR', code: 'X' }],
    [
      'SEND of 2.1',
      '[6,"1","NotifyPeriodicEventStream",{}]',
      v21,
      { kind: 'SEND', action: 'NotifyPeriodicEventStream' },
    ],
    [
      'a CALLERROR that is too short',
      '[4,"1","X"]',
      strict,
      { kind: 'CALLERROR', code: 'X', description: '', details: {} },
    ],
    ['a CALLERROR without a code', '[4,"1",7]', strict, { kind: 'CALLERROR', code: 'GenericError' }],
    ['an id of 36 characters', `[3,"${'i'.repeat(36)}",{}]`, strict, { kind: 'CALLRESULT' }],
    ['brackets within a string', `[3,"1",{"a":"${'['.repeat(70)}\\"{"}]`, strict, { kind: 'CALLRESULT' }],
    ['64 levels', `[3,"1",{"a":${nested(62, '[', ']')}}]`, strict, { kind: 'CALLRESULT' }],
    ['many brackets side by side', `[3,"1",{"a":[${'{},'.repeat(100)}{}]}]`, strict, { kind: 'CALLRESULT' }],
    [
      'an escape that is no __proto__',
      '[3,"1",{"\\u0061":[null,1,"\\u0062"]}]',
      strict,
      { kind: 'CALLRESULT', payload: { a: [null, 1, 'b'] } },
    ],
    ['the text __proto__ as a value', '[3,"1",{"a":"__proto__"}]', strict, { kind: 'CALLRESULT' }],
  ])('reads %s', (_, text, rules, expected) => {
    expect(readFrame(text, rules)).toMatchObject(expected);
  });

  it.each([
    ['nothing', '', undefined, 'RpcFrameworkError'],
    ['text that is not JSON', '{Malformed', undefined, 'RpcFrameworkError'],
    ['an object', '{}', undefined, 'RpcFrameworkError'],
    ['null', 'null', undefined, 'RpcFrameworkError'],
    ['an empty array', '[]', undefined, 'RpcFrameworkError'],
    ['[2]', '[2]', undefined, 'RpcFrameworkError'],
    ['a type that is no number', '["2","1","Heartbeat",{}]', undefined, 'RpcFrameworkError'],
    ['an id that is a number', '[2,1,"Heartbeat",{}]', undefined, 'RpcFrameworkError'],
    ['an empty id', '[2,"","Heartbeat",{}]', undefined, 'RpcFrameworkError'],
    ['an id of 37 characters', `[2,"${'i'.repeat(37)}","Heartbeat",{}]`, undefined, 'RpcFrameworkError'],
    ['trailing garbage', '[2,"1","Heartbeat",{}]x', '1', 'FormatViolation'],
    ['half a frame', '[2,"1","Heartb', '1', 'FormatViolation'],
    ['an unknown type', '[99,"1","Heartbeat",{}]', '1', 'MessageTypeNotSupported'],
    ['SEND before 2.1', '[6,"1","Heartbeat",{}]', '1', 'MessageTypeNotSupported'],
    ['CALLRESULTERROR before 2.1', '[5,"1","X","",{}]', '1', 'MessageTypeNotSupported'],
    ['a CALL without payload', '[2,"1","Heartbeat"]', '1', 'FormatViolation'],
    ['a CALL with a fifth element', '[2,"1","Heartbeat",{},{}]', '1', 'FormatViolation'],
    ['a CALL without action', '[2,"1"]', '1', 'FormatViolation'],
    ['an action that is no string', '[2,"1",7,{}]', '1', 'FormatViolation'],
    ['a null payload', '[2,"1","Heartbeat",null]', '1', 'FormatViolation'],
    ['an array payload', '[2,"1","Heartbeat",[]]', '1', 'FormatViolation'],
    ['a string payload', '[2,"1","Heartbeat","x"]', '1', 'FormatViolation'],
    ['a CALLRESULT without payload', '[3,"1"]', '1', 'FormatViolation'],
    ['a CALLRESULT with a string payload', '[3,"1","x"]', '1', 'FormatViolation'],
    ['65 levels', `[2,"1","X",{"a":${nested(63, '[', ']')}}]`, '1', 'FormatViolation'],
    ['a bomb of brackets', '['.repeat(9_000), undefined, 'RpcFrameworkError'],
    ['65 levels of objects', `[2,"1","X",${nested(64, '{"a":', '}').replace(':}', ':1}')}]`, '1', 'FormatViolation'],
    ['more characters than allowed', `[2,"1","X",{"a":"${'x'.repeat(10_000)}"}]`, '1', 'FormatViolation'],
    ['__proto__', '[2,"1","X",{"a":{"__proto__":{"b":1}}}]', '1', 'FormatViolation'],
    ['__proto__ with escapes', '[2,"1","X",{"a":[{"__pr\\u006fto__":1}]}]', '1', 'FormatViolation'],
  ])('refuses %s, with the id where it can be read', (_, text, id, code) => {
    expect(readFrame(text, strict)).toMatchObject({ kind: 'INVALID', id, code });
  });

  it.each([
    ['a numeric id', '[2,17,"Heartbeat",{}]', { id: 17, payload: {} }],
    ['a long id', `[2,"${'i'.repeat(200)}","Heartbeat",{}]`, { id: 'i'.repeat(200) }],
    [
      'a missing payload',
      '[2,"1","Heartbeat"]',
      { payload: {}, notes: ['3 elements taken as 4', 'payload taken as {}'] },
    ],
    ['a null payload', '[2,"1","Heartbeat",null]', { payload: {}, notes: ['payload taken as {}'] }],
    ['an empty array for a payload', '[2,"1","Heartbeat",[]]', { payload: {} }],
    ['a fifth element', '[2,"1","Heartbeat",{"a":1},7]', { payload: { a: 1 }, notes: ['5 elements taken as 4'] }],
    ['a byte order mark', '\uFEFF[2,"1","Heartbeat",{}]', { notes: ['byte order mark or trailing NUL removed'] }],
    ['a trailing NUL', '[2,"1","Heartbeat",{}]\0', { notes: ['byte order mark or trailing NUL removed'] }],
    ['a result with an extra element', '[3,"1",{},1]', { kind: 'CALLRESULT', notes: ['4 elements taken as 3'] }],
    ['a result without payload', '[3,"1"]', { kind: 'CALLRESULT', payload: {} }],
  ])('takes %s from a charger one is lenient with', (_, text, expected) => {
    expect(readFrame(text, lenient)).toMatchObject(expected);
  });

  it.each([
    '[2,1e999,"Heartbeat",{}]',
    '[2,1.5,"Heartbeat",{}]',
    '[2,"1","Heartbeat","x"]',
    '[3,"1",7]',
    '\uFEFFx',
    '[2,null,"X",{}]',
  ])('refuses %s even then', (text) => {
    expect(readFrame(text, lenient)).toMatchObject({ kind: 'INVALID' });
  });

  it('reads what it writes', () => {
    expect(readFrame(writeCall(2, 'a', 'Reset', { z: 1, a: 2 }), strict)).toMatchObject({ payload: { z: 1, a: 2 } });
    expect(readFrame(writeResult('"\u2028', { a: 1 }), strict)).toMatchObject({ id: '"\u2028', payload: { a: 1 } });
    const error = { code: 'GenericError', description: 'd'.repeat(300), details: { a: 1 } };
    expect(readFrame(writeError(4, 'a', error), strict)).toMatchObject({
      description: 'd'.repeat(255),
      details: { a: 1 },
    });
    expect(writeResult(17, {})).toBe('[3,17,{}]');
    expect(writeCall(2, 'a', 'Reset', undefined)).toBe('[2,"a","Reset",{}]');
  });
});
