import { OcppError, type Handlers, type v16 } from '@busbar/ocpp';
import type { DeviceModel } from '../device-model/device-model.ts';
import type { ConfigurationKey } from './configuration-keys.ts';
import { changeKey, readKey } from './key-access.ts';
import { keyRegistryOf } from './key-registry.ts';
import type { Station16 } from './station16.ts';

const longestKey = 50;

const csms = { kind: 'csms', source: 'csms' } as const;

export const configuration = ({ core: { variables } }: Station16): Handlers<'1.6'> => ({
  GetConfiguration({ key = [] }) {
    const registry = keyRegistryOf(variables.catalog);
    if (key.length === 0) return { configurationKey: registry.keys.flatMap((row) => toKeyValue(variables, row) ?? []) };
    const most = variables.number('OCPP16LegacyCtrlr.GetConfigurationMaxKeys');
    if (key.length > most) throw new OcppError('OccurrenceConstraintViolation', `at most ${most} keys in one message`);
    for (const name of key) demandKey(name);
    const configurationKey: v16.KeyValue[] = [];
    const unknownKey: string[] = [];
    for (const name of key) {
      const row = registry.named(name);
      const keyValue = row && toKeyValue(variables, row);
      if (keyValue) configurationKey.push(keyValue);
      else unknownKey.push(name);
    }
    return {
      configurationKey: configurationKey.length > 0 ? configurationKey : undefined,
      unknownKey: unknownKey.length > 0 ? unknownKey : undefined,
    };
  },

  ChangeConfiguration({ key, value }) {
    demandKey(key);
    const row = keyRegistryOf(variables.catalog).named(key);
    return { status: changeKey(variables, row, { value, caller: csms }) };
  },
});

/** The wire lets pass what is too long, and the answer could not name it. */
function demandKey(key: string): void {
  if (key.length > longestKey)
    throw new OcppError('PropertyConstraintViolation', `key must be at most ${longestKey} characters`);
}

/** undefined: the station does not have it, or nobody may read it. */
function toKeyValue(model: DeviceModel, row: ConfigurationKey): v16.KeyValue | undefined {
  const value = readKey(model, row);
  return value === undefined ? undefined : { key: row.key, readonly: row.access === 'R', value };
}
