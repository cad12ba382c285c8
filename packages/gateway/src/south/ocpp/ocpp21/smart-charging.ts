import type { v21 } from '@busbar/ocpp';
import type { Session } from '../session.ts';

/** Limits are set by command and changed by command: the gateway gives no dynamic schedules out for the asking. */
export const smartCharging = (session: Session) => ({
  NotifyPriorityCharging(): v21.NotifyPriorityChargingResponse {
    session.seen();
    return {};
  },
  PullDynamicScheduleUpdate(): v21.PullDynamicScheduleUpdateResponse {
    return { status: 'Rejected', statusInfo: { reasonCode: 'UnsupportedRequest' } };
  },
});
