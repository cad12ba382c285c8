import type { v201 } from '@busbar/ocpp';
import type { Connector } from '../connector.ts';
import type { Evse, EvseStatus } from '../evse.ts';
import type { Cause } from '../wire.ts';
import type { Handlers201, Station201 } from './station201.ts';

/** OCPP 2.0.1 tells of a connector whether it is taken; what happens there is told by TransactionEvents. */
const connectorStatuses: Record<Exclude<EvseStatus, 'Preparing'>, v201.ConnectorStatusEnumType> = {
  Available: 'Available',
  Charging: 'Occupied',
  SuspendedEV: 'Occupied',
  SuspendedEVSE: 'Occupied',
  Finishing: 'Occupied',
  Reserved: 'Reserved',
  Unavailable: 'Unavailable',
  Faulted: 'Faulted',
};

export function connectorStatusOf({ status, evse }: Connector): v201.ConnectorStatusEnumType {
  if (status === 'Preparing') return evse.isPlugged ? 'Occupied' : 'Available';
  return connectorStatuses[status];
}

export function reportStatus(station: Station201, which: 'changed' | 'all'): void {
  if (station.core.registration !== 'Accepted' || !station.core.isOnline) return;
  for (const connector of station.core.connectors) {
    if (which === 'all' || connector.reportedStatus !== connectorStatusOf(connector))
      reportConnector(station, connector);
  }
}

export function reportConnector({ core, wire }: Station201, connector: Connector, cause: Cause = 'own'): void {
  const connectorStatus = connectorStatusOf(connector);
  connector.reportedStatus = connectorStatus;
  const timestamp = core.clock.now().toISOString();
  const place = { evseId: connector.evse.id, connectorId: connector.id };
  wire.tell('StatusNotification', { timestamp, connectorStatus, ...place }, cause);
}

export const availability = ({ core }: Station201): Handlers201 => ({
  ChangeAvailability({ evse: target, operationalStatus }) {
    const evse = target && core.evse(target.id);
    const isStation = !target || target.id === 0;
    if ((!isStation && !evse) || isUnknownConnector(evse, target?.connectorId)) {
      return { status: 'Rejected', statusInfo: { reasonCode: 'UnknownEvse' } };
    }
    const isOperative = operationalStatus === 'Operative';
    const isBusy = evse ? evse.transaction : core.evses.some(({ transaction }) => transaction);
    core.later(() => {
      if (evse) evse.setOperative(isOperative);
      else core.setOperative(isOperative);
    });
    return { status: isBusy && !isOperative ? 'Scheduled' : 'Accepted' };
  },

  async UnlockConnector({ evseId, connectorId }) {
    const evse = core.evse(evseId);
    if (!evse || isUnknownConnector(evse, connectorId)) return { status: 'UnknownConnector' };
    if (evse.transaction) return { status: 'OngoingAuthorizedTransaction' };
    return { status: (await core.host.unlock(evseId, connectorId)) ? 'Unlocked' : 'UnlockFailed' };
  },
});

function isUnknownConnector(evse: Evse | undefined, connectorId: number | undefined): boolean {
  return connectorId !== undefined && !evse?.connectors.some(({ id }) => id === connectorId);
}
