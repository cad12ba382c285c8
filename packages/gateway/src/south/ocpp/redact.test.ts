import { expect, test } from 'vitest';
import { redacted } from './redact.ts';

test.each([
  ['ChangeConfiguration', { key: 'AuthorizationKey', value: 'secret' }],
  ['GetConfiguration', { configurationKey: [{ key: 'authorizationkey', readonly: false, value: 'secret' }] }],
  [
    'SetVariables',
    {
      setVariableData: [
        { attributeValue: 'secret', component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } },
      ],
    },
  ],
  [
    'NotifyReport',
    {
      reportData: [
        {
          component: { name: 'SecurityCtrlr' },
          variable: { name: 'BasicAuthPassword' },
          variableAttribute: [{ value: 'secret' }],
        },
      ],
    },
  ],
  [
    'SetNetworkProfile',
    { connectionData: { apn: { apnPassword: 'secret' }, vpn: { password: 'secret', key: 'secret' } } },
  ],
])('a password in %s is masked', (action, payload) => {
  const text = redacted(JSON.stringify([2, '1', action, payload]), action);
  expect(text).not.toContain('secret');
  expect(text).toContain('***');
});

test('everything else stays as it was sent, spaces included', () => {
  const text = '[2, "1", "ChangeConfiguration", {"key":"HeartbeatInterval","value":"60"}]';
  expect(redacted(text, 'ChangeConfiguration')).toBe(text);
  expect(redacted('[2,"1","Authorize",{"idTag":"AuthorizationKey"}]', 'Authorize')).toContain('AuthorizationKey');
});

test('a frame whose action is not known, or that cannot be read, does not show a password either', () => {
  const late = [3, '1', { configurationKey: [{ key: 'AuthorizationKey', readonly: false, value: 'hidden' }] }];
  expect(redacted(JSON.stringify(late), undefined)).not.toContain('hidden');
  expect(redacted('[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"hidden"', undefined)).not.toContain(
    'hidden',
  );
  expect(redacted('[3,"1",{"status":"Accepted"}]', undefined)).toBe('[3,"1",{"status":"Accepted"}]');
});

test.each([
  ['[2,"1","GetDiagnostics",{"location":"ftp://user:geheim@host/dir"}]', 'GetDiagnostics'],
  [String.raw`[2,"1","GetLog",{"log":{"remoteLocation":"https:\/\/user:geheim@host"}}]`, 'GetLog'],
  ['[2,"1","DataTransfer",{"vendorId":"V","data":"sftp://a:geheim@h and ftp://b:geheim@h"}]', 'DataTransfer'],
])('masks the passwords of URLs in %s', (text, action) => {
  expect(redacted(text, action)).not.toContain('geheim');
  expect(redacted(text, action)).toContain('***@');
});
