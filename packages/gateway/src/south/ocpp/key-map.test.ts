import { expect, test } from 'vitest';
import { toKey, toVariable } from './key-map.ts';

test.each([
  ['HeartbeatInterval', 'OCPPCommCtrlr', 'HeartbeatInterval', undefined],
  ['MeterValueSampleInterval', 'SampledDataCtrlr', 'TxUpdatedInterval', undefined],
  ['TransactionMessageAttempts', 'OCPPCommCtrlr', 'MessageAttempts', 'TransactionEvent'],
  ['AuthorizationKey', 'SecurityCtrlr', 'BasicAuthPassword', undefined],
])('%s is %s/%s and back', (key, component, variable, instance) => {
  const address = { component: { name: component }, variable: { name: variable, ...(instance && { instance }) } };
  expect(toVariable(key)).toEqual(address);
  expect(toVariable(key.toLowerCase())).toEqual(address);
  expect(toKey(address)).toBe(key);
});

test('a key that 2.0.1 has no name for is a variable of the component ConfigurationKey', () => {
  const address = { component: { name: 'ConfigurationKey' }, variable: { name: 'VendorKey' } };
  expect(toVariable('VendorKey')).toEqual(address);
  expect(toKey(address)).toBe('VendorKey');
});

test('a variable of one EVSE, or of an instance, is no 1.6 key', () => {
  const variable = { name: 'HeartbeatInterval' };
  expect(toKey({ component: { name: 'OCPPCommCtrlr', evseId: 1 }, variable })).toBeUndefined();
  expect(toKey({ component: { name: 'OCPPCommCtrlr', instance: 'x' }, variable })).toBeUndefined();
  expect(toKey({ component: { name: 'EVSE' }, variable: { name: 'Power' } })).toBeUndefined();
});
