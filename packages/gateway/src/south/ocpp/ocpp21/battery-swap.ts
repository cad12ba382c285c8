import type { v21 } from '@busbar/ocpp';
import type { Session } from '../session.ts';

/** Batteries that are put in and taken out; the message log has them. */
export const batterySwap = (session: Session) => ({
  BatterySwap(): v21.BatterySwapResponse {
    session.seen();
    return {};
  },
});
