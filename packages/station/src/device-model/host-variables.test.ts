import { describe, expect, it } from 'vitest';
import { createModel, property } from '../../test/models.ts';
import { ManualClock } from '../time/clock.ts';
import { HostMonitors, type HostVariableEvent } from './host-monitors.ts';
import { readForHost, writeForHost, type HostVariables } from './host-variables.ts';
import { changeKey } from '../v16/key-access.ts';
import { keyRegistryOf } from '../v16/key-registry.ts';

const components = [
  { name: 'Lamp', properties: { colour: property('Colour', 'string', { value: 'red' }) } },
  { name: 'Fan', properties: { speed: property('Speed', 'integer', { mutability: 'ReadOnly' }) } },
];

const station = (options: Partial<HostVariables> = {}): HostVariables => ({
  model: createModel({ components }),
  version: '1.6',
  ...options,
});
const at = (component: string, variable: string, instance?: string) => ({
  component: { name: component },
  variable: { name: variable, ...(instance !== undefined && { instance }) },
});
const set = (component: string, variable: string, attributeValue: string) => ({
  ...at(component, variable),
  attributeValue,
});

describe('what the host reads of a station of OCPP 1.6', () => {
  const requests = [
    { component: { name: 'Ignored', instance: 'too' }, variable: { name: 'HeartbeatInterval', instance: 'x' } },
    at('', 'Nonsense'),
    at('', 'AuthorizationKey'),
  ];

  it('is found by key alone in the older form (case 32) [command_get_variables_legacy]', () => {
    expect(readForHost(station({ addressing: 'legacy' }), requests)).toEqual([
      { ...at('', 'HeartbeatInterval'), status: 'Accepted', attributeType: 'Actual', value: '300' },
      { ...at('', 'Nonsense'), status: 'UnknownVariable' },
      { ...at('', 'AuthorizationKey'), status: 'UnknownVariable' },
    ]);
  });

  it('is found by component and variable, or by key with an empty component (case 32) [command_get_variables_multi]', () => {
    const results = readForHost(station(), [
      ...requests,
      at('', 'HeartbeatInterval'),
      at('OCPPCommCtrlr', 'HeartbeatInterval'),
      at('OCPP16LegacyCtrlr', 'UnlockConnectorOnEVSideDisconnect'),
      { ...at('OCPPCommCtrlr', 'HeartbeatInterval'), attributeType: 'MaxSet' },
      at('SmartChargingCtrlr', 'RateUnit'),
      at('', 'ChargingScheduleAllowedChargingRateUnit'),
      at('AlignedDataCtrlr', 'SendDuringIdle'),
      at('OCPPCommCtrlr', 'Nonsense'),
    ]);
    expect(results.map(({ status, value }) => [status, value])).toEqual([
      ['UnknownComponent', undefined],
      ['UnknownVariable', undefined],
      ['Rejected', undefined],
      ['Accepted', '300'],
      ['Accepted', '300'],
      ['Accepted', 'true'],
      ['NotSupportedAttributeType', undefined],
      ['Accepted', 'A,W'],
      ['Accepted', 'Current,Power'],
      ['Accepted', 'false'],
      ['UnknownVariable', undefined],
    ]);
    expect(results[5]).toMatchObject(at('OCPP16LegacyCtrlr', 'UnlockConnectorOnEVSideDisconnect'));
  });
});

