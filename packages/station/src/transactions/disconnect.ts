import type { Connector } from '../connector.ts';
import type { Core } from '../core.ts';

/** What becomes of a transaction when the vehicle's end of the cable is pulled: it ends, or waits for the vehicle to come back. */
export function stopsOnDisconnect({ version, variables }: Core): boolean {
  return variables.isOn(
    version === '1.6' ? 'OCPP16LegacyCtrlr.StopTransactionOnEVSideDisconnect' : 'TxCtrlr.StopTxOnEVSideDisconnect',
  );
}

/** OCPP 2.0.1 ConnectorEnumType: `c…` is a cable of the station, `s…` a socket, `w…` no cable at all. */
export const isFixedCable = ({ type }: Connector): boolean => !type.startsWith('s');

/** A cable that hangs from a socket is given back: UnlockOnEVSideDisconnect, unless the transaction is to go on with it. */
export function unlockAfterDisconnect(core: Core, connector: Connector): void {
  if (isFixedCable(connector) || !core.variables.isOn('OCPPCommCtrlr.UnlockOnEVSideDisconnect')) return;
  if (connector.evse.transaction && !stopsOnDisconnect(core)) return;
  core.host.unlock(connector.evse.id, connector.id).catch((error: unknown) => {
    core.events.emit('callFailed', { action: 'unlock', error });
  });
}
