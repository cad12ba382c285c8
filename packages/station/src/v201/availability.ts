import type { v201, v21 } from '@busbar/ocpp';
import type { Evse, EvseStatus } from '../evse.ts';
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

export function connectorStatusOf({ status, isPlugged }: Evse): v201.ConnectorStatusEnumType {
  if (status === 'Preparing') return isPlugged ? 'Occupied' : 'Available';
  return connectorStatuses[status];
}

export function reportStatus(station: Station201, which: 'changed' | 'all'): void {
  if (station.core.registration !== 'Accepted' || !station.core.isOnline) return;
  for (const evse of station.core.evses) {
    if (which === 'all' || evse.reportedStatus !== connectorStatusOf(evse)) reportConnector(station, evse);
  }
}

export function reportConnector({ core, wire }: Station201, evse: Evse, cause: 'own' | 'triggered' = 'own'): void {
  const connectorStatus = connectorStatusOf(evse);
  evse.reportedStatus = connectorStatus;
  const timestamp = core.clock.now().toISOString();
  wire.tell('StatusNotification', { timestamp, connectorStatus, evseId: evse.id, connectorId: 1 }, cause);
}

export const availability = ({ core }: Station201): Handlers201 => ({
  ChangeAvailability({ evse: target, operationalStatus }) {
    const evse = target && core.evse(target.id);
    const isStation = !target || target.id === 0;
    if ((!isStation && !evse) || (target?.connectorId ?? 1) !== 1) {
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
    if (!evse || connectorId !== 1) return { status: 'UnknownConnector' };
    if (evse.transaction) return { status: 'OngoingAuthorizedTransaction' };
    return { status: (await core.host.unlock(evseId)) ? 'Unlocked' : 'UnlockFailed' };
  },
});
