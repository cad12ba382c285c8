import type { v21 } from '@busbar/ocpp';
import type { Evse } from '../evse.ts';
import { reportConnector } from './availability.ts';
import { firmwareStatus, logStatus } from './firmware.ts';
import { measured } from './metering.ts';
import type { Handlers201, Station201 } from './station201.ts';

type Place = v21.TriggerMessageRequest['evse'];

interface Trigger {
  /** True when there is nothing to send, or it must not be sent now. */
  isRefused?(station: Station201, place: Place): boolean;
  send(station: Station201, place: Place): void;
}

/** OCPP 2.0.1 F06; 2.1 adds triggers of a vendor's own. */
export const triggers = (station: Station201): Handlers201 => ({
  TriggerMessage({ requestedMessage, customTrigger = '', evse }) {
    const { core } = station;
    if (core.registration === 'Rejected' && requestedMessage !== 'BootNotification') return { status: 'Rejected' };
    if (isUnknown(station, evse)) return { status: 'Rejected', statusInfo: { reasonCode: 'UnknownEvse' } };
    if (requestedMessage === 'CustomTrigger') {
      const isKnown = core.host.customTrigger?.(customTrigger, { evseId: evse?.id, connectorId: evse?.connectorId });
      return { status: isKnown ? 'Accepted' : 'NotImplemented' };
    }
    const trigger = table[requestedMessage];
    if (!trigger) return { status: 'NotImplemented' };
    if (trigger.isRefused?.(station, evse)) return { status: 'Rejected' };
    core.later(() => trigger.send(station, evse));
    return { status: 'Accepted' };
  },
});

function isUnknown({ core }: Station201, place: Place): boolean {
  if (!place || place.id === 0) return false;
  const connectors = core.evse(place.id)?.connectors;
  return !connectors || (place.connectorId !== undefined && !connectors.some(({ id }) => id === place.connectorId));
}

/** Triggered messages go out also while the station is Pending. */
const table: Partial<Record<v21.MessageTriggerEnumType, Trigger>> = {
  BootNotification: {
    isRefused: ({ core }) => core.registration === 'Accepted',
    send: ({ core }) => core.bootAgain(),
  },
  FirmwareStatusNotification: {
    send(station) {
      const { status, requestId } = station.core.firmwareUpdate.progress;
      firmwareStatus(station, status, { requestId, cause: 'triggered' });
    },
  },
  Heartbeat: { send: ({ wire }) => wire.tell('Heartbeat', {}, 'triggered') },
  LogStatusNotification: {
    send(station) {
      const { status, requestId } = station.core.logUpload.progress;
      logStatus(station, status, { requestId, cause: 'triggered' });
    },
  },
  SignChargingStationCertificate: { send: ({ core }) => core.signing.request('ChargingStationCertificate') },
  SignCombinedCertificate: { send: ({ core }) => core.signing.request('ChargingStationCertificate') },
  SignV2GCertificate: { send: ({ core }) => core.signing.request('V2GCertificate') },
  MeterValues: {
    send(station, place) {
      for (const evse of evsesOf(station, place)) measured(station, evse, evse.read('Trigger'), 'triggered');
    },
  },
  StatusNotification: {
    isRefused: (_station, place) => place?.connectorId === undefined,
    send(station, place) {
      const connectors = evsesOf(station, place).flatMap((evse) => evse.connectors);
      const wanted = connectors.filter(({ id }) => id === place?.connectorId);
      for (const connector of wanted) reportConnector(station, connector, 'triggered');
    },
  },
  TransactionEvent: {
    isRefused: (station, place) => !evsesOf(station, place).some(({ transaction }) => transaction),
    send(station, place) {
      for (const evse of evsesOf(station, place)) {
        if (!evse.transaction) continue;
        station.core.transactions.updated(evse.transaction, { trigger: 'Trigger', reading: evse.read('Trigger') });
      }
    },
  },
};

function evsesOf({ core }: Station201, place: Place): readonly Evse[] {
  const { id: evseId = 0 } = place ?? {};
  return core.evses.filter(({ id }) => evseId === 0 || id === evseId);
}
