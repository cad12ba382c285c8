import type { Handlers } from '@busbar/ocpp';
import { toIdToken } from '../authorization/id-token.ts';
import type { Station201 } from '../v201/station201.ts';

/** A swap that the CSMS has authorised: OCPP 2.1 S02. */
export const batterySwap = ({ core }: Station201): Handlers<'2.1'> => ({
  RequestBatterySwap({ idToken, requestId }) {
    if (!core.host.startBatterySwap) return { status: 'Rejected', statusInfo: { reasonCode: 'UnsupportedRequest' } };
    const isBegun = core.grid.swaps.begin({ requestId, idToken: toIdToken(idToken) });
    return isBegun ? { status: 'Accepted' } : { status: 'Rejected', statusInfo: { reasonCode: 'Busy' } };
  },
});
