import type { v201, v21 } from '@busbar/ocpp';
import type { DeviceModel } from '../device-model/device-model.ts';
import { StoreError } from '../store/store.ts';
import type { MonitorType, VariableDefinition } from '../device-model/variable-definition.ts';
import { isAskedFor } from './filters.ts';
import { behaviours, isSensible, supportsType, type Monitor } from './monitor.ts';
import type { MonitorEvent, Monitors } from './monitors.ts';
import { checkSize, pagesOf } from './pages.ts';

export interface Monitored {
  model: DeviceModel;
  monitors: Monitors;
}

/** SetMonitoringDataType of both versions. */
type SetRequest<T extends MonitorType> = Omit<v201.SetMonitoringDataType, 'type'> & { type: T };
type SetResult<T extends MonitorType> = Omit<v201.SetMonitoringResultType, 'type'> & { type: T };

/** OCPP 2.x N04. Throws OcppError for a message that is too large; then nothing is set. */
export function setMonitoring<T extends MonitorType>(
  { model, monitors }: Monitored,
  request: { setMonitoringData: SetRequest<T>[] },
): { setMonitoringResult: SetResult<T>[] } {
  const { setMonitoringData } = request;
  checkSize(model, 'SetVariableMonitoring', { items: setMonitoringData.length, payload: request });
  const setMonitoringResult = setMonitoringData.map((data) => {
    const { component, variable, type, severity } = data;
    const { reasonCode, ...result } = setMonitor({ model, monitors }, data);
    return { component, variable, type, severity, ...result, statusInfo: reasonCode ? { reasonCode } : undefined };
  });
  monitors.changed();
  return { setMonitoringResult };
}

interface Outcome {
  status: v201.SetMonitoringStatusEnumType;
  id?: number;
  reasonCode?: string;
}

function setMonitor({ model, monitors }: Monitored, request: SetRequest<MonitorType>): Outcome {
  const definition = model.catalog.find(request);
  if (typeof definition === 'string') return { status: definition };
  const objection = objectionTo(monitors, definition, request);
  if (objection) return objection;
  const { type, value, severity, transaction = false } = request;
  const id = request.id ?? monitors.list.nextId();
  const monitor: Monitor = { id, definition, kind: 'CustomMonitor', type, value, severity, transaction };
  return tried(() => monitors.list.put(monitor)) ? { status: 'Accepted', id } : rejected('InternalError');
}

const rejected = (reasonCode: string) => ({ status: 'Rejected', reasonCode }) as const;

function objectionTo(
  { list }: Monitors,
  definition: VariableDefinition,
  { id, type, value, severity }: SetRequest<MonitorType>,
): Outcome | undefined {
  const replaced = id === undefined ? undefined : list.get(id);
  if (id !== undefined && !replaced) return rejected('NotFound');
  if (replaced && replaced.definition !== definition) return rejected('InvalidValue');
  if (replaced?.kind === 'HardWiredMonitor') return rejected('ReadOnly');
  if (!supportsType(definition, type)) return { status: 'UnsupportedMonitorType' };
  if (!isSensible(definition, type, value)) return rejected('ValueOutOfRange');
  const isTwin = (other: Monitor) =>
    other !== replaced && other.definition === definition && other.type === type && other.severity === severity;
  return list.active.some(isTwin) ? { status: 'Duplicate' } : undefined;
}

/** OCPP 2.x N06. Throws OcppError for a message that is too large. */
export function clearMonitoring(
  { model, monitors }: Monitored,
  request: v201.ClearVariableMonitoringRequest,
): v201.ClearVariableMonitoringResponse {
  checkSize(model, 'ClearVariableMonitoring', { items: request.id.length, payload: request });
  const clearMonitoringResult = request.id.map((id) => ({ id, status: clearMonitor(monitors, id) }));
  monitors.changed();
  return { clearMonitoringResult };
}

function clearMonitor({ list }: Monitors, id: number): v201.ClearMonitoringStatusEnumType {
  const monitor = list.get(id);
  if (!monitor) return 'NotFound';
  if (monitor.kind === 'HardWiredMonitor') return 'Rejected';
  return tried(() => list.remove(id)) ? 'Accepted' : 'Rejected';
}

/** OCPP 2.x N03. */
export function setMonitoringBase(
  { monitors }: Monitored,
  { monitoringBase }: v201.SetMonitoringBaseRequest,
): v201.SetMonitoringBaseResponse {
  const isSet = tried(() => monitors.list.setBase(monitoringBase));
  monitors.changed();
  return { status: isSet ? 'Accepted' : 'Rejected' };
}

/** OCPP 2.x N05. */
export function setMonitoringLevel(
  { model }: Monitored,
  { severity }: v201.SetMonitoringLevelRequest,
): v201.SetMonitoringLevelResponse {
  if (!Number.isInteger(severity) || severity < 0 || severity > 9)
    return { status: 'Rejected', statusInfo: { reasonCode: 'ValueOutOfRange' } };
  model.assign('MonitoringCtrlr.ActiveMonitoringLevel', String(severity));
  return { status: 'Accepted' };
}

/** A row of a monitoring report in both versions; `eventNotificationType` is of 2.1. */
interface MonitoringRow {
  component: v201.ComponentType;
  variable: v201.VariableType;
  variableMonitoring: v21.VariableMonitoringType[];
}

/** The rows that a GetMonitoringReport asks for, one for each variable; none: EmptyResultSet. OCPP 2.x N02. */
export function monitoringReport(
  { monitors }: Monitored,
  { monitoringCriteria, componentVariable }: Omit<v201.GetMonitoringReportRequest, 'requestId'>,
): MonitoringRow[] {
  const rows = new Map<VariableDefinition, MonitoringRow>();
  for (const { definition, kind, type, ...monitor } of monitors.list.active) {
    const isMeant = !monitoringCriteria?.length || monitoringCriteria.includes(criterionOf(type));
    if (!isMeant || !isAskedFor(definition.address, componentVariable)) continue;
    const row: MonitoringRow = rows.get(definition) ?? { ...definition.address, variableMonitoring: [] };
    rows.set(definition, row);
    row.variableMonitoring.push({ ...monitor, type, eventNotificationType: kind });
  }
  return [...rows.values()];
}

function criterionOf(type: MonitorType): v201.MonitoringCriterionEnumType {
  if (behaviours[type].kind === 'periodic') return 'PeriodicMonitoring';
  return type === 'UpperThreshold' || type === 'LowerThreshold' ? 'ThresholdMonitoring' : 'DeltaMonitoring';
}

/** The NotifyEvent requests that tell these events. OCPP 2.x N07. */
export function* eventPages(
  events: readonly MonitorEvent[],
  { generatedAt, maxBytes }: { generatedAt: string; maxBytes: number },
): Generator<{ generatedAt: string; seqNo: number; tbc: true | undefined; eventData: MonitorEvent['data'][] }> {
  if (events.length === 0) return;
  const data = events.map((event) => event.data);
  for (const { seqNo, tbc, items } of pagesOf(data, maxBytes)) {
    yield { generatedAt, seqNo, tbc: tbc || undefined, eventData: items };
  }
}

/** False when the change could not be kept. */
function tried(change: () => void): boolean {
  try {
    change();
    return true;
  } catch (error) {
    if (error instanceof StoreError) return false;
    throw error;
  }
}
