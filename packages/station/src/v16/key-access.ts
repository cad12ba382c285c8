import type { DeviceModel } from '../device-model/device-model.ts';
import { applied, type Caller } from '../device-model/variable-access.ts';
import { problemOf, type VariableDefinition } from '../device-model/variable-definition.ts';
import { objectionTo } from '../device-model/variable-guards.ts';
import type { ConfigurationKey } from './configuration-keys.ts';

/** As in OCPP 1.6 ConfigurationStatus. */
export type KeyStatus = 'Accepted' | 'Rejected' | 'RebootRequired' | 'NotSupported';

/** What OCPP 1.6 allows for a value. */
const longestValue = 500;

/** True when the station has what the key stands for. */
export function isSupported(model: DeviceModel, key: ConfigurationKey): boolean {
  return key.access === 'W' ? model.catalog.named(key.variable) !== undefined : valueOf(model, key) !== undefined;
}

/** The value as OCPP 1.6 writes it; undefined when there is none, or nobody may read it. */
export function readKey(model: DeviceModel, key: ConfigurationKey): string | undefined {
  const value = key.access === 'W' ? undefined : valueOf(model, key);
  return value === undefined ? undefined : toKeyValue(key, value).slice(0, longestValue);
}

function valueOf(model: DeviceModel, { variable, derived, part }: ConfigurationKey): string | undefined {
  const definition = model.catalog.named(variable);
  if (!definition || part) return part?.read(model);
  return derived ? derived(definition)?.toString() : model.read(definition);
}

/** Checks and sets a value that is written as in OCPP 1.6. */
export function changeKey(
  model: DeviceModel,
  key: ConfigurationKey | undefined,
  { value, caller }: { value: string; caller: Caller },
): KeyStatus {
  const definition = key && model.catalog.named(key.variable);
  if (!key || !definition || !isSupported(model, key)) return 'NotSupported';
  if (key.access === 'R' || value.length > longestValue) return 'Rejected';
  if (key.isAllowed?.(value, model) === false) return 'Rejected';
  const variableValue = key.part ? key.part.merge(model, value) : toVariableValue(key, definition, value);
  if (!isFit(key, definition, variableValue)) return 'Rejected';
  const write = { definition, attribute: 'Actual', value: variableValue } as const;
  if (objectionTo({ model, ...write }) !== undefined) return 'Rejected';
  const { status } = applied(model, [{ ...write, source: caller.source }]);
  return status === 'Accepted' || status === 'RebootRequired' ? status : 'Rejected';
}

function isFit({ length }: ConfigurationKey, definition: VariableDefinition, value: string): boolean {
  const limits = length ? { minLimit: length.min, maxLimit: length.max } : {};
  return problemOf({ ...definition, ...limits }, value) === undefined;
}

/** A value of the variable in the words of OCPP 1.6. */
export function toKeyValue({ words }: ConfigurationKey, value: string): string {
  if (!words) return value;
  const byWord = new Map(Object.entries(words));
  return eachItem(value, (item) => byWord.get(item) ?? item);
}

/** The other way round. In OCPP 1.6 the case of a boolean and spaces in a list do not matter. */
function toVariableValue({ words }: ConfigurationKey, { dataType }: VariableDefinition, value: string): string {
  if (dataType === 'boolean') return value.toLowerCase();
  if (dataType !== 'MemberList' && dataType !== 'SequenceList') return value;
  const byWord = new Map(Object.entries(words ?? {}).map(([word, word16]) => [word16, word]));
  return eachItem(value, (item) => byWord.get(item) ?? item);
}

function eachItem(value: string, change: (item: string) => string): string {
  return value
    .split(',')
    .map((item) => change(item.trim()))
    .join(',');
}
