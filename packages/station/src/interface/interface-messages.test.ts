import { describe, expect, it } from 'vitest';
import { catalogOf } from '../device-model/variable-catalog.ts';
import { toDefinition } from '../device-model/variable-row.ts';
import { secretsOf } from './interface-messages.ts';

const code = toDefinition({ component: { name: 'Door' }, variable: { name: 'Code' } }, { type: 'string', access: 'W' });
const withoutSecrets = secretsOf(catalogOf({ evses: [], components: [{ ...code, isCustom: true }] }));

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
    [
      String.raw`[2,"1","SetNetworkProfile",{"connectionData":{"ocppCsmsUrl":"wss:\/\/user:p@ss\/word@host\/ocpp"}}]`,
      '[2,"1","SetNetworkProfile",{"connectionData":{"ocppCsmsUrl":"wss://***@host/ocpp"}}]',
    ],
    [
      '[2,"1","SetVariables",{"setVariableData":[{"attributeValue":"wss://user:a b@host","component":{"name":"NetworkConfiguration","instance":"1"},"variable":{"name":"OcppCsmsUrl"}}]}]',
      '[2,"1","SetVariables",{"setVariableData":[{"attributeValue":"wss://***@host","component":{"name":"NetworkConfiguration","instance":"1"},"variable":{"name":"OcppCsmsUrl"}}]}]',
    ],
    [
      String.raw`[2,"1","UpdateFirmware",{"location":"https://user:pw\u0040host/fw"}]`,
      '[2,"1","UpdateFirmware",{"location":"https://***@host/fw"}]',
    ],
    [
      '[2,"1","SetVariables",{"setVariableData":[{"attributeValue":"0815","component":{"name":"Door"},"variable":{"name":"code"}}]}]',
      '[2,"1","SetVariables",{"setVariableData":[{"attributeValue":"***","component":{"name":"Door"},"variable":{"name":"code"}}]}]',
    ],
    [
      '[2,"1","NotifyEvent",{"eventData":[{"actualValue":"0815","component":{"name":"Door"},"variable":{"name":"Code"}}]}]',
      '[2,"1","NotifyEvent",{"eventData":[{"actualValue":"***","component":{"name":"Door"},"variable":{"name":"Code"}}]}]',
    ],
    [
      '[2,"1","ChangeConfiguration",{"key":"Code","value":"0815"}]',
      '[2,"1","ChangeConfiguration",{"key":"Code","value":"***"}]',
    ],
    [
      '[2,"1","DataTransfer",{"vendorId":"x","data":"{\\"basicAuthPassword\\":\\"a\\",\\"url\\":\\"ws://u:p@h\\"}"}]',
      '[2,"1","DataTransfer",{"vendorId":"x","data":"{\\"basicAuthPassword\\":\\"***\\",\\"url\\":\\"ws://***@h\\"}"}]',
    ],
    ['[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"0123', '***'],
  ])('has *** in their place: %s', (frame, shown) => {
    expect(withoutSecrets(frame)).toBe(shown);
  });
});
