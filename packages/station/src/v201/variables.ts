import type { v201 } from '@busbar/ocpp';
import type { DeviceModel } from '../device-model/device-model.ts';
import { readVariable, writeVariable } from '../device-model/variable-access.ts';
import { checkSize } from './pages.ts';

const csms = { kind: 'csms', source: 'csms' } as const;

/** Throws OcppError for a message that is too large. */
export function getVariables(model: DeviceModel, request: v201.GetVariablesRequest): v201.GetVariablesResponse {
  checkSize(model, 'GetVariables', { items: request.getVariableData.length, payload: request });
  return { getVariableResult: request.getVariableData.map((data) => getVariable(model, data)) };
}

/** Throws OcppError for a message that is too large; then nothing is set. */
export function setVariables(model: DeviceModel, request: v201.SetVariablesRequest): v201.SetVariablesResponse {
  checkSize(model, 'SetVariables', { items: request.setVariableData.length, payload: request });
  return { setVariableResult: request.setVariableData.map((data) => setVariable(model, data)) };
}

function getVariable(model: DeviceModel, request: v201.GetVariableDataType): v201.GetVariableResultType {
  const { component, variable, attributeType } = request;
  const read = readVariable(model, request);
  if (read.status === 'Accepted') {
    const attributeValue = read.value.slice(0, model.number('DeviceDataCtrlr.ReportingValueSize'));
    return { component, variable, attributeType, attributeStatus: 'Accepted', attributeValue };
  }
  return { component, variable, attributeType, attributeStatus: read.status, attributeStatusInfo: infoOf(read) };
}

function setVariable(model: DeviceModel, request: v201.SetVariableDataType): v201.SetVariableResultType {
  const { component, variable, attributeType, attributeValue } = request;
  const isLong = attributeValue.length > model.number('DeviceDataCtrlr.ConfigurationValueSize');
  const written = isLong
    ? ({ status: 'Rejected', reasonCode: 'TooLargeElement' } as const)
    : writeVariable(model, request, csms);
  return { component, variable, attributeType, attributeStatus: written.status, attributeStatusInfo: infoOf(written) };
}

function infoOf({ reasonCode }: { reasonCode?: string }): v201.StatusInfoType | undefined {
  return reasonCode === undefined ? undefined : { reasonCode };
}
