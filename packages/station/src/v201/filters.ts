import type { ComponentAddress, VariableAddress } from '../device-model/variable-address.ts';

/** Which variables a report is about; what is missing matches all. */
export interface ComponentVariableFilter {
  component: ComponentAddress;
  variable?: VariableAddress['variable'] | undefined;
}

/** OCPP 2.0.1 B08, N02: true without filters, and when one of them matches. */
export function isAskedFor(address: VariableAddress, filters: readonly ComponentVariableFilter[] | undefined): boolean {
  return !filters || filters.length === 0 || filters.some((filter) => isMatch(address, filter));
}

function isMatch({ component, variable }: VariableAddress, filter: ComponentVariableFilter): boolean {
  const { evse } = filter.component;
  return (
    isSame(filter.component.name, component.name) &&
    isSame(filter.component.instance, component.instance) &&
    (!evse || evse.id === component.evse?.id) &&
    (evse?.connectorId === undefined || evse.connectorId === component.evse?.connectorId) &&
    (!filter.variable || isSame(filter.variable.name, variable.name)) &&
    isSame(filter.variable?.instance, variable.instance)
  );
}

function isSame(asked: string | undefined, name: string | undefined): boolean {
  return asked === undefined || asked.toLowerCase() === name?.toLowerCase();
}
