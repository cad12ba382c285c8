import type { DeviceModel } from './device-model.ts';
import type { OcppVersion } from '@busbar/ocpp';
import { addressOf, textOf, type VariableAddress } from './variable-address.ts';
import {
  readVariable,
  writeVariable,
  type ReadStatus,
  type VariableRequest,
  type VariableSetRequest,
} from './variable-access.ts';
import type { AttributeType } from './variable-definition.ts';
import type { ConfigurationKey } from '../v16/configuration-keys.ts';
import { changeKey, readKey, toKeyValue, type KeyStatus } from '../v16/key-access.ts';
import { keyRegistryOf } from '../v16/key-registry.ts';

/**
 * How the host names variables of a station that speaks OCPP 1.6. `canonical`: by component and variable, or by key
 * with an empty component. `legacy`: the name of the variable is the key, whatever the component.
 */
export type HostAddressing = 'canonical' | 'legacy';

export interface HostVariables {
  model: DeviceModel;
  version: OcppVersion;
  /** Default canonical. */
  addressing?: HostAddressing;
}

export interface HostReadResult extends VariableAddress {
  status: ReadStatus;
  attributeType?: AttributeType;
  value?: string;
  reasonCode?: string;
}

export interface HostWriteResult extends VariableAddress {
  status: ReadStatus | 'RebootRequired';
  attributeType?: AttributeType;
  reasonCode?: string;
}

/** The values the host asks for, in its order. */
export function readForHost(station: HostVariables, requests: readonly VariableRequest[]): HostReadResult[] {
  return requests.map((request) => {
    const found = resolve(station, request);
    return found.kind === 'key' ? readByKey(station, request, found.key) : readByAddress(station.model, request, found);
  });
}

/** Sets what the host wants, in its order; `source` is kept with the values. */
export function writeForHost(
  station: HostVariables,
  requests: readonly VariableSetRequest[],
  source: string,
): HostWriteResult[] {
  return requests.map((request) => {
    const found = resolve(station, request);
    return found.kind === 'key'
      ? writeByKey(station, request, { key: found.key, source })
      : writeByAddress(station.model, request, { found, source });
  });
}

/** Sets one variable by its canonical text, or by its key in OCPP 1.6. */
export function writeByName(station: HostVariables, name: string, attributeValue: string): HostWriteResult['status'] {
  const address = addressOf(name) ?? { component: { name: '' }, variable: { name } };
  return writeForHost(station, [{ ...address, attributeValue }], 'host')[0]?.status ?? 'Rejected';
}

type Resolved =
  | { kind: 'key'; key: ConfigurationKey | undefined }
  | { kind: 'address'; key: ConfigurationKey | undefined }
  | { kind: 'ambiguous'; key: undefined };

/** Which key or variable is meant. Only OCPP 1.6 knows keys. */
export function resolve({ model, version, addressing }: HostVariables, address: VariableAddress): Resolved {
  if (version !== '1.6') return { kind: 'address', key: undefined };
  const registry = keyRegistryOf(model.catalog);
  if (address.component.name === '' || addressing === 'legacy')
    return { kind: 'key', key: registry.named(address.variable.name) };
  const keys = registry.of(textOf(address));
  return keys.length > 1 ? { kind: 'ambiguous', key: undefined } : { kind: 'address', key: keys[0] };
}

function readByKey(
  station: HostVariables,
  request: VariableRequest,
  key: ConfigurationKey | undefined,
): HostReadResult {
  const echo = echoOf(station, request);
  if (key?.access === 'W' && station.addressing !== 'legacy')
    return { ...echo, status: 'Rejected', reasonCode: 'WriteOnly' };
  const value = key && readKey(station.model, key);
  return value === undefined
    ? { ...echo, status: 'UnknownVariable' }
    : { ...echo, status: 'Accepted', attributeType: 'Actual', value };
}

function readByAddress(model: DeviceModel, request: VariableRequest, found: Resolved): HostReadResult {
  const { component, variable, attributeType = 'Actual' } = request;
  const echo = { component, variable, attributeType };
  if (found.kind === 'ambiguous') return { ...echo, status: 'Rejected', reasonCode: 'AmbiguousMapping' };
  if (found.key && attributeType !== 'Actual') return { ...echo, status: 'NotSupportedAttributeType' };
  return {
    ...echo,
    ...readVariable(model, found.key ? requestOf(model, found.key, request) : request),
    component,
    variable,
  };
}

function writeByKey(
  { model }: HostVariables,
  { component, variable, attributeValue }: VariableSetRequest,
  { key, source }: { key: ConfigurationKey | undefined; source: string },
): HostWriteResult {
  const status = changeKey(model, key, { value: attributeValue, caller: { kind: 'host', source } });
  return { component, variable, status: statuses[status] };
}

/** EVerest's words for the answers of OCPP 1.6. */
const statuses: Record<KeyStatus, HostWriteResult['status']> = {
  Accepted: 'Accepted',
  Rejected: 'Rejected',
  RebootRequired: 'RebootRequired',
  NotSupported: 'UnknownVariable',
};

function writeByAddress(
  model: DeviceModel,
  request: VariableSetRequest,
  { found, source }: { found: Resolved; source: string },
): HostWriteResult {
  const { component, variable, attributeType = 'Actual', attributeValue } = request;
  const echo = { component, variable, attributeType };
  const caller = { kind: 'host', source } as const;
  if (found.kind === 'ambiguous') return { ...echo, status: 'Rejected', reasonCode: 'AmbiguousMapping' };
  if (!found.key) return { ...echo, ...writeVariable(model, request, caller) };
  if (attributeType !== 'Actual') return { ...echo, status: 'NotSupportedAttributeType' };
  const value = toKeyValue(found.key, attributeValue);
  return { ...echo, status: statuses[changeKey(model, found.key, { value, caller })] };
}

/** A variable under an alias is read at its home. */
function requestOf(model: DeviceModel, key: ConfigurationKey, request: VariableRequest): VariableRequest {
  const home = model.catalog.named(key.variable);
  return home ? { ...request, ...home.address } : request;
}

/** By key, the component does not count; EVerest's older module does not repeat it. */
function echoOf({ addressing }: HostVariables, { component, variable }: VariableRequest): VariableAddress {
  return addressing === 'legacy'
    ? { component: { name: '' }, variable: { name: variable.name } }
    : { component, variable };
}
