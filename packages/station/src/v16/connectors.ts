import type { Connector } from '../connector.ts';
import type { Core } from '../core.ts';

/** OCPP 1.6 numbers the connectors of all EVSEs in order, from 1. */
export function connectorOf({ connectors }: Core, connectorId: number): Connector | undefined {
  return connectors[connectorId - 1];
}

/** The number of a connector within the station; of the first one of its EVSE when that has no such connector. */
export function numberOf(
  { connectors }: Core,
  { evseId, connectorId }: { evseId: number; connectorId: number },
): number {
  const index = connectors.findIndex(({ id, evse }) => evse.id === evseId && id === connectorId);
  return (index >= 0 ? index : connectors.findIndex(({ evse }) => evse.id === evseId)) + 1;
}
