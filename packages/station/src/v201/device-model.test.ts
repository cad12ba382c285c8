import { describe, expect, it } from 'vitest';
import { addressOf, createModel, property, type ModelOptions } from '../../test/models.ts';
import { networkProfileOf } from '../connection/network-profiles.ts';
import { textOf } from '../device-model/variable-address.ts';
import { setNetworkProfile } from './network-profile.ts';
import { pagesOf } from './pages.ts';
import { baseReport, customReport } from './reports.ts';
import { getVariables, setVariables } from './variables.ts';

const at = (text: string) => addressOf(text) ?? { component: { name: text }, variable: { name: '' } };

describe('GetVariables and SetVariables', () => {
  it('never tell a password (case 52)', () => {
    const model = createModel();
    const password = at('SecurityCtrlr.BasicAuthPassword');
    const attributeValue = 'a password of twenty';
    expect(setVariables(model, { setVariableData: [{ ...password, attributeValue }] })).toMatchObject({
      setVariableResult: [{ attributeStatus: 'Accepted' }],
    });
    expect(getVariables(model, { getVariableData: [password] })).toEqual({
      getVariableResult: [
        {
          ...password,
          attributeType: undefined,
          attributeStatus: 'Rejected',
          attributeStatusInfo: { reasonCode: 'WriteOnly' },
        },
      ],
    });
    expect(JSON.stringify([...baseReport(model, 'FullInventory')])).not.toContain(attributeValue);
  });

  it('refuse more items or bytes than one message may have, and then do nothing (case 52)', () => {
    const model = createModel({
      settings: {
        'DeviceDataCtrlr.ItemsPerMessage[GetVariables]': '2',
        'DeviceDataCtrlr.ItemsPerMessage[SetVariables]': '2',
        'DeviceDataCtrlr.BytesPerMessage[SetVariables]': '200',
      },
    });
    const heartbeat = at('OCPPCommCtrlr.HeartbeatInterval');
    const set = (...values: string[]) =>
      setVariables(model, { setVariableData: values.map((attributeValue) => ({ ...heartbeat, attributeValue })) });
    const tooMany = expect.objectContaining({ code: 'OccurrenceConstraintViolation' });
    expect(() => getVariables(model, { getVariableData: [heartbeat, heartbeat, heartbeat] })).toThrow(tooMany);
    expect(() => set('7', '8', '9')).toThrow(tooMany);
    expect(() => set('9'.repeat(200))).toThrow(expect.objectContaining({ code: 'FormatViolation' }));
    expect(model.get('OCPPCommCtrlr.HeartbeatInterval')).toBe('300');
  });

  it('echo names and attribute as asked (B05.FR.02, B06.FR.02)', () => {
    const odd = { component: { name: 'ocppcommctrlr' }, variable: { name: 'HEARTBEATINTERVAL' } };
    expect(getVariables(createModel(), { getVariableData: [{ ...odd, attributeType: 'Actual' }] })).toMatchObject({
      getVariableResult: [{ ...odd, attributeType: 'Actual', attributeStatus: 'Accepted', attributeValue: '300' }],
    });
  });
});

