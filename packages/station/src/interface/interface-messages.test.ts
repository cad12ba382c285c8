import { describe, expect, it } from 'vitest';
import { withoutSecrets } from './interface-messages.ts';

describe('a frame without secrets', () => {
  it.each([
    ['[2,"1","ChangeConfiguration",{"key":"HeartbeatInterval","value":"42"}]'],
    ['[2,"1","DataTransfer",{"vendorId":"x","data":"no password here"}]'],
    ['[2,"1","GetConfiguration",{"key":["AuthorizationKey"]}]'],
    ['[3,"1",{}]'],
  ])('is as it was where it has none: %s', (frame) => {
    expect(withoutSecrets(frame)).toBe(frame);
  });

  it.each([
    [
      '[2,"1","ChangeConfiguration",{"key":"authorizationKey","value":"0123456789abcdef"}]',
      '[2,"1","ChangeConfiguration",{"key":"authorizationKey","value":"***"}]',
    ],
    [
      '[2,"1","SetVariables",{"setVariableData":[{"attributeValue":"s3cret","component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}}]}]',
      '[2,"1","SetVariables",{"setVariableData":[{"attributeValue":"***","component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}}]}]',
    ],
    [
      '[2,"1","SetNetworkProfile",{"connectionData":{"basicAuthPassword":"a","apn":{"apnPassword":"b","simPin":1234},"vpn":{"password":"c","key":"d","user":"e"}}}]',
      '[2,"1","SetNetworkProfile",{"connectionData":{"basicAuthPassword":"***","apn":{"apnPassword":"***","simPin":"***"},"vpn":{"password":"***","key":"***","user":"e"}}}]',
    ],
    [
      '[2,"1","GetDiagnostics",{"location":"ftp://user:pw@host/logs"}]',
      '[2,"1","GetDiagnostics",{"location":"ftp://***@host/logs"}]',
    ],
    ['[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"0123', '***'],
  ])('has *** in their place: %s', (frame, shown) => {
    expect(withoutSecrets(frame)).toBe(shown);
  });
});
