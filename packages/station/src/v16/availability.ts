import type { Handlers, v16 } from '@busbar/ocpp';
import { changeAvailability } from '../availability/availability.ts';
import type { Connector } from '../connector.ts';
import { transitions, wayTo, type EvseStatus } from '../availability/connector-status.ts';
import type { Evse } from '../evse.ts';
import type { Fault } from '../station-host.ts';
import type { Cause } from '../wire.ts';
import { connectorOf, numberOf } from './connectors.ts';
import type { Station16 } from './station16.ts';

/** Connector 0 is the station. */
export function reportStatus(station: Station16, which: 'changed' | 'all'): void {
  if (!isHeard(station)) return;
  if (which === 'all' || station.reportedStatus !== stationStatus(station)) reportStation(station);
  for (const connector of station.core.connectors) {
    if (which === 'all') reportConnector(station, connector);
    else reportChange(station, connector);
  }
}

const isHeard = ({ core }: Station16) => core.registration === 'Accepted' && core.isOnline;

export function reportStation(
  station: Station16,
  { errorCode = 'NoError', cause = 'own' }: { errorCode?: ErrorCode; cause?: Cause } = {},
): void {
  const status = stationStatus(station);
  station.reportedStatus = status;
  const timestamp = station.core.clock.now().toISOString();
  station.wire.tell('StatusNotification', { connectorId: 0, errorCode, status, timestamp }, cause);
}

type ErrorCode = v16.StatusNotificationRequest['errorCode'];

/** OCPP 1.6 MinimumStatusDuration: what does not last is not told. */
function reportChange(station: Station16, connector: Connector): void {
  const { statusDelays, core } = station;
  const key = keyOf(connector);
  if (key === connector.reportedStatus) return statusDelays.cancel(connector);
  const delayS = core.variables.number('OCPP16LegacyCtrlr.MinimumStatusDuration');
  if (delayS === 0) return reportWay(station, connector);
  statusDelays.wait(connector, { key, ms: delayS * 1000 }, () => {
    if (isHeard(station)) reportWay(station, connector);
  });
}

/** What lies between the status that the CSMS knows and the one of now, then that. */
function reportWay(station: Station16, connector: Connector): void {
  const { status, reportedStatus } = connector;
  const from = statuses.find((each) => reportedStatus?.startsWith(`${each} `));
  for (const between of from ? wayTo(from, status).slice(0, -1) : []) {
    tellStatus(station, connector, { status: between, fault: undefined, cause: 'own' });
  }
  reportConnector(station, connector);
}

export function reportConnector(station: Station16, connector: Connector, cause: Cause = 'own'): void {
  station.statusDelays.cancel(connector);
  connector.reportedStatus = keyOf(connector);
  tellStatus(station, connector, { status: connector.status, fault: connector.evse.fault, cause });
}

function tellStatus(
  { core, wire }: Station16,
  connector: Connector,
  { status, fault, cause }: { status: EvseStatus; fault: Fault | undefined; cause: Cause },
): void {
  const notification: v16.StatusNotificationRequest = {
    connectorId: numberOf(core, { evseId: connector.evse.id, connectorId: connector.id }),
    errorCode: fault?.code ?? 'NoError',
    status,
    timestamp: core.clock.now().toISOString(),
    info: fault?.info?.slice(0, 50),
    vendorErrorCode: fault?.vendorErrorCode?.slice(0, 50),
  };
  wire.tell('StatusNotification', notification, cause);
}

/** The status says it, at once. */
export function reportFault(station: Station16, evse: Evse): void {
  if (!isHeard(station)) return;
  for (const connector of evse.connectors) {
    if (connector.reportedStatus !== keyOf(connector)) reportConnector(station, connector);
  }
}

const statuses = Object.keys(transitions).filter(isStatus);

function isStatus(name: string): name is EvseStatus {
  return Object.hasOwn(transitions, name);
}

const stationStatus = ({ core }: Station16) => (core.availability.isOperative ? 'Available' : 'Unavailable');

const keyOf = ({ status, evse: { fault } }: Connector) => `${status} ${fault?.code ?? ''}`;

export const availability = ({ core }: Station16): Handlers<'1.6'> => ({
  ChangeAvailability({ connectorId, type }) {
    const connector = connectorOf(core, connectorId);
    if (connectorId !== 0 && !connector) return { status: 'Rejected' };
    const place = connector ? { evseId: connector.evse.id, connectorId: connector.id } : {};
    return { status: changeAvailability(core, place, type === 'Operative').status };
  },
});
