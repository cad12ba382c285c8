import type { Core } from './core.ts';
import type { Evse } from './evse.ts';
import { presentToken, presentTokenAtStation } from './authorization/reader.ts';
import type { HostEvents } from './station-host.ts';

/** What the host tells goes to the EVSE it concerns; an EVSE that does not exist is passed over. */
export function hostEvents(core: Core): HostEvents {
  const at = (evseId: number, act: (evse: Evse) => void) => {
    const evse = core.evse(evseId);
    if (evse) act(evse);
  };
  return {
    pluggedIn: (evseId, connectorId, cable) =>
      at(evseId, (evse) => {
        evse.pluggedIn(connectorId, cable);
        core.waiting.offer(evse);
      }),
    unplugged: (evseId) => at(evseId, (evse) => evse.unplugged()),
    occupied: (evseId, isOccupied) => at(evseId, (evse) => evse.occupied(isOccupied)),
    tokenPresented(evseId, idToken) {
      if (evseId === 0) void presentTokenAtStation(core, idToken);
      else at(evseId, (evse) => void presentToken(core, evse, idToken));
    },
    contractPresented: (evseId, idToken, proof) =>
      at(evseId, (evse) => void core.contracts.present(evse, { idToken, proof })),
    readingSigned: (evseId, reading) => at(evseId, (evse) => evse.signed(reading)),
    chargingStateChanged: (evseId, state) => at(evseId, (evse) => evse.chargingStateChanged(state)),
    faulted: (evseId, fault) => at(evseId, (evse) => evse.faulted(fault)),
    faultCleared: (evseId) => at(evseId, (evse) => evse.faultCleared()),
    errorRaised: (evseId, error) => core.errors.raise(evseId, error),
    errorCleared: (evseId, errorId) => core.errors.clear(evseId, errorId),
    stopRequested: (evseId, reason) => at(evseId, (evse) => evse.stop({ reason, trigger: 'AbnormalCondition' })),
    grid: core.grid,
    ...core.smartCharging.hostEvents,
  };
}
