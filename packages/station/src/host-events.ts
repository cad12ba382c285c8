import type { Core } from './core.ts';
import type { Evse } from './evse.ts';
import type { HostEvents } from './station-host.ts';

/** What the host tells goes to the EVSE it concerns; an EVSE that does not exist is passed over. */
export function hostEvents(core: Core): HostEvents {
  const at = (evseId: number, act: (evse: Evse) => void) => {
    const evse = core.evse(evseId);
    if (evse) act(evse);
  };
  return {
    pluggedIn: (evseId, connectorId) => at(evseId, (evse) => evse.pluggedIn(connectorId)),
    unplugged: (evseId) => at(evseId, (evse) => evse.unplugged()),
    occupied: (evseId, isOccupied) => at(evseId, (evse) => evse.occupied(isOccupied)),
    tokenPresented: (evseId, idToken) => at(evseId, (evse) => void evse.presentToken(idToken)),
    chargingStateChanged: (evseId, state) => at(evseId, (evse) => evse.chargingStateChanged(state)),
    faulted: (evseId, fault) => at(evseId, (evse) => evse.faulted(fault)),
    faultCleared: (evseId) => at(evseId, (evse) => evse.faultCleared()),
    stopRequested: (evseId, reason) => at(evseId, (evse) => evse.stop({ reason, trigger: 'AbnormalCondition' })),
  };
}
