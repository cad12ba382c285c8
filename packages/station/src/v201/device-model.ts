import { OcppError, type v201 } from '@busbar/ocpp';
import type { VariableName } from '../standard-variables.ts';
import { findVariable, reportRows } from './inventory.ts';
import type { Handlers201, Station201 } from './station201.ts';

export const deviceModel = (station: Station201): Handlers201 => ({
  GetVariables({ getVariableData }) {
    checkCount(station, 'DeviceDataCtrlr.ItemsPerMessage[GetVariables]', getVariableData.length);
    return { getVariableResult: getVariableData.map((request) => getVariable(station, request)) };
  },

  SetVariables({ setVariableData }) {
    checkCount(station, 'DeviceDataCtrlr.ItemsPerMessage[SetVariables]', setVariableData.length);
    return { setVariableResult: setVariableData.map((request) => setVariable(station, request)) };
  },

  GetBaseReport({ requestId, reportBase }) {
    if (reportBase === 'SummaryInventory') return { status: 'NotSupported' };
    const rows = reportRows(station, reportBase);
    station.core.later(() => sendReport(station, requestId, rows));
    return { status: 'Accepted' };
  },
});

function checkCount({ core }: Station201, limit: VariableName, count: number): void {
  const most = core.variables.number(limit);
  if (count > most) throw new OcppError('OccurrenceConstraintViolation', `at most ${most} variables in one message`);
}

function getVariable(
  station: Station201,
  { component, variable, attributeType }: v201.GetVariableDataType,
): v201.GetVariableResultType {
  const result = { component, variable, attributeType };
  const found = findVariable(station, component, variable);
  if (typeof found === 'string') return { ...result, attributeStatus: found };
  if ((attributeType ?? 'Actual') !== 'Actual') return { ...result, attributeStatus: 'NotSupportedAttributeType' };
  if (found.access === 'W')
    return { ...result, attributeStatus: 'Rejected', attributeStatusInfo: { reasonCode: 'WriteOnly' } };
  return { ...result, attributeStatus: 'Accepted', attributeValue: found.read() };
}

function setVariable(station: Station201, request: v201.SetVariableDataType): v201.SetVariableResultType {
  const { component, variable, attributeType, attributeValue } = request;
  const result = { component, variable, attributeType };
  const found = findVariable(station, component, variable);
  if (typeof found === 'string') return { ...result, attributeStatus: found };
  if ((attributeType ?? 'Actual') !== 'Actual') return { ...result, attributeStatus: 'NotSupportedAttributeType' };
  if (found.access === 'R')
    return { ...result, attributeStatus: 'Rejected', attributeStatusInfo: { reasonCode: 'ReadOnly' } };
  const status = station.core.variables.set(found.name, attributeValue);
  if (status === 'Unknown') return { ...result, attributeStatus: 'UnknownVariable' };
  if (status === 'Rejected')
    return { ...result, attributeStatus: status, attributeStatusInfo: { reasonCode: 'InvalidValue' } };
  return { ...result, attributeStatus: status };
}

/** One page after the other, each within BytesPerMessage. Reports are answered also while the station is Pending. */
async function sendReport(station: Station201, requestId: number, rows: Iterable<v201.ReportDataType>): Promise<void> {
  const { core, wire } = station;
  const generatedAt = core.clock.now().toISOString();
  const maxBytes = core.variables.number('DeviceDataCtrlr.BytesPerMessage[GetReport]');
  let seqNo = 0;
  try {
    for (const { items, isLast } of pages(rows, maxBytes)) {
      await wire.call('NotifyReport', {
        requestId,
        generatedAt,
        seqNo: seqNo++,
        tbc: isLast ? undefined : true,
        reportData: items,
      });
    }
  } catch (error) {
    core.events.emit('callFailed', { action: 'NotifyReport', error });
  }
}

/** Rows gathered so that their JSON stays below `maxBytes`; a row that is longer alone gets its own page. */
export function* pages<T>(rows: Iterable<T>, maxBytes: number): Generator<{ items: T[]; isLast: boolean }> {
  let items: T[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = Buffer.byteLength(JSON.stringify(row)) + 1;
    if (items.length > 0 && bytes + size > maxBytes) {
      yield { items, isLast: false };
      items = [];
      bytes = 0;
    }
    items.push(row);
    bytes += size;
  }
  yield { items, isLast: true };
}
