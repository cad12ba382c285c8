import type { Handlers, v16 } from '@busbar/ocpp';
import type { Connector } from '../connector.ts';
import type { Evse } from '../evse.ts';
import type { Cause } from '../wire.ts';
import { connectorOf, numberOf } from './connectors.ts';
import type { Station16 } from './station16.ts';

/** Connector 0 is the station. */
export function reportStatus(station: Station16, which: 'changed' | 'all'): void {
  if (station.core.registration !== 'Accepted' || !station.core.isOnline) return;
  if (which === 'all' || station.reportedStatus !== stationStatus(station)) reportStation(station);
  for (const connector of station.core.connectors) {
    if (which === 'all' || connector.reportedStatus !== keyOf(connector)) reportConnector(station, connector);
  }
}

export function reportStation(station: Station16, cause: Cause = 'own'): void {
  const status = stationStatus(station);
  station.reportedStatus = status;
  const timestamp = station.core.clock.now().toISOString();
  station.wire.tell('StatusNotification', { connectorId: 0, errorCode: 'NoError', status, timestamp }, cause);
}

export function reportConnector(station: Station16, connector: Connector, cause: Cause = 'own'): void {
  connector.reportedStatus = keyOf(connector);
  const { fault } = connector.evse;
  const notification: v16.StatusNotificationRequest = {
    connectorId: numberOf(station.core, { evseId: connector.evse.id, connectorId: connector.id }),
    errorCode: fault?.code ?? 'NoError',
    status: connector.status,
    timestamp: station.core.clock.now().toISOString(),
    info: fault?.info?.slice(0, 50),
    vendorErrorCode: fault?.vendorErrorCode?.slice(0, 50),
  };
  station.wire.tell('StatusNotification', notification, cause);
}

/** The status says it. */
export function reportFault(station: Station16, evse: Evse): void {
  for (const connector of evse.connectors) connector.reportedStatus = undefined;
  reportStatus(station, 'changed');
}

const stationStatus = ({ core }: Station16) => (core.isOperative ? 'Available' : 'Unavailable');

const keyOf = ({ status, evse: { fault } }: Connector) => `${status} ${fault?.code ?? ''}`;

export const availability = ({ core }: Station16): Handlers<'1.6'> => ({
  ChangeAvailability({ connectorId, type }) {
    const evse = connectorOf(core, connectorId)?.evse;
    if (connectorId !== 0 && !evse) return { status: 'Rejected' };
    const isOperative = type === 'Operative';
    const isBusy = evse ? evse.transaction : core.evses.some(({ transaction }) => transaction);
    core.later(() => {
      if (evse) evse.setOperative(isOperative);
      else core.setOperative(isOperative);
    });
    return { status: isBusy ? 'Scheduled' : 'Accepted' };
  },

  async UnlockConnector({ connectorId }) {
    const connector = connectorOf(core, connectorId);
    if (!connector) return { status: 'NotSupported' };
    const { evse } = connector;
    evse.stop({ reason: 'UnlockCommand', trigger: 'UnlockCommand' });
    return { status: (await core.host.unlock(evse.id, connector.id)) ? 'Unlocked' : 'UnlockFailed' };
  },
});