describe('a network profile (case 53)', () => {
  const data = {
    ocppVersion: 'OCPP20',
    ocppTransport: 'JSON',
    ocppCsmsUrl: 'wss://two/ocpp',
    messageTimeout: 33,
    securityProfile: 2,
    ocppInterface: 'Wireless0',
  } as const;
  const rejected = (reasonCode: string) => ({ status: 'Rejected', statusInfo: { reasonCode } });
  const settings = {
    'SecurityCtrlr.SecurityProfile': '2',
    'NetworkConfiguration[1].OcppCsmsUrl': 'wss://one/',
  } as const;

  it('is refused for a slot that is not there or in use, or below the profile in use [network_configuration_security_downgrade_rejection_set_network_profile]', () => {
    const model = createModel({ settings, security: { hasCsmsRoot: () => true } });
    expect(setNetworkProfile(model, 100, data)).toEqual(rejected('InvalidConfSlot'));
    expect(setNetworkProfile(model, 1, data)).toEqual(rejected('PriorityNetworkConf'));
    expect(setNetworkProfile(model, 2, { ...data, securityProfile: 1 })).toEqual(rejected('NoSecurityDowngrade'));
    expect(setNetworkProfile(model, 2, { ...data, ocppCsmsUrl: 'ws://two/' })).toEqual(rejected('InvalidNetworkConf'));
    expect(setNetworkProfile(model, 2, { ...data, ocppTransport: 'SOAP' })).toEqual(rejected('InvalidNetworkConf'));
    expect(setNetworkProfile(model, 2, { ...data, messageTimeout: 0 })).toEqual(rejected('InvalidNetworkConf'));
    expect(networkProfileOf(model, 2).url).toBeUndefined();
  });

  it('fills its slot, which can then be listed', () => {
    const model = createModel({ settings, security: { hasCsmsRoot: () => true } });
    const apn = { apn: 'internet', apnAuthentication: 'CHAP', simPin: 1234 } as const;
    expect(setNetworkProfile(model, 2, { ...data, apn })).toEqual({ status: 'Accepted' });
    const value = (name: string) => {
      const { getVariableResult } = getVariables(model, { getVariableData: [at(`NetworkConfiguration[2].${name}`)] });
      return getVariableResult[0]?.attributeValue ?? getVariableResult[0]?.attributeStatus;
    };
    expect(['OcppCsmsUrl', 'MessageTimeout', 'OcppInterface', 'Apn', 'SimPin'].map(value)).toEqual([
      'wss://two/ocpp',
      '33',
      'Wireless0',
      'internet',
      'Rejected',
    ]);
    expect(setNetworkProfile(model, 2, data)).toEqual({ status: 'Accepted' });
    expect(value('Apn')).toBe('NotSupportedAttributeType');
    const priority = { ...at('OCPPCommCtrlr.NetworkConfigurationPriority'), attributeValue: '2,1' };
    expect(setVariables(model, { setVariableData: [priority] })).toMatchObject({
      setVariableResult: [{ attributeStatus: 'Accepted' }],
    });
  });
});

