import { describe, expect, it } from 'vitest';
import { createModel, property, type ModelOptions } from '../../test/models.ts';
import { measurands } from '../metering/measurands.ts';
import { configurationKeys } from './configuration-keys.ts';
import { changeKey, isSupported, readKey } from './key-access.ts';
import { keyRegistryOf } from './key-registry.ts';
import { authorizationKeyBytes } from './key-rules.ts';

const csms = { kind: 'csms', source: 'csms' } as const;

function station(options: ModelOptions = {}) {
  const model = createModel(options);
  const registry = keyRegistryOf(model.catalog);
  return {
    model,
    registry,
    change: (name: string, value: string) => changeKey(model, registry.named(name), { value, caller: csms }),
    read: (name: string) => {
      const key = registry.named(name);
      return key && readKey(model, key);
    },
  };
}

describe('the registry of OCPP 1.6 keys', () => {
  const model = createModel({ computed: ({ text }) => (text.endsWith('NumberOfConnectors') ? '3' : undefined) });

  it('names variables that exist, each key once', () => {
    const { catalog } = model;
    expect(configurationKeys.filter(({ variable }) => catalog.named(variable)?.text !== variable)).toEqual([]);
    expect(new Set(configurationKeys.map(({ key }) => key)).size).toBe(configurationKeys.length);
  });

  it('has a value for every key that OCPP 1.6 requires', () => {
    expect(configurationKeys.filter((key) => key.required && !isSupported(model, key))).toEqual([]);
  });

  it('writes only what OCPP 1.6 allows as a key', () => {
    for (const { key } of configurationKeys) expect(key).toMatch(/^\w{1,50}$/);
  });
});

describe('a key of OCPP 1.6', () => {
  it.each([
    ['HeartbeatInterval', '42', '42'],
    ['AuthorizeRemoteTxRequests', 'False', 'false'],
    ['StopTransactionOnEVSideDisconnect', 'false', 'false'],
    ['MeterValuesSampledData', 'Voltage, SoC', 'Voltage,SoC'],
    ['MeterValuesSampledData', '', ''],
    ['TransactionMessageAttempts', '9', '9'],
    ['ClockAlignedDataInterval', '0', '0'],
    ['CpoName', 'Fjord', 'Fjord'],
  ])('%s takes %j', (key, value, kept) => {
    const { change, read } = station();
    expect(change(key, value)).toBe('Accepted');
    expect(read(key)).toBe(kept);
  });

  it.each([
    ['HeartbeatInterval', '0', 'Rejected'],
    ['HeartbeatInterval', '1e9', 'Rejected'],
    ['GetConfigurationMaxKeys', '9', 'Rejected'],
    ['ChargeProfileMaxStackLevel', '9', 'Rejected'],
    ['MeterValuesSampledData', 'Voltage,Magic', 'Rejected'],
    ['CpoName', 'x'.repeat(501), 'Rejected'],
    ['ConnectorPhaseRotation', '1.RTS,2.XYZ', 'Rejected'],
    ['ConnectorPhaseRotation', '1.RTS,2.RST', 'RebootRequired'],
    ['BlinkRepeat', '3', 'NotSupported'],
    ['heartbeatinterval', '3', 'NotSupported'],
    ['Nonsense', '3', 'NotSupported'],
  ])('%s answers %j with %s', (key, value, status) => {
    expect(station().change(key, value)).toBe(status);
  });

  it('is there as soon as the maker gives it a value', () => {
    const { change, read } = station({
      settings: {
        'OCPP16LegacyCtrlr.BlinkRepeat': '1',
        'ClockCtrlr.TimeOffset': '+00:00',
        'OCPP16LegacyCtrlr.DefaultPrice': '{}',
      },
    });
    expect(read('BlinkRepeat')).toBe('1');
    expect(change('BlinkRepeat', '3')).toBe('Accepted');
    expect(change('TimeOffset', '+25:00')).toBe('Rejected');
    expect(change('TimeOffset', '-05:30')).toBe('Accepted');
    expect(change('DefaultPrice', '{')).toBe('Rejected');
    expect(change('DefaultPrice', '{"priceText":"1"}')).toBe('Accepted');
  });

  it('has the words of OCPP 1.6, and tells limits as values', () => {
    const { read } = station();
    expect(read('ChargingScheduleAllowedChargingRateUnit')).toBe('Current,Power');
    expect(read('SupportedChargingProfilePurposeTypes')).toBe('ChargePointMaxProfile,TxDefaultProfile,TxProfile');
    expect(read('LocalAuthListMaxLength')).toBe('10000');
    expect(read('MaxChargingProfilesInstalled')).toBe('100');
    expect(read('MeterValuesSampledDataMaxLength')).toBe(String(measurands.length));
  });
});

