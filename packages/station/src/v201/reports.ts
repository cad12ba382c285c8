import type { v201 } from '@busbar/ocpp';
import type { DeviceModel } from '../device-model/device-model.ts';
import { componentTextOf } from '../device-model/variable-address.ts';
import type { AttributeDefinition, VariableDefinition } from '../device-model/variable-definition.ts';
import { isAskedFor } from './filters.ts';

/** What a base report lists. OCPP 2.0.1 B07. */
export function* baseReport(
  model: DeviceModel,
  base: v201.GetBaseReportRequest['reportBase'],
): Generator<v201.ReportDataType> {
  const belongs = bases[base];
  for (const definition of reported(model)) {
    if (belongs(model, definition)) yield toRow(model, definition);
  }
}

type Belongs = (model: DeviceModel, definition: VariableDefinition) => boolean;

const bases: Record<v201.GetBaseReportRequest['reportBase'], Belongs> = {
  FullInventory: () => true,
  ConfigurationInventory: (_model, { attributes }) => attributes.some(({ mutability }) => mutability !== 'ReadOnly'),
  SummaryInventory: (model, definition) => {
    const { name } = definition.address.variable;
    return name === 'AvailabilityState' || (conditions.has(name) && isTrue(model, definition));
  },
};

/** What makes a component worth a line in a summary. */
const conditions = new Set(['Problem', 'Tripped', 'Overload', 'Fallback']);

/** The rows that a GetReport asks for; empty when there are none. OCPP 2.0.1 B08. */
export function customReport(model: DeviceModel, request: v201.GetReportRequest): v201.ReportDataType[] {
  const { componentCriteria, componentVariable } = request;
  const isMeant = componentsOf(model, componentCriteria);
  return [...reported(model)]
    .filter(({ address }) => isMeant(componentTextOf(address.component)) && isAskedFor(address, componentVariable))
    .map((definition) => toRow(model, definition));
}

/** B08.FR.08: one criterion is enough. */
function componentsOf(
  model: DeviceModel,
  criteria: readonly v201.ComponentCriterionEnumType[] | undefined,
): (component: string) => boolean {
  if (!criteria || criteria.length === 0) return () => true;
  return (component) =>
    criteria.some((criterion) => {
      const definition = model.catalog.named(`${component}.${criterion}`);
      // A component without such a variable is active, available and enabled; a problem must be told.
      return definition ? isTrue(model, definition) : criterion !== 'Problem';
    });
}

/** All but the keys that only OCPP 1.6 has. */
function* reported({ catalog }: DeviceModel): Generator<VariableDefinition> {
  for (const definition of catalog.definitions) {
    if (definition.address.component.name !== 'OCPP16LegacyCtrlr') yield definition;
  }
}

function isTrue(model: DeviceModel, definition: VariableDefinition): boolean {
  return model.read(definition)?.toLowerCase() === 'true';
}

function toRow(model: DeviceModel, definition: VariableDefinition): v201.ReportDataType {
  const { address, attributes, dataType, unit, minLimit, maxLimit, values, supportsMonitoring } = definition;
  return {
    component: address.component,
    variable: address.variable,
    variableAttribute: attributes.map((attribute) => toAttribute(model, definition, attribute)),
    variableCharacteristics: {
      dataType,
      unit,
      minLimit,
      maxLimit,
      valuesList: values?.join(',').slice(0, 1000),
      supportsMonitoring,
    },
  };
}

function toAttribute(
  model: DeviceModel,
  definition: VariableDefinition,
  { type, mutability }: AttributeDefinition,
): v201.VariableAttributeType {
  const value = mutability === 'WriteOnly' ? undefined : model.read(definition, type);
  return {
    type: type === 'Actual' ? undefined : type,
    value: value?.slice(0, model.number('DeviceDataCtrlr.ReportingValueSize')),
    mutability,
    persistent: mutability !== 'ReadOnly',
  };
}
