import { describe, expect, it } from 'vitest';
import { isDateTime, isUri, runtime } from './runtime.ts';

describe('what validators call', () => {
  it.each([
    '2026-05-04T08:15:00Z',
    '2026-05-04t08:15:00.123456z',
    '2026-05-04 08:15:00+02:00',
    '2026-05-04T08:15:00-0330',
    '2024-02-29T00:00:00Z',
    '2000-02-29T00:00:00Z',
    '2026-12-31T23:59:59Z',
  ])('%s is a date-time', (text) => {
    expect(isDateTime(text)).toBe(true);
    expect(new Date(text).getTime()).not.toBeNaN();
  });

  it.each([
    '2026-05-04T08:15:00',
    '2026-05-04',
    '2026-13-04T08:15:00Z',
    '2026-00-04T08:15:00Z',
    '2026-05-00T08:15:00Z',
    '2026-05-32T08:15:00Z',
    '2026-04-31T08:15:00Z',
    '2026-02-29T08:15:00Z',
    '1900-02-29T08:15:00Z',
    '2026-05-04T24:15:00Z',
    '2026-05-04T08:60:00Z',
    '2026-05-04T08:15:60Z',
    '2026-05-04T08:15Z',
    '2026-05-04T08:15:00+25:00',
    ' 2026-05-04T08:15:00Z',
    '',
  ])('%j is none', (text) => {
    expect(isDateTime(text)).toBe(false);
  });

  it.each([
    ['ftp://user:pw@host/path/file.bin', true],
    ['https://[::1]:80/a?b=c#d', true],
    ['urn:x', true],
    ['http://host/%41', true],
    ['http://host/%4', false],
    ['host/path', false],
    ['http://host/a b', false],
    ['http://host/ä', false],
  ])('%s as a URI: %s', (text, is) => {
    expect(isUri(text)).toBe(is);
  });

  it.each([
    ['', 0],
    ['abc', 3],
    ['a😀b', 3],
    ['\ud83d', 1],
    ['\ude00\ud83d', 2],
    ['\ud83dx', 2],
  ])('%j has %i code points', (text, length) => {
    expect(runtime.ucs2length(text)).toBe(length);
  });
});
