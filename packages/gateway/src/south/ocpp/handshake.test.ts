import { describe, expect, test } from 'vitest';
import { chooseVersion, identityOf, passwordOf, remoteAddressOf } from './handshake.ts';

describe('identityOf', () => {
  test.each([
    ['/CP1', 'CP1'],
    ['/ocpp/CP1', 'CP1'],
    ['/ocpp//CP1/', 'CP1'],
    ['/ocpp/CP1?x=1', 'CP1'],
    ['/ocpp/a%20b', 'a b'],
    ['/ocpp/a%2Fb', 'a/b'],
    ['/ocpp/ocpp', 'ocpp'],
    ['/DE*ABC*E1', 'DE*ABC*E1'],
  ])('%s names %s', (url, identity) => {
    expect(identityOf(url, '/ocpp')).toBe(identity);
  });

  test.each([
    ['/', 400],
    ['/ocpp', 400],
    ['/ocpp/', 400],
    ['/ocpp/%', 400],
    ['/ocpp/%ff', 400],
    ['/ocpp/%00', 400],
    ['/ocpp/%20CP', 400],
    ['/ocpp/CP%0d%0aX', 400],
    ['/ocpp/caf%C3%A9', 400],
    ['/ocpp/<b>', 400],
    [`/ocpp/${'x'.repeat(49)}`, 400],
    ['/steve/CP1', 404],
    ['/ocpp/CP1/2', 404],
  ])('%s is refused with %i and a sentence', (url, status) => {
    expect(identityOf(url, '/ocpp')).toMatchObject({ status, sentence: expect.stringContaining('/ocpp/<identity>') });
  });

  test('takes 48 characters, and works without a path', () => {
    expect(identityOf(`/${'x'.repeat(48)}`, '/')).toBe('x'.repeat(48));
  });
});

describe('chooseVersion', () => {
  const allowed = ['2.0.1', '1.6'] as const;
  test('prefers the order of the gateway to that of the station', () => {
    expect(chooseVersion(['ocpp1.6', 'ocpp2.0.1'], { allowed, lenient: false })?.subprotocol).toBe('ocpp2.0.1');
  });
  test('keeps the spelling of a station when it is lenient', () => {
    expect(chooseVersion(['OCPP1.6'], { allowed, lenient: true })).toEqual({ version: '1.6', subprotocol: 'OCPP1.6' });
    expect(chooseVersion(['OCPP1.6'], { allowed, lenient: false })).toBeUndefined();
  });
  test('finds nothing among what is not allowed', () => {
    expect(chooseVersion(['ocpp2.1', 'soap'], { allowed, lenient: true })).toBeUndefined();
    expect(chooseVersion([], { allowed, lenient: true })).toBeUndefined();
  });
});

describe('passwordOf', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  test('keeps colons of the identity and of the password apart', () => {
    expect(passwordOf(basic('a:b:c:d'), 'a:b')).toEqual({ password: 'c:d' });
  });
  test('wants the identity as user name', () => {
    expect(passwordOf(basic('CP2:secret'), 'CP1')).toMatchObject({ status: 401 });
    expect(passwordOf('Bearer x', 'CP1')).toMatchObject({ status: 401 });
  });
  test('writes a key of raw bytes as the hexadecimal digits it was set with', () => {
    const credentials = Buffer.concat([Buffer.from('CP1:'), Buffer.from('00ff10', 'hex')]).toString('base64');
    expect(passwordOf(`Basic ${credentials}`, 'CP1')).toEqual({ password: '00ff10' });
  });
  test('is content without credentials', () => {
    expect(passwordOf(undefined, 'CP1')).toEqual({});
  });
});

test('the address of a station is the last that a trusted proxy has added', () => {
  const headers = { 'x-forwarded-for': '6.6.6.6, 10.0.0.9' };
  expect(remoteAddressOf('::ffff:127.0.0.1', headers, true)).toBe('10.0.0.9');
  expect(remoteAddressOf('::ffff:127.0.0.1', headers, false)).toBe('127.0.0.1');
  expect(remoteAddressOf('127.0.0.1', {}, true)).toBe('127.0.0.1');
});
