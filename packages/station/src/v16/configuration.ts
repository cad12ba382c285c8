import type { Handlers, v16 } from '@busbar/ocpp';
import { standardVariables } from '../standard-variables.ts';
import { configurationKeys, keyOf, type ConfigurationKey } from './configuration-keys.ts';
import { changeSecurityKey } from './security-keys.ts';
import type { Station16 } from './station16.ts';

export const configuration = (station: Station16): Handlers<'1.6'> => ({
  GetConfiguration({ key = [] }) {
    if (key.length === 0)
      return { configurationKey: configurationKeys.filter(isReadable).map((row) => toKeyValue(station, row)) };
    const configurationKey: v16.KeyValue[] = [];
    const unknownKey: string[] = [];
    for (const name of key) {
      const row = keyOf(name);
      if (row && isReadable(row)) configurationKey.push(toKeyValue(station, row));
      else unknownKey.push(name);
    }
    return {
      configurationKey: configurationKey.length > 0 ? configurationKey : undefined,
      unknownKey: unknownKey.length > 0 ? unknownKey : undefined,
    };
  },

  ChangeConfiguration({ key, value }) {
    const row = keyOf(key);
    if (!row) return { status: 'NotSupported' };
    const changed = changeSecurityKey(station, key, value);
    if (changed) return { status: changed };
    if (isReadOnly(row)) return { status: 'Rejected' };
    const status = station.core.variables.set(row.variable, value);
    return { status: status === 'Unknown' ? 'NotSupported' : status };
  },
});

const isReadable = ({ variable }: ConfigurationKey) => standardVariables[variable].access !== 'W';

const isReadOnly = ({ variable }: ConfigurationKey) => standardVariables[variable].access === 'R';

function toKeyValue({ core }: Station16, row: ConfigurationKey): v16.KeyValue {
  const value = core.variables.get(row.variable);
  return { key: row.key, readonly: isReadOnly(row), value: row.toValue ? row.toValue(value) : value };
}