describe('AuthorizationKey', () => {
  it.each([
    ['sixteen-letters!', 'Accepted'],
    ['x'.repeat(40), 'Accepted'],
    ['0001020304050607FFFFFFFFFFFFFFFFFFFFFFFF', 'Accepted'],
    ['ab'.repeat(40), 'Accepted'],
    ['fifteen-letters', 'Rejected'],
    ['x'.repeat(41), 'Rejected'],
    ['ab'.repeat(41), 'Rejected'],
    ['ä'.repeat(21), 'Rejected'],
  ])('%s is %s', (value, status) => {
    const { change, read } = station();
    expect(change('AuthorizationKey', value)).toBe(status);
    expect(read('AuthorizationKey')).toBeUndefined();
  });

  it('is sent as the bytes that hexadecimal digits stand for', () => {
    expect([...authorizationKeyBytes('0001020304050607FFFFFFFFFFFFFFFFFFFFFFFF')].slice(6, 9)).toEqual([6, 7, 255]);
    expect(authorizationKeyBytes('sixteen-letters!').toString()).toBe('sixteen-letters!');
  });
});

describe('SecurityProfile', () => {
  const all = { hasPassword: () => true, hasCsmsRoot: () => true, hasClientCertificate: () => true };

  it.each([
    ['1', {}, 'Rejected'],
    ['1', { hasPassword: all.hasPassword }, 'Accepted'],
    ['2', { hasPassword: all.hasPassword }, 'Rejected'],
    ['2', { hasPassword: all.hasPassword, hasCsmsRoot: all.hasCsmsRoot }, 'Accepted'],
    ['3', { hasPassword: all.hasPassword, hasCsmsRoot: all.hasCsmsRoot }, 'Rejected'],
    ['3', all, 'Accepted'],
    ['4', all, 'Rejected'],
  ])('%s with %o is %s (case 47)', (value, security, status) => {
    expect(station({ security }).change('SecurityProfile', value)).toBe(status);
  });

  it('never falls', () => {
    const { change } = station({ security: all, settings: { 'SecurityCtrlr.SecurityProfile': '2' } });
    expect(change('SecurityProfile', '1')).toBe('Rejected');
    expect(change('SecurityProfile', '2')).toBe('Accepted');
  });
});

describe('variables of component files', () => {
  const long = 'x'.repeat(45);
  const { registry, change, read } = station({
    components: [
      {
        name: 'Lamp',
        properties: { a: property('Colour', 'string', { value: 'red' }), b: property('Dim', 'integer', { value: 1 }) },
      },
      {
        name: 'Fan',
        properties: {
          a: property('Dim', 'integer', { value: 2 }),
          b: property('ResetRetries', 'integer', { value: 3 }),
          c: property(long, 'string', { value: '' }),
        },
      },
      { name: 'OCPPCommCtrlr', properties: { a: property('HeartbeatInterval', 'integer', { value: 60 }) } },
    ],
  });

  it('are keys by their name, by their address when that is taken', () => {
    const custom = registry.keys.filter(({ profile }) => profile === 'Custom').map(({ key }) => key);
    expect(custom).toEqual(['Colour', 'Lamp.Dim', 'Fan.Dim', 'Fan.ResetRetries', long]);
    expect(read('Colour')).toBe('red');
    expect(read('Fan.Dim')).toBe('2');
    expect(read('ResetRetries')).toBe('3');
    expect(change('Lamp.Dim', 'bright')).toBe('Rejected');
    expect(change('Lamp.Dim', '7')).toBe('Accepted');
    expect(read('HeartbeatInterval')).toBe('60');
  });
});
