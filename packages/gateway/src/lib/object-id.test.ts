import { expect, test } from 'vitest';
import { isObjectId, newObjectId, objectIdOf } from './object-id.ts';

test('the id of a natural key is always the same, and differs by kind and by every part of the key', () => {
  expect(objectIdOf('connector', 'CP1', 1, 2)).toBe(objectIdOf('connector', 'CP1', 1, 2));
  expect(objectIdOf('connector', 'CP1', 1, 2)).not.toBe(objectIdOf('connector', 'CP1', 12));
  expect(objectIdOf('station', 'CP1')).not.toBe(objectIdOf('transaction', 'CP1'));
  expect(isObjectId(objectIdOf('station', 'CP1'))).toBe(true);
});

test('new ids differ and begin with the time', () => {
  const now = new Date('2026-05-04T08:15:00Z');
  const ids = new Set(Array.from({ length: 1000 }, () => newObjectId(now)));
  expect(ids.size).toBe(1000);
  for (const id of ids) {
    expect(isObjectId(id)).toBe(true);
    expect(Number.parseInt(id.slice(0, 8), 16)).toBe(now.getTime() / 1000);
  }
});

test('only 24 hexadecimal digits are an id', () => {
  expect(isObjectId('66f00000000000000000c501')).toBe(true);
  for (const text of ['CP1', '66f00000000000000000c50', '66F00000000000000000C501', '66f00000000000000000c501 ']) {
    expect(isObjectId(text)).toBe(false);
  }
});
