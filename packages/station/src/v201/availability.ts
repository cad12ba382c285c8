import type { v201 } from '@busbar/ocpp';
import { changeAvailability } from '../availability/availability.ts';
import type { Connector } from '../connector.ts';
import type { EvseStatus } from '../evse.ts';
import type { Cause } from '../wire.ts';
import { notifyEvents } from './monitoring.ts';
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
  if (status === 'Reserved' && evse.isPlugged) return 'Occupied';
  if (status === 'Preparing') return evse.isPlugged ? 'Occupied' : 'Available';
  return connectorStatuses[status];
}

export function reportStatus(station: Station201, which: 'changed' | 'all'): void {
  const { core } = station;
  if (core.registration !== 'Accepted' || !core.isOnline) return;
  const untold = core.connectors.filter(
    (connector) => which === 'all' || connector.reportedStatus !== connectorStatusOf(connector),
  );
  if (core.version === '2.1') notifyStatuses(station, untold);
  else for (const connector of untold) reportConnector(station, connector);
}

/** As in OCPP 2.x: informational. */
const notice = 8;

/** OCPP 2.1 G01: in place of StatusNotification, which is deprecated; a trigger still asks for that. */
function notifyStatuses(station: Station201, connectors: readonly Connector[]): void {
  const timestamp = station.core.clock.now().toISOString();
  const events = connectors.map((connector) => {
    const actualValue = connectorStatusOf(connector);
    connector.reportedStatus = actualValue;
    const data = {
      eventId: ++station.lastEventId,
      timestamp,
      trigger: 'Delta',
      actualValue,
      eventNotificationType: 'HardWiredNotification',
      component: { name: 'Connector', evse: { id: connector.evse.id, connectorId: connector.id } },
      variable: { name: 'AvailabilityState' },
    } as const;
    return { severity: notice, data };
  });
  notifyEvents(station, events);
}

export function reportConnector({ core, wire }: Station201, connector: Connector, cause: Cause = 'own'): void {
  const connectorStatus = connectorStatusOf(connector);
  connector.reportedStatus = connectorStatus;
  const timestamp = core.clock.now().toISOString();
  const place = { evseId: connector.evse.id, connectorId: connector.id };
  wire.tell('StatusNotification', { timestamp, connectorStatus, ...place }, cause);
}

export const availability = ({ core }: Station201): Handlers201 => ({
  ChangeAvailability({ evse, operationalStatus }) {
    const place = { evseId: evse?.id, connectorId: evse?.connectorId };
    const { status } = changeAvailability(core, place, operationalStatus === 'Operative');
    if (status !== 'Rejected') return { status };
    const isKnown = evse && core.evse(evse.id);
    return { status, statusInfo: { reasonCode: isKnown ? 'UnknownConnectorId' : 'UnknownEvse' } };
  },
});
