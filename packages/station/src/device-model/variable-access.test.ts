import { describe, expect, it } from 'vitest';
import { addressOf, createModel } from '../../test/models.ts';
import type { DeviceModel } from './device-model.ts';
import { networkProfileOf } from '../connection/network-profiles.ts';
import { readVariable, writeVariable } from './variable-access.ts';
import type { AttributeType } from './variable-definition.ts';

const csms = { kind: 'csms', source: 'csms' } as const;
const host = { kind: 'host', source: 'HMI' } as const;

const at = (text: string, attributeType?: AttributeType) => {
  const address = addressOf(text);
  if (!address) throw new Error(`${text} is no address`);
  return { ...address, ...(attributeType && { attributeType }) };
};
const write = (model: DeviceModel, text: string, attributeValue: string, caller: typeof csms | typeof host = csms) =>
  writeVariable(model, { ...at(text), attributeValue }, caller);
const rejected = (reasonCode: string) => ({ status: 'Rejected', reasonCode });

const limited = {
  name: 'Lamp',
  properties: {
    Dim: {
      variable_name: 'Dim',
      characteristics: { dataType: 'integer', minLimit: 0, maxLimit: 100 },
      attributes: [
        { type: 'Actual', mutability: 'ReadOnly', value: 5 },
        { type: 'Target', mutability: 'ReadWrite', value: 50 },
        { type: 'MaxSet', mutability: 'ReadWrite', value: 80 },
        { type: 'MinSet', mutability: 'ReadOnly' },
      ],
    },
  },
};

describe('what the CSMS may', () => {
  const model = createModel({ components: [limited] });

  it('answers with the reason', () => {
    expect(write(model, 'ChargingStation.Model', 'x')).toEqual(rejected('ReadOnly'));
    expect(write(model, 'OCPPCommCtrlr.HeartbeatInterval', '0')).toEqual(rejected('ValueTooLow'));
    expect(write(model, 'Nobody.Knows', '0')).toEqual({ status: 'UnknownComponent' });
    expect(write(model, 'EVSE@1.Nothing', '0')).toEqual({ status: 'UnknownVariable' });
    expect(write(model, 'OCPP16LegacyCtrlr.PhaseRotation', '1.RST')).toEqual({ status: 'RebootRequired' });
    expect(readVariable(model, at('SecurityCtrlr.BasicAuthPassword'))).toEqual(rejected('WriteOnly'));
    expect(readVariable(model, at('EVSE@1.Power', 'MaxSet'))).toEqual({ status: 'NotSupportedAttributeType' });
  });

  it('keeps each attribute apart, and Target within MaxSet', () => {
    const set = (attributeType: AttributeType, attributeValue: string) =>
      writeVariable(model, { ...at('Lamp.Dim', attributeType), attributeValue }, csms);
    expect(set('Actual', '7')).toEqual(rejected('ReadOnly'));
    expect(set('Target', '81')).toEqual(rejected('ValueTooHigh'));
    expect(set('MaxSet', '101')).toEqual(rejected('ValueTooHigh'));
    expect(set('MaxSet', '90')).toEqual({ status: 'Accepted' });
    expect(set('Target', '81')).toEqual({ status: 'Accepted' });
    expect(readVariable(model, at('Lamp.Dim', 'Target'))).toEqual({ status: 'Accepted', value: '81' });
    expect(readVariable(model, at('lamp.DIM'))).toEqual({ status: 'Accepted', value: '5' });
    expect(readVariable(model, at('Lamp.Dim', 'MinSet'))).toEqual({ status: 'NotSupportedAttributeType' });
  });
});

describe('what the host may', () => {
  it('writes what is read-only, but not what follows from the state, and leaves its name', () => {
    const model = createModel({ computed: ({ text }) => (text === 'ClockCtrlr.DateTime' ? 'now' : undefined) });
    expect(write(model, 'ReservationCtrlr.NonEvseSpecific', 'false', host)).toEqual({ status: 'Accepted' });
    const definition = model.catalog.named('ReservationCtrlr.NonEvseSpecific');
    expect(definition && model.sourceOf(definition)).toBe('HMI');
    expect(write(model, 'ClockCtrlr.DateTime', '2026-05-04T08:15:00Z', host)).toEqual(rejected('ReadOnly'));
  });

  it.each(['csms', 'internal'])('cannot call itself %s', (source) => {
    const model = createModel();
    const request = { ...at('OCPPCommCtrlr.HeartbeatInterval'), attributeValue: '7' };
    writeVariable(model, request, { kind: 'host', source });
    const definition = model.catalog.named('OCPPCommCtrlr.HeartbeatInterval');
    expect(definition && model.sourceOf(definition)).toBe(`host:${source}`);
  });
});

