import type { HostVariableEvent } from '../device-model/host-monitors.ts';
import type { HostReadResult, HostWriteResult } from '../device-model/host-variables.ts';
import type {
  ComponentVariable,
  EventData,
  EVSE,
  GetVariableRequest,
  GetVariableResult,
  SetVariableRequest,
  SetVariableResult,
} from './ocpp-interface.ts';
import type { VariableRequest, VariableSetRequest } from '../device-model/variable-access.ts';
import type { ComponentAddress, VariableAddress } from '../device-model/variable-address.ts';

/** EVerest's limit of a value, characters. */
const mostCharacters = 2500;

export function toAddress({ component, variable }: ComponentVariable): VariableAddress {
  const { name, instance, evse } = component;
  return {
    component: {
      name,
      ...(instance !== undefined && { instance }),
      ...(evse && { evse: { id: evse.id, connectorId: evse.connector_id } }),
    },
    variable: { name: variable.name, ...(variable.instance !== undefined && { instance: variable.instance }) },
  };
}

export function toComponentVariable({ component, variable }: VariableAddress): ComponentVariable {
  const { name, instance, evse } = component;
  return {
    component: { name, ...(instance !== undefined && { instance }), ...(evse && { evse: toEvse(evse) }) },
    variable: { name: variable.name, ...(variable.instance !== undefined && { instance: variable.instance }) },
  };
}

export function toReadRequest({ component_variable, attribute_type }: GetVariableRequest): VariableRequest {
  return { ...toAddress(component_variable), attributeType: attribute_type };
}

export function toWriteRequest(request: SetVariableRequest): VariableSetRequest {
  return { ...toReadRequest(request), attributeValue: request.value };
}

export function toGetResult(result: HostReadResult): GetVariableResult {
  const { value } = result;
  return { ...toSetResult(result), status: result.status, ...(value !== undefined && { value: cut(value) }) };
}

export function toSetResult(result: HostWriteResult): SetVariableResult {
  const { status, attributeType } = result;
  return {
    status,
    component_variable: toComponentVariable(result),
    ...(attributeType && { attribute_type: attributeType }),
  };
}

export function toEventData(event: HostVariableEvent): EventData {
  return {
    component_variable: toComponentVariable(event),
    event_id: event.eventId,
    timestamp: event.timestamp.toISOString(),
    trigger: event.trigger,
    actual_value: cut(event.actualValue),
    event_notification_type: event.eventNotificationType,
  };
}

const toEvse = ({ id, connectorId }: NonNullable<ComponentAddress['evse']>): EVSE => ({
  id,
  ...(connectorId !== undefined && { connector_id: connectorId }),
});

const cut = (value: string) => value.slice(0, mostCharacters);
