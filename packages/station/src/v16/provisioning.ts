import type { Handlers, v16 } from '@busbar/ocpp';
import type { Connector } from '../connector.ts';
import type { Evse } from '../evse.ts';
import type { BootAnswer } from '../protocol.ts';
import { reportConnector, reportStation } from './availability.ts';
import { connectorOf } from './connectors.ts';
import { firmwareStatus, logStatus } from './firmware.ts';
import { measured } from './metering.ts';
import type { Station16 } from './station16.ts';

export async function boot({ core, wire }: Station16): Promise<BootAnswer> {
  const { vendor, model, serialNumber, firmwareVersion, iccid, imsi, meterType, meterSerialNumber } = core.identity;
  const { status, interval, currentTime } = await wire.call('BootNotification', {
    chargePointVendor: vendor.slice(0, 20),
    chargePointModel: model.slice(0, 20),
    chargePointSerialNumber: serialNumber.slice(0, 25),
    firmwareVersion: firmwareVersion.slice(0, 50),
    iccid: iccid?.slice(0, 20),
    imsi: imsi?.slice(0, 20),
    meterType: meterType?.slice(0, 25),
    meterSerialNumber: meterSerialNumber?.slice(0, 25),
  });
  return { status, intervalS: interval, currentTime };
}

export async function heartbeat({ wire }: Station16): Promise<string> {
  return (await wire.call('Heartbeat', {})).currentTime;
}

export const provisioning = (station: Station16): Handlers<'1.6'> => ({
  Reset({ type }) {
    const { core } = station;
    core.later(() => core.reset(type, 'RemoteReset'));
    return { status: 'Accepted' };
  },

  TriggerMessage({ requestedMessage, connectorId }) {
    const { core } = station;
    if (connectorId !== undefined && connectorId !== 0 && !connectorOf(core, connectorId))
      return { status: 'Rejected' };
    core.later(() => triggered[requestedMessage](station, connectorId));
    return { status: 'Accepted' };
  },
});

type Trigger = v16.TriggerMessageRequest['requestedMessage'];

/** Triggered messages go out also while the station is Pending. */
export const triggered: Record<Trigger, (station: Station16, connectorId: number | undefined) => void> = {
  BootNotification: ({ core }) => core.bootAgain(),
  DiagnosticsStatusNotification: (station) => {
    const { status } = station.core.logUpload.progress;
    logStatus(station, status, { requestId: undefined, cause: 'triggered' });
  },
  FirmwareStatusNotification: (station) => {
    const { status } = station.core.firmwareUpdate.progress;
    firmwareStatus(station, status, { requestId: undefined, cause: 'triggered' });
  },
  Heartbeat: ({ wire }) => wire.tell('Heartbeat', {}, 'triggered'),
  MeterValues: (station, connectorId) => {
    for (const evse of evsesOf(station, connectorId)) measured(station, evse, evse.read('Trigger'), 'triggered');
  },
  StatusNotification: (station, connectorId) => {
    if (connectorId === undefined || connectorId === 0) reportStation(station, 'triggered');
    for (const connector of connectorsOf(station, connectorId)) reportConnector(station, connector, 'triggered');
  },
};

/** A connector, or all; connector 0 has no values of its own. */
function connectorsOf({ core }: Station16, connectorId: number | undefined): readonly Connector[] {
  if (connectorId === undefined) return core.connectors;
  const connector = connectorOf(core, connectorId);
  return connector ? [connector] : [];
}

function evsesOf(station: Station16, connectorId: number | undefined): ReadonlySet<Evse> {
  return new Set(connectorsOf(station, connectorId).map(({ evse }) => evse));
}
