import type { Handlers, v21 } from '@busbar/ocpp';
import { behaviours } from '../v201/monitor.ts';
import { clearMonitoring, setMonitoring, setMonitoringBase } from '../v201/variable-monitoring.ts';
import { checkSize } from '../v201/pages.ts';
import { monitoredOf } from '../v201/monitoring.ts';
import type { Station201 } from '../v201/station201.ts';
import type { StreamParams } from './event-stream.ts';
import { streamsOf } from './event-streams.ts';

/** With the kinds of monitors that compare with a target, and with streams (OCPP 2.1 N11 to N15). */
export const monitoring21 = (station: Station201): Handlers<'2.1'> => ({
  SetVariableMonitoring: (request) => setWithStreams(station, request),

  ClearVariableMonitoring(request) {
    const answer = clearMonitoring(monitoredOf(station), request);
    for (const { id, status } of answer.clearMonitoringResult) if (status === 'Accepted') station.streams?.remove(id);
    return answer;
  },

  SetMonitoringBase(request) {
    const monitored = monitoredOf(station);
    const answer = setMonitoringBase(monitored, request);
    station.streams?.prune((id) => monitored.monitors.list.get(id) !== undefined);
    return answer;
  },

  GetPeriodicEventStream() {
    const open = station.streams?.open ?? [];
    return { constantStreamData: open.length > 0 ? open : undefined };
  },

  AdjustPeriodicEventStream({ id, params }) {
    const reasonCode = paramsObjection(params);
    if (reasonCode !== undefined) return { status: 'Rejected', statusInfo: { reasonCode } };
    const isDone = station.streams?.adjust(id, paramsOf(params)) === true;
    return isDone ? { status: 'Accepted' } : { status: 'Rejected', statusInfo: { reasonCode: 'NotFound' } };
  },
});

function setWithStreams(station: Station201, request: v21.SetVariableMonitoringRequest) {
  const { setMonitoringData: asked } = request;
  const isStreaming = asked.some(({ periodicEventStream }) => periodicEventStream) || station.streams;
  if (!isStreaming) return setMonitoring(monitoredOf(station), request);
  checkSize(station.core.variables, 'SetVariableMonitoring', { items: asked.length, payload: request });
  const objections = objectionsTo(station, asked);
  const allowed = asked.filter((_, index) => objections[index] === undefined);
  const set = setMonitoring(monitoredOf(station), { setMonitoringData: allowed }).setMonitoringResult;
  const setMonitoringResult = asked.flatMap((data, index) => {
    const reasonCode = objections[index];
    const result = reasonCode === undefined ? set.shift() : refused(data, reasonCode);
    if (result?.status === 'Accepted') stream(station, data, result.id);
    return result ? [result] : [];
  });
  return { setMonitoringResult };
}

/** N11: a monitor that streams, or does so no longer. */
function stream(
  station: Station201,
  { periodicEventStream: params }: v21.SetMonitoringDataType,
  id = Number.NaN,
): void {
  if (params) streamsOf(station).put(id, paramsOf(params));
  else station.streams?.remove(id);
}

/** Why a monitor cannot stream, one for each. */
function objectionsTo(station: Station201, asked: readonly v21.SetMonitoringDataType[]): (string | undefined)[] {
  let room = station.core.variables.number('MonitoringCtrlr.MaxPeriodicEventStreams') - (station.streams?.size ?? 0);
  return asked.map(({ id, type, periodicEventStream: params }) => {
    if (!params) return undefined;
    // A stream has no word for the beginning and the end of a condition.
    if (behaviours[type].kind === 'condition') return 'InvalidValue';
    const objection = paramsObjection(params);
    if (objection !== undefined) return objection;
    const isNew = id === undefined || station.streams?.has(id) !== true;
    if (isNew) room--;
    return room < 0 ? 'TooManyElements' : undefined;
  });
}

function paramsObjection({ interval, values }: v21.PeriodicEventStreamParamsType): string | undefined {
  return interval === 0 || values === 0 ? 'ValueTooLow' : undefined;
}

const paramsOf = ({ interval, values }: v21.PeriodicEventStreamParamsType): StreamParams => ({ interval, values });

function refused(
  { component, variable, type, severity }: v21.SetMonitoringDataType,
  reasonCode: string,
): v21.SetMonitoringResultType {
  return { component, variable, type, severity, status: 'Rejected', statusInfo: { reasonCode } };
}
