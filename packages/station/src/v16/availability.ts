import type { Handlers, v16 } from '@busbar/ocpp';
import type { Evse } from '../evse.ts';
import type { Station16 } from './station16.ts';

type Cause = 'own' | 'triggered';

/** Connector n is EVSE n; connector 0 is the station. */
export function reportStatus(station: Station16, which: 'changed' | 'all'): void {
  if (station.core.registration !== 'Accepted' || !station.core.isOnline) return;
  if (which === 'all' || station.reportedStatus !== stationStatus(station)) reportStation(station);
  for (const evse of station.core.evses) {
    if (which === 'all' || evse.reportedStatus !== keyOf(evse)) reportConnector(station, evse);
  }
}

export function reportStation(station: Station16, cause: Cause = 'own'): void {
  const status = stationStatus(station);
  station.reportedStatus = status;
  const timestamp = station.core.clock.now().toISOString();
  station.wire.tell('StatusNotification', { connectorId: 0, errorCode: 'NoError', status, timestamp }, cause);
}

export function reportConnector(station: Station16, evse: Evse, cause: Cause = 'own'): void {
  evse.reportedStatus = keyOf(evse);
  const notification: v16.StatusNotificationRequest = {
    connectorId: evse.id,
    errorCode: evse.fault?.code ?? 'NoError',
    status: evse.status,
    timestamp: station.core.clock.now().toISOString(),
    info: evse.fault?.info?.slice(0, 50),
    vendorErrorCode: evse.fault?.vendorErrorCode?.slice(0, 50),
  };
  station.wire.tell('StatusNotification', notification, cause);
}

/** The status says it. */
export function reportFault(station: Station16, evse: Evse): void {
  evse.reportedStatus = undefined;
  reportStatus(station, 'changed');
}

const stationStatus = ({ core }: Station16) => (core.isOperative ? 'Available' : 'Unavailable');

const keyOf = ({ status, fault }: Evse) => `${status} ${fault?.code ?? ''}`;

export const availability = ({ core }: Station16): Handlers<'1.6'> => ({
  ChangeAvailability({ connectorId, type }) {
    const evse = core.evse(connectorId);
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
    const evse = core.evse(connectorId);
    if (!evse) return { status: 'NotSupported' };
    evse.stop({ reason: 'UnlockCommand', trigger: 'UnlockCommand' });
    return { status: (await core.host.unlock(connectorId)) ? 'Unlocked' : 'UnlockFailed' };
  },
});