describe('network profiles', () => {
  const url = { 'NetworkConfiguration[1].OcppCsmsUrl': 'wss://one/', 'SecurityCtrlr.SecurityProfile': '2' } as const;
  const complete = {
    'NetworkConfiguration[2].OcppCsmsUrl': 'wss://two/',
    'NetworkConfiguration[2].SecurityProfile': '2',
  };
  const priority = 'OCPPCommCtrlr.NetworkConfigurationPriority';
  const security = { hasCsmsRoot: () => true };

  it('are not changed while they are active or listed (case 69)', () => {
    const model = createModel({ settings: { ...url, ...complete, [priority]: '1,2' }, networkSlots: 3 });
    for (const caller of [csms, host]) {
      expect(write(model, 'NetworkConfiguration[1].MessageTimeout', '10', caller)).toEqual(
        rejected('PriorityNetworkConf'),
      );
      expect(write(model, 'NetworkConfiguration[2].MessageTimeout', '10', caller)).toEqual(
        rejected('PriorityNetworkConf'),
      );
      expect(write(model, 'NetworkConfiguration[3].MessageTimeout', '10', caller)).toEqual({ status: 'Accepted' });
    }
  });

  it.each([
    ['complete', {}, '2,1', undefined],
    ['of another number', {}, '1,3', 'InvalidNetworkConf'],
    ['no number', {}, 'first', 'InvalidNetworkConf'],
    ['nothing', {}, '', 'InvalidNetworkConf'],
    ['of an insecure scheme', { 'NetworkConfiguration[2].OcppCsmsUrl': 'ws://two/' }, '2', 'InvalidNetworkConf'],
    ['below the profile in use', { 'NetworkConfiguration[2].SecurityProfile': '1' }, '2', 'NoSecurityDowngrade'],
  ])('are listed when a slot is %s', (_what, settings, value, reasonCode) => {
    const model = createModel({ settings: { ...url, ...complete, ...settings }, security });
    expect(write(model, priority, value)).toEqual(reasonCode ? rejected(reasonCode) : { status: 'Accepted' });
  });

  it('are not listed without the certificates that they need', () => {
    const three = { ...complete, 'NetworkConfiguration[2].SecurityProfile': '3' };
    const list = (settings: object, means: typeof security | undefined) =>
      write(createModel({ settings: { ...url, ...settings }, security: means }), priority, '2');
    expect(list(complete, undefined)).toEqual(rejected('InvalidNetworkConf'));
    expect(list(complete, security)).toEqual({ status: 'Accepted' });
    expect(list(three, security)).toEqual(rejected('InvalidNetworkConf'));
  });

  it('are not listed without a URL', () => {
    expect(write(createModel({ settings: url }), priority, '1,2')).toEqual(rejected('InvalidNetworkConf'));
  });

  it('are never set below the profile in use, except from 3 to 2 where that is allowed [network_configuration_security_downgrade_rejection_set_variables, network_configuration_allow_security_downgrade_flag]', () => {
    const set = (settings: object, value: string) =>
      write(createModel({ settings: { ...url, ...settings } }), 'NetworkConfiguration[2].SecurityProfile', value);
    expect(set({}, '1')).toEqual(rejected('NoSecurityDowngrade'));
    expect(set({}, '2')).toEqual({ status: 'Accepted' });
    const three = { 'SecurityCtrlr.SecurityProfile': '3' };
    const allowed = { ...three, 'SecurityCtrlr.AllowSecurityProfileDowngrade': 'true' };
    expect(set(three, '2')).toEqual(rejected('NoSecurityDowngrade'));
    expect(set(allowed, '2')).toEqual({ status: 'Accepted' });
    expect(set(allowed, '1')).toEqual(rejected('NoSecurityDowngrade'));
  });

  it('keep the host from lowering the profile in use', () => {
    const model = createModel({ settings: url });
    expect(write(model, 'SecurityCtrlr.SecurityProfile', '1', host)).toEqual(rejected('NoSecurityDowngrade'));
    expect(write(model, 'SecurityCtrlr.SecurityProfile', '3', host)).toEqual({ status: 'Accepted' });
  });

  it('refuses a URL that is none', () => {
    expect(write(createModel(), 'NetworkConfiguration[2].OcppCsmsUrl', 'http://two/')).toEqual(
      rejected('InvalidNetworkConf'),
    );
  });

  it('fall back to what holds for all, which lifts what the active one had (B09.FR.26, B09.FR.27)', () => {
    const settings = { ...url, 'SecurityCtrlr.Identity': 'ALL', 'NetworkConfiguration[2].Identity': 'TWO' };
    const model = createModel({ settings });
    model.assign('NetworkConfiguration[1].Identity', 'ONE');
    model.assign('NetworkConfiguration[1].BasicAuthPassword', 'password of slot one');
    expect(readVariable(model, at('SecurityCtrlr.Identity'))).toEqual({ status: 'Accepted', value: 'ONE' });
    expect(networkProfileOf(model, 1)).toMatchObject({ identity: 'ONE', password: 'password of slot one' });
    expect(networkProfileOf(model, 2)).toMatchObject({ identity: 'TWO', password: undefined });
    expect(write(model, 'SecurityCtrlr.Identity', 'NEW', host)).toEqual({ status: 'Accepted' });
    expect(write(model, 'SecurityCtrlr.BasicAuthPassword', 'password for all')).toEqual({ status: 'Accepted' });
    expect(networkProfileOf(model, 1)).toMatchObject({
      identity: 'NEW',
      password: 'password for all',
      url: 'wss://one/',
    });
    expect(networkProfileOf(model, 2)).toMatchObject({ identity: 'TWO', password: 'password for all' });
  });
});
