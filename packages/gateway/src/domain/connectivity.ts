import type { Rule } from './evolution.ts';
import { unchanged } from './evolution.ts';
import type { ConnectedReport, DisconnectedReport } from './reports.ts';

/** A second `Connected` only counts when the protocol is another one. */
export const connected: Rule<ConnectedReport> = (station, { protocol }, { now }) => {
  if (station.online && station.protocol === protocol) return unchanged(station);
  return {
    station: { ...station, online: true, protocol, connectedAt: now },
    facts: [{ type: 'station.connected', stationId: station.stationId, at: now, protocol }],
    answer: undefined,
  };
};

export const disconnected: Rule<DisconnectedReport> = (station, { reason }, { now }) => {
  if (!station.online) return unchanged(station);
  return {
    station: { ...station, online: false, disconnectedAt: now },
    facts: [{ type: 'station.disconnected', stationId: station.stationId, at: now, reason }],
    answer: undefined,
  };
};
