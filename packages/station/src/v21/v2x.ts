import type { Handlers } from '@busbar/ocpp';
import type { Station201 } from '../v201/station201.ts';

/** Vehicles that follow a signal of the grid operator: OCPP 2.1 Q08. */
export const v2x = ({ core }: Station201): Handlers<'2.1'> => ({
  AFRRSignal({ signal, timestamp }) {
    if (!core.host.afrrSignal) return { status: 'Rejected', statusInfo: { reasonCode: 'UnsupportedRequest' } };
    return { status: core.host.afrrSignal(signal, new Date(timestamp)) ? 'Accepted' : 'Rejected' };
  },
});
