import { describe, expect, it } from 'vitest';
import { createModel, topology } from '../../test/models.ts';
import { changedName, type VariableChange } from './device-model.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { StoreError, type StationStore } from '../store/store.ts';
import { catalogOf } from './variable-catalog.ts';
import type { VariableDefinition } from './variable-definition.ts';

const named = (model: ReturnType<typeof createModel>, text: string): VariableDefinition => {
  const definition = model.catalog.named(text);
  if (!definition) throw new Error(`there is no ${text}`);
  return definition;
};

describe('the catalog', () => {
  it('is one for all stations of a make', () => {
    expect(catalogOf({ evses: topology })).toBe(catalogOf({ evses: structuredClone(topology) }));
    expect(catalogOf({ evses: topology })).not.toBe(catalogOf({ evses: topology.slice(1) }));
    expect(catalogOf({ evses: topology, networkSlots: 3 })).not.toBe(catalogOf({ evses: topology }));
  });

  it('has EVSEs and connectors as the host declares them', () => {
    const model = createModel();
    const read = (text: string) => model.read(named(model, text));
    expect(read('Connector@1.1.ConnectorType')).toBe('sType2');
    expect(read('Connector@1.2.ConnectorType')).toBe('cCCS2');
    expect(read('Connector@2.1.SupplyPhases')).toBe('1');
    expect(named(model, 'EVSE@1.Power').maxLimit).toBe(22_080);
    expect(named(model, 'EVSE@2.Power').maxLimit).toBe(7360);
    expect(model.catalog.named('Connector@2.2.Available')).toBeUndefined();
  });

  it('has as many network slots as it is told', () => {
    const { catalog } = createModel({ networkSlots: 3 });
    expect(catalog.networkSlots).toBe(3);
    expect(catalog.named('NetworkConfiguration[3].OcppCsmsUrl')).toBeDefined();
    expect(catalog.named('NetworkConfiguration[4].OcppCsmsUrl')).toBeUndefined();
  });

  it('finds names in any case and tells an unknown component from an unknown variable', () => {
    const { catalog } = createModel();
    const find = (component: object, variable: object) =>
      catalog.find({ component: { name: '', ...component }, variable: { name: '', ...variable } });
    expect(find({ name: 'ocppCOMMctrlr' }, { name: 'messageattempts', instance: 'TRANSACTIONEVENT' })).toMatchObject({
      text: 'OCPPCommCtrlr.MessageAttempts[TransactionEvent]',
    });
    expect(find({ name: 'OCPPCommCtrlr' }, { name: 'Nonsense' })).toBe('UnknownVariable');
    expect(find({ name: 'OCPPCommCtrlr', instance: 'x' }, { name: 'HeartbeatInterval' })).toBe('UnknownComponent');
    expect(find({ name: 'EVSE', evse: { id: 1 } }, { name: '__proto__' })).toBe('UnknownVariable');
    expect(find({ name: 'EVSE', evse: { id: 9 } }, { name: 'Power' })).toBe('UnknownComponent');
    expect(find({ name: 'EVSE' }, { name: 'Power' })).toBe('UnknownComponent');
  });

  it('gives every required variable a value, but for those that the state of the station gives', () => {
    const model = createModel();
    const missing = model.catalog.definitions.filter((each) => each.isRequired && model.read(each) === undefined);
    const computed = /AvailabilityState$|Power$|DateTime$|ChargingStation.SupplyPhases$/;
    expect(missing.map(({ text }) => text).filter((text) => !computed.test(text))).toEqual([]);
  });

  it('has no password and no organisation that a maker could forget', () => {
    const secrets = createModel().catalog.definitions.filter(({ text }) =>
      /Password|SimPin|VpnKey|Organization/.test(text),
    );
    expect(secrets.filter(({ attributes }) => (attributes[0]?.value ?? '') !== '')).toEqual([]);
  });
});

