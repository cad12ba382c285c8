import {
  type ChargingStation,
  type Connector as DomainConnector,
  type Evse,
  type StationInfo,
} from '../../../domain/charging-station.ts';
import { liveTransactionOf } from '../../../domain/transaction-identity.ts';
import { points, type PointSource, pointsOf } from '../../../domain/points.ts';
import { connectorIdOf, sessionIdOf, stationIdOf } from '../ids.ts';
import { type Chargestation, type Connector, connectorStatuses } from '../schemas.ts';

/** A station as eDRV shows it. `stationUrl` is where stations connect, without the identity. */
export function toChargestation(station: ChargingStation, stationUrl: string): Chargestation {
  const { stationId, admission, availability } = station;
  const mainMeter = station.evses.find(({ evseId }) => evseId === 0);
  return {
    _id: stationIdOf(stationId),
    endpoint: stationId,
    static_endpoint: stationId,
    ...(station.label && { label: station.label }),
    ...(station.protocol !== undefined && { protocol: station.protocol }),
    admission,
    online: station.online,
    active: admission === 'admitted' && availability === 'Operative',
    availability,
    ...(station.registration !== undefined && { registration: station.registration }),
    ...(hasError(station.errorCode) && { error_code: station.errorCode }),
    ...(station.firmwareStatus !== undefined && { firmware_status: station.firmwareStatus }),
    ...(station.logStatus !== undefined && { log_status: station.logStatus }),
    bootInfo: toBootInfo(station.info),
    connectors: toConnectors(station),
    metrics: mainMeter === undefined ? {} : toMetrics({ station, evse: mainMeter }),
    connection_url: `${stationUrl}/${encodeURIComponent(stationId)}`,
    ...timesOf(station),
  };
}

export function toConnectors(station: ChargingStation): Connector[] {
  return station.evses
    .filter(({ evseId }) => evseId > 0)
    .flatMap((evse) => evse.connectors.map((connector) => toConnector(station, evse, connector)));
}

export function toConnector(station: ChargingStation, evse: Evse, connector: DomainConnector): Connector {
  const transaction = liveTransactionOf(station, evse.evseId);
  const source: PointSource = { station, evse, ...(transaction && { transaction }) };
  return {
    _id: connectorIdOf(station.stationId, evse.evseId, connector.connectorId),
    chargestation: stationIdOf(station.stationId),
    evse: evse.evseId,
    connector: connector.connectorId,
    active: evse.availability === 'Operative',
    status: toStatus(connector, evse, transaction !== undefined),
    ...(connector.statusDetail !== undefined && { status_detail: connector.statusDetail }),
    charging_state: transaction?.chargingState ?? evse.chargingState ?? 'Idle',
    ...(hasError(connector.errorCode) && { error_code: connector.errorCode }),
    ...(connector.vendorErrorCode !== undefined && { vendor_error_code: connector.vendorErrorCode }),
    ...(connector.info !== undefined && { info: connector.info }),
    session: transaction === undefined ? null : sessionIdOf(transaction),
    metrics: toMetrics(source),
    updatedAt: connector.since.toISOString(),
  };
}

/** Every quantity of the point registry that is known, with its unit: `current-limit` is `current_limit`. */
export function toMetrics(source: PointSource): Connector['metrics'] {
  const values = pointsOf(source);
  const metrics: Connector['metrics'] = {};
  for (const { name, unit } of points) {
    const value = values[name];
    if (value !== undefined && unit !== '') metrics[name.replaceAll('-', '_')] = { value, unit };
  }
  return metrics;
}

type Status = Connector['status'];

const occupiedAs: Record<string, Status> = {
  Charging: 'Charging',
  SuspendedEV: 'SuspendedEV',
  SuspendedEVSE: 'SuspendedEVSE',
};

/** OCPP 1.6's word: the station's own if it is one, else out of 2.x status and charging state. */
export function toStatus(connector: DomainConnector, evse: Pick<Evse, 'chargingState'>, charging: boolean): Status {
  const own = connectorStatuses.find((status) => status === connector.statusDetail);
  if (own !== undefined) return own;
  if (connector.status !== 'Occupied') return connector.status;
  return (charging ? occupiedAs[evse.chargingState ?? ''] : undefined) ?? 'Preparing';
}

export function toBootInfo(info: StationInfo): Chargestation['bootInfo'] {
  const { vendor, model, serialNumber, chargeBoxSerialNumber, ...same } = info;
  return {
    ...(vendor !== undefined && { chargePointVendor: vendor }),
    ...(model !== undefined && { chargePointModel: model }),
    ...(serialNumber !== undefined && { chargePointSerialNumber: serialNumber }),
    ...(chargeBoxSerialNumber !== undefined && { chargeBoxSerialNumber }),
    ...same,
  };
}

function timesOf(station: ChargingStation) {
  const { bootedAt, connectedAt, disconnectedAt, lastSeenAt, createdAt } = station;
  const known = [bootedAt, connectedAt, disconnectedAt, lastSeenAt, createdAt].filter((time) => time !== undefined);
  return {
    ...(bootedAt && { lastBootAt: bootedAt.toISOString() }),
    ...(connectedAt && { lastConnectAt: connectedAt.toISOString() }),
    ...(disconnectedAt && { lastDisconnectAt: disconnectedAt.toISOString() }),
    ...(lastSeenAt && { lastMessageAt: lastSeenAt.toISOString() }),
    createdAt: createdAt.toISOString(),
    updatedAt: new Date(Math.max(...known.map((time) => time.getTime()))).toISOString(),
  };
}

function hasError(errorCode: string | undefined): errorCode is string {
  return errorCode !== undefined && errorCode !== '' && errorCode !== 'NoError';
}
