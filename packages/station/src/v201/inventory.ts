import type { v201 } from '@busbar/ocpp';
import type { Evse } from '../evse.ts';
import {
  standardVariables,
  variableNames,
  variableOf,
  type VariableDefinition,
  type VariableName,
} from '../standard-variables.ts';
import { connectorStatusOf } from './availability.ts';
import type { Station201 } from './station201.ts';

/** A variable that exists, and how to read it. */
export type FoundVariable =
  | { access: 'R'; read(): string }
  | { access: 'RW' | 'W'; name: VariableName; read(): string };

interface EvseVariable {
  component: 'EVSE' | 'Connector';
  variable: string;
  type: v201.DataEnumType;
  unit?: string;
  max?(evse: Evse): number;
  read(evse: Evse): string;
}

/** What each EVSE and its connector have; all read-only. */
const evseVariables: readonly EvseVariable[] = [
  { component: 'EVSE', variable: 'AvailabilityState', type: 'OptionList', read: statusOf },
  { component: 'EVSE', variable: 'Available', type: 'boolean', read: () => 'true' },
  { component: 'EVSE', variable: 'AllowReset', type: 'boolean', read: () => 'false' },
  {
    component: 'EVSE',
    variable: 'Power',
    type: 'decimal',
    unit: 'W',
    max: maxPowerW,
    read: (evse) => String(Math.round(evse.read('Trigger').reading.powerW)),
  },
  {
    component: 'EVSE',
    variable: 'SupplyPhases',
    type: 'integer',
    read: ({ description }) => String(description.phases),
  },
  {
    component: 'Connector',
    variable: 'AvailabilityState',
    type: 'OptionList',
    read: statusOf,
  },
  { component: 'Connector', variable: 'Available', type: 'boolean', read: () => 'true' },
  {
    component: 'Connector',
    variable: 'ConnectorType',
    type: 'string',
    read: ({ description }) => description.connectorType,
  },
  {
    component: 'Connector',
    variable: 'SupplyPhases',
    type: 'integer',
    read: ({ description }) => String(description.phases),
  },
];

function statusOf({ connector }: Evse): string {
  return connector ? connectorStatusOf(connector) : 'Unavailable';
}

function maxPowerW({ description: { maxCurrentA, voltageV, phases } }: Evse): number {
  return maxCurrentA * voltageV * phases;
}

/** A variable by its address; the status to answer when there is none. Names are compared without regard to case. */
export function findVariable(
  { core }: Station201,
  component: v201.ComponentType,
  variable: v201.VariableType,
): FoundVariable | 'UnknownComponent' | 'UnknownVariable' {
  if (component.evse) return findEvseVariable(core.evse(component.evse.id), component, variable);
  const instance = variable.instance === undefined ? '' : `[${variable.instance}]`;
  const known =
    component.instance === undefined ? variableOf(`${component.name}.${variable.name}${instance}`) : undefined;
  if (!known) return isComponent(component) ? 'UnknownVariable' : 'UnknownComponent';
  const { name, definition } = known;
  const read = () => core.variables.get(name);
  return definition.access === 'R' ? { access: 'R', read } : { access: definition.access, name, read };
}

const componentNames = new Set(variableNames.map((name) => partsOf(name).component.toLowerCase()));

const isComponent = ({ name, instance }: v201.ComponentType) =>
  instance === undefined && componentNames.has(name.toLowerCase());

function findEvseVariable(
  evse: Evse | undefined,
  component: v201.ComponentType,
  variable: v201.VariableType,
): FoundVariable | 'UnknownComponent' | 'UnknownVariable' {
  const kind = component.name.toLowerCase();
  const isConnector = kind === 'connector';
  const connectorId = component.evse?.connectorId;
  const isKnown = isConnector ? connectorId === 1 : kind === 'evse' && connectorId === undefined;
  if (!evse || !isKnown) return 'UnknownComponent';
  const row = evseVariables.find(
    (each) => each.component.toLowerCase() === kind && each.variable.toLowerCase() === variable.name.toLowerCase(),
  );
  return row && variable.instance === undefined ? { access: 'R', read: () => row.read(evse) } : 'UnknownVariable';
}

/** `Component.Variable[instance]` in its parts. */
function partsOf(name: string): { component: string; variable: v201.VariableType } {
  const dot = name.indexOf('.');
  const bracket = name.indexOf('[');
  const variable = name.slice(dot + 1, bracket < 0 ? undefined : bracket);
  const instance = bracket < 0 ? undefined : name.slice(bracket + 1, -1);
  return { component: name.slice(0, dot), variable: { name: variable, ...(instance !== undefined && { instance }) } };
}

/** What a base report lists: everything, or what can be set. */
export function* reportRows(
  station: Station201,
  base: 'ConfigurationInventory' | 'FullInventory',
): Generator<v201.ReportDataType> {
  for (const name of variableNames) {
    if (name.startsWith('OCPP16LegacyCtrlr.')) continue;
    const definition: VariableDefinition = standardVariables[name];
    if (base === 'ConfigurationInventory' && definition.access === 'R') continue;
    yield toRow(name, definition, station.core.variables.get(name));
  }
  if (base === 'ConfigurationInventory') return;
  for (const evse of station.core.evses) {
    for (const row of evseVariables) yield toEvseRow(evse, row);
  }
}

const mutability = { R: 'ReadOnly', RW: 'ReadWrite', W: 'WriteOnly' } as const;

function toRow(name: VariableName, definition: VariableDefinition, value: string): v201.ReportDataType {
  const { component, variable } = partsOf(name);
  return {
    component: { name: component },
    variable,
    variableAttribute: [
      {
        value: definition.access === 'W' || value === '' ? undefined : value,
        mutability: mutability[definition.access],
        persistent: definition.access !== 'R',
      },
    ],
    variableCharacteristics: {
      dataType: definition.type,
      unit: definition.unit,
      minLimit: definition.min,
      maxLimit: definition.max,
      valuesList: definition.values && toList(definition.values),
      supportsMonitoring: false,
    },
  };
}

/** At most 1000 characters may be told: what comes first. */
function toList(values: readonly string[]): string {
  const list = values.join(',');
  return list.length <= 1000 ? list : list.slice(0, list.lastIndexOf(',', 1000));
}

function toEvseRow(evse: Evse, row: EvseVariable): v201.ReportDataType {
  const isConnector = row.component === 'Connector';
  return {
    component: { name: row.component, evse: isConnector ? { id: evse.id, connectorId: 1 } : { id: evse.id } },
    variable: { name: row.variable },
    variableAttribute: [{ value: row.read(evse), mutability: 'ReadOnly' }],
    variableCharacteristics: {
      dataType: row.type,
      unit: row.unit,
      maxLimit: row.max?.(evse),
      supportsMonitoring: false,
    },
  };
}
