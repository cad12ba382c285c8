import type { Handlers } from '@busbar/ocpp';
import { connectorOf } from './connectors.ts';
import type { Station16 } from './station16.ts';

export const reservation = ({ core }: Station16): Handlers<'1.6'> => ({
  ReserveNow({ connectorId, expiryDate, idTag, parentIdTag, reservationId }) {
    const evse = connectorOf(core, connectorId)?.evse;
    const isAnywhere = connectorId === 0 && core.variables.isOn('ReservationCtrlr.NonEvseSpecific');
    if (!evse && !isAnywhere) return { status: 'Rejected' };
    const status = core.reservations.reserve({
      id: reservationId,
      idToken: { idToken: idTag, type: 'ISO14443' },
      groupId: parentIdTag,
      expiresAt: new Date(expiryDate),
      evseId: evse?.id,
    });
    core.later(() => core.protocol.reportStatus('changed'));
    return { status };
  },

  CancelReservation({ reservationId }) {
    if (!core.reservations.cancel(reservationId)) return { status: 'Rejected' };
    core.later(() => core.protocol.reportStatus('changed'));
    return { status: 'Accepted' };
  },
});
