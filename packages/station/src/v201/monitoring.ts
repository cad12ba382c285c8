import type { Handlers, v201 } from '@busbar/ocpp';
import {
  clearMonitoring,
  eventPages,
  monitoringReport,
  setMonitoring,
  setMonitoringBase,
  setMonitoringLevel,
} from '../v2/monitoring.ts';
import { Monitors, type MonitorEvent } from '../v2/monitors.ts';
import { hasMonitors } from '../v2/monitor-list.ts';
import { checkSize, pageBytesOf, pagesOf } from '../v2/pages.ts';
import type { Station201 } from './station201.ts';

/** The station starts: monitors that are built in or kept go to work. */
export function startMonitors(station: Station201): void {
  if (station.monitors || hasMonitors(station.core.variables)) monitorsOf(station).start();
}

function monitorsOf(station: Station201): Monitors {
  if (station.monitors) return station.monitors;
  const { core } = station;
  const monitors = new Monitors({
    model: core.variables,
    clock: core.clock,
    nextEventId: () => ++station.lastEventId,
    transactionIdOf: (evseId) =>
      core.evses.find(({ id, transaction }) => transaction && (evseId === undefined || id === evseId))?.transaction?.id,
    tell: (events) => notifyEvents(station, events),
  });
  station.monitors = monitors;
  monitors.start();
  return monitors;
}

/** Tells events now; without connection, keeps those that MonitoringCtrlr.OfflineQueuingSeverity says. */
export function notifyEvents(station: Station201, events: readonly MonitorEvent[]): void {
  const { core, wire } = station;
  const isOnline = core.isOnline && core.registration === 'Accepted';
  const mostSevere = core.variables.number('MonitoringCtrlr.OfflineQueuingSeverity');
  const told = isOnline ? events : events.filter(({ severity }) => severity <= mostSevere);
  const generatedAt = core.clock.now().toISOString();
  for (const payload of eventPages(told, { generatedAt, maxBytes: pageBytesOf(core.variables) })) {
    if (isOnline) wire.tell('NotifyEvent', payload);
    else core.delivery.add({ action: 'NotifyEvent', payload });
  }
}

export function monitoring(station: Station201): Handlers<'2.0.1'> {
  const { core } = station;
  const monitored = () => ({ model: core.variables, monitors: monitorsOf(station) });
  return {
    SetVariableMonitoring: (request) => setMonitoring(monitored(), request),
    ClearVariableMonitoring: (request) => clearMonitoring(monitored(), request),
    SetMonitoringBase: (request) => setMonitoringBase(monitored(), request),
    SetMonitoringLevel: (request) => setMonitoringLevel(monitored(), request),

    GetMonitoringReport(request) {
      checkSize(core.variables, 'GetReport', { items: request.componentVariable?.length ?? 0, payload: request });
      const rows = monitoringReport(monitored(), request)
        .map(toRow)
        .filter(({ variableMonitoring }) => variableMonitoring.length > 0);
      if (rows.length === 0) return { status: 'EmptyResultSet' };
      core.later(() => sendReport(station, request.requestId, rows));
      return { status: 'Accepted' };
    },
  };
}

function toRow(row: ReturnType<typeof monitoringReport>[number]): v201.MonitoringDataType {
  const { component, variable, variableMonitoring } = row;
  const monitors = variableMonitoring.flatMap(({ id, type, value, severity, transaction }) =>
    // OCPP 2.0.1 has no word for those that compare with a target. Only a maker can have built them in.
    type === 'TargetDelta' || type === 'TargetDeltaRelative' ? [] : [{ id, type, value, severity, transaction }],
  );
  return { component, variable, variableMonitoring: monitors };
}

/** One page after the other. */
async function sendReport(station: Station201, requestId: number, rows: v201.MonitoringDataType[]): Promise<void> {
  const { core, wire } = station;
  const generatedAt = core.clock.now().toISOString();
  try {
    for (const { seqNo, tbc, items } of pagesOf(rows, pageBytesOf(core.variables))) {
      await wire.call('NotifyMonitoringReport', {
        requestId,
        generatedAt,
        seqNo,
        tbc: tbc || undefined,
        monitor: items,
      });
    }
  } catch (error) {
    core.events.emit('callFailed', { action: 'NotifyMonitoringReport', error });
  }
}
