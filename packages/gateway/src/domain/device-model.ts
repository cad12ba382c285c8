import { InvalidError } from './errors.ts';

/** OCPP 2.0.1 ComponentType. A 1.6 key without a 2.0.1 name is a variable of the component {@link configurationKey}. */
export interface Component {
  name: string;
  instance?: string;
  evseId?: number;
  connectorId?: number;
}

/** OCPP 2.0.1 VariableType. */
export interface Variable {
  name: string;
  instance?: string;
}

export type AttributeType = 'Actual' | 'Target' | 'MinSet' | 'MaxSet';

export interface VariableAddress {
  component: Component;
  variable: Variable;
  /** `Actual` when absent. */
  attribute?: AttributeType;
  /** What the station itself calls it, where that is not its 2.0.1 name: a 1.6 key. Says nothing of which variable it is. */
  key?: string;
}

export interface SetVariable extends VariableAddress {
  value: string;
}

/** OCPP 2.0.1 GetVariableStatusEnumType and SetVariableStatusEnumType together. */
export type VariableStatus =
  | 'Accepted'
  | 'Rejected'
  | 'UnknownComponent'
  | 'UnknownVariable'
  | 'NotSupportedAttributeType'
  | 'RebootRequired';

/** What became of one variable of a get or a set. `value` is what the station said, never what was asked. */
export interface VariableResult extends VariableAddress {
  status: VariableStatus;
  value?: string;
  /** Whether the station allows changing it; absent when it does not tell. */
  writable?: boolean;
  reason?: string;
}

/** One variable as a station reported it. */
export interface ReportedVariable extends VariableAddress {
  value?: string;
  writable?: boolean;
  dataType?: string;
  unit?: string;
}

/** Component of the 1.6 keys that have no 2.0.1 name. */
export const configurationKey = 'ConfigurationKey';

const attributes: readonly AttributeType[] = ['Actual', 'Target', 'MinSet', 'MaxSet'];

/**
 * Reads `Component[;instance][;evse]/Variable[;instance][;attribute]`, or a plain 1.6 key such as `HeartbeatInterval`.
 * @throws InvalidError when the name fits neither form
 */
export function toVariableAddress(name: string): VariableAddress {
  const slash = name.indexOf('/');
  if (name.trim() === '' || slash === 0 || slash === name.length - 1) throw new InvalidError(misnamed(name));
  if (slash < 0) return { component: { name: configurationKey }, variable: { name } };
  const [componentName = '', ...qualifiers] = name.slice(0, slash).split(';');
  const [variableName = '', ...rest] = name.slice(slash + 1).split(';');
  const attribute = attributes.find((type) => type === rest.at(-1));
  const instance = attribute === undefined ? rest[0] : rest.slice(0, -1)[0];
  return {
    component: { name: componentName, ...toQualifiers(qualifiers) },
    variable: { name: variableName, ...(instance ? { instance } : {}) },
    ...(attribute && { attribute }),
  };
}

/** What people see: the station's own key, or else the 2.0.1 name. {@link toVariableAddress} reads both. */
export function nameOf(address: VariableAddress): string {
  return address.key ?? canonicalNameOf(address);
}

/** The 2.0.1 name, whatever the station calls it; the inverse of {@link toVariableAddress}. */
export function canonicalNameOf({ component, variable, attribute }: VariableAddress): string {
  const suffix = attribute === undefined || attribute === 'Actual' ? '' : `;${attribute}`;
  if (component.name === configurationKey) return `${variable.name}${suffix}`;
  const evse = component.evseId === undefined ? [] : [evseOf(component)];
  const left = [component.name, ...(component.instance ? [component.instance] : []), ...evse].join(';');
  const right = [variable.name, ...(variable.instance ? [variable.instance] : [])].join(';');
  return `${left}/${right}${suffix}`;
}

function evseOf({ evseId, connectorId }: Component): string {
  return connectorId === undefined ? `${evseId}` : `${evseId}.${connectorId}`;
}

/** `;1` is EVSE 1, `;1.2` its connector 2, anything else an instance. */
function toQualifiers(qualifiers: string[]): Omit<Component, 'name'> {
  const result: Omit<Component, 'name'> = {};
  for (const qualifier of qualifiers) {
    const evse = /^(\d+)(?:\.(\d+))?$/.exec(qualifier);
    if (evse === null) result.instance = qualifier;
    else {
      result.evseId = Number(evse[1]);
      if (evse[2] !== undefined) result.connectorId = Number(evse[2]);
    }
  }
  return result;
}

function misnamed(name: string): string {
  return `'${name}' names no variable: write Component/Variable (SampledDataCtrlr/TxUpdatedInterval) or a 1.6 key (HeartbeatInterval).`;
}
