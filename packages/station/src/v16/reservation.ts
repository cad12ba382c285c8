import type { Handlers } from '@busbar/ocpp';
import { connectorOf } from './connectors.ts';
import type { Station16 } from './station16.ts';

/** Connector 0 cannot be reserved here. */
export const reservation = ({ core }: Station16): Handlers<'1.6'> => ({
  ReserveNow({ connectorId, expiryDate, idTag, parentIdTag, reservationId }) {
    const evse = connectorOf(core, connectorId)?.evse;
    if (!evse) return { status: 'Rejected' };
    const status = evse.reservations.reserve({
      id: reservationId,
      idToken: { idToken: idTag, type: 'ISO14443' },
      groupId: parentIdTag,
      expiresAt: new Date(expiryDate),
    });
    core.later(() => evse.changed());
    return { status };
  },

  CancelReservation({ reservationId }) {
    const evse = core.evses.find(({ reservations }) => reservations.current?.id === reservationId);
    if (!evse) return { status: 'Rejected' };
    core.later(() => {
      evse.reservations.release();
      evse.changed();
    });
    return { status: 'Accepted' };
  },
});
