import type { Handlers, v201, v21 } from '@busbar/ocpp';
import {
  clearMonitoring,
  eventPages,
  monitoringReport,
  setMonitoring,
  setMonitoringBase,
  setMonitoringLevel,
} from './variable-monitoring.ts';
import { Monitors, type MonitorEvent } from './monitors.ts';
import { hasMonitors } from './monitor-list.ts';
import { checkSize, pageBytesOf, pagesOf } from './pages.ts';
import type { Handlers201, Station201 } from './station201.ts';

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
  const own = station.streams ? events.filter((event) => station.streams?.take(event) !== true) : events;
  const told = isOnline ? own : own.filter(({ severity }) => severity <= mostSevere);
  const generatedAt = core.clock.now().toISOString();
  for (const payload of eventPages(told, { generatedAt, maxBytes: pageBytesOf(core.variables) })) {
    if (isOnline) wire.tell('NotifyEvent', payload);
    else core.delivery.add({ kind: 'notice', payload });
  }
}

/** What both versions have. */
export function monitoring(station: Station201): Handlers201 {
  const { core } = station;
  const monitored = () => monitoredOf(station);
  return {
    ClearVariableMonitoring: (request) => clearMonitoring(monitored(), request),
    SetMonitoringBase: (request) => setMonitoringBase(monitored(), request),
    SetMonitoringLevel: (request) => setMonitoringLevel(monitored(), request),

    GetMonitoringReport(request) {
      checkSize(core.variables, 'GetReport', { items: request.componentVariable?.length ?? 0, payload: request });
      const rows = monitoringReport(monitored(), request);
      const rows201 = rows.map(toRow201).filter(({ variableMonitoring }) => variableMonitoring.length > 0);
      if ((core.version === '2.1' ? rows : rows201).length === 0) return { status: 'EmptyResultSet' };
      core.later(() =>
        (core.version === '2.1' ? sendReport21 : sendReport201)(station, request.requestId, { rows, rows201 }),
      );
      return { status: 'Accepted' };
    },
  };
}

/** The kinds of monitors differ. */
export const setMonitoring201 = (station: Station201): Handlers<'2.0.1'> => ({
  SetVariableMonitoring: (request) => setMonitoring(monitoredOf(station), request),
});

export function monitoredOf(station: Station201) {
  return { model: station.core.variables, monitors: monitorsOf(station) };
}

/** OCPP 2.0.1 has no word for monitors that compare with a target; only a maker can have built them in. */
function toRow201({ component, variable, variableMonitoring }: v21.MonitoringDataType): v201.MonitoringDataType {
  const monitors = variableMonitoring.flatMap(({ id, type, value, severity, transaction }) =>
    type === 'TargetDelta' || type === 'TargetDeltaRelative' ? [] : [{ id, type, value, severity, transaction }],
  );
  return { component, variable, variableMonitoring: monitors };
}

interface Rows {
  rows: v21.MonitoringDataType[];
  rows201: v201.MonitoringDataType[];
}

function sendReport201(station: Station201, requestId: number, { rows201 }: Rows): Promise<void> {
  return sendPages(station, rows201, (page, monitor) =>
    station.wire.call('NotifyMonitoringReport', { requestId, ...page, monitor }),
  );
}

function sendReport21(station: Station201, requestId: number, { rows }: Rows): Promise<void> {
  return sendPages(station, rows, (page, monitor) =>
    station.wire.call21('NotifyMonitoringReport', { requestId, ...page, monitor }),
  );
}

/** One page after the other. */
async function sendPages<Row>(
  { core }: Station201,
  rows: readonly Row[],
  send: (page: { generatedAt: string; seqNo: number; tbc: boolean | undefined }, monitor: Row[]) => Promise<unknown>,
): Promise<void> {
  const generatedAt = core.clock.now().toISOString();
  try {
    for (const { seqNo, tbc, items } of pagesOf(rows, pageBytesOf(core.variables))) {
      await send({ generatedAt, seqNo, tbc: tbc || undefined }, items);
    }
  } catch (error) {
    core.events.emit('callFailed', { action: 'NotifyMonitoringReport', error });
  }
}
