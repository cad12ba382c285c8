import type { Handlers, v16 } from '@busbar/ocpp';
import type { Connector } from '../connector.ts';
import type { Evse } from '../evse.ts';
import { reportConnector, reportStation } from './availability.ts';
import { readGrid } from '../metering/metering.ts';
import { connectorOf } from './connectors.ts';
import { firmwareStatus, logStatus } from './firmware.ts';
import { measured } from './metering.ts';
import type { Station16 } from './station16.ts';

/** TriggerMessage, and the ExtendedTriggerMessage of the security white paper: one table serves both. */
export const triggers = (station: Station16): Handlers<'1.6'> => ({
  TriggerMessage: ({ requestedMessage, connectorId }) => trigger(station, requestedMessage, connectorId),
  ExtendedTriggerMessage: ({ requestedMessage, connectorId }) =>
    trigger(station, requestedMessage === 'FirmwareStatusNotification' ? 'signed' : requestedMessage, connectorId),
});

/** The two ask for the same by the same words, but for the status of the firmware. */
type Message =
  | v16.TriggerMessageRequest['requestedMessage']
  | v16.ExtendedTriggerMessageRequest['requestedMessage']
  | 'signed';

function trigger(
  station: Station16,
  message: Message,
  connectorId: number | undefined,
): v16.ExtendedTriggerMessageResponse {
  const act = triggered[message];
  if (!act) return { status: 'NotImplemented' };
  const isUnknown = connectorId !== undefined && connectorId !== 0 && !connectorOf(station.core, connectorId);
  const isWithoutMeter = message === 'MeterValues' && connectorId === 0 && !station.core.host.gridMeter;
  if (isUnknown || isWithoutMeter) return { status: 'Rejected' };
  station.core.later(() => act(station, connectorId));
  return { status: 'Accepted' };
}

/** Triggered messages go out also while the station is Pending. */
const triggered: Partial<Record<Message, (station: Station16, connectorId: number | undefined) => void>> = {
  BootNotification: ({ core }) => core.bootAgain(),
  DiagnosticsStatusNotification: (station) => {
    const { status } = station.core.logUpload.progress;
    logStatus(station, status, { requestId: undefined, cause: 'triggered' });
  },
  FirmwareStatusNotification: (station) => {
    const { status } = station.core.firmwareUpdate.progress;
    firmwareStatus(station, status, { requestId: undefined, cause: 'triggered' });
  },
  LogStatusNotification: ({ core, wire }) => {
    const { status, requestId } = core.logUpload.progress;
    const isUploading = status === 'Uploading' && requestId !== undefined;
    wire.tell('LogStatusNotification', isUploading ? { status, requestId } : { status: 'Idle' }, 'triggered');
  },
  SignChargePointCertificate: ({ core }) => core.signing.request('ChargingStationCertificate'),
  signed: ({ core, wire }) => wire.tell('SignedFirmwareStatusNotification', core.firmwareUpdate.progress, 'triggered'),
  Heartbeat: ({ wire }) => wire.tell('Heartbeat', {}, 'triggered'),
  MeterValues: (station, connectorId) => {
    const grid = connectorId === 0 ? readGrid(station.core, 'Trigger') : undefined;
    if (grid) measured(station, undefined, grid, 'triggered');
    for (const evse of evsesOf(station, connectorId)) measured(station, evse, evse.read('Trigger'), 'triggered');
  },
  StatusNotification: (station, connectorId) => {
    if (connectorId === undefined || connectorId === 0) reportStation(station, 'triggered');
    for (const connector of connectorsOf(station, connectorId))
      reportConnector(station, connector, { cause: 'triggered' });
  },
};

/** A connector, or all; connector 0 is the station. */
function connectorsOf({ core }: Station16, connectorId: number | undefined): readonly Connector[] {
  if (connectorId === undefined) return core.connectors;
  const connector = connectorOf(core, connectorId);
  return connector ? [connector] : [];
}

function evsesOf(station: Station16, connectorId: number | undefined): ReadonlySet<Evse> {
  return new Set(connectorsOf(station, connectorId).map(({ evse }) => evse));
}
