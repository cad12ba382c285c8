import { expect, test } from 'vitest';
import { payloadTextOf } from './frame.ts';

test.each([
  ['CALL', '[2,"1","Heartbeat",{"a":1}]', '{\n  "a": 1\n}'],
  ['CALLRESULT', '[3,"1",{}]', '{}'],
  ['CALLERROR', '[4,"1","InternalError","why",{}]', '"InternalError"\n"why"\n{}'],
  ['INVALID', 'no frame', 'no frame'],
  ['soap', '<a/>', '<a/>'],
])('of %s the payload is shown, and text that is no frame as it came', (kind, text, expected) => {
  expect(payloadTextOf({ kind, text })).toBe(expected);
});
