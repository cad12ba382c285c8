import type { v201 } from '@busbar/ocpp';
import { setNetworkProfile } from './network-profile.ts';
import { checkSize, pageBytesOf, pagesOf } from './pages.ts';
import { baseReport, customReport } from './reports.ts';
import { getVariables, setVariables } from './variables.ts';
import type { Handlers201, Station201 } from './station201.ts';

export const deviceModel = (station: Station201): Handlers201 => ({
  GetVariables: (request) => getVariables(station.core.variables, request),

  SetVariables: (request) => setVariables(station.core.variables, request),

  SetNetworkProfile: ({ configurationSlot, connectionData }) =>
    setNetworkProfile(station.core.variables, configurationSlot, connectionData),

  GetBaseReport({ requestId, reportBase }) {
    const rows = baseReport(station.core.variables, reportBase);
    station.core.later(() => sendReport(station, requestId, rows));
    return { status: 'Accepted' };
  },

  GetReport(request) {
    const { variables } = station.core;
    checkSize(variables, 'GetReport', { items: request.componentVariable?.length ?? 0, payload: request });
    const rows = customReport(variables, request);
    if (rows.length === 0) return { status: 'EmptyResultSet' };
    station.core.later(() => sendReport(station, request.requestId, rows));
    return { status: 'Accepted' };
  },
});

/** One page after the other. Reports are answered also while the station is Pending. */
async function sendReport(station: Station201, requestId: number, rows: Iterable<v201.ReportDataType>): Promise<void> {
  const { core, wire } = station;
  const generatedAt = core.clock.now().toISOString();
  try {
    for (const { seqNo, tbc, items } of pagesOf(rows, pageBytesOf(core.variables))) {
      const reportData = items.length > 0 ? items : undefined;
      await wire.call('NotifyReport', { requestId, generatedAt, seqNo, tbc: tbc || undefined, reportData });
    }
  } catch (error) {
    core.events.emit('callFailed', { action: 'NotifyReport', error });
  }
}