describe('a report (case 54)', () => {
  const lamp = (instance: string, rest: object) => ({
    name: 'Lamp',
    instance,
    properties: { dim: property('Dim', 'integer'), ...rest },
  });
  const flag = (name: string, value: boolean) => property(name, 'boolean', { value, mutability: 'ReadOnly' });
  const components = [
    lamp('off', {
      a: flag('Enabled', false),
      b: flag('Active', false),
      c: flag('Available', false),
      d: flag('Problem', false),
    }),
    lamp('bad', { a: flag('Enabled', true), d: flag('Problem', true) }),
  ];
  const options: ModelOptions = {
    components,
    computed: ({ address }) => (address.variable.name === 'AvailabilityState' ? 'Available' : undefined),
  };
  const model = createModel(options);
  const texts = (rows: Iterable<Parameters<typeof textOf>[0]>) => [...rows].map((row) => textOf(row));
  const ask = (request: object) => texts(customReport(model, { requestId: 1, ...request }));

  it('of everything lists everything, the keys of 1.6 aside [get_base_report_01]', () => {
    const listed = texts(baseReport(model, 'FullInventory'));
    expect(listed).toContain('Connector@1.2.ConnectorType');
    expect(listed).toContain('NetworkConfiguration[2].OcppCsmsUrl');
    expect(listed).toHaveLength(model.catalog.definitions.filter(({ text }) => !text.startsWith('OCPP16')).length);
  });

  it('of the configuration lists what can be set, passwords without value', () => {
    const rows = [...baseReport(model, 'ConfigurationInventory')];
    expect(rows.every(({ variableAttribute }) => variableAttribute[0]?.mutability !== 'ReadOnly')).toBe(true);
    const password = rows.find(({ variable }) => variable.name === 'BasicAuthPassword');
    expect(password?.variableAttribute).toMatchObject([{ value: undefined, mutability: 'WriteOnly' }]);
  });

  it('as a summary lists availability and problems', () => {
    expect(texts(baseReport(model, 'SummaryInventory'))).toEqual([
      'ChargingStation.AvailabilityState',
      'EVSE@1.AvailabilityState',
      'Connector@1.1.AvailabilityState',
      'Connector@1.2.AvailabilityState',
      'EVSE@2.AvailabilityState',
      'Connector@2.1.AvailabilityState',
      'Lamp[bad].Problem',
    ]);
  });

  it.each(['Active', 'Available', 'Enabled'])(
    'of what is %s lists components that do not say otherwise [B08_FR_07, B08_FR_08, B08_FR_09]',
    (criterion) => {
      const listed = ask({ componentCriteria: [criterion] });
      expect(listed).toContain('Lamp[bad].Dim');
      expect(listed).toContain('EVSE@1.Power');
      expect(listed).not.toContain('Lamp[off].Dim');
    },
  );

  it('of problems lists only components that have one [B08_FR_10]', () => {
    expect(ask({ componentCriteria: ['Problem'] })).toEqual([
      'Lamp[bad].Dim',
      'Lamp[bad].Enabled',
      'Lamp[bad].Problem',
    ]);
  });

  it('takes a component that meets one of several criteria', () => {
    expect(ask({ componentCriteria: ['Problem', 'Active'] })).toContain('EVSE@1.Power');
  });

  it.each([
    [{ component: { name: 'lamp' }, variable: { name: 'DIM' } }, ['Lamp[off].Dim', 'Lamp[bad].Dim']],
    [{ component: { name: 'Lamp', instance: 'bad' } }, ['Lamp[bad].Dim', 'Lamp[bad].Enabled', 'Lamp[bad].Problem']],
    [
      { component: { name: 'Connector' }, variable: { name: 'ConnectorType' } },
      ['Connector@1.1.ConnectorType', 'Connector@1.2.ConnectorType', 'Connector@2.1.ConnectorType'],
    ],
    [
      { component: { name: 'Connector', evse: { id: 1 } }, variable: { name: 'ConnectorType' } },
      ['Connector@1.1.ConnectorType', 'Connector@1.2.ConnectorType'],
    ],
    [
      { component: { name: 'Connector', evse: { id: 1, connectorId: 2 } }, variable: { name: 'ConnectorType' } },
      ['Connector@1.2.ConnectorType'],
    ],
    [
      { component: { name: 'TariffCostCtrlr' }, variable: { name: 'Available' } },
      ['TariffCostCtrlr.Available[Cost]', 'TariffCostCtrlr.Available[Tariff]'],
    ],
    [
      { component: { name: 'TariffCostCtrlr' }, variable: { name: 'Available', instance: 'Cost' } },
      ['TariffCostCtrlr.Available[Cost]'],
    ],
    [{ component: { name: 'Nothing' } }, []],
  ])('of %j takes what is missing in the filter as all [TC_B_54_CS] [TC_B_55_CS] [TC_B_56_CS]', (filter, listed) => {
    expect(ask({ componentVariable: [filter] })).toEqual(listed);
  });

  it('needs both, a criterion and a filter, where both are given', () => {
    const filter = { component: { name: 'Lamp' }, variable: { name: 'Dim' } };
    expect(ask({ componentCriteria: ['Problem'], componentVariable: [filter] })).toEqual(['Lamp[bad].Dim']);
  });
});

describe('pages', () => {
  it('are numbered, say whether another follows, and stay within their size (7.3 reports in pages)', () => {
    const rows = Array.from({ length: 10 }, (_, index) => ({ text: `${index}ä` }));
    const pages = [...pagesOf(rows, 50)];
    expect(pages.map(({ seqNo }) => seqNo)).toEqual([0, 1, 2, 3]);
    expect(pages.map(({ tbc }) => tbc)).toEqual([true, true, true, false]);
    expect(pages.flatMap(({ items }) => items)).toEqual(rows);
    for (const { items } of pages) expect(Buffer.byteLength(JSON.stringify(items))).toBeLessThanOrEqual(50);
  });

  it('have one for a row that is too long, and one for no rows', () => {
    expect([...pagesOf(['x'.repeat(99), 'y'], 10)].map(({ items }) => items.length)).toEqual([1, 1]);
    expect([...pagesOf([], 10)]).toEqual([{ seqNo: 0, tbc: false, items: [] }]);
  });
});
