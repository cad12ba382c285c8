import type { v21 } from '@busbar/ocpp';
import type { Session } from '../session.ts';

/** What a station says of its grid controls; the message log has it. */
export const derControl = (session: Session) => ({
  NotifyDERAlarm(): v21.NotifyDERAlarmResponse {
    session.seen();
    return {};
  },
  NotifyDERStartStop(): v21.NotifyDERStartStopResponse {
    session.seen();
    return {};
  },
  ReportDERControl(): v21.ReportDERControlResponse {
    session.seen();
    return {};
  },
});
