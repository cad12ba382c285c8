import type { Handlers, v16 } from '@busbar/ocpp';
import { connectorOf } from './connectors.ts';
import { logStatus } from './firmware.ts';
import { triggered } from './provisioning.ts';
import type { Station16 } from './station16.ts';

/** TriggerMessage of the 1.6 security white paper. */
export const extendedTrigger = (station: Station16): Handlers<'1.6'> => ({
  ExtendedTriggerMessage({ requestedMessage, connectorId }) {
    const { core } = station;
    if (connectorId !== undefined && connectorId !== 0 && !connectorOf(core, connectorId))
      return { status: 'Rejected' };
    core.later(() => extended[requestedMessage](station, connectorId));
    return { status: 'Accepted' };
  },
});

type Trigger = (station: Station16, connectorId: number | undefined) => void;

const extended: Record<v16.MessageTriggerEnumType, Trigger> = {
  BootNotification: triggered.BootNotification,
  FirmwareStatusNotification: ({ core, wire }) => {
    const { status, requestId } = core.firmwareUpdate.progress;
    wire.tell('SignedFirmwareStatusNotification', { status, requestId }, 'triggered');
  },
  Heartbeat: triggered.Heartbeat,
  LogStatusNotification: (station) => {
    const { status, requestId } = station.core.logUpload.progress;
    if (requestId === undefined) station.wire.tell('LogStatusNotification', { status: 'Idle' }, 'triggered');
    else logStatus(station, status, { requestId, cause: 'triggered' });
  },
  MeterValues: triggered.MeterValues,
  SignChargePointCertificate: ({ core }) => core.signing.request('ChargingStationCertificate'),
  StatusNotification: triggered.StatusNotification,
};