describe('the values of a station', () => {
  it('come from whoever set them, then from settings, state, and catalog', () => {
    const computed = ({ text }: VariableDefinition) => (text === 'ChargingStation.Model' ? 'of the state' : undefined);
    const bare = createModel({ computed });
    expect(bare.get('ChargingStation.Model')).toBe('of the state');
    expect(bare.get('OCPPCommCtrlr.HeartbeatInterval')).toBe('300');
    const model = createModel({ computed, settings: { 'ChargingStation.Model': 'set', 'EVSE@1.EvseId': 'DE*1' } });
    expect(model.get('ChargingStation.Model')).toBe('set');
    expect(model.read(named(model, 'EVSE@1.EvseId'))).toBe('DE*1');
    model.assign('ChargingStation.Model', 'assigned');
    expect(model.get('ChargingStation.Model')).toBe('assigned');
    expect(model.sourceOf(named(model, 'ChargingStation.Model'))).toBe('internal');
    expect(model.sourceOf(named(model, 'ChargingStation.VendorName'))).toBeUndefined();
  });

  it('refuses wrong settings and names all of them', () => {
    const settings = { 'OCPPCommCtrlr.HeartbeatInterval': 'soon', 'Nobody.Knows': '1', 'EVSE@1.Power#MaxSet': '1' };
    expect(() => createModel({ settings })).toThrow(
      /HeartbeatInterval: not an integer[^]*Nobody.Knows: there is no such variable[^]*EVSE@1.Power#MaxSet/,
    );
  });

  it('tell of every change, once, with the old and the new value', () => {
    const changes: Partial<VariableChange>[] = [];
    const model = createModel({ onChange: (change) => changes.push(change) });
    const definition = named(model, 'OCPPCommCtrlr.HeartbeatInterval');
    const stop = model.onChange((change) => changes.push({ source: `heard of ${changedName(change)}` }));
    model.apply([{ definition, attribute: 'Actual', value: '300', source: 'csms' }]);
    expect(changes).toEqual([]);
    model.apply([{ definition, attribute: 'Actual', value: '7', source: 'csms' }]);
    stop();
    model.apply([{ definition, attribute: 'Actual', value: undefined, source: 'host' }]);
    expect(changes).toMatchObject([
      { old: '300', new: '7', source: 'csms' },
      { source: 'heard of OCPPCommCtrlr.HeartbeatInterval' },
      { old: '7', new: '300', source: 'host' },
    ]);
  });
});

describe('values that are kept', () => {
  const key = 'OCPPCommCtrlr.HeartbeatInterval';

  it('are there after a restart, with their source, and forgotten when they are taken back', () => {
    const store = createMemoryStore();
    const before = createModel({ store });
    before.apply([{ definition: named(before, key), attribute: 'Actual', value: '42', source: 'csms' }]);
    const after = createModel({ store, settings: { [key]: '10' } });
    expect(after.get(key)).toBe('42');
    expect(after.sourceOf(named(after, key))).toBe('csms');
    after.apply([{ definition: named(after, key), attribute: 'Actual', value: undefined, source: 'csms' }]);
    expect(createModel({ store }).get(key)).toBe('300');
  });

  it('are dropped with a warning where they do not fit', () => {
    const store = createMemoryStore();
    const entry = (value: unknown) => ({ value, source: 'csms' });
    store.put('variables', key, entry('-5'));
    store.put('variables', 'Gone.Variable', entry('1'));
    store.put('variables', 'OCPPCommCtrlr.ResetRetries', '7');
    store.put('variables', 'TxCtrlr.EVConnectionTimeOut', entry('77'));
    const warnings: string[] = [];
    const model = createModel({ store, onWarning: (sentence) => warnings.push(sentence) });
    expect(model.get(key)).toBe('300');
    expect(model.get('TxCtrlr.EVConnectionTimeOut')).toBe('77');
    expect(warnings).toHaveLength(3);
    expect(warnings.join()).toMatch(/HeartbeatInterval is not used: below 1/);
  });

  it('change all or not at all when the disk is full, but the station itself goes on', () => {
    const warnings: string[] = [];
    const store: StationStore = {
      ...createMemoryStore(),
      entries: () => [],
      atomically: () => {
        throw new StoreError('full', 'no room');
      },
    };
    const model = createModel({ store, onWarning: (sentence) => warnings.push(sentence) });
    const write = { definition: named(model, key), attribute: 'Actual', value: '42', source: 'csms' } as const;
    expect(() => model.apply([write])).toThrow(StoreError);
    expect(model.get(key)).toBe('300');
    model.assign(key, '42');
    expect(model.get(key)).toBe('42');
    expect(warnings).toEqual([`${key} is set but not kept: no room`]);
  });
});