describe('what the host sets of a station of OCPP 1.6', () => {
  const requests = [
    set('Any', 'HeartbeatInterval', '77'),
    set('', 'Nonsense', '1'),
    set('', 'Colour', 'green'),
    set('', 'GetConfigurationMaxKeys', '9'),
    set('', 'ConnectorPhaseRotation', '1.RST'),
  ];

  it('is found by key alone in the older form, and echoed as asked (case 33) [command_set_variables_legacy]', () => {
    const legacy = station({ addressing: 'legacy' });
    const results = writeForHost(legacy, requests, 'HMI');
    expect(results.map(({ status }) => status)).toEqual([
      'Accepted',
      'UnknownVariable',
      'Accepted',
      'Rejected',
      'RebootRequired',
    ]);
    expect(results[0]).toEqual({ ...at('Any', 'HeartbeatInterval'), status: 'Accepted' });
    const values = readForHost(legacy, requests).map(({ value }) => value);
    expect(values.slice(0, 3)).toEqual(['77', undefined, 'green']);
  });

  it('is found by component and variable (case 33) [command_set_variables_multi]', () => {
    const multi = station();
    const results = writeForHost(
      multi,
      [...requests, set('Lamp', 'Colour', 'blue'), set('OCPPCommCtrlr', 'HeartbeatInterval', 'x')],
      'HMI',
    );
    expect(results.map(({ status }) => status)).toEqual([
      'UnknownComponent',
      'UnknownVariable',
      'Accepted',
      'Rejected',
      'RebootRequired',
      'Accepted',
      'Rejected',
    ]);
    expect(readForHost(multi, [at('', 'Colour')])).toMatchObject([{ value: 'blue' }]);
  });
});

describe('what the host reads and sets of a station of OCPP 2.x', () => {
  it('keeps the order, says why, and may be read-only (case 32)', () => {
    const v2 = station({ version: '2.0.1' });
    const twice = [
      at('OCPPCommCtrlr', 'ResetRetries'),
      at('AuthCtrlr', 'Enabled'),
      at('OCPPCommCtrlr', 'ResetRetries'),
    ];
    expect(readForHost(v2, twice).map(({ variable }) => variable.name)).toEqual([
      'ResetRetries',
      'Enabled',
      'ResetRetries',
    ]);
    expect(readForHost(v2, [at('', 'HeartbeatInterval'), at('Fan', 'Speed')]).map(({ status }) => status)).toEqual([
      'UnknownComponent',
      'NotSupportedAttributeType',
    ]);
    expect(writeForHost(v2, [set('Fan', 'Speed', '7'), set('Fan', 'Speed', 'fast')], 'HMI')).toMatchObject([
      { status: 'Accepted', attributeType: 'Actual' },
      { status: 'Rejected', reasonCode: 'InvalidValue' },
    ]);
    expect(readForHost(v2, [at('fan', 'SPEED')])).toMatchObject([{ ...at('fan', 'SPEED'), value: '7' }]);
  });
});

describe('what the host watches', () => {
  const clock = new ManualClock();

  it('is told in the form in which it was registered, once each (case 34)', () => {
    const events: HostVariableEvent[] = [];
    const watched = station();
    const { model } = watched;
    const monitors = new HostMonitors(watched, { clock, tell: (event) => events.push(event) });
    const key = keyRegistryOf(model.catalog).named('HeartbeatInterval');
    const change = (value: string) => changeKey(model, key, { value, caller: { kind: 'csms', source: 'csms' } });
    change('41');
    const forms = [at('', 'HeartbeatInterval'), at('OCPPCommCtrlr', 'HeartbeatInterval')];
    monitors.watch([...forms, at('', 'HeartbeatInterval'), at('', 'AuthorizationKey'), at('', 'Nonsense')]);
    change('42');
    expect(events).toEqual(
      forms.map((form, index) => ({
        ...form,
        eventId: index + 1,
        eventNotificationType: 'CustomMonitor',
        trigger: 'Alerting',
        timestamp: clock.now(),
        actualValue: '42',
      })),
    );
    change('42');
    model.assign('OCPPCommCtrlr.HeartbeatInterval', '43');
    expect(events).toHaveLength(2);
    writeForHost(watched, [set('', 'AuthorizationKey', 'sixteen-letters!')], 'HMI');
    expect(events.at(-1)).toMatchObject({ eventId: 3, actualValue: '' });
    monitors.unwatch([at('', 'HeartbeatInterval')]);
    change('44');
    expect(events.at(-1)).toMatchObject({ eventId: 4, ...forms[1] });
    monitors.stop();
    change('45');
    expect(events).toHaveLength(4);
  });
});
